"""The law in force in a place on a day: the packs' book with what was entered on screen for that place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import or_, select, true

from core.law import Area, Law, LawBook, Standard, Unit, path_of
from core.scopes import level_column
from core.sessions import ScopedSession
from core.standards.models import EnteredStandard


def standards_of(session: ScopedSession, region_code: str) -> Sequence[EnteredStandard]:
    """What holds or will hold of what was entered for the region and those above it, newest first."""
    return session.scalars(
        select(EnteredStandard)
        .where(EnteredStandard.region_code.in_(path_of(region_code)), EnteredStandard.withdrawn_at.is_(None))
        .order_by(EnteredStandard.key, EnteredStandard.area, EnteredStandard.effective_from.desc())
    ).all()


def entries_of(session: ScopedSession, region_code: str, key: str) -> Sequence[EnteredStandard]:
    """All that was ever entered of one key for the region, those above it and those below, withdrawn ones too."""
    level = level_column(region_code)
    below = getattr(EnteredStandard, level) == region_code if level else true()
    return session.scalars(
        select(EnteredStandard)
        .where(EnteredStandard.key == key, or_(EnteredStandard.region_code.in_(path_of(region_code)), below))
        .order_by(EnteredStandard.effective_from.desc(), EnteredStandard.entered_at.desc())
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
