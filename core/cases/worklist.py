"""The worklist of whoever is at work: what is due from her, how much by kind and day, and what she did today.

Every list is a keyset walk over an index that begins with the scope's level column, so its cost stays flat.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, select, tuple_

from core.access import ROLE_PERMISSIONS, Actor, Permission, Role
from core.accounts.assignments import own_limit, permission_of
from core.cases.models import StepCode, Task, TaskState
from core.cases.tasks import COUNTY_VISIT, REFUSAL_LETTER
from core.scopes import Assigned, HandedWork, Scope
from core.sessions import ScopedSession, column_rows

PAGE = 30
COUNT_CAP = 1001
DONE_SHOWN = 12

# steps the township takes: a county officer may visit and send letters too, but these are not due from her
TOWNSHIP_KINDS = frozenset(
    {
        StepCode.ACCEPTANCE,
        StepCode.SURVEY_START,
        StepCode.VERIFICATION,
        StepCode.VISIT,
        StepCode.OPINION,
        StepCode.NOTICE,
        StepCode.PUBLICATION,
        "supplement",
        "notice_leak",
        REFUSAL_LETTER,
    }
)
# and one that is due from the county alone
COUNTY_KINDS = frozenset({COUNTY_VISIT})
COUNTY_ROLES = frozenset({Role.COUNTY_OFFICER, Role.COUNTY_CONFIRMER})

TaskCursor = tuple[date, uuid.UUID]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One thing due: what (`kind`), of whom (masked), how many people, which case, where, until when."""

    id: uuid.UUID
    kind: str
    case_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    applicant_masked: str
    household_size: int
    number: str
    note: str
    region_code: str
    due_on: date
    due_provisional: bool
    assigned_to: uuid.UUID | None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Rows by deadline, and where the next page begins (None at the end)."""

    rows: Sequence[WorkRow]
    after: TaskCursor | None


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """How many tasks are open, by kind and by day; at most COUNT_CAP are counted, then `capped`."""

    total: int = 0
    capped: bool = False
    kinds: dict[str, int] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)

    def overdue(self, today: date) -> int:
        return sum(count for day, count in self.days.items() if day < today)

    def on(self, day: date) -> int:
        return self.days.get(day, 0)


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """The tasks that are an actor's: handed to her by name, or anyone's whose permission a role of hers holds here."""
    return _mine(_roles_here(actor), actor.account_id)


def _roles_here(actor: Actor) -> frozenset[Role]:
    return actor.roles_at(actor.node) if actor.node else frozenset()


@lru_cache(maxsize=1024)
def _mine(roles: frozenset[Role], account_id: uuid.UUID | None) -> ColumnElement[bool]:
    alternatives: list[ColumnElement[bool]] = [Task.assigned_to == account_id] if roles else []
    near = {each for role in roles - COUNTY_ROLES for each in ROLE_PERMISSIONS[role]}
    above = {each for role in roles & COUNTY_ROLES for each in ROLE_PERMISSIONS[role]}
    if near:
        alternatives.append(
            and_(
                Task.assigned_to.is_(None),
                Task.permission.in_(sorted(near)),
                Task.kind.not_in(sorted(COUNTY_KINDS)),
            )
        )
    if above:
        alternatives.append(
            and_(
                Task.assigned_to.is_(None),
                Task.permission.in_(sorted(above)),
                Task.kind.not_in(sorted(TOWNSHIP_KINDS)),
            )
        )
    return or_(*alternatives) if alternatives else false()


def is_due_from(actor: Actor, kind: str, permission: Permission) -> bool:
    """Whether a task of that kind would be on an actor's worklist where she works: the same rule for one task."""
    return bool(_roles_here(actor) & roles_due(kind, permission))


def roles_due(kind: str, permission: Permission) -> frozenset[Role]:
    """The roles on whose worklists a task of that kind would be."""
    able = {role for role in Role if permission in ROLE_PERMISSIONS[role]}
    if kind in TOWNSHIP_KINDS:
        able -= COUNTY_ROLES
    if kind in COUNTY_KINDS:
        able &= COUNTY_ROLES
    return frozenset(able)


