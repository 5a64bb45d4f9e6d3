"""Reads of places, offices and counters; the pure readings of a code are offered here too.

`on` is a day: only places that exist on it are returned. Without it, those that have no last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.regions.codes import (
    NATION,
    Level,
    check_code,
    codes_of,
    contains,
    has_shape,
    is_heading,
    level_column,
    level_of,
    parent_of,
    path_codes,
)
from core.regions.models import Region, RegionChange, RegionChangeKind, RegionCounter, RegionOffice
from core.sessions import ScopedSession, column_rows
from core.translations import N_

__all__ = [
    "NATION", "Level", "check_code", "children", "codes_of", "contains", "count_below", "counters", "full_names", "has_shape",
    "is_heading", "level_column", "level_of", "merger_of", "node", "office", "parent_of", "path", "path_codes", "search",
    "served", "successor", "villages_without_successor",
]  # fmt: skip

NO_SUCH_PLACE = N_("没有代码为{code}的区划。请核对代码，或请系统管理员先导入。")


def node(session: Session, code: str) -> Region:
    """The place with that code, in force or not. Raises NotFound."""
    place = session.get(Region, code) if has_shape(code) else None
    if place is None:
        raise NotFound(NO_SUCH_PLACE, code=code)
    return place


def path(session: Session, code: str) -> list[Region]:
    """From the province down to the place; the nation and headings (市辖区) left out. Raises NotFound."""
    codes = path_codes(code) if has_shape(code) else ()
    places = session.scalars(select(Region).where(Region.code.in_(codes)).order_by(Region.level)).all()
    if not places or places[-1].code != code:
        raise NotFound(NO_SUCH_PLACE, code=code)
    return [place for place in places if place.code == code or not (place.level == 0 or place.is_heading)]


def children(session: Session, code: str, on: date | None = None) -> list[Region]:
    """The places one step down, by code. A heading is replaced by what it heads: Beijing's children are its districts."""
    found = _in_order(session, Region.parent_code == code, on)
    headings = [place.code for place in found if place.is_heading]
    if headings:
        below = _in_order(session, Region.parent_code.in_(headings), on)
        found = sorted(
            (place for place in (*found, *below) if not place.is_heading), key=lambda place: place.code
        )
    return found


def search(session: Session, text: str, under: str, limit: int = 20, on: date | None = None) -> list[Region]:
    """Townships and villages below `under` that a typed text names. Blank text finds nothing.

    A word stands in the place's own name, or begins its initials (yx → 永兴镇); further words stand along its path, in any
    order (湄潭 永兴). Words run together (湄潭永兴) do so in order, the last two characters in its own name. Served places
    (`served`) come first, then names that begin with the word, then higher levels, then by code.
    """
    for own, along in _readings(text):
        statement = select(Region).where(
            _named(own), *along, _exists(on), Region.level >= Level.TOWNSHIP, Region.code != under
        )
        if column := level_column(check_code(under)):
            statement = statement.where(getattr(Region, column) == under)
        begins = case((Region.name.startswith(own, autoescape=True), 0), else_=1)
        order = (_is_served(), begins, Region.level, Region.code)
        if found := list(session.scalars(statement.order_by(*order).limit(limit))):
            return found
    return []


# each reading is one pass over the names: a long text must not make many
MOST_WORDS = 3
LEAST_OWN = 2


def _readings(text: str) -> Iterator[tuple[str, list[ColumnElement[bool]]]]:
    """Ways to read a text: what stands in the own name, and what else holds along the path; the likeliest first."""
    words = text.split()[-MOST_WORDS:]
    for own in reversed(words):
        yield own, [Region.full_name.contains(each, autoescape=True) for each in words if each != own]
    if len(words) == 1 and len(words[0]) > LEAST_OWN:
        in_order = "%".join(char for char in words[0] if char.isalnum())
        yield words[0][-LEAST_OWN:], [Region.full_name.like(f"%{in_order}%")]


def _named(word: str) -> ColumnElement[bool]:
    holds: ColumnElement[bool] = Region.name.contains(word, autoescape=True)
    if not word.isascii():
        return holds
    return or_(holds, Region.name_pinyin_initials.startswith(word.upper(), autoescape=True))


