"""The procedure a case follows on a day: its scheme, the law in force, the calendar; and its limits as dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.catalogue import LimitCase, LimitUnit, Scheme
from core.law import Law
from core.workdays import Calendar, Deadline

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing_day(moment: datetime) -> date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(BEIJING).date()


@dataclass(frozen=True, slots=True)
class Procedure:
    """`scheme` says the steps and limits, `law` gives the numbers of days, `calendar` turns them into dates."""

    scheme: Scheme
    law: Law
    calendar: Calendar

    def deadline(self, code: str, start: date, when: LimitCase = LimitCase.ALWAYS) -> Deadline:
        """The last day of limit `code` counted from `start`, which itself does not count.

        Raises Blocked when the law has no number of days in force, KeyError for a limit the scheme does not know.
        """
        limit = self.scheme.limit(code, when)
        days = self.law.days(limit.key)
        if limit.unit is LimitUnit.WORKING_DAYS:
            return self.calendar.add_working_days(start, days)
        return self.calendar.calendar_days_deadline(start, days)
