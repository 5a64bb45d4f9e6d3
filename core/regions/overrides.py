"""What a site changes in the tree: a new name, a new place, a merger, each from a day and by a document."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.access import Actor, Permission
from core.audit import record
from core.errors import Conflict, Invalid
from core.regions.codes import Level, check_code, codes_of, level_column, level_of, parent_of
from core.regions.divisions import full_name, place_row
from core.regions.models import CodeSystem, Region, RegionChange, RegionChangeKind
from core.regions.queries import node
from core.sessions import ScopedSession
from core.translations import N_
from core.workdays import CHINA

INITIALS = re.compile(r"[A-Z]{1,8}[0-9]{0,2}")


def rename_region(
    session: ScopedSession, actor: Actor, code: str, name: str, *, since: date, document: str, now: datetime
) -> Region:
    """Give a place its new name from `since` (today or earlier); its change keeps the old one. Initials stay.

    The full names of everything below change with it. Raises NotFound, NotAllowed, Invalid, Conflict (no longer in force).
    """
    actor.require(Permission.REGION_EDIT, code)
    place = _in_force(node(session, code), since)
    words = _checked(name, document)
    if since > now.astimezone(CHINA).date():
        raise Invalid(N_("新名称还没有生效。请在生效当天登记。"), field="since")
    if words == place.name:
        raise Invalid(N_("新名称与现在的名称相同。"), field="name")
    change = _change(place, RegionChangeKind.RENAMED, since, document, old_name=place.name)
    place.name = words
    place.code_system = CodeSystem.SITE
    column = level_column(code)
    below = select(Region).where(getattr(Region, column) == code) if column else select(Region)
    places = {each.code: each for each in session.scalars(below.order_by(Region.level, Region.code))}
    parent = parent_of(code)
    known: dict[str, dict[str, Any]] = {} if parent is None else {parent: _names(node(session, parent))}
    for each in places.values():
        above = known.get(each.parent_code or "")
        each.full_name = full_name(each.code, each.name, above)
        known[each.code] = _names(each)
    _record(session, actor, change, now)
    return place


def add_region(
    session: ScopedSession,
    actor: Actor,
    code: str,
    name: str,
    *,
    since: date,
    document: str,
    now: datetime,
    initials: str = "",
) -> Region:
    """Add a place below one that exists. `initials` (YX) are needed for a township, whose case numbers begin with them.

    Raises NotFound (no parent), NotAllowed, Invalid, Conflict (code or initials taken, parent no longer in force).
    """
    actor.require(Permission.REGION_EDIT, check_code(code))
    parent_code = parent_of(code)
    if parent_code is None or level_of(code) <= Level.PROVINCE:
        raise Invalid(N_("这里不增加省级区划。"), field="code")
    if session.get(Region, code) is not None:
        raise Conflict(N_("代码{code}已经有了。"), code=code)
    parent = _in_force(node(session, parent_code), since)
    words = _checked(name, document)
    letters = initials.strip().upper()
    if level_of(code) is not Level.VILLAGE:
        _check_initials(session, letters, parent_code)
    elif letters:
        raise Invalid(N_("村和社区没有编号首字母。"), field="initials")
    row = place_row(code, words, lambda _: _names(parent), initials=letters, code_system=CodeSystem.SITE)
    place = Region(**(row | {"valid_from": since}))
    session.add(place)
    _record(session, actor, _change(place, RegionChangeKind.ADDED, since, document), now)
    return place


def merge_region(
    session: ScopedSession, actor: Actor, code: str, into: str, *, since: date, document: str, now: datetime
) -> Region:
    """End a place and all below it on the day before `since` and say what it went into; no row is deleted.

    A place below goes into the one of its name below the new place, where that is entered already. `successor` then leads
    from each old code to the new place. Households follow by a job of their own (core/cases/mergers.py). Raises NotFound, NotAllowed, Invalid, Conflict (either place no longer in force).
    """
    actor.require(Permission.REGION_EDIT, code)
    place = _in_force(node(session, code), since)
    target = _in_force(node(session, into), since)
    _checked(place.name, document)
    if place.level != target.level or place.code == target.code:
        raise Invalid(N_("只能并入同一级的另一个区划。"), field="into")
    if place.level < Level.COUNTY:
        raise Invalid(N_("这里只办理县、乡、村级的撤并。"), field="code")
    below = select(Region).where(getattr(Region, level_column(code)) == code, Region.valid_to.is_(None))
    following = {place.code: target.code}
    for each in session.scalars(below.order_by(Region.level, Region.code)).all():
        each.valid_to = since - timedelta(days=1)
        each.code_system = CodeSystem.SITE
        if each is not place and (same := _same_below(session, each, following.get(each.parent_code or ""))):
            each.merged_into = following[each.code] = same
    place.merged_into = target.code
    _record(session, actor, _change(place, RegionChangeKind.MERGED, since, document), now)
    return place


def _same_below(session: ScopedSession, place: Region, parent: str | None) -> str | None:
    """The place of the same name and level below `parent`."""
    if parent is None:
        return None
    return session.scalar(
        select(Region.code).where(
            Region.parent_code == parent,
            Region.name == place.name,
            Region.level == place.level,
            Region.valid_to.is_(None),
        )
    )


def _names(place: Region) -> dict[str, str]:
    return {"code": place.code, "name": place.name, "full_name": place.full_name}


def _in_force(place: Region, on: date) -> Region:
    if not place.in_force(on) or place.merged_into is not None:
        raise Conflict(N_("{name}在这一天不存在或已撤并。请核对日期。"), name=place.name)
    return place


def _checked(name: str, document: str) -> str:
    words = name.strip()
    if not words or len(words) > 60 or not words.isprintable():
        raise Invalid(N_("请填写名称，不超过60个字。"), field="name")
    if not document.strip() or len(document.strip()) > 120:
        raise Invalid(N_("请填写批准文件的文号，例如民函〔2024〕12号。"), field="document")
    return words


def _check_initials(session: ScopedSession, letters: str, parent_code: str) -> None:
    if not INITIALS.fullmatch(letters):
        raise Invalid(N_("请填写编号首字母，例如永兴镇填YX。"), field="initials")
    taken = select(Region.name).where(
        Region.parent_code == parent_code, Region.name_pinyin_initials == letters
    )
    other = session.scalar(taken.limit(1))
    if other is not None:
        raise Conflict(
            N_("编号首字母{letters}已由{name}使用。请换一个，例如{letters}2。"), letters=letters, name=other
        )


def _change(
    place: Region, kind: RegionChangeKind, since: date, document: str, old_name: str = ""
) -> RegionChange:
    return RegionChange(
        **codes_of(place.code),
        region_code=place.code,
        kind=kind,
        since=since,
        document=document.strip(),
        old_name=old_name,
        merged_into=place.merged_into,
    )


def _record(session: ScopedSession, actor: Actor, change: RegionChange, now: datetime) -> None:
    change.made_by = actor.account_id
    change.made_at = now
    session.add(change)
    code = change.region_code
    told = {"kind": [None, str(change.kind)], "since": [None, change.since.isoformat()]}
    if change.merged_into:
        told["merged_into"] = [None, change.merged_into]
    record(
        session,
        "region.edit",
        ("regions", code),
        now=now,
        actor=actor,
        region=code,
        reason=change.document,
        changes=told,
    )
    session.flush()
