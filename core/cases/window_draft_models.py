"""The table of walk-in applications being filled in at a window: shared by the clerks of one office."""

from __future__ import annotations

import uuid

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Id, Instant, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility


class WindowDraft(RegionScoped, Base):
    """An application a clerk takes down; its region is the office's, not yet the family's.

    `answers_sealed`: the state of the page as JSON (core/cases/draft_state.py). `label`: the applicant's masked name, for the
    list of what is begun. `saved_by`: who saved last. `case_id` once it was submitted: then the state is empty.
    """

    __tablename__ = "window_drafts"
    __table_args__ = (
        Index("ix_window_drafts_township", "township", "saved_at"),
        Index("ix_window_drafts_village", "village", "saved_at"),
    )
    __visible__ = Visibility(region=True)

    id: Mapped[PrimaryId]
    account_id: Mapped[Id]
    saved_by: Mapped[Id]
    scheme: Mapped[str] = mapped_column(String(40))
    form_name: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(60), default="")
    answers_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[Instant]
    case_id: Mapped[uuid.UUID | None]
