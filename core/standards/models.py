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

    One entered by mistake is withdrawn with a reason and counts no more; what was decided with it keeps what it read.

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
    withdrawn_by: Mapped[uuid.UUID | None]
    withdrawn_at: Mapped[Instant | None]
    withdrawn_for: Mapped[str] = mapped_column(String(200), default="")


class ConfirmedCalendar(Base):
    """A year's holidays and make-up days as announced, entered on screen: {"days_off": [...], "make_up_days": [...]}.

    The newest entry of a year holds: the State Council has changed a year it had announced (2019, 2020). `moved`: how
    many open cases got other dates by it.
    """

    __tablename__ = "confirmed_calendars"
    __table_args__ = (Index("ix_confirmed_calendars_year", "year", "entered_at"),)
    __visible__ = Visibility(reference=True, append=True)

    id: Mapped[PrimaryId]
    year: Mapped[int] = mapped_column(SmallInteger)
    document: Mapped[str] = mapped_column(String(120))
    days: Mapped[Json]
    entered_by: Mapped[uuid.UUID | None]
    entered_at: Mapped[Instant]
    moved: Mapped[int] = mapped_column(default=0)
