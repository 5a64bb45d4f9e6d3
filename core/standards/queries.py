"""The law in force in a place on a day: the packs' book with what was entered on screen for that place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from core.law import Area, Law, LawBook, Standard, Unit, path_of
from core.sessions import ScopedSession
from core.standards.models import ConfirmedCalendar, EnteredStandard
from core.workdays import STATUTORY, Calendar, ConfirmedYear


def standards_of(session: ScopedSession, region_code: str) -> Sequence[EnteredStandard]:
    """What was entered for the region and those above it, newest first."""
    return session.scalars(
        select(EnteredStandard)
        .where(EnteredStandard.region_code.in_(path_of(region_code)))
        .order_by(EnteredStandard.key, EnteredStandard.area, EnteredStandard.effective_from.desc())
    ).all()


def as_standard(row: EnteredStandard) -> Standard:
    """The row as the law book knows it."""
    unit = Unit(row.unit)
    value: str | int | Fraction = row.wording
    if row.number is not None:
        value = Fraction(row.number, row.denominator) if unit is Unit.RATIO else row.number
    return Standard(
        key=row.key,
        region_code=row.region_code,
        value=value,
        unit=unit,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        document=row.document,
        article=row.article,
        area=Area[row.area.upper()] if row.area else None,
    )


def law_in_force(session: ScopedSession, book: LawBook, region_code: str, day: date) -> Law:
    """The law of `day` in `region_code` (nearest region wins), with the standards entered on screen."""
    rows = standards_of(session, region_code)
    known = book.with_standards(map(as_standard, rows)) if rows else book
    return known.on(day, path_of(region_code))


def calendar_in_force(session: ScopedSession) -> Calendar:
    """The statutory calendar with the years confirmed on screen."""
    rows = session.scalars(select(ConfirmedCalendar)).all()
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
