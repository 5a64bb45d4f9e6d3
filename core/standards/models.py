"""Standards a county enters on screen with their document number, and the years of working days confirmed on screen."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import BigInteger, Date, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant, Json, PrimaryId, RegionCode
from core.regions.models import PlaceColumns
from core.scopes import Visibility

# law is public: every scope reads it; only sessions at or above a region write its standards
LAW = Visibility(region=True, reference=True)


class EnteredStandard(PlaceColumns, Base):
    """One value of a law parameter in a region from a day on. Never changed: a later one replaces it from its own day.

    `number` and `denominator` hold numbers exactly (fen, days, a ratio as a fraction), `wording` a text value.
    """

    __tablename__ = "standards"
    __table_args__ = (Index("ix_standards_region", "region_code", "key", "effective_from"),)
    __visible__ = LAW

    id: Mapped[PrimaryId]
    region_code: Mapped[RegionCode]
    key: Mapped[str] = mapped_column(String(80))
    area: Mapped[str] = mapped_column(String(8), default="")
    unit: Mapped[str] = mapped_column(String(20))
    number: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger, default=1)
    wording: Mapped[str] = mapped_column(Text, default="")
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(60), default="")
    entered_by: Mapped[uuid.UUID | None]
    entered_at: Mapped[Instant]


class ConfirmedCalendar(Base):
    """A year's holidays and make-up days as announced, entered on screen: {"days_off": [...], "make_up_days": [...]}."""

    __tablename__ = "confirmed_calendars"
    __visible__ = Visibility(reference=True, append=True)

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    document: Mapped[str] = mapped_column(String(120))
    days: Mapped[Json]
    entered_by: Mapped[uuid.UUID | None]
    entered_at: Mapped[Instant]
