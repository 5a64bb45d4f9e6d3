"""Papers and photos a family or an office gave: what they are, whose, and where their sealed bytes lie."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Id, Instant, PrimaryId
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility
from core.uploads import ContentKind


class DocumentKind(StrEnum):
    """What a paper is, so that none is asked for twice (R1-14: proofs, letters for proof, photos)."""

    ID_CARD = "id_card"
    HOUSEHOLD_REGISTER = "household_register"
    RESIDENCE_PERMIT = "residence_permit"
    MARRIAGE = "marriage"
    GUARDIANSHIP = "guardianship"
    DISABILITY_CERTIFICATE = "disability_certificate"
    DIAGNOSIS = "diagnosis"
    MEDICAL_BILL = "medical_bill"
    SCHOOL = "school"
    WAGE_PROOF = "wage_proof"
    INCOME_PROOF = "income_proof"
    BANK_STATEMENT = "bank_statement"
    PROPERTY_PROOF = "property_proof"
    VEHICLE_PROOF = "vehicle_proof"
    BANK_CARD = "bank_card"
    ENTRUSTMENT = "entrustment"
    SIGNATURE = "signature"
    PAPER_AUTHORISATION = "paper_authorisation"
    VISIT_PHOTO = "visit_photo"
    VISIT_FORM = "visit_form"
    PROOF_LETTER = "proof_letter"
    OTHER = "other"


class Document(RegionScoped, Base):
    """One paper. Its region columns are empty while it is only its owner's (decision 2); a case keeps a copy of the row.

    `about`: the draft's own key of the member it belongs to; `id_index`: the keyed index of that person's ID number, by
    which a paper is found again for another application. `file_id` names the sealed file, which copies share; `size`
    (bytes) and `sha256` (hex) are of the content as kept. `title_sealed`: the name its giver reads, perhaps a person's.
    `removed_at`: when it was let go of before it came into a file, its bytes to follow.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_owner", "owner_account_id", "kind", "id"),
        Index("ix_documents_case", "case_id", "id"),
    )
    __visible__ = Visibility(
        region=True,
        own="owner_account_id",
        own_person="person_id",
        assigned_case="case_id",
        link="authorisation_id",
    )

    id: Mapped[PrimaryId]
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    title_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    owner_account_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None]
    member_id: Mapped[uuid.UUID | None]
    authorisation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    original_id: Mapped[uuid.UUID | None]
    about: Mapped[str] = mapped_column(String(40), default="")
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    file_id: Mapped[Id] = mapped_column(index=True)
    content_kind: Mapped[ContentKind] = mapped_column(EnumText(ContentKind))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[Instant | None]
    given_at: Mapped[Instant]
    given_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[Instant | None]
