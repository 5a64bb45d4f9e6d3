"""The register: households, people, dated memberships, and the one unscoped index of identity numbers."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Date, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, EnumText, Id, Instant, PrimaryId, RegionCode, some
from core.encryption import EncryptedText
from core.scopes import LEVELS, RegionScoped, Visibility


class Area(StrEnum):
    """Registered area of a household; one standard for all its members (domain part 7)."""

    URBAN = "urban"
    RURAL = "rural"


class LowIncomeCategory(StrEnum):
    """The five groups of R2-01…R2-05, under their present names of 国办发〔2023〕39号."""

    DIBAO = "dibao"
    TEKUN = "tekun"
    EDGE_FAMILY = "edge_family"
    RIGID_EXPENSE_FAMILY = "rigid_expense_family"
    OTHER = "other"


class HouseholdStatus(StrEnum):
    """Whether the register still follows a household."""

    ACTIVE = "active"
    MOVED = "moved"
    CLOSED = "closed"


class NotCounted(StrEnum):
    """Why a member living with the household is not counted (民发〔2021〕57号 第七条)."""

    RELIGIOUS_SITE = "religious_site"
    IN_PRISON = "in_prison"
    COMPULSORY_TREATMENT = "compulsory_treatment"
    MISSING = "missing"
    OTHER = "other"


class LeftOut(StrEnum):
    """Why somebody of the household no longer is of it: not living together any more, or not counted (57号 第七条)."""

    LIVES_APART = "lives_apart"
    DIED = "died"
    RELIGIOUS_SITE = "religious_site"
    IN_PRISON = "in_prison"
    COMPULSORY_TREATMENT = "compulsory_treatment"
    MISSING = "missing"
    OTHER = "other"


class MembershipReason(StrEnum):
    """Why a membership began or ended: with an acceptance, a changed relation, a move to another home, left out."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    JOINED_ANOTHER = "joined_another"
    NOT_DECLARED = "not_declared"


# who is covered by one of these receives no second one (57号 第四条; 社会救助暂行办法)
COVERING = frozenset({LowIncomeCategory.DIBAO, LowIncomeCategory.TEKUN})


def category_of_scheme(scheme: str) -> LowIncomeCategory | None:
    """The group whose members a scheme makes; None for help that makes no group."""
    return LowIncomeCategory(scheme) if scheme in set(LowIncomeCategory) else None


def _listing(table: str) -> tuple[Index, ...]:
    # a scope is an equality on one level column, the list is a keyset on (sort, id): one index per level keeps it flat
    return tuple(Index(f"ix_{table}_{level}", level, "sort", "id") for level in LEVELS)


class Household(RegionScoped, Base):
    """One family on the register (一户一档). `sort` orders lists: microseconds since 1970 of its entry."""

    __tablename__ = "households"
    __table_args__ = (*_listing("households"), UniqueConstraint("township", "number"))
    __visible__ = Visibility(region=True, assigned_household="id")

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(24))
    sort: Mapped[int] = mapped_column(BigInteger)
    region_code: Mapped[RegionCode]
    area: Mapped[Area] = mapped_column(EnumText(Area))
    category: Mapped[LowIncomeCategory | None] = mapped_column(EnumText(LowIncomeCategory))
    status: Mapped[HouseholdStatus] = mapped_column(EnumText(HouseholdStatus), default=HouseholdStatus.ACTIVE)
    head_person_id: Mapped[Id]
    head_masked: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(SmallInteger)
    village_group: Mapped[str] = mapped_column(String(60), default="")
    address_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    entered_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Person(RegionScoped, Base):
    """One person on the register. `name` is empty for a child under 14, whose name is only in `name_sealed`.

    `category`: the group she is in by herself (单人保, R2-01), whatever group her household is in.
    `secrets_sealed`: one blob of what is always shown together (ID number, phone, bank account, certificate number).
    `seriously_ill`, `student`, `working` are None where nobody answered.
    """

    __tablename__ = "persons"
    __table_args__ = (some("ix_persons_alone", "household_id", where="category IS NOT NULL"),)
    __visible__ = Visibility(region=True, own_person="id", assigned_household="household_id")

    id: Mapped[PrimaryId]
    household_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    name_masked: Mapped[str] = mapped_column(String(60), default="")
    name_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    id_index: Mapped[bytes] = mapped_column(LargeBinary(64), index=True)
    id_masked: Mapped[str] = mapped_column(String(24))
    secrets_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(64), index=True)
    sex: Mapped[int] = mapped_column(SmallInteger, default=0)
    birth_date: Mapped[date] = mapped_column(Date)
    category: Mapped[LowIncomeCategory | None] = mapped_column(EnumText(LowIncomeCategory))
    disability_class: Mapped[int | None] = mapped_column(SmallInteger)
    disability_grade: Mapped[int | None] = mapped_column(SmallInteger)
    seriously_ill: Mapped[bool | None]
    student: Mapped[bool | None]
    working: Mapped[bool | None]
    died_on: Mapped[date | None] = mapped_column(Date)
    entered_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Membership(RegionScoped, Base):
    """A person's time in a household: from, to, and why it began and ended (decision 2). `to_day` is no longer of it.

    `left_out`: the clerk's reason for who was not declared again (R3-05).
    """

    __tablename__ = "memberships"
    __table_args__ = (some("uq_memberships_running", "person_id", where="to_day IS NULL", unique=True),)
    __visible__ = Visibility(region=True, own_person="person_id", assigned_household="household_id")

    id: Mapped[PrimaryId]
    household_id: Mapped[Id] = mapped_column(index=True)
    person_id: Mapped[Id] = mapped_column(index=True)
    relation: Mapped[str] = mapped_column(String(2))
    counted: Mapped[bool] = mapped_column(default=True)
    not_counted_reason: Mapped[NotCounted | None] = mapped_column(EnumText(NotCounted))
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[MembershipReason] = mapped_column(EnumText(MembershipReason))
    end_reason: Mapped[MembershipReason | None] = mapped_column(EnumText(MembershipReason))
    left_out: Mapped[LeftOut | None] = mapped_column(EnumText(LeftOut))
    case_id: Mapped[uuid.UUID | None]


class NameBigram(Base):
    """Two neighbouring characters of a person's name, within a county; read only by joining the scoped person."""

    __tablename__ = "name_bigrams"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012
    __visible__ = Visibility(county=True, append=True)

    county: Mapped[RegionCode] = mapped_column(primary_key=True)
    bigram: Mapped[str] = mapped_column(String(2), primary_key=True)
    person_id: Mapped[Id] = mapped_column(primary_key=True)


class Identity(Base):
    """ID-number index → person, over all regions; asked only through `identities.standing_of` (decision 2)."""

    __tablename__ = "identities"
    __visible__ = Visibility(append=True)

    id_index: Mapped[bytes] = mapped_column(LargeBinary(64), primary_key=True)
    person_id: Mapped[Id]
    county: Mapped[RegionCode]
    entered_at: Mapped[datetime]
