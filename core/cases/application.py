"""An application as it arrives, from the portal, the window or an import: plain values, checked as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.cases.declaration_models import LineKind, MemberRole, Period, Section
from core.cases.models import WHOLE_HOUSEHOLD, Channel
from core.errors import Invalid
from core.forms.money import require_possible
from core.households.models import Area, NotCounted
from core.translations import N_

HEAD_RELATIONS = frozenset({"01", "02"})


@dataclass(frozen=True, slots=True)
class MemberAnswer:
    """One person of the family, or a supporter who lives elsewhere. `id_number` normalised (18 characters).

    `student`, `working`, `seriously_ill`: None where it was not answered.
    """

    name: str
    id_number: str
    birth_date: date
    sex: int
    relation: str
    role: MemberRole = MemberRole.MEMBER
    is_applicant: bool = False
    phone: str = ""
    student: bool | None = None
    working: bool | None = None
    seriously_ill: bool | None = None
    disability_certificate: str = ""
    disability_class: int | None = None
    disability_grade: int | None = None
    mental_part_grade: int | None = None
    counted: bool = True
    not_counted_reason: NotCounted | None = None
    guardian: int | None = None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """One line of income, property or expense. `member` is the position in `members`; None: the household's."""

    section: Section
    kind: LineKind
    amount_fen: int
    period: Period
    member: int | None = None
    description: str = ""
    quantity: int = 1
    months: int = 12
    item: str = ""
    document_id: uuid.UUID | None = None

    @property
    def yearly_fen(self) -> int:
        """Fen in the window of a year: a monthly amount times the months it was received."""
        return self.amount_fen * self.months if self.period is Period.MONTH else self.amount_fen


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that a submission freezes. `id` is the draft's: a second submission of one draft finds the first."""

    id: uuid.UUID
    scheme: str
    pack: str
    form_name: str
    form_version: str
    region_code: str
    area: Area
    channel: Channel
    members: Sequence[MemberAnswer]
    lines: Sequence[LineAnswer]
    variant: str = WHOLE_HOUSEHOLD
    owner_account_id: uuid.UUID | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    sensitive_answers: Mapping[str, Any] = field(default_factory=dict)
    proxy: Mapping[str, str] | None = None
    related_party: bool = False
    origin: str = "application"

    @property
    def counted(self) -> int:
        """How many members the household counts (persons)."""
        return sum(1 for each in self.members if each.role is MemberRole.MEMBER and each.counted)


def check_application(application: Application, today: date) -> None:
    """Raise Invalid with a humane sentence where the whole cannot stand, though each answer may."""
    members = application.members
    applicants = [each for each in members if each.is_applicant]
    if len(applicants) != 1:
        raise Invalid(N_("请选定一位申请人，只能有一位。"), field="members")
    if sum(1 for each in members if each.role is MemberRole.MEMBER and each.relation in HEAD_RELATIONS) > 1:
        raise Invalid(N_("一户只能有一位户主，请把其他人改成与户主的关系。"), field="members")
    numbers = [each.id_number for each in members]
    for position, number in enumerate(numbers):
        if number in numbers[:position]:
            raise Invalid(
                N_("第{first}位和第{second}位家人的身份证号码相同，同一个人只写一次。"),
                field="members",
                first=numbers.index(number) + 1,
                second=position + 1,
            )
    if application.counted == 0:
        raise Invalid(N_("至少要有一位共同生活的家人。"), field="members")
    for each in members:
        if each.birth_date > today:
            raise Invalid(N_("出生日期不能晚于今天，请检查身份证号码。"), field="members")
        if not each.counted and each.not_counted_reason is None:
            raise Invalid(N_("有家人不计入共同生活人口，请选原因（低保办法第七条）。"), field="members")
    for line in application.lines:
        if line.amount_fen < 0 or line.quantity < 0:
            raise Invalid(N_("金额和数量不能是负数。"), field="lines")
        require_possible(line.amount_fen, field="lines")
        if line.member is not None and not 0 <= line.member < len(members):
            raise Invalid(N_("有一项收入没有写是谁的，请补上。"), field="lines")
