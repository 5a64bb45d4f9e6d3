"""Corrections of who a registered person is: what the register said, what her papers say, and on what evidence."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Id, Instant, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility


class IdentityCorrection(RegionScoped, Base):
    """One correction, kept as it was made. The region is the person's at that time; `document_id`: the paper that was seen.

    `content_sealed`: JSON of "reason", and of "before" and "after", each with name and id_number in the clear.
    """

    __tablename__ = "identity_corrections"
    __visible__ = Visibility(region=True, own_person="person_id")

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(index=True)
    document_id: Mapped[Id]
    content_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    corrected_at: Mapped[Instant]
    corrected_by: Mapped[uuid.UUID | None]
