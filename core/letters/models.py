"""Letters: every paper sent to a person, kept as it was sent (domain 2.9)."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.catalogue import LetterKind
from core.database import Base, EnumText, Instant, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility


class Delivery(StrEnum):
    """How a letter reached its reader."""

    ACCOUNT = "account"
    IN_PERSON = "in_person"
    POST = "post"
    VILLAGE = "village"


class Letter(RegionScoped, Base):
    """One letter. `content_sealed`: JSON of "recipient" and "paragraphs", as it left; it never changes afterwards."""

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    __visible__ = Visibility(
        region=True, own="owner_account_id", own_person="person_id", assigned_case="case_id"
    )

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[LetterKind] = mapped_column(EnumText(LetterKind))
    title: Mapped[str] = mapped_column(String(80))
    legal_basis: Mapped[str] = mapped_column(String(200))
    case_id: Mapped[uuid.UUID | None]
    owner_account_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    person_id: Mapped[uuid.UUID | None]
    recipient_masked: Mapped[str] = mapped_column(String(60))
    content_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    due_on: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[Instant]
    issued_by: Mapped[uuid.UUID | None]
    delivered_how: Mapped[Delivery | None] = mapped_column(EnumText(Delivery))
    delivered_at: Mapped[Instant | None]
    read_at: Mapped[Instant | None]
