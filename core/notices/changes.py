"""Publishing notices, closing them by their dates, and taking them down (57号 第十九、二十四条)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.models import OPEN_STATES, Case, CaseState, StepCode
from core.cases.opinions import current_opinion
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import complete_step, hold, require_open
from core.cases.tasks import open_task
from core.database import new_id
from core.errors import Blocked, Problem
from core.notices.content import public_values, raw_values, require_clean
from core.notices.models import Notice, NoticeLink, NoticeState, PublicRow
from core.notices.queries import open_objections
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_

log = logging.getLogger("doudi.notices")
audit.name_act("notice.end", N_("长期公布随救助结束"))
FIRST = "first"
LONG_TERM = "long_term"


def publish_first_notice(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> Notice:
    """Hang the opinion for its days, from the day after publishing (7 calendar days; a last holiday moves on)."""
    actor.require(Permission.NOTICE_PUBLISH)
    require_open(session, case, StepCode.NOTICE)
    opinion = current_opinion(session, case)
    if opinion is None or not opinion.eligible:
        raise Blocked(N_("初审不同意的，不公示，直接报审核确认。"))
    if standing_notice(session, case, FIRST) is not None:
        raise Blocked(N_("已经在公示，不用再张贴。"))
    today = beijing_day(now)
    closes_on = procedure.deadline("notice", today).date
    return _publish(
        session, actor, case, FIRST, procedure, opinion.monthly_fen, today + timedelta(days=1), closes_on, now
    )


def publish_long_term(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> Notice:
    """List a granted case while the assistance lasts (R3-18); the last step of the case."""
    actor.require(Permission.LETTER_SEND)
    require_open(session, case, StepCode.PUBLICATION)
    if case.state is not CaseState.GRANTED or case.monthly_fen is None:
        raise Blocked(N_("只公布审核确认同意的。不同意的，姓名不公开。"))
    notice = _publish(
        session, actor, case, LONG_TERM, procedure, case.monthly_fen, beijing_day(now), None, now
    )
    evidence = {"notice_id": str(notice.id)}
    complete_step(session, actor, case, StepCode.PUBLICATION, evidence, procedure, now=now)
    return notice


def _publish(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    kind_code: str,
    procedure: Procedure,
    monthly_fen: int,
    opens_on: date,
    closes_on: date | None,
    now: datetime,
) -> Notice:
    kind = procedure.scheme.notice(kind_code)
    values = public_values(session, case, kind, procedure, monthly_fen)
    require_clean(values, raw_values(session, case))
    levels = {level: getattr(case, level) for level in LEVELS}
    notice = Notice(
        **levels,
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        kind=kind_code,
        state=NoticeState.PUBLISHED,
        opens_on=opens_on,
        closes_on=closes_on,
        published_by=actor.account_id,
        published_at=now,
    )
    # a random id, not one ordered by time: neighbours in the list tell nothing of each other
    row = PublicRow(
        **levels, id=uuid.uuid4(), kind=kind_code, opens_on=opens_on, closes_on=closes_on, **values
    )
    session.add_all(
        [notice, row, NoticeLink(**levels, id=new_id(), public_row_id=row.id, notice_id=notice.id)]
    )
    session.flush()
    audit.record(session, "notice.publish", notice, now=now, case_id=case.id)
    return notice


def standing_notice(session: ScopedSession, case: Case, kind: str) -> Notice | None:
    """The notice of that kind that hangs or waits for its first day."""
    row: Notice | None = session.scalar(
        select(Notice).where(
            Notice.case_id == case.id, Notice.kind == kind, Notice.state == NoticeState.PUBLISHED
        )
    )
    return row


def public_row_of(session: ScopedSession, notice: Notice) -> PublicRow:
    """The public side of a notice."""
    row: PublicRow | None = session.scalar(
        select(PublicRow)
        .join(NoticeLink, NoticeLink.public_row_id == PublicRow.id)
        .where(NoticeLink.notice_id == notice.id)
    )
    return found(row)


def withdraw_notice(session: ScopedSession, notice: Notice, reason: str, *, now: datetime) -> None:
    """Take a notice down at once: a leak was found, an objection upheld, the application withdrawn."""
    if notice.state is NoticeState.WITHDRAWN:
        return
    notice.state, notice.withdrawn_reason, notice.closed_at = NoticeState.WITHDRAWN, reason, now
    public_row_of(session, notice).withdrawn_at = now
    session.flush()
    audit.record(session, "notice.withdraw", notice, now=now, reason=reason)


def record_public_check(session: ScopedSession, notice: Notice, leaks: int, *, now: datetime) -> None:
    """The page was fetched as an anonymous visitor: clean, or it comes down and the office gets a task."""
    if not leaks:
        notice.checked_at = now
        session.flush()
        return
    withdraw_notice(session, notice, "leak", now=now)
    case: Case = found(session.get(Case, notice.case_id))
    open_task(
        session,
        case,
        "notice_leak",
        Permission.NOTICE_PUBLISH,
        beijing_day(now),
        now=now,
        subject_id=notice.id,
    )
    session.flush()


def end_long_term(session: ScopedSession, case: Case, last_day: date, *, now: datetime) -> None:
    """The assistance ends with `last_day`, and with that day the family leaves the long-term list (R3-18)."""
    notice = standing_notice(session, case, LONG_TERM)
    if notice is not None:
        notice.closes_on = public_row_of(session, notice).closes_on = last_day
        session.flush()
        audit.record(session, "notice.end", notice, now=now, case_id=case.id)


def take_down_ended(session: ScopedSession, *, now: datetime, case_id: uuid.UUID | None = None) -> int:
    """Take down the first notices of cases that ended while they hung (withdrawn); returns how many.

    Needs a System or office session: an applicant cannot reach the public row of her own notice.
    """
    ended = (
        select(Notice)
        .join(Case, Case.id == Notice.case_id)
        .where(
            Notice.kind == FIRST,
            Notice.state == NoticeState.PUBLISHED,
            Case.state.not_in(sorted(OPEN_STATES)),
        )
    )
    if case_id is not None:
        ended = ended.where(Notice.case_id == case_id)
    rows = session.scalars(ended).all()
    for notice in rows:
        withdraw_notice(session, notice, "ended", now=now)
    return len(rows)


def close_due_notices(
    session: ScopedSession, actor: Actor, procedure_of: Callable[[Case], Procedure], *, now: datetime
) -> int:
    """Close every first notice whose last day is over and that no open objection holds; returns how many (a sweep).

    One case that cannot go on is logged and left; it must not keep the notices of all others hanging.
    """
    take_down_ended(session, now=now)
    due = session.scalars(
        select(Notice).where(
            Notice.kind == FIRST, Notice.state == NoticeState.PUBLISHED, Notice.closes_on < beijing_day(now)
        )
    ).all()
    closed = 0
    for notice in due:
        try:
            with session.begin_nested():
                case: Case = found(session.get(Case, notice.case_id))
                closed += close_if_over(session, actor, case, procedure_of(case), now)
        except Problem as problem:
            log.warning("notice %s stays: %s", notice.id, type(problem).__name__)
    return closed


def close_if_over(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, now: datetime
) -> bool:
    """Close the first notice of a case if its last day is over and nobody waits for an answer to what she said."""
    # an objection of the last minute may be being written: it is waited for
    hold(session, case)
    notice = standing_notice(session, case, FIRST)
    if notice is None or notice.closes_on is None or notice.closes_on >= beijing_day(now):
        return False
    if open_objections(session, case.id):
        return False
    notice.state, notice.closed_at = NoticeState.CLOSED, now
    session.flush()
    complete_step(session, actor, case, StepCode.NOTICE, {"notice_id": str(notice.id)}, procedure, now=now)
    return True
