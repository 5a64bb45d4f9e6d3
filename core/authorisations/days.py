"""Days of an authorisation: the day in China, and the last day it is valid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.workdays import CHINA, months_deadline


def china_day(moment: datetime) -> date:
    """The calendar day in China at `moment`."""
    return moment.astimezone(CHINA).date()


def last_day(first: date, months: int) -> date:
    """The last day of a validity of `months` that begins on `first`: 22 Nov 2026, 12 months → 21 Nov 2027."""
    return months_deadline(first, months) - timedelta(days=1)
