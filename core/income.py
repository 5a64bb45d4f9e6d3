"""The income sheet: lines of the four kinds with what is taken off and why, added up to yearly fen (57号 第十三条)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import Invalid
from core.law import Law, Reading
from core.translations import N_
from core.workdays import months_deadline

MOST_FEN = 10**12
EXEMPT_ITEM = "support_exempt"
# R3-08: only what siblings or people of 60 and more pay may be exempted
EXEMPT_LINES = frozenset({"sibling_support", "elderly_support"})


class IncomeKind(StrEnum):
    """The four kinds, and what a place adds."""

    WAGE = "wage"
    BUSINESS = "business"
    PROPERTY = "property"
    TRANSFER = "transfer"
    OTHER = "other"


KIND_TEXTS: Mapping[IncomeKind, str] = {
    IncomeKind.WAGE: N_("工资性收入"),
    IncomeKind.BUSINESS: N_("经营净收入"),
    IncomeKind.PROPERTY: N_("财产净收入"),
    IncomeKind.TRANSFER: N_("转移净收入"),
    IncomeKind.OTHER: N_("其他收入"),
}
# which costs may be taken off which kind; shares that do not count may stand on any line
_COSTS: Mapping[IncomeKind, frozenset[str]] = {
    IncomeKind.WAGE: frozenset({"employment_cost"}),
    IncomeKind.BUSINESS: frozenset({"operating_cost", "depreciation", "production_tax"}),
    IncomeKind.PROPERTY: frozenset({"property_cost"}),
    IncomeKind.TRANSFER: frozenset({"tax", "social_insurance", "support_paid", EXEMPT_ITEM}),
    IncomeKind.OTHER: frozenset(),
}
RIGID_EXPENSES = frozenset({"medical", "rehabilitation", "education"})


@dataclass(frozen=True, slots=True)
class Deduction:
    """What is taken off a line: `item` names the parameter that allows it. An exemption has a reason and an approver."""

    item: str
    amount_fen: int
    evidence: str = ""
    reason: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """One income of one member over `months` months of the window. `item` may name a kind that does not count."""

    member: str
    kind: IncomeKind
    text: str
    amount_fen: int
    months: int = 12
    item: str = ""
    deductions: tuple[Deduction, ...] = ()
    evidence: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class RigidExpense:
    """A family's necessary cost that local rules let off its income: medical, rehabilitation, education."""

    item: str
    text: str
    amount_fen: int
    months: int = 12
    member: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TakenOff:
    """One deduction as used: yearly fen, the text that allows it, or `allowed` false with the text that does not."""

    item: str
    name: str
    yearly_fen: int
    allowed: bool
    reading: Reading


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the sheet in yearly fen: `counted_fen` is the amount less what was taken off, never below 0."""

    line: IncomeLine
    yearly_fen: int
    taken_off: tuple[TakenOff, ...]

    @property
    def taken_off_fen(self) -> int:
        return min(self.yearly_fen, sum(each.yearly_fen for each in self.taken_off))

    @property
    def counted_fen(self) -> int:
        return self.yearly_fen - self.taken_off_fen


@dataclass(frozen=True, slots=True)
class IncomeSheet:
    """The whole sheet; every amount is yearly fen and no total goes below 0."""

    lines: tuple[SheetLine, ...]
    expenses: tuple[TakenOff, ...]

    @property
    def gross_fen(self) -> int:
        return sum(each.yearly_fen for each in self.lines)

    @property
    def counted_fen(self) -> int:
        """The lines' sum before the family's rigid expenses."""
        return sum(each.counted_fen for each in self.lines)

    @property
    def expenses_fen(self) -> int:
        """The rigid expenses that had an effect."""
        return min(self.counted_fen, sum(each.yearly_fen for each in self.expenses))

    @property
    def yearly_fen(self) -> int:
        """What the rules read as the household's yearly income."""
        return self.counted_fen - self.expenses_fen

    def of_member(self, member: str) -> int:
        """A member's own counted income, before the family's expenses."""
        return sum(each.counted_fen for each in self.lines if each.line.member == member)


