"""The six kinds of scope a session may have, and how each model says which of its rows each kind sees."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, RegionCode


class OutOfScope(Exception):  # noqa: N818
    """A programming error: a statement or row that the session's scope does not admit. Never shown to a reader."""


LEVELS = ("province", "city", "county", "township", "village")


def level_column(node: str) -> str:
    """The column that equals `node` for every row below it: "county" for 520328000000. The nation has none ("")."""
    for digits, name in ((0, ""), (2, "province"), (4, "city"), (6, "county"), (9, "township")):
        if node[digits:].strip("0") == "":
            return name
    return "village"


class RegionScoped:
    """Mixin: one column per tree level, so that a scope is an equality on one column (architecture 6)."""

    province: Mapped[RegionCode]
    city: Mapped[RegionCode]
    county: Mapped[RegionCode]
    township: Mapped[RegionCode]
    village: Mapped[RegionCode] = mapped_column(default="")


def region_columns(code: str) -> dict[str, str]:
    """The five level columns of a row that happens in region `code`; levels below the code are empty."""
    known = LEVELS.index(level_column(code)) if level_column(code) else -1
    return {
        name: code[:digits].ljust(12, "0") if index <= known else ""
        for index, (name, digits) in enumerate(zip(LEVELS, (2, 4, 6, 9, 12), strict=True))
    }


# --- the six kinds of scope -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Region:
    """A staff session at work in one region node. Raises OutOfScope for anything but twelve digits: "" would be the nation."""

    node: str

    def __post_init__(self) -> None:
        if not (len(self.node) == 12 and self.node.isascii() and self.node.isdigit()):
            msg = f"no region node: {self.node!r}"
            raise OutOfScope(msg)


class HandedWork(NamedTuple):
    """One kind of work on one case, handed over by name; hers up to and including `last_day`."""

    case_id: uuid.UUID
    kind: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Assigned:
    """A bought-in worker or department officer: only what was handed over by name.

    `work`: what was; a room that holds more of a case than one kind of work narrows its reads by it.
    """

    case_ids: frozenset[uuid.UUID] = frozenset()
    household_ids: frozenset[uuid.UUID] = frozenset()
    work: frozenset[HandedWork] = frozenset()


@dataclass(frozen=True, slots=True)
class Own:
    """A resident: what her account made and, once her identity is assured, what the register holds on her."""

    account_id: uuid.UUID
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A signer who came by her own link: that one authorisation."""

    authorisation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Public:
    """Anyone: what is on public notice on `today`."""

    today: date


@dataclass(frozen=True, slots=True)
class System:
    """A named job or command; audited."""

    job: str


Scope = Region | Assigned | Own | Link | Public | System


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which scopes see a model's rows, each by the column it compares; None or False: that scope sees nothing.

    `reference`: readable in every scope (divisions, offices). `append`: may be written in any scope (audit, outbox).
    `counter`: counted up from any scope by `count_up`; a number that is about nobody. `county`: rows kept per county,
    seen at or below it. `public`: rows with `opens_on`, `closes_on`, `withdrawn_at` inside those days.
    """

    region: bool = False
    county: bool = False
    assigned_case: str | None = None
    assigned_household: str | None = None
    own: str | None = None
    own_person: str | None = None
    link: str | None = None
    public: bool = False
    reference: bool = False
    append: bool = False
    counter: bool = False


EVERYONE = Visibility(reference=True)
SYSTEM_ONLY = Visibility()


def conditions_of(visibility: Visibility, scope: Scope) -> list[dict[str, Any]] | bool:  # noqa: PLR0911 (one line per kind of scope)
    """True: every row. False: none. Else alternatives of {column: value or set of values}, joined by OR."""
    match scope:
        case System():
            return True
        case Region(node):
            column = level_column(node)
            if visibility.county:
                return [{"county": node[:6].ljust(12, "0")}] if column in LEVELS[2:] else False
            if not visibility.region:
                return False
            return [{column: node}] if column else True
        case Assigned(case_ids, household_ids):
            found: list[dict[str, Any]] = []
            if visibility.assigned_case:
                found.append({visibility.assigned_case: case_ids})
            if visibility.assigned_household:
                found.append({visibility.assigned_household: household_ids})
            return found or False
        case Own(account_id, person_id):
            found = [{visibility.own: account_id}] if visibility.own else []
            if visibility.own_person and person_id is not None:
                found.append({visibility.own_person: person_id})
            return found or False
        case Link(authorisation_id):
            return [{visibility.link: authorisation_id}] if visibility.link else False
        case Public():
            return False


def criteria(model: type[Base], scope: Scope) -> ColumnElement[bool]:
    """The condition every select of `model` carries in `scope`."""
    visibility: Visibility = model.__visible__
    if visibility.reference:
        return true()
    if isinstance(scope, Public) and visibility.public:
        row: Any = model
        return and_(
            row.opens_on <= scope.today,
            or_(row.closes_on.is_(None), row.closes_on >= scope.today),
            row.withdrawn_at.is_(None),
        )
    return write_criteria(model, scope)


def write_criteria(model: type[Base], scope: Scope) -> ColumnElement[bool]:
    """The condition every bulk update of `model` carries in `scope`: what all may read, not all may change."""
    conditions = conditions_of(model.__visible__, scope)
    if isinstance(conditions, bool):
        return true() if conditions else false()
    return or_(*(_equal(getattr(model, name), value) for each in conditions for name, value in each.items()))


def _equal(column: Any, value: Any) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.in_(value) if isinstance(value, frozenset) else column == value
    return result


def admits(row: Base, scope: Scope, *, new: bool) -> bool:
    """Whether `row`, as it stands in memory, may be written in `scope`; appending is for new rows only."""
    values = {attribute.key: getattr(row, attribute.key) for attribute in row.__mapper__.column_attrs}
    return admits_values(type(row).__visible__, scope, values, new=new)


def admits_values(visibility: Visibility, scope: Scope, *rows: Mapping[str, Any], new: bool = True) -> bool:
    """The same for plain values: whether every one of `rows` may be written."""
    if new and visibility.append:
        return True
    conditions = conditions_of(visibility, scope)
    if isinstance(conditions, bool):
        return conditions
    tests = [
        (name, value if isinstance(value, frozenset) else (value,))
        for each in conditions
        for name, value in each.items()
    ]
    return all(any(row.get(name) in values for name, values in tests) for row in rows)


def scope_words(scope: Scope) -> tuple[str, str, str]:
    """The scope as three words for row-level security: kind, key, second key."""
    match scope:
        case Region(node):
            return level_column(node) or "nation", node, ""
        case Assigned(case_ids, household_ids):
            return "assigned", _joined(case_ids), _joined(household_ids)
        case Own(account_id, person_id):
            return "own", str(account_id), str(person_id or "")
        case Link(authorisation_id):
            return "link", str(authorisation_id), ""
        case Public(today):
            return "public", today.isoformat(), ""
        case System(job):
            return "system", job, ""


def _joined(ids: Iterable[uuid.UUID]) -> str:
    return ",".join(sorted(map(str, ids)))
