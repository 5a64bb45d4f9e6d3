"""Work handed to named people: one case, one kind of work, until a day; they see it, and nothing else (architecture 6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, and_, case, literal, or_, select

from core import audit
from core.access import ROLE_PERMISSIONS, Actor, Permission, Role, region_contains
from core.accounts.models import Assignment, RoleGrant, StaffAccount
from core.database import new_id
from core.errors import Conflict, Invalid
from core.scopes import Assigned, HandedWork, Scope, region_columns
from core.sessions import ScopedSession, found
from core.translations import N_
from core.workdays import CHINA

# the work of a bought-in worker; any other is the code of the body whose questions a department officer answers
VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Handed:
    """Who has a part of a case now. `work`: VISIT or a body's code; `last_day` she has it; `office`: where she sits."""

    id: uuid.UUID
    account_id: uuid.UUID
    name: str
    work: str
    last_day: date
    given_at: datetime
    given_by: uuid.UUID | None


def doer_of(work: str) -> Role:
    """The role that does such work."""
    return Role.CONTRACT_WORKER if work == VISIT else Role.DEPARTMENT_OFFICER


def permission_of(work: str) -> Permission:
    """What one must be allowed to do oneself to hand it over."""
    return Permission.VISIT_RECORD if work == VISIT else Permission.VERIFICATION_RECORD


HANDING_VISITS = tuple(
    role for role in Role if {Permission.CASE_ASSIGN, permission_of(VISIT)} <= ROLE_PERMISSIONS[role]
)


def workers_for(
    session: ScopedSession, roles: Collection[Role], region: str, *, now: datetime
) -> list[tuple[uuid.UUID, str, Role]]:
    """(account, full name, role) of open accounts in scope that hold one of `roles` where the work lies, by name."""
    rows = session.execute(
        select(StaffAccount.id, StaffAccount.full_name, RoleGrant.role, RoleGrant.region_code)
        .join(RoleGrant, RoleGrant.account_id == StaffAccount.id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
            StaffAccount.disabled_at.is_(None),
        )
        .order_by(StaffAccount.full_name, StaffAccount.id)
    ).all()
    able = [(row.id, row.full_name, row.role) for row in rows if region_contains(row.region_code, region)]
    return list(dict.fromkeys(able))


def assign(
    session: ScopedSession,
    actor: Actor,
    account_id: uuid.UUID,
    work: str,
    last_day: date,
    *,
    case_id: uuid.UUID,
    region: str,
    now: datetime,
) -> Assignment:
    """Hand one case to a worker by name; `region` is where it lies. Given to her already, only its last day changes.

    The caller holds the case, so that two offices do not hand it over at once. Raises NotAllowed for work that is not the
    actor's to give, Invalid (`worker`, `last_day`) for who does not do such work there and for a day that is over,
    Conflict when she has it until that day already.
    """
    actor.require(Permission.CASE_ASSIGN, region)
    actor.require(permission_of(work), region)
    if last_day < now.astimezone(CHINA).date():
        raise Invalid(N_("这一天已经过了，请填今天或者以后的日子。"), field="last_day")
    able = workers_for(session, {doer_of(work)}, region, now=now)
    name = next((name for account, name, _role in able if account == account_id), None)
    if name is None:
        raise Invalid(N_("入户交给购买服务人员，核对交给部门协办。请选办这一项的人。"), field="worker")
    known: Assignment | None = session.scalar(
        select(Assignment).where(
            Assignment.account_id == account_id,
            Assignment.case_id == case_id,
            Assignment.work == work,
            Assignment.ended_at.is_(None),
        )
    )
    if known is not None and known.last_day == last_day:
        raise Conflict(N_("已经交给{name}，办到这一天。"), name=name)
    before = known.last_day.isoformat() if known is not None else None
    given = known or Assignment(
        id=new_id(), account_id=account_id, case_id=case_id, work=work, **region_columns(region)
    )
    given.last_day, given.given_at, given.given_by = last_day, now, actor.account_id
    session.add(given)
    session.flush()
    told = {"worker": [None, name], "work": [None, work], "last_day": [before, last_day.isoformat()]}
    audit.record(session, "assignment.give", given, now=now, actor=actor, changes=told)
    return given


def end_assignment(session: ScopedSession, actor: Actor, assignment_id: uuid.UUID, *, now: datetime) -> bool:
    """Take work back; with her next page she no longer sees it. False when it had ended. Raises NotFound, NotAllowed."""
    given: Assignment = found(session.get(Assignment, assignment_id))
    actor.require(Permission.CASE_ASSIGN, _place(given))
    actor.require(permission_of(given.work), _place(given))
    if given.ended_at is not None:
        return False
    _end(session, actor, given, now)
    return True


def end_finished(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID, work: str, *, now: datetime
) -> None:
    """What was handed over is done: nobody who had it sees the case any longer. Needs a session that sees assignments."""
    for given in session.scalars(
        select(Assignment).where(
            Assignment.case_id == case_id, Assignment.work == work, Assignment.ended_at.is_(None)
        )
    ):
        _end(session, actor, given, now)


def _end(session: ScopedSession, actor: Actor, given: Assignment, now: datetime) -> None:
    given.ended_at = now
    session.flush()
    audit.record(session, "assignment.end", given, now=now, actor=actor, changes={"work": [given.work, None]})


def _place(given: Assignment) -> str:
    return given.village or given.township or given.county


def own_limit(
    scope: Scope,
    due: SQLColumnExpression[date],
    provisional: SQLColumnExpression[bool],
    work_of: Callable[[Collection[HandedWork]], ColumnElement[bool]],
) -> tuple[SQLColumnExpression[date], SQLColumnExpression[bool]]:
    """A deadline and whether it is provisional, as columns, for who reads in that scope.

    Who works by assignment must be done by the last day she has it, where that comes before the deadline itself.
    `work_of`: which rows are about any of that work.
    """
    if not isinstance(scope, Assigned) or not scope.work:
        return due, provisional
    by_day = sorted(scope.work, key=_last_day)
    days = [(work_of(list(work)), literal(day, Date)) for day, work in groupby(by_day, key=_last_day)]
    last = case(*days, else_=due)
    earlier = case((last < due, last), else_=due)
    return earlier, and_(provisional, earlier == due)


def _last_day(work: HandedWork) -> date:
    return work.last_day


def last_day_of(scope: Scope, case_id: uuid.UUID, work: str) -> date | None:
    """The last day that who reads in that scope has this part of the case; None where she works on the place itself."""
    if not isinstance(scope, Assigned):
        return None
    days = [each.last_day for each in scope.work if (each.case_id, each.kind) == (case_id, work)]
    return min(days, default=None)


def assignments_of(session: ScopedSession, case_id: uuid.UUID, today: date) -> Sequence[Handed]:
    """Who has a part of the case today, the first given first; in scope."""
    rows = session.execute(
        select(
            Assignment.id,
            Assignment.account_id,
            StaffAccount.full_name,
            Assignment.work,
            Assignment.last_day,
            Assignment.given_at,
            Assignment.given_by,
        )
        .join(StaffAccount, StaffAccount.id == Assignment.account_id, isouter=True)
        .where(
            Assignment.case_id == case_id, and_(Assignment.ended_at.is_(None), Assignment.last_day >= today)
        )
        .order_by(Assignment.given_at, Assignment.id)
    )
    return [
        Handed(
            row.id,
            row.account_id,
            row.full_name or "",
            row.work,
            row.last_day,
            row.given_at,
            row.given_by,
        )
        for row in rows
    ]
