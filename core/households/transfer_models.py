"""A household's move to another office: one half of the record in each of the two places (decision 3)."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Id, Instant, PrimaryId, RegionCode, some
from core.scopes import RegionScoped, Visibility


class TransferSide(StrEnum):
    """Whose half a row is: the office that has the file, or the one it goes to."""

    GIVING = "giving"
    TAKING = "taking"


class TransferState(StrEnum):
    """Offered by the giving office or requested by the taking one, and how the other answered."""

    OFFERED = "offered"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


WAITING = frozenset({TransferState.OFFERED, TransferState.REQUESTED})


class HouseholdTransfer(RegionScoped, Base):
    """One office's half of a transfer; the other half has the same `transfer_id` and lies in the other's place.

    Each half is an ordinary row of its own place, so a scope stays an equality on one level column. The taking half knows
    no more than the office may: of a request neither whose file it is (`household_id`, `label`) nor where
    (`from_region`), until the file is handed over. `label`: masked name|size|number, as on the worklist.
    """

    __tablename__ = "household_transfers"
    __table_args__ = (
        UniqueConstraint("transfer_id", "side"),
        some(
            "uq_household_transfers_waiting",
            "household_id",
            where="side = 'giving' AND state IN ('offered', 'requested')",
            unique=True,
        ),
        *(
            Index(f"ix_household_transfers_{level}", level, "asked_at", "id")
            for level in ("township", "county")
        ),
    )
    __visible__ = Visibility(region=True)

    id: Mapped[PrimaryId]
    transfer_id: Mapped[Id]
    side: Mapped[TransferSide] = mapped_column(EnumText(TransferSide))
    began_by: Mapped[TransferSide] = mapped_column(EnumText(TransferSide))
    state: Mapped[TransferState] = mapped_column(EnumText(TransferState))
    household_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(String(120), default="")
    from_region: Mapped[RegionCode] = mapped_column(default="")
    to_region: Mapped[RegionCode]
    reason: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[Instant]
    answered_at: Mapped[Instant | None]

    @property
    def ours(self) -> bool:
        """Whether this half's own office began it; else it is this office that answers."""
        return self.began_by is self.side

    @property
    def waiting(self) -> bool:
        """Whether nobody has answered or taken it back yet."""
        return self.state in WAITING
