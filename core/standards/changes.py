"""Entering a standard or a year's calendar, each with the document that says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from core import audit
from core.access import Actor, Permission
from core.database import new_id
from core.errors import Invalid, NotAllowed
from core.law import LawBook, Standard, path_of
from core.scopes import level_column, region_columns
from core.sessions import ScopedSession
from core.standards.models import ConfirmedCalendar, EnteredStandard
from core.standards.queries import as_standard, standards_of
from core.translations import N_


def enter_standard(
    session: ScopedSession, actor: Actor, book: LawBook, standard: Standard, *, now: datetime
) -> EnteredStandard:
    """Enter a value from its day on; raises Invalid outside the law's range, without a document, or for a day twice."""
    actor.require(Permission.STANDARD_ENTER, standard.region_code)
    entered = map(as_standard, standards_of(session, standard.region_code))
    book.with_standards(entered).check_standard(standard, path_of(standard.region_code))
    value = standard.value
    row = EnteredStandard(
        **region_columns(standard.region_code),
        id=new_id(),
        region_code=standard.region_code,
        key=standard.key,
        area=standard.area.name.lower() if standard.area else "",
        unit=standard.unit.value,
        number=None if isinstance(value, str) else Fraction(value).numerator,
        denominator=1 if isinstance(value, str) else Fraction(value).denominator,
        wording=value if isinstance(value, str) else "",
        effective_from=standard.effective_from,
        effective_to=standard.effective_to,
        document=standard.document.strip(),
        article=standard.article,
        entered_by=actor.account_id,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "standard.enter",
        row,
        now=now,
        region=standard.region_code,
        changes={standard.key: [None, str(value)]},
    )
    return row


def confirm_calendar(
    session: ScopedSession,
    actor: Actor,
    year: int,
    document: str,
    days_off: Iterable[date],
    make_up_days: Iterable[date],
    *,
    now: datetime,
) -> ConfirmedCalendar:
    """Enter a year's announced holidays; deadlines counted as provisional become firm when next computed.

    The calendar is one for the whole country, so only a province or the nation enters it, and each year once.
    """
    actor.require(Permission.CALENDAR_ENTER)
    if actor.kind != "job" and level_column(actor.node) not in {"", "province"}:
        raise NotAllowed(N_("工作日历全国统一，由省级系统管理员录入。"))
    if session.get(ConfirmedCalendar, year) is not None:
        raise Invalid(N_("{year}年已经录入过，不用再录。"), field="year", year=year)
    off, make_up = sorted(set(days_off)), sorted(set(make_up_days))
    if not document.strip():
        raise Invalid(N_("请写国务院办公厅通知的文件号。"), field="document")
    if any(day.year != year for day in (*off, *make_up)) or not off:
        raise Invalid(N_("放假和调休的日子都要在{year}年，至少有一个放假日。"), field="days_off", year=year)
    if set(off) & set(make_up):
        raise Invalid(N_("同一天不能又放假又上班，请检查。"), field="make_up_days")
    row = ConfirmedCalendar(
        year=year,
        document=document.strip(),
        days={"days_off": [str(day) for day in off], "make_up_days": [str(day) for day in make_up]},
        entered_by=actor.account_id,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, "calendar.enter", ("calendar", year), now=now)
    return row
