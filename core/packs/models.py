"""The dated rows that say which pack is in force where; never deleted, only ended."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant, PrimaryId, RegionCode
from core.regions.models import PlaceColumns
from core.scopes import Visibility


class PackEnabling(PlaceColumns, Base):
    """`pack` in force in `region_code` and below from `from_day` to before `to_day`; `version` as installed at that time."""

    __tablename__ = "pack_enablings"
    __table_args__ = (Index("ix_pack_enablings_region", "region_code", "pack", "from_day"),)
    # every page asks which packs are in force; only sessions at or above the region write its rows
    __visible__ = Visibility(region=True, reference=True)

    id: Mapped[PrimaryId]
    pack: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[RegionCode]
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
    enabled_by: Mapped[uuid.UUID | None]
    enabled_at: Mapped[Instant]
    disabled_by: Mapped[uuid.UUID | None]
    disabled_at: Mapped[Instant | None]