_TASK_COLUMNS = (
    Task.id,
    Task.kind,
    Task.case_id,
    Task.subject_id,
    Task.label,
    Task.note,
    Task.village,
    Task.township,
    Task.county,
    Task.assigned_to,
    Task.done_at,
)


def _row(row: Any) -> WorkRow:
    name, size, number = [*row.label.split("|"), "", "", ""][:3]
    return WorkRow(
        id=row.id,
        kind=row.kind,
        case_id=row.case_id,
        subject_id=row.subject_id,
        applicant_masked=name,
        household_size=int(size) if size.isdigit() else 0,
        number=number,
        note=row.note,
        region_code=row.village or row.township or row.county,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        assigned_to=row.assigned_to,
        done_at=row.done_at,
    )


def _limit(scope: Scope) -> tuple[SQLColumnExpression[date], SQLColumnExpression[bool]]:
    """By when a task is due from who works in that scope, and whether that day is provisional."""
    return own_limit(scope, Task.due_on, Task.due_provisional, _about)


def _about(work: Collection[HandedWork]) -> ColumnElement[bool]:
    handed = sorted((each.case_id, permission_of(each.kind)) for each in work)
    return tuple_(Task.case_id, Task.permission).in_(handed)


def worklist(
    session: ScopedSession,
    actor: Actor,
    *,
    kinds: Collection[str] = (),
    after: TaskCursor | None = None,
    size: int = PAGE,
) -> WorkPage:
    """What is due from `actor` where she works, the longest overdue first."""
    due, provisional = _limit(session.scope)
    statement = select(*_TASK_COLUMNS, due.label("due_on"), provisional.label("due_provisional")).where(
        Task.state == TaskState.OPEN, is_mine(actor)
    )
    if kinds:
        statement = statement.where(Task.kind.in_(sorted(kinds)))
    if after is not None:
        statement = statement.where(tuple_(due, Task.id) > tuple_(*after))
    found_rows = session.execute(statement.order_by(due, Task.id).limit(size + 1)).all()
    rows = [_row(row) for row in found_rows[:size]]
    more = len(found_rows) > size
    return WorkPage(rows, (rows[-1].due_on, rows[-1].id) if more else None)


_NOTHING_HANDED = Assigned()


# the menu of every page asks it: to put the conditions together costs more than to run them
@lru_cache(maxsize=1024)
def _counted(roles: frozenset[Role], account_id: uuid.UUID | None, handed: Assigned) -> Any:
    due, _provisional = _limit(handed)
    return (
        select(Task.kind, due.label("due_on"))
        .where(Task.state == TaskState.OPEN, _mine(roles, account_id))
        .order_by(due, Task.id)
        .limit(COUNT_CAP)
    )


def worklist_counts(session: ScopedSession, actor: Actor) -> WorkCounts:
    """How much is due from `actor`, counted over the nearest deadlines."""
    handed = session.scope if isinstance(session.scope, Assigned) else _NOTHING_HANDED
    rows = column_rows(session, _counted(_roles_here(actor), actor.account_id, handed))
    return WorkCounts(
        total=len(rows),
        capped=len(rows) == COUNT_CAP,
        kinds=dict(Counter(row.kind for row in rows)),
        days=dict(Counter(row.due_on for row in rows)),
    )


def done_by(
    session: ScopedSession, actor: Actor, since: datetime, limit: int = DONE_SHOWN
) -> Sequence[WorkRow]:
    """What `actor` finished since an instant, the last first.

    Only what was due from her: the county's last answer also ends a step, but that step was the township's.
    """
    rows = session.execute(
        select(*_TASK_COLUMNS, Task.due_on, Task.due_provisional)
        .where(
            Task.state == TaskState.DONE,
            Task.done_by == actor.account_id,
            Task.done_at >= since,
            is_mine(actor),
        )
        .order_by(Task.done_at.desc(), Task.id.desc())
        .limit(limit)
    )
    return [_row(row) for row in rows]


def is_handling(session: ScopedSession, actor: Actor, case_id: uuid.UUID) -> bool:
    """Whether something on the case is due from `actor` now: then she reads full names on its page (decision 17)."""
    mine = select(Task.id).where(Task.case_id == case_id, Task.state == TaskState.OPEN, is_mine(actor))
    return session.scalar(mine.limit(1)) is not None
