"""What a family declared, and beside it what was verified, visited and adopted: members and statement lines."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.cases.models import BY_CASE
from core.database import Base, EnumText, Fen, Id, Instant, JsonColumn, PrimaryId
from core.encryption import EncryptedText
from core.households.models import NotCounted
from core.scopes import RegionScoped, Visibility


class MemberRole(StrEnum):
    """A member of the household, or a legal supporter who lives elsewhere (法定赡养、抚养、扶养义务人)."""

    MEMBER = "member"
    SUPPORTER = "supporter"


class DeclaredMember(RegionScoped, Base):
    """One person of a declaration. `secrets_sealed`: JSON of id_number, phone, disability_certificate, address.

    `name` is empty for a child under 14, whose name stands in the secrets under "name". What was declared stays; where the
    register was put right since, `corrected_sealed` (JSON of name and id_number) and the other `corrected_` stand beside it.
    `student`, `working`, `seriously_ill` are None where nobody answered.
    """

    __tablename__ = "declared_members"
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id] = mapped_column(index=True)
    owner_account_id: Mapped[uuid.UUID | None]
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[MemberRole] = mapped_column(EnumText(MemberRole))
    is_applicant: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(60), default="")
    name_masked: Mapped[str] = mapped_column(String(60))
    id_index: Mapped[bytes] = mapped_column(LargeBinary(64), index=True)
    id_masked: Mapped[str] = mapped_column(String(24))
    secrets_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    sex: Mapped[int] = mapped_column(SmallInteger, default=0)
    birth_date: Mapped[date] = mapped_column(Date)
    relation: Mapped[str] = mapped_column(String(2))
    counted: Mapped[bool] = mapped_column(default=True)
    not_counted_reason: Mapped[NotCounted | None] = mapped_column(EnumText(NotCounted))
    student: Mapped[bool | None]
    working: Mapped[bool | None]
    disability_class: Mapped[int | None] = mapped_column(SmallInteger)
    disability_grade: Mapped[int | None] = mapped_column(SmallInteger)
    mental_part_grade: Mapped[int | None] = mapped_column(SmallInteger)
    seriously_ill: Mapped[bool | None]
    guardian_member_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    corrected_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    corrected_birth_date: Mapped[date | None] = mapped_column(Date)
    corrected_sex: Mapped[int | None] = mapped_column(SmallInteger)

    @property
    def born(self) -> date:
        """Her birth date as it is known today."""
        return self.corrected_birth_date or self.birth_date

    @property
    def known_sex(self) -> int:
        """Her sex as it is known today."""
        return self.corrected_sex or self.sex


class Layer(StrEnum):
    """Who says it: the family, the information check, the visitors; and which of them was adopted."""

    DECLARED = "declared"
    VERIFIED = "verified"
    VISITED = "visited"
    ADOPTED = "adopted"


class Section(StrEnum):
    """Which sheet a line belongs to."""

    INCOME = "income"
    PROPERTY = "property"
    EXPENSE = "expense"


class LineKind(StrEnum):
    """The kinds of 57号 第十三、十四条; the first four are the income kinds of domain 2.6."""

    WAGE = "wage"
    BUSINESS = "business"
    PROPERTY_INCOME = "property_income"
    TRANSFER = "transfer"
    OTHER_INCOME = "other_income"
    DEPOSIT = "deposit"
    SECURITIES = "securities"
    INSURANCE = "insurance"
    DWELLING = "dwelling"
    OTHER_HOUSE = "other_house"
    VEHICLE = "vehicle"
    ENTERPRISE = "enterprise"
    MEDICAL_EXPENSE = "medical_expense"
    SCHOOL_EXPENSE = "school_expense"
    REHABILITATION_EXPENSE = "rehabilitation_expense"


# had in pieces, whatever they are worth
COUNTED = frozenset({LineKind.DWELLING, LineKind.OTHER_HOUSE, LineKind.VEHICLE, LineKind.ENTERPRISE})


class Period(StrEnum):
    """What an amount is stated for; `once` for property and single sums."""

    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


class StatementLine(RegionScoped, Base):
    """One line of one layer. Lines of different layers about the same thing share `line_key`.

    `amount_fen` as stated for `period`, received in `months` months of the window; `yearly_fen` before anything is taken
    off; `item` may name a kind that does not count; `deductions`: [{"item", "amount_fen" a year, "reason", "approved_by"}].
    `details_sealed`: JSON with "description" (what it is, in the speaker's words) and "note".
    """

    __tablename__ = "statement_lines"
    __table_args__ = (Index("ix_statement_lines_case_layer", "case_id", "layer"),)
    __visible__ = BY_CASE

    id: Mapped[PrimaryId]
    case_id: Mapped[Id]
    owner_account_id: Mapped[uuid.UUID | None]
    layer: Mapped[Layer] = mapped_column(EnumText(Layer))
    section: Mapped[Section] = mapped_column(EnumText(Section))
    kind: Mapped[LineKind] = mapped_column(EnumText(LineKind))
    line_key: Mapped[Id]
    member_id: Mapped[uuid.UUID | None]
    amount_fen: Mapped[Fen]
    period: Mapped[Period] = mapped_column(EnumText(Period))
    yearly_fen: Mapped[Fen]
    months: Mapped[int] = mapped_column(SmallInteger, default=12)
    item: Mapped[str] = mapped_column(String(40), default="")
    deductions: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default=list)
    quantity: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(40), default="")
    adopted_from: Mapped[Layer | None] = mapped_column(EnumText(Layer))
    explanation: Mapped[str] = mapped_column(String(200), default="")
    details_sealed: Mapped[bytes | None] = mapped_column(EncryptedText)
    evidence_document_id: Mapped[uuid.UUID | None]
    entered_by: Mapped[uuid.UUID | None]
    entered_at: Mapped[Instant]


class Draft(Base):
    """An application not yet submitted: belongs to an account, has no region-scoped rows (decision 2).

    `answers_sealed`: the whole state of the wizard as JSON. `revision` rises with each save, so that a second device
    is told when it would overwrite newer answers.
    """

    __tablename__ = "drafts"
    __visible__ = Visibility(own="account_id")

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(index=True)
    scheme: Mapped[str] = mapped_column(String(40))
    form_name: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(20))
    step: Mapped[str] = mapped_column(String(40), default="")
    answers_sealed: Mapped[bytes] = mapped_column(EncryptedText)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[Instant]
    case_id: Mapped[uuid.UUID | None]
