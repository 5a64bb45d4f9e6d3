"""Short messages that tell an applicant's phone to look: the table is their outbox."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.cases.models import BY_CASE
from core.database import Base, EnumText, Id, Instant, PrimaryId, some
from core.scopes import RegionScoped


class MessageEvent(StrEnum):
    """What a message tells of. DECIDED: accepted no, granted or refused, told in the same words; ANSWERED: what she asked to
    have put right.
    """

    RECEIVED = "received"
    DEFICIENCY = "deficiency"
    ACCEPTED = "accepted"
    VISIT = "visit"
    DECIDED = "decided"
    ANSWERED = "answered"


class MessageOutcome(StrEnum):
    """How a message ended; none while it waits. EXPIRED: too late, or nobody waits for what it asks any more."""

    SENT = "sent"
    NO_PHONE = "no_phone"
    EXPIRED = "expired"


class CaseMessage(RegionScoped, Base):
    """One message of one event, written with the act it tells of and sent after that is committed.

    Neither text nor number is kept: both are made of the case when it is sent. The id is made of the event, so it is
    written once. `last_day`: the day told, after which it is worthless; `phone_masked`: where it went.
    """

    __tablename__ = "case_messages"
    __table_args__ = (some("ix_case_messages_waiting", "next_try_at", where="outcome IS NULL"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    event: Mapped[MessageEvent] = mapped_column(EnumText(MessageEvent))
    last_day: Mapped[date | None] = mapped_column(Date)
    written_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_try_at: Mapped[Instant]
    outcome: Mapped[MessageOutcome | None] = mapped_column(EnumText(MessageOutcome))
    ended_at: Mapped[Instant | None]
    phone_masked: Mapped[str] = mapped_column(String(20), default="")
