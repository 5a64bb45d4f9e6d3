"""Awards: assistance a household, or one person of it, receives (救助待遇), from its first month until it ends."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Fen, Id, Instant, JsonColumn, PrimaryId
from core.scopes import RegionScoped, Visibility


class Award(RegionScoped, Base):
    """One continuing assistance. `monthly_fen` is the total shown; `parts` says top-up and each person's supplement.

    `person_id`: the one who receives it by herself (单人保); none where the whole household does. `ends_on`: its last day,
    decided at `ended_at` for `end_reason`.
    """

    __tablename__ = "awards"
    __table_args__ = (Index("ix_awards_household", "household_id", "starts_on"), UniqueConstraint("case_id"))
    __visible__ = Visibility(region=True, own="owner_account_id", assigned_household="household_id")

    id: Mapped[PrimaryId]
    household_id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None]
    case_id: Mapped[Id]
    owner_account_id: Mapped[uuid.UUID | None]
    scheme: Mapped[str] = mapped_column(String(40))
    variant: Mapped[str] = mapped_column(String(40))
    monthly_fen: Mapped[Fen]
    parts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    awarded_at: Mapped[Instant]
    awarded_by: Mapped[Id]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[uuid.UUID | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
