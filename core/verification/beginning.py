"""Until when a check is due: the law gives days to begin (57号 第十七条); what has begun is due when its step is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from core.cases.limits import CHECK_START
from core.cases.models import Case, CaseStep, StepCode
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import follow_refreshed, step_of
from core.cases.tasks import open_tasks
from core.sessions import ScopedSession, found
from core.verification import worklist
from core.verification.models import OPEN, VerificationRequest
from core.workdays import Deadline


def last_day_to_begin(procedure: Procedure, asked_at: datetime, standing: Collection[date] = ()) -> Deadline:
    """Working days from the day it was asked, those in `standing` left out."""
    return procedure.deadline(CHECK_START, beijing_day(asked_at), standing=standing)


def note_begun(session: ScopedSession, case_id: uuid.UUID) -> None:
    """The county has sent a question of the case or entered an answer: what is still out is due with the step."""
    out = _out(session, case_id)
    waiting = [row for row in out if not row.begun]
    if not waiting:
        return
    step = step_of(session, case_id, StepCode.VERIFICATION)
    for row in waiting:
        row.begun = True
        _due_with(row, step)
    _move_task(session, found(session.get(Case, case_id)), out)


def recount_checks(
    session: ScopedSession, case: Case, procedure: Procedure, standing: Collection[date] = ()
) -> None:
    """Count anew, after the steps, until when checks still out are due."""
    out = _out(session, case.id)
    if not out:
        return
    step = step_of(session, case.id, StepCode.VERIFICATION)
    for row in out:
        begin = last_day_to_begin(procedure, row.requested_at, standing)
        row.due_on, row.due_provisional = begin.date, begin.provisional
        if row.begun:
            _due_with(row, step)
    _move_task(session, case, out)


def _due_with(row: VerificationRequest, step: CaseStep) -> None:
    """On the step's last day; who began early has no less time than she had to begin."""
    if step.due_on is not None and step.due_on > row.due_on:
        row.due_on, row.due_provisional = step.due_on, bool(step.due_provisional)


def _out(session: ScopedSession, case_id: uuid.UUID) -> list[VerificationRequest]:
    return list(
        session.scalars(
            select(VerificationRequest).where(
                VerificationRequest.case_id == case_id, VerificationRequest.state.in_(OPEN)
            )
        )
    )


def move_task(session: ScopedSession, case: Case) -> None:
    """The county's line on the worklist is due when the first answer is."""
    _move_task(session, case, _out(session, case.id))


def _move_task(session: ScopedSession, case: Case, out: Sequence[VerificationRequest]) -> None:
    first = min(out, key=lambda row: row.due_on, default=None)
    if first is not None:
        for task in open_tasks(session, case, worklist.RESULTS):
            task.due_on, task.due_provisional = first.due_on, first.due_provisional
    session.flush()


follow_refreshed(recount_checks)
