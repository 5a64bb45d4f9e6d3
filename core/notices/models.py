"""Public notices: what the office keeps of each, the row the public may read, and objections to it.

The public row holds nothing but the whitelist (domain 2.8, decision 13): what is not there cannot leak.
"""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.cases.models import BY_CASE
from core.database import Base, EnumText, Fen, Id, Instant, PrimaryId, some
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility


class NoticeState(StrEnum):
    """Hanging by its dates, closed after them, or taken down before."""

    PUBLISHED = "published"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Notice(RegionScoped, Base):
    """The office's side of a notice. `kind`: a notice code of the scheme ("first", "long_term").

    `checked_at`: when the page was fetched as an anonymous visitor and found clean.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "kind", "state", "closes_on"),
        Index("ix_notices_unchecked", "checked_at"),
        some("uq_notices_hanging", "case_id", "kind", where="state = 'published'", unique=True),
    )
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[NoticeState] = mapped_column(EnumText(NoticeState))
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    published_by: Mapped[Id]
    published_at: Mapped[Instant]
    checked_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")


class PublicRow(RegionScoped, Base):
    """What anyone may read while its dates last. A random `id` of its own: it leads to no case."""

    __tablename__ = "public_rows"
    __table_args__ = (
        Index("ix_public_rows_village", "village", "kind", "opens_on"),
        Index("ix_public_rows_township", "township", "kind", "opens_on"),
        Index("ix_public_rows_county", "county", "kind", "opens_on"),
    )
    __visible__ = Visibility(region=True, public=True)

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(60))
    listed_name: Mapped[str] = mapped_column(String(60))
    village_name: Mapped[str] = mapped_column(String(60))
    village_group: Mapped[str] = mapped_column(String(60), default="")
    household_size: Mapped[int] = mapped_column(SmallInteger)
    public_kind: Mapped[str] = mapped_column(String(40), default="")
    monthly_fen: Mapped[Fen]
    office_phone: Mapped[str] = mapped_column(String(40), default="")
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_at: Mapped[Instant | None]


class NoticeLink(RegionScoped, Base):
    """Which public row belongs to which notice; only offices may follow it."""

    __tablename__ = "notice_links"
    __visible__ = Visibility(region=True)

    id: Mapped[PrimaryId]
    public_row_id: Mapped[Id] = mapped_column(unique=True)
    notice_id: Mapped[Id] = mapped_column(unique=True)


class ObjectionState(StrEnum):
    """Waiting for an answer, upheld (the survey begins anew), or answered otherwise."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Objection(RegionScoped, Base):
    """What someone says against a notice. `said_sealed`: JSON of text, name and phone; a name is not asked for.

    `recheck_sealed`: what the re-check of a family that receives already came to, after an upheld one.
    """

    __tablename__ = "objections"
    __visible__ = Visibility(region=True, assigned_case="case_id")

    id: Mapped[PrimaryId]
    notice_id: Mapped[Id] = mapped_column(index=True)
    case_id: Mapped[Id] = mapped_column(index=True)
    said_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    named: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ObjectionState] = mapped_column(EnumText(ObjectionState), default=ObjectionState.OPEN)
    received_at: Mapped[Instant]
    answer_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    recheck_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[Instant | None]
