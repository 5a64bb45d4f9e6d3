"""Staff accounts with their roles and assignments, residents' accounts, and the sign-ins of both."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.access import Role
from core.database import Base, EnumText, Id, Instant, PrimaryId, RegionCode
from core.encryption import EncryptedText
from core.scopes import RegionScoped, Visibility


class StaffAccount(RegionScoped, Base):
    """A member of staff; the region columns are her office's. Her administrators see her row, and she herself.

    `password_hash`: Argon2id in PHC form. `totp_last_step`: the last time step used, never accepted again.
    """

    __tablename__ = "staff_accounts"
    __visible__ = Visibility(region=True, own="id")

    id: Mapped[PrimaryId]
    username: Mapped[str] = mapped_column(String(40), unique=True)
    full_name: Mapped[str] = mapped_column(String(60))
    office: Mapped[RegionCode]
    password_hash: Mapped[str] = mapped_column(Text)
    password_changed_at: Mapped[Instant]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[Instant]
    created_by: Mapped[UUID | None]
    last_signed_in_at: Mapped[datetime | None]


class UnknownSignIn(Base):
    """Failures under a name nobody has, counted like real ones so that the answer tells nothing. `name`: its digest."""

    __tablename__ = "unknown_sign_ins"
    __visible__ = Visibility()

    name: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_failed_at: Mapped[Instant]


class PasswordHistory(Base):
    """Passwords an account had, so that the last ones are not used again."""

    __tablename__ = "password_history"
    __visible__ = Visibility(own="account_id", append=True)
    __table_args__ = (Index("ix_password_history_account_id", "account_id", "until"),)

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("staff_accounts.id"))
    password_hash: Mapped[str] = mapped_column(Text)
    until: Mapped[Instant]


class RoleGrant(RegionScoped, Base):
    """A role in one region and all below it, from a moment until revoked.

    The region columns are those of the holder's office, so that whoever administers her sees all she holds;
    `region_code` is where the role applies.
    """

    __tablename__ = "role_grants"
    __visible__ = Visibility(region=True, own="account_id")
    __table_args__ = (Index("ix_role_grants_account_id", "account_id"),)

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("staff_accounts.id"))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    region_code: Mapped[RegionCode]
    granted_at: Mapped[Instant]
    granted_by: Mapped[UUID | None]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]


class Assignment(RegionScoped, Base):
    """A part of a case handed to a bought-in worker or a department officer by name; the region is the work's.

    `work`: "visit", or the code of the body whose questions she answers; she has it up to and including `last_day`.
    """

    __tablename__ = "assignments"
    __visible__ = Visibility(region=True, own="account_id")
    __table_args__ = (Index("ix_assignments_account_id", "account_id"),)

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("staff_accounts.id"))
    case_id: Mapped[Id] = mapped_column(index=True)
    work: Mapped[str] = mapped_column(String(40))
    last_day: Mapped[date] = mapped_column(Date)
    given_at: Mapped[Instant]
    given_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class Assurance(StrEnum):
    """How sure we are that a resident is who she says (decision 1)."""

    SELF_STATED = "self_stated"
    PHONE_VERIFIED = "phone_verified"
    WINDOW_CHECKED = "window_checked"
    IDENTITY_PROVIDER = "identity_provider"

    @property
    def rank(self) -> int:
        return list(Assurance).index(self)


class ResidentAccount(Base):
    """A resident's way in. `person_id` is set only by `person_links.link`: then the register opens to her."""

    __tablename__ = "resident_accounts"
    __visible__ = Visibility(own="id", own_person="person_id")

    id: Mapped[PrimaryId]
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    name_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    assurance: Mapped[Assurance] = mapped_column(EnumText(Assurance), default=Assurance.SELF_STATED)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[Instant]
    last_signed_in_at: Mapped[datetime | None]


class VerifiedPhone(RegionScoped, Base):
    """A phone that an office verified as this person's, face to face. A code to it opens her register data.

    Appended by a clerk in her own region; `evidence` says what was shown ("身份证原件"), never a number. `ended_at`: opens
    nothing since; `given_up`: because it is hers no more, and not because her ID number turned out to be another.
    """

    __tablename__ = "verified_phones"
    __visible__ = Visibility(region=True, append=True)
    __table_args__ = (Index("ix_verified_phones_phone_index", "phone_index"),)

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(index=True)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone_masked: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(String(120))
    verified_at: Mapped[Instant]
    verified_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    given_up: Mapped[bool] = mapped_column(default=False)


class IdentityLink(Base):
    """A resident account's identity at an outside provider; `subject_index` is the keyed index of its subject."""

    __tablename__ = "identity_links"
    __visible__ = Visibility(own="account_id")
    __table_args__ = (UniqueConstraint("provider", "subject_index"),)

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("resident_accounts.id"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    subject_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    linked_at: Mapped[Instant]


class OneTimeCode(Base):
    """A code sent to a phone; kept as a keyed index only. `purpose`: "sign-in", or what an upper room uses it for."""

    __tablename__ = "one_time_codes"
    __visible__ = Visibility()
    __table_args__ = (Index("ix_one_time_codes_phone_index", "phone_index", "purpose", "sent_at"),)

    id: Mapped[PrimaryId]
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    purpose: Mapped[str] = mapped_column(String(80))
    code_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class AccountKind(StrEnum):
    STAFF = "staff"
    RESIDENT = "resident"


class SignInWay(StrEnum):
    """How somebody came in: what a sign-in proves of her."""

    PASSWORD = "password"  # noqa: S105  (a way in, no secret)
    PHONE_CODE = "phone_code"
    IDENTITY_PROVIDER = "identity_provider"


class LoginSession(RegionScoped, Base):
    """A browser someone is signed in with. `token_digest`: SHA-256 of the random token in its cookie; `way`: how she came.

    Region columns: the office of a member of staff; empty for a resident. `demo`: made in a demo installation.
    """

    __tablename__ = "login_sessions"
    __visible__ = Visibility(region=True, own="account_id")
    __table_args__ = (Index("ix_login_sessions_account_id", "account_id", "ended_at"),)

    id: Mapped[PrimaryId]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    kind: Mapped[AccountKind] = mapped_column(EnumText(AccountKind))
    way: Mapped[SignInWay] = mapped_column(EnumText(SignInWay))
    account_id: Mapped[Id]
    began_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    second_factor_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    ip: Mapped[str] = mapped_column(String(45), default="")
    device: Mapped[str] = mapped_column(String(60), default="")


class OutboxMessage(Base):
    """A message the embedded channel would have sent; shown on the outbox page of demo databases only."""

    __tablename__ = "outbox_messages"
    __visible__ = Visibility(append=True)

    id: Mapped[PrimaryId]
    to_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    body_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    purpose: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[Instant]
