"""Authorisations (核对授权): who allows which bodies to be asked about her, for what, until when; how she signed."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Id, Instant, JsonColumn, PrimaryId
from core.encryption import EncryptedText
from core.households.names import age_on
from core.scopes import RegionScoped, Visibility


class SignerRole(StrEnum):
    """In what role somebody signs: for herself, as the guardian of another, or as a legal supporter living elsewhere."""

    SELF = "self"
    GUARDIAN = "guardian"
    SUPPORTER = "supporter"


class SigningLevel(StrEnum):
    """How sure we are that it was she who signed; stored with the signature (decisions 1 and 8)."""

    APPLICANT_SESSION = "applicant_session"
    LINK_AND_CODE = "link_and_code"
    IDENTITY_PROVIDER = "identity_provider"
    WINDOW = "window"
    PAPER = "paper"


class PhoneStanding(StrEnum):
    """What a code to the signer's phone would prove. NONE: no mobile is known, so no code reaches her; SHARED: it is the
    applicant's or another signer's too, so a code proves nobody; OWN: hers alone as declared; PROVED: she has shown a code.
    """

    NONE = "none"
    SHARED = "shared"
    OWN = "own"
    PROVED = "proved"

    @property
    def takes_codes(self) -> bool:
        return self in {PhoneStanding.OWN, PhoneStanding.PROVED}


class Decision(StrEnum):
    """What the clerk decided after a refusal, with a reason; never automatic (decision 8)."""

    ASK_AGAIN = "ask_again"
    WITHOUT = "without"


class AuthorisationState(StrEnum):
    """How an authorisation stands on a day; worked out from its dates, never stored."""

    WAITING = "waiting"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHOUT = "without"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


class Authorisation(RegionScoped, Base):
    """One person whose economy may be checked in one case. Only a signed, unexpired, unrevoked row lets anyone be asked.

    `member_id` is the declared member; `name` is hers, empty for a child under 14. `signer_member_id` signs: herself, or
    her guardian. `secrets_sealed`: JSON of name, signer_name, signer_phone. `signer_index`: keyed index of the signer's ID
    number, compared when she comes by her link. `sources_asked`: list of {code, body, items, required};
    `sources_ticked`: codes she ticked. `terms`: what the signed text was filled with; `text_version` names the text.
    `phone`: how the signer's phone stands; `phone_changed_at`: when the applicant entered or corrected it after submitting.
    `guardianship_document_id`: the proof that somebody may sign for an adult.
    `link_digest`: SHA-256 of the link's token; `link_sealed` the token, so that the applicant can show it again;
    `ticket_digest`: of what the browser holds that gave code and ID number.
    """

    __tablename__ = "authorisations"
    __table_args__ = (
        UniqueConstraint("case_id", "member_id", "round"),
        Index("ix_authorisations_case", "case_id", "position"),
    )
    __visible__ = Visibility(
        region=True, own="owner_account_id", own_person="person_id", assigned_case="case_id", link="id"
    )

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    owner_account_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    member_id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[SignerRole] = mapped_column(EnumText(SignerRole))
    is_applicant: Mapped[bool] = mapped_column(default=False)
    by_applicant: Mapped[bool] = mapped_column(default=False)
    signer_member_id: Mapped[uuid.UUID | None]
    guardian_relation: Mapped[str] = mapped_column(String(40), default="")
    relation: Mapped[str] = mapped_column(String(2), default="")
    name: Mapped[str] = mapped_column(String(60), default="")
    name_masked: Mapped[str] = mapped_column(String(60))
    id_masked: Mapped[str] = mapped_column(String(24))
    birth_date: Mapped[date] = mapped_column(Date)
    signer_masked: Mapped[str] = mapped_column(String(60))
    signer_index: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    secrets_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    scheme: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    terms: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    sources_asked: Mapped[list[Any]] = mapped_column(JsonColumn)
    sources_ticked: Mapped[list[str]] = mapped_column(JsonColumn, default=list)
    asked_at: Mapped[Instant]
    signed_at: Mapped[Instant | None]
    level: Mapped[SigningLevel | None] = mapped_column(EnumText(SigningLevel))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    signature_document_id: Mapped[uuid.UUID | None]
    recorded_by: Mapped[uuid.UUID | None]
    refused_at: Mapped[Instant | None]
    refusal_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    decision: Mapped[Decision | None] = mapped_column(EnumText(Decision))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[uuid.UUID | None]
    revoked_at: Mapped[Instant | None]
    ended_on: Mapped[date | None] = mapped_column(Date)
    superseded_at: Mapped[Instant | None]
    phone: Mapped[PhoneStanding] = mapped_column(EnumText(PhoneStanding), default=PhoneStanding.NONE)
    phone_changed_at: Mapped[Instant | None]
    guardianship_document_id: Mapped[uuid.UUID | None]
    link_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    link_expires_at: Mapped[Instant | None]
    link_failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    ticket_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    ticket_until: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def state(self, day: date) -> AuthorisationState:
        """How it stands on `day` (a day in China)."""
        if self.revoked_at is not None:
            return AuthorisationState.WITHDRAWN
        if self.ended_on is not None and self.ended_on <= day:
            return AuthorisationState.ENDED
        if self.signed_at is None:
            if self.refused_at is None:
                return AuthorisationState.WAITING
            without = self.decision is Decision.WITHOUT
            return AuthorisationState.WITHOUT if without else AuthorisationState.REFUSED
        begun = self.valid_from is not None and self.valid_from <= day
        running = self.valid_to is not None and day <= self.valid_to
        return AuthorisationState.SIGNED if begun and running else AuthorisationState.EXPIRED

    def is_for_adult_ward(self, day: date) -> bool:
        """Whether a guardian signs for somebody of age (`adult_age` of the terms, in years) on `day`."""
        of_age = age_on(self.birth_date, day) >= int(self.terms["adult_age"])
        return self.role is SignerRole.GUARDIAN and of_age

    def only_at_office(self, day: date) -> bool:
        """Whether no link leads to it: it is signed at the window or on paper, her papers in the clerk's hand."""
        return self.signer_index is None or not self.phone.takes_codes or self.is_for_adult_ward(day)

    def allows(self, source: str, day: date) -> bool:
        """Whether body `source` may be asked about this person on `day`: the one test every check must pass (R2-17)."""
        return self.state(day) is AuthorisationState.SIGNED and source in self.sources_ticked
