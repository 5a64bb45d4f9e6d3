"""The worklist's one table: tasks open with a step, move with its deadline, and close with it (decision 9)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core.access import Actor, Permission
from core.cases.models import Authority, Case, CaseStep, StepCode, Task, TaskState
from core.cases.procedure import beijing_day
from core.database import new_id
from core.scopes import LEVELS
from core.sessions import ScopedSession

P = Permission
COUNTY_VISIT = "county_visit"
DATA_CORRECTION = "data_correction"
REFUSAL_LETTER = "refusal_letter"
RECHECK = "recheck"
_STEP_PERMISSION = {
    StepCode.ACCEPTANCE: P.CASE_ACCEPT,
    StepCode.SURVEY_START: P.VISIT_RECORD,
    StepCode.VERIFICATION: P.VERIFICATION_REQUEST,
    StepCode.VISIT: P.VISIT_RECORD,
    StepCode.OPINION: P.OPINION_SIGN,
    StepCode.NOTICE: P.NOTICE_PUBLISH,
    StepCode.CONFIRMATION: P.CONFIRMATION_SIGN,
    StepCode.PUBLICATION: P.LETTER_SEND,
}


def open_task(
    session: ScopedSession,
    case: Case,
    kind: str,
    permission: Permission,
    due_on: date,
    *,
    now: datetime,
    provisional: bool = False,
    subject_id: uuid.UUID | None = None,
    assigned_to: uuid.UUID | None = None,
    note: str = "",
) -> Task:
    """Add one thing due from whoever holds `permission` where the case lies. `note` must name no one in the clear."""
    task = Task(**_row(case, kind, permission, due_on, now, provisional, subject_id, assigned_to, note))
    session.add(task)
    return task


def _row(
    case: Case,
    kind: str,
    permission: Permission,
    due_on: date,
    now: datetime,
    provisional: bool = False,
    subject_id: uuid.UUID | None = None,
    assigned_to: uuid.UUID | None = None,
    note: str = "",
) -> dict[str, Any]:
    return {
        **{level: getattr(case, level) for level in LEVELS},
        "id": new_id(),
        "kind": kind,
        "case_id": case.id,
        "owner_account_id": case.owner_account_id,
        "subject_id": subject_id,
        "permission": permission,
        "assigned_to": assigned_to,
        "label": _label(case),
        "note": note,
        "state": TaskState.OPEN,
        "opened_at": now,
        "due_on": due_on,
        "due_provisional": provisional,
    }


def _label(case: Case) -> str:
    return f"{case.applicant_masked}|{case.household_size}|{case.number}"


def relabel(session: ScopedSession, case: Case) -> None:
    """Open tasks name the case as it is called now."""
    for task in open_tasks(session, case):
        task.label = _label(case)


def row_of_step(
    case: Case, code: StepCode, due_on: date | None, provisional: bool, *, now: datetime
) -> dict[str, Any] | None:
    """The columns of the task of a step that has just opened; the office that has the power gets it."""
    permission = _STEP_PERMISSION.get(code)
    if permission is None:
        return None
    if code is StepCode.CONFIRMATION and case.authority is Authority.TOWNSHIP:
        permission = P.DELEGATED_CONFIRMATION_SIGN
    return _row(case, str(code), permission, due_on or case.due_on or beijing_day(now), now, provisional)


def open_step_task(
    session: ScopedSession, case: Case, step: CaseStep, *, now: datetime, note: str = ""
) -> None:
    """Put the step's task on the worklist, and at the confirmation the county's own visit where it must make one.

    `note`: a msgid, what is particular about it this time.
    """
    row = row_of_step(case, step.code, step.due_on, bool(step.due_provisional), now=now)
    if row is None:
        return
    task = Task(**row | {"note": note})
    session.add(task)
    if step.code is StepCode.CONFIRMATION and needs_county_visit(case):
        _open_county_visit(session, case, task.due_on, task.due_provisional, now)


def needs_county_visit(case: Case) -> bool:
    """Separately registered and complaint cases are all visited by the county (57号 第二十条)."""
    return (case.related_party or case.complaint) and case.county_visited_at is None


def _open_county_visit(
    session: ScopedSession, case: Case, due: date, provisional: bool, now: datetime
) -> None:
    if not open_tasks(session, case, COUNTY_VISIT):
        open_task(session, case, COUNTY_VISIT, P.VISIT_RECORD, due, now=now, provisional=provisional)


def open_tasks(session: ScopedSession, case: Case, kind: str | None = None) -> Sequence[Task]:
    """The open tasks of the case, or those of `kind`."""
    statement = select(Task).where(Task.case_id == case.id, Task.state == TaskState.OPEN)
    if kind is not None:
        statement = statement.where(Task.kind == kind)
    return session.scalars(statement).all()


def finished_at(session: ScopedSession, case: Case, kind: str) -> datetime | None:
    """When the last task of that kind was done; None while none was."""
    done = select(func.max(Task.done_at)).where(
        Task.case_id == case.id, Task.kind == kind, Task.state == TaskState.DONE
    )
    return session.scalar(done)


def finish_step_tasks(
    session: ScopedSession, actor: Actor, case: Case, code: StepCode, *, now: datetime
) -> None:
    """Close the open tasks of a step."""
    finish_tasks(session, actor, case, str(code), now=now)


def finish_tasks(session: ScopedSession, actor: Actor, case: Case, kind: str, *, now: datetime) -> None:
    """Close every open task of `kind` on the case."""
    for task in open_tasks(session, case, kind):
        task.state, task.done_at, task.done_by = TaskState.DONE, now, actor.account_id


def finish_about(
    session: ScopedSession,
    actor: Actor,
    case_id: uuid.UUID,
    kind: str,
    subject_id: uuid.UUID,
    *,
    now: datetime,
) -> None:
    """Close the open task of `kind` about one thing of a case (a letter)."""
    statement = select(Task).where(
        Task.case_id == case_id,
        Task.subject_id == subject_id,
        Task.kind == kind,
        Task.state == TaskState.OPEN,
    )
    for task in session.scalars(statement):
        task.state, task.done_at, task.done_by = TaskState.DONE, now, actor.account_id


def cancel_all(session: ScopedSession, actor: Actor, case: Case, *, now: datetime) -> None:
    """Take every open task of the case off the worklist, but for a request about her data, which is owed an answer."""
    for task in open_tasks(session, case):
        if task.kind == DATA_CORRECTION:
            continue
        task.state, task.done_at, task.done_by = TaskState.CANCELLED, now, actor.account_id


def move_step_task(session: ScopedSession, case: Case, step: CaseStep) -> None:
    """Give a step's open task the step's new deadline, and the county's own visit that of the confirmation."""
    moved = [*open_tasks(session, case, str(step.code))]
    if step.code is StepCode.CONFIRMATION:
        moved += open_tasks(session, case, COUNTY_VISIT)
    for task in moved:
        task.due_on = step.due_on or task.due_on
        task.due_provisional = step.due_provisional
