"""The procedure a case follows on a day: its scheme, the law in force, the calendar; and its limits as dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.catalogue import Scheme, StepDeclaration
from core.law import Law
from core.workdays import Calendar, Deadline

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing_day(moment: datetime) -> date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(BEIJING).date()


@dataclass(frozen=True, slots=True)
class Procedure:
    """`scheme` says the steps and their limit keys, `law` gives the days, `calendar` turns them into dates."""

    scheme: Scheme
    law: Law
    calendar: Calendar

    def step(self, code: str) -> StepDeclaration:
        return next(each for each in self.scheme.steps if each.code == code)

    def limit(self, key: str, start: date) -> Deadline:
        """The last day of the limit `key` counted from `start` (not counted itself): working or calendar days by its unit."""
        reading = self.law.read(key)
        if reading.unit == "working_days":
            return self.calendar.add_working_days(start, int(reading.value))
        return self.calendar.calendar_days_deadline(start, int(reading.value))
