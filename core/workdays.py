"""Statutory working days of China with make-up days, and the deadlines that count them.

The State Council announces a year's holidays and make-up days (调休) late in the year before. A year whose
announcement was read by a person is *confirmed* (`workdays_confirmed.yaml`, or a row entered on screen); any other
year comes from the `holidays` library, which guesses, so a deadline touching it is marked provisional (暂定).
"""

from __future__ import annotations

import functools
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import yaml

from core.errors import Invalid
from core.translations import N_

CHINA = ZoneInfo("Asia/Shanghai")  # one time zone for the whole country
CONFIRMED_FILE = Path(__file__).with_name("workdays_confirmed.yaml")
FIRST_YEAR, LAST_YEAR = 2000, 2099  # what the library's lunar calendar covers
MOST_DAYS = 3660
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ConfirmedYear:
    """One announced calendar: `days_off` are weekdays without work, `make_up_days` weekend days with work."""

    year: int
    document: str
    days_off: frozenset[date]
    make_up_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day; `provisional` when it was counted through `unconfirmed_years`, to be recomputed later."""

    date: date
    unconfirmed_years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        return bool(self.unconfirmed_years)


class Calendar:
    """Working days over confirmed years, and over the library's guess for the others."""

    def __init__(self, years: Iterable[ConfirmedYear]) -> None:
        self.confirmed: Mapping[int, ConfirmedYear] = {year.year: year for year in years}

    def with_years(self, years: Iterable[ConfirmedYear]) -> Calendar:
        """A calendar where `years` (entered on screen) are confirmed too; they win over the shipped ones."""
        return Calendar([*self.confirmed.values(), *years])

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`. Raises Invalid outside 2000–2099."""
        year = self.confirmed.get(day.year) or guessed_year(day.year)
        if day.weekday() < SATURDAY:
            return day not in year.days_off
        return day in year.make_up_days

    def unconfirmed(self, first: date, last: date) -> tuple[int, ...]:
        """The years from `first` to `last` whose calendar nobody confirmed."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.confirmed)

    def add_working_days(self, start: date, days: int, standing: Collection[date] = ()) -> Deadline:
        """The last of `days` working days after `start`; the day of the event does not count (Civil Code 201).

        Days in `standing` are not counted: the clock stood (a pause).
        Raises Invalid when `days` is not 1 … 3660 or the count leaves 2000–2099.
        """
        _check(start, days)
        day, left = start, days
        while left:
            day += timedelta(days=1)
            left -= day not in standing and self.is_working_day(day)
        return Deadline(day, self.unconfirmed(start, day))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=step)) for step in range(1, span + 1))

    def calendar_days_deadline(self, start: date, days: int) -> Deadline:
        """The last of `days` calendar days after `start`, moved to the next working day if it is not one.

        Civil Code 201 (the first day does not count) and 203 (a last day on a holiday moves). Raises Invalid.
        """
        _check(start, days)
        day = start + timedelta(days=days)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return Deadline(day, self.unconfirmed(start, day))


def months_deadline(start: date, months: int) -> date:
    """The same day `months` later, or the month's last day; it does not move (the 3 months after a death)."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _check(start: date, days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(N_("天数要在 1 到 {most} 之间。"), field="days", most=MOST_DAYS)
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise _outside(start.year)


def _outside(year: int) -> Invalid:
    return Invalid(
        N_("只能计算 {first} 年到 {last} 年之间的工作日，不能计算 {year} 年。"),
        field="start",
        first=FIRST_YEAR,
        last=LAST_YEAR,
        year=year,
    )


@functools.cache
def guessed_year(year: int) -> ConfirmedYear:
    """A year nobody confirmed, as the library guesses it. Raises Invalid outside 2000–2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _outside(year)
    known = holidays.country_holidays("CN", years=year)
    return ConfirmedYear(
        year=year,
        document="",
        days_off=frozenset(day for day in known if day.year == year and day.weekday() < SATURDAY),
        make_up_days=frozenset(day for day in known.weekend_workdays if day.year == year),
    )


def read_confirmed_years(file: Path = CONFIRMED_FILE) -> list[ConfirmedYear]:
    """The announced calendars of a YAML file. Raises Invalid when a day contradicts its heading."""
    years = []
    for year, entry in yaml.safe_load(file.read_text("utf-8")).items():
        days_off, make_up_days = (
            frozenset(date.fromisoformat(f"{year}-{day}") for day in entry[part])
            for part in ("days_off", "make_up_days")
        )
        misplaced = [day for day in days_off if day.weekday() >= SATURDAY]
        misplaced += [day for day in make_up_days if day.weekday() < SATURDAY]
        if misplaced:
            raise Invalid(N_("工作日表 {year} 年的 {day} 放错了栏。"), year=year, day=misplaced[0])
        years.append(ConfirmedYear(year, entry["document"], days_off, make_up_days))
    return years


STATUTORY = Calendar(read_confirmed_years())


def is_working_day(day: date, calendar: Calendar = STATUTORY) -> bool:
    """Whether offices work on `day`."""
    return calendar.is_working_day(day)


def add_working_days(start: date, days: int, calendar: Calendar = STATUTORY) -> Deadline:
    """The last of `days` working days after `start`; see `Calendar.add_working_days`."""
    return calendar.add_working_days(start, days)


def working_days_between(start: date, end: date, calendar: Calendar = STATUTORY) -> int:
    """Working days after `start` up to and including `end`."""
    return calendar.working_days_between(start, end)


def calendar_days_deadline(start: date, days: int, calendar: Calendar = STATUTORY) -> Deadline:
    """The last of `days` calendar days after `start`, moved off a holiday; see `Calendar`."""
    return calendar.calendar_days_deadline(start, days)
