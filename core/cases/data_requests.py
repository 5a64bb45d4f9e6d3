"""Requests about one's own data: a correction is asked for, answered by the office, and the answer kept (PIPL art. 46)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.models import Case, DataRequest
from core.cases.procedure import Procedure, beijing_day
from core.cases.tasks import DATA_CORRECTION, finish_tasks, open_task, open_tasks
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked, Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_
from core.workdays import Deadline

TASK = DATA_CORRECTION


def ask_for_correction(
    session: ScopedSession, actor: Actor, case: Case, text: str, procedure: Procedure, *, now: datetime
) -> DataRequest:
    """Keep what she says is wrong; the office has the days of the rules to answer (GB/T 35273-2020 8.7)."""
    if not text.strip():
        raise Invalid(N_("请写明哪里不对，应该是什么。"), field="wrong")
    due = _answer_by(procedure, now)
    row = DataRequest(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        asked_at=now,
        due_on=due.date,
    )
    session.vault.seal_into(row, "text_sealed", text.strip())
    session.add(row)
    open_task(
        session,
        case,
        TASK,
        Permission.CASE_ACCEPT,
        due.date,
        now=now,
        provisional=due.provisional,
        subject_id=row.id,
    )
    session.flush()
    audit.record(session, "data.correct", case, now=now, actor=actor)
    return row


def _answer_by(procedure: Procedure, asked_at: datetime) -> Deadline:
    return procedure.calendar.calendar_days_deadline(
        beijing_day(asked_at), procedure.law.days("privacy.reply_days")
    )


def recount_requests(session: ScopedSession, case: Case, procedure: Procedure) -> None:
    """Count anew until when each open request is to be answered."""
    open_rows = {row.id: row for row in requests_of_case(session, case.id) if row.answered_at is None}
    for task in open_tasks(session, case, TASK):
        if task.subject_id in open_rows:
            row = open_rows[task.subject_id]
            due = _answer_by(procedure, row.asked_at)
            row.due_on = task.due_on = due.date
            task.due_provisional = due.provisional


def answer_correction(
    session: ScopedSession, actor: Actor, case: Case, row: DataRequest, answer: str, *, now: datetime
) -> None:
    """Answer in writing, with the reason when nothing is changed (PIPL art. 50)."""
    actor.require(Permission.CASE_ACCEPT)
    if row.answered_at is not None:
        raise Blocked(N_("这条更正申请已经答复过。"))
    if not answer.strip():
        raise Invalid(N_("请写明怎么更正的；不更正的，写明理由。"), field="answer")
    session.vault.seal_into(row, "answer_sealed", answer.strip())
    row.answered_at, row.answered_by = now, actor.account_id
    session.flush()
    if not any(each.answered_at is None for each in requests_of_case(session, case.id)):
        finish_tasks(session, actor, case, TASK, now=now)
    audit.record(session, "data.answer", case, now=now)


def requests_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[DataRequest]:
    """The requests about a case, oldest first."""
    return session.scalars(
        select(DataRequest).where(DataRequest.case_id == case_id).order_by(DataRequest.asked_at)
    ).all()


def my_requests(session: ScopedSession) -> list[tuple[DataRequest, str, str]]:
    """(request, what was asked, the answer or "") of everything in scope, newest first."""
    rows = session.scalars(select(DataRequest).order_by(DataRequest.asked_at.desc())).all()
    return [(row, opened(session, row), answer_of(session, row)) for row in rows]


def opened(session: ScopedSession, row: DataRequest) -> str:
    """What she wrote."""
    return str(session.vault.unseal(place_of(row, "text_sealed"), row.text_sealed))


def answer_of(session: ScopedSession, row: DataRequest) -> str:
    """The office's answer, or ""."""
    return (
        ""
        if row.answer_sealed is None
        else str(session.vault.unseal(place_of(row, "answer_sealed"), row.answer_sealed))
    )
