"""Objections to notices: received until the last day, answered by the office, each by itself (57号 第十九、二十四条)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.opinions import objection_upheld
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import hold, step_of
from core.cases.tasks import RECHECK, finish_about, finish_tasks, open_task
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked, Invalid
from core.notices.changes import FIRST, close_if_over, standing_notice, withdraw_notice
from core.notices.models import Notice, NoticeLink, NoticeState, Objection, ObjectionState, PublicRow
from core.notices.queries import open_objections
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_

_ONE_PRESS = timedelta(minutes=10)  # the same words within it are one objection


def raise_objection(
    session: ScopedSession,
    public_row_id: uuid.UUID,
    said: str,
    *,
    name: str = "",
    phone: str = "",
    now: datetime,
) -> Objection:
    """Receive what someone says against a notice, until the end of its last day (a system session: the public may not
    follow the row to its case). Raises Invalid for an empty text, Blocked after the last day.
    """
    if not said.strip():
        raise Invalid(N_("请写写哪里不对，几句话就行。"), field="said")
    row: PublicRow = found(session.get(PublicRow, public_row_id))
    link = found(session.scalar(select(NoticeLink).where(NoticeLink.public_row_id == row.id)))
    notice: Notice = found(session.get(Notice, link.notice_id))
    case: Case = found(session.get(Case, notice.case_id))
    hold(session, case)
    session.refresh(notice)
    if (same := _pressed_twice(session, notice, said.strip(), now)) is not None:
        return same
    today = beijing_day(now)
    if notice.state is not NoticeState.PUBLISHED or (row.closes_on is not None and row.closes_on < today):
        raise Blocked(N_("这次公示已经结束。有意见请拨打页面上的电话，或者到镇（街道）窗口反映。"))
    objection = Objection(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        notice_id=notice.id,
        case_id=case.id,
        named=bool(name.strip()),
        state=ObjectionState.OPEN,
        received_at=now,
    )
    objection.said_sealed = session.vault.seal_json(
        place_of(objection, "said_sealed"),
        {"text": said.strip(), "name": name.strip(), "phone": phone.strip()},
    )
    session.add(objection)
    open_task(
        session, case, "objection", Permission.OBJECTION_HANDLE, today, now=now, subject_id=objection.id
    )
    session.flush()
    audit.record(session, "objection.record", objection, now=now, case_id=case.id)
    return objection


def _pressed_twice(session: ScopedSession, notice: Notice, text: str, now: datetime) -> Objection | None:
    """The same words about the same notice a moment ago: one objection, however often the button was pressed."""
    recent = session.scalars(
        select(Objection).where(Objection.notice_id == notice.id, Objection.received_at > now - _ONE_PRESS)
    )
    for row in recent:
        if session.vault.unseal_json(place_of(row, "said_sealed"), row.said_sealed)["text"] == text:
            return row
    return None


def decide_objection(
    session: ScopedSession,
    actor: Actor,
    objection: Objection,
    procedure: Procedure,
    *,
    upheld: bool,
    answer: str,
    now: datetime,
) -> None:
    """Answer an objection. Upheld: the notice comes down and the survey begins anew; else the notice runs on.

    One to the long-term list, of a family that receives already, leaves her listed and opens a re-check.

    An objection outlives its notice: one that was taken down for a leak and hung again still waits for the answer.
    """
    actor.require(Permission.OBJECTION_HANDLE)
    case: Case = found(session.get(Case, objection.case_id))
    hold(session, case)
    session.refresh(objection)
    if objection.state is not ObjectionState.OPEN:
        raise Blocked(N_("这条意见已经答复过。"))
    if not answer.strip():
        raise Invalid(N_("请写明核实的情况和答复。"), field="answer")
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.decided_by, objection.decided_at = actor.account_id, now
    objection.answer_sealed = session.vault.seal_json(
        place_of(objection, "answer_sealed"), {"text": answer.strip()}
    )
    session.flush()
    if not open_objections(session, case.id):
        finish_tasks(session, actor, case, "objection", now=now)
    audit.record(session, "objection.decide", objection, now=now, changes={"upheld": [None, upheld]})
    against: Notice = found(session.get(Notice, objection.notice_id))
    if against.kind != FIRST:
        if upheld:
            _open_recheck(session, case, objection, procedure, now)
        return
    if upheld and step_of(session, case.id, StepCode.NOTICE).state is not StepState.WAITING:
        standing = standing_notice(session, case, FIRST)
        if standing is not None:
            withdraw_notice(session, standing, "objection", now=now)
        objection_upheld(session, actor, case, procedure, now=now)
    elif case.state in OPEN_STATES:
        close_if_over(session, actor, case, procedure, now)


def _open_recheck(
    session: ScopedSession, case: Case, objection: Objection, procedure: Procedure, now: datetime
) -> None:
    """The office looks again whether the family still qualifies; it begins as soon as a survey has to."""
    begin = procedure.deadline(procedure.scheme.step(StepCode.SURVEY_START).limit, beijing_day(now))
    open_task(
        session,
        case,
        RECHECK,
        Permission.OBJECTION_HANDLE,
        begin.date,
        now=now,
        provisional=begin.provisional,
        subject_id=objection.id,
    )
    session.flush()


def record_recheck(
    session: ScopedSession, actor: Actor, objection: Objection, found_out: str, *, now: datetime
) -> None:
    """Write down what the re-check of a family that receives came to; once. Raises Invalid, Blocked, NotAllowed."""
    actor.require(Permission.OBJECTION_HANDLE)
    case: Case = found(session.get(Case, objection.case_id))
    hold(session, case)
    session.refresh(objection)
    if not waits_for_recheck(session, objection):
        raise Blocked(N_("这条意见没有等着复查。"))
    if not found_out.strip():
        raise Invalid(N_("请写明复查的情况和结果。"), field="recheck")
    objection.recheck_sealed = session.vault.seal_json(
        place_of(objection, "recheck_sealed"), {"text": found_out.strip()}
    )
    finish_about(session, actor, case.id, RECHECK, objection.id, now=now)
    session.flush()
    audit.record(session, "objection.recheck", objection, now=now)


def waits_for_recheck(session: ScopedSession, objection: Objection) -> bool:
    """Whether it was upheld against a long-term listing and nobody has written yet what the re-check came to."""
    against: Notice = found(session.get(Notice, objection.notice_id))
    return (
        against.kind != FIRST
        and objection.state is ObjectionState.UPHELD
        and objection.recheck_sealed is None
    )


audit.name_act("objection.recheck", N_("登记复查结果"))
