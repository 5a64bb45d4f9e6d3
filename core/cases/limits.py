"""The dates a case must keep: limits of each step, the whole case, pauses, and the plan counted back from the last day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.cases.models import Authority, Case, Pause
from core.cases.procedure import Procedure
from core.catalogue import LimitCase
from core.workdays import Calendar

WHOLE = "whole"
CHECK_START = "check_start"
LONGEST_BACKWARDS = 200


def limit_case(case: Case) -> LimitCase:
    """Which limits the case has: those for hard surveys and complaints, those where the power is delegated, or all's."""
    if case.hard_survey or case.complaint:
        return LimitCase.HARD
    return LimitCase.DELEGATED if case.authority is Authority.TOWNSHIP else LimitCase.ALWAYS


def paused_days(pauses: Sequence[Pause], until: date) -> frozenset[date]:
    """The days on which the clock stood: from the day of a pause to the day before it ended; one that runs, before `until`."""
    return frozenset(
        pause.from_day + timedelta(days=offset)
        for pause in pauses
        for offset in range(((pause.to_day or until) - pause.from_day).days)
    )


def paused_working_days(calendar: Calendar, pauses: Sequence[Pause], after: date, until: date) -> int:
    """Working days after `after`, up to `until`, on which the clock stood, each counted once."""
    return sum(
        1 for day in paused_days(pauses, until) if after < day <= until and calendar.is_working_day(day)
    )


@dataclass(frozen=True, slots=True)
class BackwardPlan:
    """Why the opinion is due when it is: each date still keeps all that must follow it."""

    opinion_by: date
    notice_until: date
    report_by: date
    decide_by: date


def backward_plan(procedure: Procedure, case: Case, last_day: date) -> BackwardPlan:
    """Count back from `last_day`: the county's limit, the notice, the opinion. Sources: 57号 第十九、二十、二十二条."""
    report_by = last_day
    if case.authority is Authority.COUNTY:
        county = procedure.scheme.step("confirmation").limit
        report_by = _latest(last_day, lambda day: procedure.deadline(county, day).date)
    notice_until = report_by - timedelta(days=1)
    notice = procedure.scheme.step("notice").limit
    opinion_by = _latest(notice_until, lambda day: procedure.deadline(notice, day).date)
    return BackwardPlan(opinion_by, notice_until, report_by, last_day)


def _latest(last_day: date, limit_from: Callable[[date], date]) -> date:
    """The latest day whose limit still ends by `last_day`."""
    for back in range(LONGEST_BACKWARDS):
        day = last_day - timedelta(days=back)
        if limit_from(day) <= last_day:
            return day
    return last_day