def _is_served() -> ColumnElement[int]:
    offices = select(RegionOffice.region_code)
    return case((or_(Region.township.in_(offices), Region.county.in_(offices)), 0), else_=1)


def served(session: Session, places: Sequence[Region]) -> frozenset[str]:
    """Codes of the places that somebody here works for: an office is entered for their county or township.

    Of a province or city: for any county in it. Two reads, however many places.
    """
    near = {code for place in places for code in (place.county, place.township) if code}
    offices = set(session.scalars(select(RegionOffice.region_code).where(RegionOffice.region_code.in_(near))))
    wide = {place.code for place in places if place.level < Level.COUNTY}
    within = select(RegionOffice.province, RegionOffice.city).where(
        RegionOffice.county != "", or_(RegionOffice.province.in_(wide), RegionOffice.city.in_(wide))
    )
    above = {code for row in session.execute(within.distinct()) for code in row} if wide else set()
    return frozenset(
        place.code for place in places if {place.county, place.township} & offices or place.code in above
    )


def full_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Full names by code in one select, for the rows of a list; unknown codes are absent."""
    wanted = sorted(set(codes))
    rows = session.execute(select(Region.code, Region.full_name).where(Region.code.in_(wanted)))
    return {code: name for code, name in rows}  # noqa: C416  (a Row is no tuple of two for mypy)


def successor(session: Session, code: str, on: date) -> Region:
    """The place that stands for `code` on `on`: itself, or what it (or its township) was merged into. Raises NotFound."""
    place, seen = node(session, code), {code}
    while not place.in_force(on):
        following = place.merged_into or _merged_above(session, place)
        if following is None or following in seen:
            break
        seen.add(following)
        place = node(session, following)
    return place


def _merged_above(session: Session, place: Region) -> str | None:
    above = select(Region).where(Region.code.in_(path_codes(place.code)), Region.merged_into.is_not(None))
    merged = session.scalar(above.order_by(Region.level.desc()).limit(1))
    return None if merged is None else merged.merged_into


def merger_of(session: Session, code: str) -> RegionChange:
    """The change by which a place was merged into another; only for a place that was."""
    return session.scalars(
        select(RegionChange).where(
            RegionChange.region_code == code, RegionChange.kind == RegionChangeKind.MERGED
        )
    ).one()


def count_below(session: Session, code: str) -> int:
    """How many places lie below one, in force or not."""
    column = level_column(check_code(code))
    below = select(func.count(Region.code)).where(Region.code != code)
    return session.scalar(below.where(getattr(Region, column) == code) if column else below) or 0


def villages_without_successor(session: Session, code: str) -> int:
    """How many villages of a merged place have none of their name in the new one."""
    below = select(func.count(Region.code)).where(
        getattr(Region, level_column(code)) == code,
        Region.level == Level.VILLAGE,
        Region.code != code,
        Region.merged_into.is_(None),
    )
    return session.scalar(below) or 0


def office(session: Session, code: str) -> RegionOffice | None:
    """The office of the place, else the nearest one above it; None when nobody entered one."""
    statement = select(RegionOffice).where(RegionOffice.region_code.in_(path_codes(code)))
    return max(session.scalars(statement), key=lambda each: level_of(each.region_code), default=None)


def offices_of(session: Session, codes: Iterable[str]) -> dict[str, RegionOffice]:
    """Code → the office entered for that very place; places without one are left out."""
    rows = session.scalars(select(RegionOffice).where(RegionOffice.region_code.in_(list(codes))))
    return {row.region_code: row for row in rows}


_COUNTERS = select(RegionCounter.name, RegionCounter.value).where(
    RegionCounter.region_code == bindparam("code")
)


def counters(session: ScopedSession, code: str) -> dict[str, int]:
    """The counters of a node by name; empty outside the session's scope."""
    return {name: value for name, value in column_rows(session, _COUNTERS, {"code": code})}  # noqa: C416


def _exists(on: date | None) -> ColumnElement[bool]:
    if on is None:
        return Region.valid_to.is_(None)
    begun = or_(Region.valid_from.is_(None), Region.valid_from <= on)
    return begun & or_(Region.valid_to.is_(None), Region.valid_to >= on)


def _in_order(session: Session, condition: ColumnElement[bool], on: date | None) -> list[Region]:
    return list(session.scalars(select(Region).where(condition, _exists(on)).order_by(Region.code)))
