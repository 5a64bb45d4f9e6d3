"""Stopping the clock of an accepted case for a listed reason, and letting it run again (decision 11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.models import OPEN_STATES, Case, Pause
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import (
    CLOCK_SET_BACK,
    hold,
    refresh_deadlines,
)
from core.database import new_id
from core.errors import Blocked, Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_


def pause_case(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    reason: str,
    note: str,
    procedure: Procedure,
    *,
    now: datetime,
) -> Pause:
    """Stop the clock of an accepted case for a listed reason; shown wherever its deadline is shown (decision 11)."""
    actor.require(Permission.CASE_PAUSE)
    hold(session, case)
    if case.accepted_at is None or case.state not in OPEN_STATES:
        raise Blocked(N_("受理以后、办结以前才能暂停计时。"))
    if reason not in {each.code for each in procedure.scheme.pause_reasons}:
        raise Invalid(N_("请从列出的原因里选一项。"), field="reason")
    if open_pause(session, case) is not None:
        raise Blocked(N_("已经在暂停计时，先恢复再暂停。"))
    pause = Pause(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        reason=reason,
        note=note.strip(),
        from_day=beijing_day(now),
        counted_on=beijing_day(now),
        by=actor.account_id,
    )
    session.add(pause)
    session.flush()
    refresh_deadlines(session, case, procedure, now=now)
    audit.record(session, "case.pause", case, now=now, reason=reason)
    return pause


def end_pause(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> None:
    """Let the clock run again; the deadline moves by the working days it stood."""
    actor.require(Permission.CASE_PAUSE)
    hold(session, case)
    pause = open_pause(session, case)
    if pause is None:
        raise Blocked(N_("现在没有暂停计时。"))
    if beijing_day(now) < pause.from_day:
        raise Blocked(CLOCK_SET_BACK)
    pause.to_day = beijing_day(now)
    session.flush()
    refresh_deadlines(session, case, procedure, now=now)
    audit.record(session, "case.resume", case, now=now)


def open_pause(session: ScopedSession, case: Case) -> Pause | None:
    """The pause that runs now, if any."""
    row: Pause | None = session.scalar(select(Pause).where(Pause.case_id == case.id, Pause.to_day.is_(None)))
    return row
