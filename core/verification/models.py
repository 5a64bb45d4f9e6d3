"""Checks of a family's economy: each question to one body about one person, its answer, and files of answers."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from core.authorisations.models import Authorisation
from core.database import Base, EnumText, Id, Instant, JsonColumn, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility
from core.verification.protection import protection_ddl


class RequestState(StrEnum):
    """A request waits to be sent, is out, was answered; or was stopped before it went, or its answer thrown away unread.

    Misdirected: out, or answered, about a number that was not hers, as it turned out; kept, and counted no more.
    """

    QUEUED = "queued"
    SENT = "sent"
    ANSWERED = "answered"
    STOPPED = "stopped"
    DISCARDED = "discarded"
    MISDIRECTED = "misdirected"


OPEN = frozenset({RequestState.QUEUED, RequestState.SENT})
# closed without an answer that counts: who is covered may be asked about anew
CLOSED = frozenset({RequestState.STOPPED, RequestState.DISCARDED, RequestState.MISDIRECTED})


class VerificationRequest(RegionScoped, Base):
    """One person, one body, one question (domain 2.7). It cannot stand without the authorisation it names.

    `findings_sealed`: JSON of "lines" (kind, amount_fen, period, quantity, description), "nothing" and "note"; `result_hash`
    is SHA-256 of that JSON. `round` rises with a recheck (复查). `begun`: the county has begun, so that `due_on` is the step's. `operator_*`: who entered the answer.
    """

    __tablename__ = "verification_requests"
    __table_args__ = (
        UniqueConstraint("case_id", "member_id", "source", "round"),
        Index("ix_verification_requests_case", "case_id", "position"),
        Index("ix_verification_requests_county_state", "county", "state", "due_on", "id"),
    )
    __visible__ = Visibility(
        region=True,
        own="owner_account_id",
        own_person="person_id",
        assigned_case="case_id",
        link="authorisation_id",
    )

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    case_number: Mapped[str] = mapped_column(String(24))
    owner_account_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    authorisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Authorisation.id), index=True)
    member_id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    name_masked: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(String(80))
    items: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    reason: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState), default=RequestState.QUEUED)
    requested_by: Mapped[uuid.UUID | None]
    requested_office: Mapped[str] = mapped_column(String(80), default="")
    requested_at: Mapped[Instant]
    due_on: Mapped[date] = mapped_column(Date)
    due_provisional: Mapped[bool] = mapped_column(default=False)
    begun: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[Instant | None]
    sent_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[Instant | None]
    operator_id: Mapped[uuid.UUID | None]
    nothing_found: Mapped[bool] = mapped_column(default=False)
    findings_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    result_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    closed_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ResultImport(RegionScoped, Base):
    """A file of answers as it was received. `rejections`: list of {line, message, values}, free of personal data."""

    __tablename__ = "verification_imports"
    # a department officer's file is of many cases: she adds it, and reads back her own by `queries.import_of`
    __visible__ = Visibility(region=True, append=True)

    id: Mapped[PrimaryId]
    file_name: Mapped[str] = mapped_column(String(120))
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[Instant]
    received_by: Mapped[uuid.UUID | None]
    accepted: Mapped[int] = mapped_column(default=0)
    discarded: Mapped[int] = mapped_column(default=0)
    rejections: Mapped[list[Any]] = mapped_column(JsonColumn, default=list)


def _protect(_table: object, connection: Connection, **_: Any) -> None:
    for statement in protection_ddl(connection.dialect.name):
        connection.exec_driver_sql(statement)


event.listen(VerificationRequest.__table__, "after_create", _protect)