def income_sheet(lines: Iterable[IncomeLine], expenses: Iterable[RigidExpense], law: Law) -> IncomeSheet:
    """Add up a household's income item by item (R3-14, R3-15). Every text used is kept in `law.readings`.

    Raises Invalid (field "income" or "expenses") for an amount, period, item or exemption that cannot stand, and
    Blocked when no text in force says whether a deduction is allowed.
    """
    sheet_lines = tuple(_sheet_line(line, law) for line in lines)
    taken_off = []
    for expense in expenses:
        if expense.item not in RIGID_EXPENSES:
            raise Invalid(N_("“{text}”不是可以抵扣的刚性支出。"), field="expenses", text=expense.text)
        _check_amount(expense.amount_fen, expense.months, expense.text, "expenses")
        taken_off.append(_take_off(expense.item, _yearly(expense.amount_fen, expense.months), law))
    return IncomeSheet(sheet_lines, tuple(taken_off))


def costs_of(kind: IncomeKind) -> frozenset[str]:
    """Items of the costs that may be taken off a kind of income; shares that do not count may stand on any line."""
    return _COSTS[kind]


def income_window(applied: date, months: int) -> tuple[date, date]:
    """First and last day of the `months` whole months before the month of application (decision 11)."""
    first_of_month = applied.replace(day=1)
    return months_deadline(first_of_month, -months), first_of_month - timedelta(days=1)


def _sheet_line(line: IncomeLine, law: Law) -> SheetLine:
    _check_amount(line.amount_fen, line.months, line.text, "income")
    yearly = _yearly(line.amount_fen, line.months)
    taken_off = []
    if line.item and law.declares(f"income.excluded.{line.item}"):
        whole = _take_off(line.item, yearly, law)
        if whole.allowed:
            return SheetLine(line, yearly, (whole,))
        taken_off.append(whole)
    for deduction in line.deductions:
        _check_deduction(deduction, line)
        taken_off.append(_take_off(deduction.item, _yearly(deduction.amount_fen, line.months), law))
    return SheetLine(line, yearly, tuple(taken_off))


def _take_off(item: str, yearly_fen: int, law: Law) -> TakenOff:
    key = f"income.excluded.{item}"
    reading = law.read(key if law.declares(key) else f"income.deduction.{item}")
    allowed = bool(reading.value)
    return TakenOff(item, reading.name, yearly_fen if allowed else 0, allowed, reading)


def _check_deduction(deduction: Deduction, line: IncomeLine) -> None:
    _check_amount(deduction.amount_fen, line.months, line.text, "income")
    if deduction.item == EXEMPT_ITEM and line.item not in EXEMPT_LINES:
        raise Invalid(N_("只有兄弟姐妹或老年人给付的供养费用可以视情豁免。"), field="income")
    if deduction.item == EXEMPT_ITEM and not (deduction.reason.strip() and deduction.approved_by.strip()):
        raise Invalid(N_("豁免供养费用要写明理由和批准人。"), field="income")
    cost_of_another_kind = any(deduction.item in costs for costs in _COSTS.values())
    if cost_of_another_kind and deduction.item not in _COSTS[line.kind]:
        raise Invalid(N_("“{text}”不能扣减这一项，请改到相应类别的收入上。"), field="income", text=line.text)


def _check_amount(amount_fen: int, months: int, text: str, field: str) -> None:
    if not 0 <= amount_fen <= MOST_FEN:
        raise Invalid(N_("“{text}”的金额不合理。"), field=field, text=text)
    if not 1 <= months <= 12:
        raise Invalid(N_("“{text}”的月数要在 1 到 12 之间。"), field=field, text=text)


def _yearly(amount_fen: int, months: int) -> int:
    """Half-up to the fen, once per line; exact for 1, 2, 3, 4, 6 and 12 months."""
    return (amount_fen * 24 + months) // (2 * months)
