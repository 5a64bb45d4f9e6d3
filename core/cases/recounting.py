"""Counts a case's open dates anew when the calendar they were counted with has changed; the case tells it in its history."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnExpressionArgument, and_, func, or_, select

from core import audit
from core.cases.data_requests import recount_requests
from core.cases.models import OPEN_STATES, Case, CaseStep, StepCode, StepState, Task, TaskState
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import hold, refresh_deadlines, step_of, steps_of
from core.cases.tasks import DATA_CORRECTION, move_step_task, open_tasks
from core.cases.worklist import COUNT_CAP
from core.sessions import ScopedSession
from core.translations import N_

SUPPLEMENT = "supplement"


def cases_to_recount(
    session: ScopedSession,
    first_day: date,
    *,
    after: uuid.UUID | None = None,
    up_to: uuid.UUID | None = None,
    limit: int | None = None,
) -> Sequence[uuid.UUID]:
    """Ids, in order, of cases with a date on `first_day` or later: those behind `after`, `up_to` included.

    Open cases, and closed ones that still owe an answer to a request about her data.
    """
    late = select(Task.id).where(
        Task.case_id == Case.id, Task.state == TaskState.OPEN, Task.due_on >= first_day
    )
    statement = select(Case.id).where(
        or_(
            and_(Case.state.in_(OPEN_STATES), or_(Case.due_on >= first_day, late.exists())),
            Case.id.in_(_owing(Task.due_on >= first_day)),
        )
    )
    if after is not None:
        statement = statement.where(Case.id > after)
    if up_to is not None:
        statement = statement.where(Case.id <= up_to)
    return session.scalars(statement.order_by(Case.id).limit(limit)).all()


def _owing(condition: ColumnExpressionArgument[bool]) -> Any:
    """Ids of cases with an open task about her data that meets `condition`: it outlives the case."""
    return select(Task.case_id).where(
        Task.kind == DATA_CORRECTION, Task.state == TaskState.OPEN, condition, Task.case_id.is_not(None)
    )


def hold_case(session: ScopedSession, case_id: uuid.UUID) -> Case:
    """The case, held until the transaction ends: who works on it meanwhile waits, and is told of the conflict."""
    case = session.scalars(select(Case).where(Case.id == case_id)).one()
    hold(session, case)
    return case


def provisional_cases(session: ScopedSession) -> int:
    """How many cases have a date nobody could confirm yet; at most COUNT_CAP are counted."""
    unsure = select(Task.id).where(
        Task.case_id == Case.id, Task.state == TaskState.OPEN, Task.due_provisional
    )
    under_way = and_(Case.state.in_(OPEN_STATES), or_(Case.due_provisional, unsure.exists()))
    uncertain = (
        select(Case.id)
        .where(or_(under_way, Case.id.in_(_owing(Task.due_provisional))))
        .limit(COUNT_CAP)
        .subquery()
    )
    return int(session.scalar(select(func.count()).select_from(uncertain)) or 0)


def recount_case(
    session: ScopedSession, case: Case, procedure: Procedure, *, document: str, now: datetime
) -> bool:
    """Count every open date of the case anew; whether one moved or became firm. `document` announced the calendar.

    Of a closed case only the answers it still owes: its own limits are history.
    """
    before, last = _dates(session, case), _last(case)
    if case.state in OPEN_STATES:
        if case.accepted_at is None:
            _recount_acceptance(session, case, procedure)
        refresh_deadlines(session, case, procedure, now=now)
        _recount_supplement(session, case, procedure)
    recount_requests(session, case, procedure)
    session.flush()
    if _dates(session, case) == before:
        return False
    changes = {name: [last[name], then] for name, then in _last(case).items() if last[name] != then}
    audit.record(session, "case.recount", case, now=now, case_id=case.id, reason=document, changes=changes)
    return True


def _recount_acceptance(session: ScopedSession, case: Case, procedure: Procedure) -> None:
    step = step_of(session, case.id, StepCode.ACCEPTANCE)
    limit = procedure.scheme.step(step.code).limit
    if limit and step.state is StepState.OPEN and step.opened_at is not None:
        due = procedure.deadline(limit, beijing_day(step.opened_at))
        step.due_on, step.due_provisional = due.date, due.provisional
        move_step_task(session, case, step)


def _recount_supplement(session: ScopedSession, case: Case, procedure: Procedure) -> None:
    """The day in the one letter is never made earlier: the family was told it in writing."""
    for task in open_tasks(session, case, SUPPLEMENT):
        due = procedure.deadline(SUPPLEMENT, beijing_day(task.opened_at))
        task.due_on, task.due_provisional = max(due.date, task.due_on), due.provisional


def _dates(session: ScopedSession, case: Case) -> set[tuple[uuid.UUID, date | None, bool]]:
    rows: list[Case | CaseStep | Task] = [case, *open_tasks(session, case)]
    rows += [step for step in steps_of(session, case.id) if step.state is StepState.OPEN]
    return {(row.id, row.due_on, row.due_provisional) for row in rows}


def _last(case: Case) -> dict[str, str | bool | None]:
    return {
        "due_on": None if case.due_on is None else case.due_on.isoformat(),
        "due_provisional": case.due_provisional,
    }


audit.name_act("case.recount", N_("按新的工作日历重算期限"))
