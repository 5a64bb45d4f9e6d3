"""`doudi workdays 2021-09-29 3`: the last of so many working days after a day, said aloud when it is provisional."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError

from commands.places import settings_here
from core.access import job_actor
from core.database import make_engine
from core.errors import Invalid
from core.scopes import System
from core.sessions import open_session
from core.standards.calendars import calendar_in_force
from core.workdays import STATUTORY, Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("start", help="起算日（当天不计），如 2021-09-29")
    parser.add_argument("days", help="工作日数，如 3")


def run(arguments: argparse.Namespace) -> int:
    """Print the last day; 2 and a sentence when the day or the number cannot be read."""
    try:
        start, days = _day(arguments.start), _number(arguments.days)
        calendar = known_calendar()
        deadline = calendar.add_working_days(start, days)
    except Invalid as problem:
        print(problem, file=sys.stderr)
        return 2
    print(deadline.date.isoformat())
    if deadline.provisional:
        years = "、".join(str(year) for year in deadline.unconfirmed_years)
        known = f"{min(calendar.confirmed)}–{max(calendar.confirmed)}"
        print(f"暂定：{years} 年的放假调休安排还没有确认（已确认 {known} 年），公布并录入后要重新计算。")
    return 0


def known_calendar() -> Calendar:
    """The calendar with the years entered on screen, or the shipped one where no database is to be had."""
    settings = settings_here()
    url = make_url(settings.database_url)
    if settings.on_sqlite and not Path(url.database or "").exists():
        return STATUTORY
    engine = make_engine(settings.database_url)
    try:
        with open_session(engine, System("workdays"), job_actor("workdays"), writes=False) as session:
            return calendar_in_force(session)
    except DatabaseError:
        return STATUTORY
    finally:
        engine.dispose()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("“{text}”不是日期，请写成 2021-09-29 这样。", text=text) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid("“{text}”不是天数，请写一个大于 0 的整数。", text=text)
    return int(text)
