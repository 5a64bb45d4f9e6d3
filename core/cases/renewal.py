"""Deadlines of paused cases move with each day on which the clock stands, without anybody acting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from core.cases.models import OPEN_STATES, Case, Pause
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import refresh_deadlines
from core.errors import Problem
from core.sessions import ScopedSession

log = logging.getLogger("doudi.cases")
MOST = 500


def renew_deadlines(
    session: ScopedSession, procedure_of: Callable[[Case], Procedure], *, now: datetime
) -> int:
    """Count today into the pauses that run, once a day each; returns how many cases (a sweep, at most MOST).

    One case that cannot be computed is logged and left.
    """
    standing = select(Pause.case_id).where(Pause.to_day.is_(None), Pause.counted_on < beijing_day(now))
    cases = session.scalars(
        select(Case).where(Case.id.in_(standing), Case.state.in_(sorted(OPEN_STATES))).limit(MOST)
    ).all()
    renewed = 0
    for case in cases:
        try:
            with session.begin_nested():
                refresh_deadlines(session, case, procedure_of(case), now=now)
        except Problem as problem:
            log.warning("deadlines of case %s stay: %s", case.id, type(problem).__name__)
        else:
            renewed += 1
    return renewed
