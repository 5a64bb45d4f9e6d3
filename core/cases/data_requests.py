"""Requests about one's own data: a correction is asked for, answered by the office, and the answer kept (PIPL art. 46)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.message_models import MessageEvent
from core.cases.messages import tell
from core.cases.models import Case, DataRequest, Task, TaskState
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import hold
from core.cases.tasks import DATA_CORRECTION, finish_about, open_task, open_tasks
from core.database import new_id
from core.encryption import place_of
from core.errors import Conflict, Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_
from core.workdays import Deadline

TASK = DATA_CORRECTION
audit.name_act("data.look", N_("查看更正申请"))
audit.name_subject("data_requests", N_("更正申请"))


@dataclass(frozen=True, slots=True)
class Correction:
    """A request opened for its reader: her words, the answer or "", and whether the day of the answer is provisional."""

    row: DataRequest
    text: str
    answer: str
    due_provisional: bool


def ask_for_correction(
    session: ScopedSession, actor: Actor, case: Case, text: str, procedure: Procedure, *, now: datetime
) -> DataRequest:
    """Keep what she says is wrong; the office has the days of the rules to answer (GB/T 35273-2020 8.7).

    The same words once more, while nobody has answered them, are the same request.
    """
    if not text.strip():
        raise Invalid(N_("请写明哪里不对，应该是什么。"), field="wrong")
    hold(session, case)
    if (same := _pressed_twice(session, case, text.strip())) is not None:
        return same
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
    audit.record(session, "data.correct", row, now=now, actor=actor)
    return row


def _pressed_twice(session: ScopedSession, case: Case, text: str) -> DataRequest | None:
    waiting = (row for row in requests_of_case(session, case.id) if row.answered_at is None)
    return next((row for row in waiting if _unsealed(session, row, "text_sealed") == text), None)


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
    session: ScopedSession, actor: Actor, row: DataRequest, answer: str, *, now: datetime
) -> None:
    """Answer in writing, with the reason when nothing is changed (PIPL art. 50); this request's task is done, no other,
    and her phone is told to look.

    Whatever became of the case: a request outlives it. Raises NotAllowed, Invalid without a word, Conflict when it was
    answered meanwhile: an answer she may have read is never overwritten.
    """
    actor.require(Permission.CASE_ACCEPT)
    if not answer.strip():
        raise Invalid(N_("请写明怎么更正的；不更正的，写明理由。"), field="answer")
    # on PostgreSQL two clerks who press at once come here one after the other
    session.refresh(row, with_for_update=True)
    if row.answered_at is not None:
        raise Conflict(N_("这条更正申请已经答复过。"))
    session.vault.seal_into(row, "answer_sealed", answer.strip())
    row.answered_at, row.answered_by = now, actor.account_id
    finish_about(session, actor, row.case_id, TASK, row.id, now=now)
    case: Case = found(session.get(Case, row.case_id))
    tell(session, case, MessageEvent.ANSWERED, now=now, about=row.id)
    session.flush()
    audit.record(session, "data.answer", row, now=now, actor=actor)


def requests_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[DataRequest]:
    """The requests about a case, oldest first."""
    return session.scalars(
        select(DataRequest)
        .where(DataRequest.case_id == case_id)
        .order_by(DataRequest.asked_at, DataRequest.id)
    ).all()


def corrections_of_case(session: ScopedSession, case_id: uuid.UUID) -> list[Correction]:
    """The requests about a case opened, oldest first."""
    return _opened(session, requests_of_case(session, case_id))


def correction(session: ScopedSession, case_id: uuid.UUID, request_id: uuid.UUID) -> Correction:
    """One request of that case; NotFound out of scope and for another case's."""
    row: DataRequest | None = session.get(DataRequest, request_id)
    return _opened(session, [found(row if row is not None and row.case_id == case_id else None)])[0]


def my_corrections(session: ScopedSession) -> list[Correction]:
    """Those about the cases in scope, newest first."""
    # by the cases, which have an index by their owner
    mine = select(DataRequest).where(DataRequest.case_id.in_(select(Case.id)))
    newest = mine.order_by(DataRequest.asked_at.desc(), DataRequest.id.desc())
    return _opened(session, session.scalars(newest).all())


def _opened(session: ScopedSession, rows: Sequence[DataRequest]) -> list[Correction]:
    unsure = select(Task.subject_id).where(
        Task.kind == TASK,
        Task.state == TaskState.OPEN,
        Task.due_provisional,
        Task.case_id.in_({row.case_id for row in rows}),
    )
    provisional = set(session.scalars(unsure)) if rows else set()
    return [
        Correction(
            row, _unsealed(session, row, "text_sealed"), answer_of(session, row), row.id in provisional
        )
        for row in rows
    ]


def answer_of(session: ScopedSession, row: DataRequest) -> str:
    """The office's answer, or ""."""
    return "" if row.answer_sealed is None else _unsealed(session, row, "answer_sealed")


def _unsealed(session: ScopedSession, row: DataRequest, column: str) -> str:
    return str(session.vault.unseal(place_of(row, column), getattr(row, column)))
