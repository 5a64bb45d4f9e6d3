"""The working days of a year as the State Council announced them: entered on screen, corrected by a later entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.database import new_id
from core.errors import Invalid, NotAllowed
from core.scopes import level_column
from core.sessions import ScopedSession
from core.standards.models import ConfirmedCalendar
from core.translations import N_
from core.workdays import FIRST_YEAR, LAST_YEAR, SATURDAY, STATUTORY, Calendar, ConfirmedYear


def entered_years(session: ScopedSession) -> Sequence[ConfirmedCalendar]:
    """Every entry, the latest last: of two for one year the later one holds."""
    return session.scalars(
        select(ConfirmedCalendar).order_by(ConfirmedCalendar.entered_at, ConfirmedCalendar.id)
    ).all()


def calendar_in_force(session: ScopedSession) -> Calendar:
    """The statutory calendar with the years confirmed on screen."""
    rows = entered_years(session)
    if not rows:
        return STATUTORY
    return STATUTORY.with_years(
        ConfirmedYear(
            year=row.year,
            document=row.document,
            days_off=frozenset(map(date.fromisoformat, row.days["days_off"])),
            make_up_days=frozenset(map(date.fromisoformat, row.days["make_up_days"])),
        )
        for row in rows
    )


def announced_year(
    year: int, document: str, holidays: Iterable[date], make_up_days: Iterable[date]
) -> ConfirmedYear:
    """A year as announced. Weekend days among the holidays are off anyway and are left out.

    Raises Invalid (field "document", "days_off" or "make_up_days") for what cannot be an announcement.
    """
    off, make_up = frozenset(holidays), frozenset(make_up_days)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(N_("年份要在{first}到{last}之间。"), field="year", first=FIRST_YEAR, last=LAST_YEAR)
    if not document.strip():
        raise Invalid(N_("请写国务院办公厅通知的文件号。"), field="document")
    for field, days in (("days_off", off), ("make_up_days", make_up)):
        elsewhere = [day for day in sorted(days) if day.year != year]
        if elsewhere:
            raise Invalid(N_("{day}不在{year}年。"), field=field, day=elsewhere[0], year=year)
    working = [day for day in sorted(make_up) if day.weekday() < SATURDAY]
    if working:
        raise Invalid(N_("{day}本来就是工作日，不是调休上班的日子。"), field="make_up_days", day=working[0])
    if off & make_up:
        raise Invalid(N_("{day}不能又放假又上班，请检查。"), field="make_up_days", day=min(off & make_up))
    weekdays = frozenset(day for day in off if day.weekday() < SATURDAY)
    if not weekdays:
        raise Invalid(N_("至少要有一天是周一至周五里放假的。"), field="days_off")
    return ConfirmedYear(year, document.strip(), weekdays, make_up)


def confirm_calendar(
    session: ScopedSession, actor: Actor, announced: ConfirmedYear, *, now: datetime
) -> ConfirmedCalendar:
    """Enter a year's announced days, or correct an earlier entry; deadlines are counted anew by the job that is asked next.

    The calendar is one for the whole country, so only a province or the nation enters it. Raises NotAllowed below that,
    Invalid when nothing would change.
    """
    actor.require(Permission.CALENDAR_ENTER)
    if actor.kind != "job" and level_column(actor.node) not in {"", "province"}:
        raise NotAllowed(N_("工作日历全国统一，由省级系统管理员录入。"))
    if calendar_in_force(session).confirmed.get(announced.year) == announced:
        raise Invalid(N_("{year}年已经是这样录的，没有要改的。"), field="days_off", year=announced.year)
    row = ConfirmedCalendar(
        id=new_id(),
        year=announced.year,
        document=announced.document,
        days={
            "days_off": [str(day) for day in sorted(announced.days_off)],
            "make_up_days": [str(day) for day in sorted(announced.make_up_days)],
        },
        entered_by=actor.account_id,
        entered_at=now,
        moved=0,
    )
    session.add(row)
    session.flush()
    changes = {"year": [None, str(announced.year)], "document": [None, announced.document]}
    audit.record(session, "calendar.enter", row, now=now, changes=changes)
    return row
