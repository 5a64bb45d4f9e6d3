"""Computing a case: the adopted lines become an income sheet and facts, the rule in force gives the decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.cases import people
from core.cases.comparison import ComparedLine, compare
from core.cases.declaration_models import DeclaredMember, LineKind, MemberRole, Section, StatementLine
from core.cases.models import WHOLE_HOUSEHOLD, Case
from core.cases.procedure import Procedure
from core.households.models import Household, LowIncomeCategory
from core.households.names import age_on
from core.income import Deduction, IncomeKind, IncomeLine, IncomeSheet, RigidExpense, income_sheet
from core.law import Area as LawArea
from core.rules import Decision, Home, run_single
from core.sessions import ScopedSession

_INCOME = {
    LineKind.WAGE: IncomeKind.WAGE,
    LineKind.BUSINESS: IncomeKind.BUSINESS,
    LineKind.PROPERTY_INCOME: IncomeKind.PROPERTY,
    LineKind.TRANSFER: IncomeKind.TRANSFER,
    LineKind.OTHER_INCOME: IncomeKind.OTHER,
}
_RIGID = {
    LineKind.MEDICAL_EXPENSE: "medical",
    LineKind.SCHOOL_EXPENSE: "education",
    LineKind.REHABILITATION_EXPENSE: "rehabilitation",
}
_FINANCIAL = frozenset({LineKind.DEPOSIT, LineKind.SECURITIES, LineKind.INSURANCE})


@dataclass(frozen=True, slots=True)
class Assessment:
    """The computation of a case as it stands: `lines` compared, `sheet` in yearly fen, `decision` with reasons.

    `provisional`: some line is not adopted yet, so the preferred layer stood in for it.
    """

    members: Sequence[DeclaredMember]
    lines: Sequence[ComparedLine]
    sheet: IncomeSheet
    decision: Decision
    provisional: bool


def assess(session: ScopedSession, case: Case, procedure: Procedure) -> Assessment:
    """Compute the case under the law of `procedure`. Raises Blocked naming a parameter without a value in force."""
    members = [each for each in people.members(session, case.id) if each.role is MemberRole.MEMBER]
    lines = compare(session, case.id)
    chosen = [each.adopted or each.layers[each.suggested] for each in lines]
    sheet = income_sheet(_income_lines(lines, chosen), _rigid_expenses(lines, chosen), procedure.law)
    household = session.get(Household, case.household_id) if case.household_id else None
    home = Home(
        _home_values(case, chosen, sheet, household),
        [_person_values(member, sheet, procedure.law.date) for member in members],
    )
    person = None
    if case.variant != WHOLE_HOUSEHOLD:
        person = home.everyone[next(i for i, member in enumerate(members) if member.is_applicant)]
    decision = run_single(procedure.rule(case.variant), home, procedure.law, person)
    return Assessment(members, lines, sheet, decision, any(each.adopted is None for each in lines))


def _income_lines(lines: Sequence[ComparedLine], chosen: Sequence[StatementLine]) -> list[IncomeLine]:
    return [
        IncomeLine(
            member=_member(row.member_id),
            kind=_INCOME[row.kind],
            text=compared.description,
            amount_fen=row.yearly_fen,
            item=row.item,
            deductions=tuple(
                Deduction(
                    item=str(each["item"]),
                    amount_fen=int(each["amount_fen"]),
                    reason=str(each.get("reason", "")),
                    approved_by=str(each.get("approved_by", "")),
                )
                for each in row.deductions
            ),
        )
        for compared, row in zip(lines, chosen, strict=True)
        if row.section is Section.INCOME
    ]


def _rigid_expenses(lines: Sequence[ComparedLine], chosen: Sequence[StatementLine]) -> list[RigidExpense]:
    return [
        RigidExpense(_RIGID[row.kind], compared.description, row.yearly_fen, member=_member(row.member_id))
        for compared, row in zip(lines, chosen, strict=True)
        if row.section is Section.EXPENSE
    ]


def _member(member_id: uuid.UUID | None) -> str:
    return member_id.hex if member_id else ""


def _home_values(
    case: Case, chosen: Sequence[StatementLine], sheet: IncomeSheet, household: Household | None
) -> dict[str, int]:
    def count(kind: LineKind) -> int:
        return sum(row.quantity for row in chosen if row.kind is kind)

    category = household.category if household else None
    return {
        "area": int(LawArea[case.area.name]),
        "yearly_income": sheet.yearly_fen,
        "financial_assets": sum(row.amount_fen for row in chosen if row.kind in _FINANCIAL),
        "dwellings": count(LineKind.DWELLING),
        "other_property": count(LineKind.OTHER_HOUSE),
        "vehicles": count(LineKind.VEHICLE),
        "businesses": count(LineKind.ENTERPRISE),
        "receives_dibao": int(category is LowIncomeCategory.DIBAO),
        "receives_tekun": int(category is LowIncomeCategory.TEKUN),
    }


def _person_values(member: DeclaredMember, sheet: IncomeSheet, day: date) -> dict[str, int]:
    return {
        "counted": int(member.counted),
        "age": age_on(member.born, day),
        "disability_class": member.disability_class or 0,
        "disability_grade": member.disability_grade or 0,
        "mental_part_grade": member.mental_part_grade or 0,
        "seriously_ill": int(bool(member.seriously_ill)),
        "student": int(bool(member.student)),
        "works": int(bool(member.working)),
        "yearly_income": sheet.of_member(member.id.hex),
    }
