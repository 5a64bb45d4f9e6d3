"""Visits: the household visit by at least two workers, neighbours asked, letters of enquiry; append-only (R1-14)."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Id, Instant, JsonColumn, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility

BY_CASE = Visibility(
    region=True, own="owner_account_id", assigned_case="case_id", assigned_household="household_id"
)


class VisitKind(StrEnum):
    """How facts were established on the spot (R1-14, 57号 第十六条)."""

    HOME = "home"
    NEIGHBOUR = "neighbour"
    LETTER_ENQUIRY = "letter_enquiry"


class Visit(RegionScoped, Base):
    """One submitted visit, never changed afterwards; a second visit is a second row.

    The form's position and photos stand in the answers like every other; a withheld one is `{"declined": reason}`.
    """

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_case", "case_id", "visit_day"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[uuid.UUID | None]
    household_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    kind: Mapped[VisitKind] = mapped_column(EnumText(VisitKind))
    by_county: Mapped[bool] = mapped_column(default=False)
    form_name: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(20))
    visit_day: Mapped[date] = mapped_column(Date)
    answers: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    answers_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default=list)
    submitted_by: Mapped[Id]
    received_at: Mapped[Instant]


class VisitSurveyor(RegionScoped, Base):
    """One of the workers who made the visit; two distinct accounts at least."""

    __tablename__ = "visit_surveyors"
    __table_args__ = (UniqueConstraint("visit_id", "account_id"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    visit_id: Mapped[Id] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None]
    household_id: Mapped[uuid.UUID | None]
    owner_account_id: Mapped[uuid.UUID | None]
    account_id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60))


class VisitPhoto(RegionScoped, Base):
    """A photo taken on a visit: which question it answers and the encrypted document that holds it, or why there is none."""

    __tablename__ = "visit_photos"
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    visit_id: Mapped[Id] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None]
    household_id: Mapped[uuid.UUID | None]
    owner_account_id: Mapped[uuid.UUID | None]
    question: Mapped[str] = mapped_column(String(60))
    document_id: Mapped[uuid.UUID | None]
    declined_reason: Mapped[str] = mapped_column(String(200), default="")


class VisitDraft(RegionScoped, Base):
    """A visit being filled in, on the phone or at the desk; deleted when the visit is submitted."""

    __tablename__ = "visit_drafts"
    __table_args__ = (UniqueConstraint("case_id", "account_id"),)
    __visible__ = Visibility(region=True, assigned_case="case_id")

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    account_id: Mapped[Id]
    answers_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[Instant]
