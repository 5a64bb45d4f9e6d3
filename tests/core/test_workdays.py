"""Working days: the State Council's calendars, the two ways of counting, and saying when a year is a guess."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import workdays as command
from core.access import job_actor
from core.database import Base, make_engine
from core.errors import Invalid
from core.scopes import System
from core.sessions import open_session
from core.standards.calendars import announced_year, confirm_calendar
from core.tables import all_tables
from core.workdays import (
    STATUTORY,
    ConfirmedYear,
    add_working_days,
    calendar_days_deadline,
    is_working_day,
    months_deadline,
    read_confirmed_years,
    working_days_between,
)

DAYS = st.dates(date(2020, 1, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2021-09-29", 3, "2021-10-09"),  # domain 6 B1: a make-up Saturday is the third day
        ("2023-04-28", 5, "2023-05-09"),  # B2
        ("2023-03-06", 7, "2023-03-15"),  # B3
        ("2023-03-06", 10, "2023-03-20"),  # B3, death alone
        ("2021-09-06", 30, "2021-10-22"),  # the 30 working days of the case picture (57号 art. 22)
        ("2021-10-08", 10, "2021-10-21"),
        ("2024-02-08", 1, "2024-02-09"),  # New Year's Eve 2024 was not a statutory holiday
        ("2025-01-26", 1, "2025-01-27"),
        ("2026-02-13", 2, "2026-02-24"),  # make-up Saturday 14 February, then the long Spring Festival
    ],
)
def test_working_day_deadlines_follow_the_announced_calendars(start: str, days: int, due: str):
    deadline = add_working_days(date.fromisoformat(start), days)
    assert deadline.date.isoformat() == due
    assert not deadline.provisional


def test_a_notice_of_seven_calendar_days_ending_in_the_national_holiday_moves_to_the_next_working_day():
    assert calendar_days_deadline(date(2021, 9, 30), 7).date == date(2021, 10, 8)
    assert calendar_days_deadline(date(2023, 3, 6), 7).date == date(2023, 3, 13)


def test_the_three_months_after_a_death_do_not_move():
    assert months_deadline(date(2023, 1, 10), 3) == date(2023, 4, 10)
    assert months_deadline(date(2023, 11, 30), 3) == date(2024, 2, 29)


def test_the_shipped_table_agrees_with_the_library_for_every_confirmed_year():
    for confirmed in read_confirmed_years():
        known = holidays.China(years=confirmed.year)
        assert confirmed.days_off == {
            day for day in known if day.year == confirmed.year and day.weekday() < 5
        }
        assert confirmed.make_up_days == {day for day in known.weekend_workdays if day.year == confirmed.year}
        assert confirmed.document


def test_a_deadline_touching_an_unconfirmed_year_is_provisional_and_names_the_year():
    deadline = add_working_days(date(2026, 12, 30), 5)
    assert deadline.provisional
    assert deadline.unconfirmed_years == (2027,)
    assert calendar_days_deadline(date(2026, 12, 28), 7).unconfirmed_years == (2027,)


def test_a_year_confirmed_on_screen_is_no_longer_provisional_and_changes_the_count():
    first_week = frozenset(date(2027, 1, day) for day in (1, 4, 5, 6, 7))
    calendar = STATUTORY.with_years([ConfirmedYear(2027, "演示", first_week, frozenset({date(2027, 1, 9)}))])
    deadline = add_working_days(date(2026, 12, 31), 2, calendar)
    assert not deadline.provisional
    assert deadline.date == date(2027, 1, 9)


@given(DAYS, st.integers(1, 60))
def test_counting_forward_and_counting_between_agree(start: date, days: int):
    due = add_working_days(start, days).date
    assert working_days_between(start, due) == days
    assert working_days_between(due, start) == -days
    assert is_working_day(due)


@given(DAYS, st.integers(1, 60))
def test_a_calendar_deadline_is_never_early_and_always_on_a_working_day(start: date, days: int):
    due = calendar_days_deadline(start, days).date
    assert due >= start + timedelta(days=days)
    assert is_working_day(due)


@pytest.mark.parametrize("days", [0, -1, 3661])
def test_a_count_that_makes_no_sense_is_refused(days: int):
    with pytest.raises(Invalid, match="天数"):
        add_working_days(date(2021, 9, 29), days)


@pytest.mark.parametrize("start", [date(1912, 1, 1), date(2100, 1, 1)])
def test_a_year_the_calendar_does_not_cover_is_refused(start: date):
    with pytest.raises(Invalid, match="只能计算"):
        add_working_days(start, 3)


@pytest.fixture(autouse=True)
def _no_database(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.delenv("DOUDI_DATABASE_URL", raising=False)


def _run(start: str, days: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([start, days]))


def test_the_command_prints_the_day(capsys: pytest.CaptureFixture[str]):
    assert _run("2021-09-29", "3") == 0
    assert capsys.readouterr().out == "2021-10-09\n"


def test_the_command_knows_the_years_entered_on_screen(tmp_path, now, capsys: pytest.CaptureFixture[str]):
    all_tables()
    engine = make_engine(f"sqlite:///{tmp_path / 'doudi.sqlite'}")
    Base.metadata.create_all(engine)
    with open_session(engine, System("test"), job_actor("test")) as session:
        week = [date(2028, 3, day) for day in (2, 3)]
        announced = announced_year(2028, "演示", week, [date(2028, 3, 4)])
        confirm_calendar(session, session.actor, announced, now=now)
        session.commit()
    engine.dispose()
    assert _run("2028-03-01", "1") == 0
    assert capsys.readouterr().out == "2028-03-04\n"


def test_the_command_says_an_unconfirmed_year_aloud(capsys: pytest.CaptureFixture[str]):
    assert _run("2028-03-01", "3") == 0
    assert "暂定：2028 年" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "days", "sentence"),
    [
        ("2021-13-40", "3", "不是日期"),
        ("yesterday", "3", "不是日期"),
        ("2021-09-29", "three", "不是天数"),
        ("2021-09-29", "²", "不是天数"),
        ("2021-09-29", "0", "天数要在"),
        ("1900-01-01", "3", "只能计算"),
    ],
)
def test_the_command_answers_bad_input_with_a_sentence(start: str, days: str, sentence: str, capsys):
    assert _run(start, days) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""
