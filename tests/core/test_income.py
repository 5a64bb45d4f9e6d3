"""The income sheet: item by item, each deduction with the text that allows it, never below nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Blocked, Invalid
from core.income import (
    Deduction,
    IncomeKind,
    IncomeLine,
    RigidExpense,
    income_sheet,
    income_window,
)
from core.law import Law, LawBook, Standard, Unit, path_of

PLUGINS = Path(__file__).parents[2] / "plugins"
BOOK = LawBook.load(
    [
        ("000000000000", PLUGINS / "national" / "parameters"),
        ("520000000000", PLUGINS / "guizhou" / "parameters"),
    ]
)
MEITAN = path_of("520328000000")
WAGE = IncomeLine("父", IncomeKind.WAGE, "务工", 1_400_000)


def law(day: date = date(2023, 3, 10), medical: int | None = None) -> Law:
    rows = []
    if medical is not None:
        rows = [
            Standard(
                "income.deduction.medical",
                MEITAN[0],
                medical,
                Unit.YES_NO,
                date(2023, 1, 1),
                "湄民发〔2023〕9号",
            )
        ]
    return BOOK.with_standards(rows).on(day, MEITAN)


def line(kind: IncomeKind, amount: int, *deductions: Deduction, **more: object) -> IncomeLine:
    return IncomeLine("父", kind, "一项", amount, deductions=deductions, **more)  # type: ignore[arg-type]


@pytest.mark.row("R3-14", "R3-15")
def test_each_line_shows_what_was_taken_off_and_the_article_that_allows_it():
    opened = law()
    sheet = income_sheet(
        [line(IncomeKind.WAGE, 1_400_000, Deduction("employment_cost", 200_000))], [], opened
    )
    (taken,) = sheet.lines[0].taken_off
    assert (sheet.gross_fen, sheet.yearly_fen, taken.yearly_fen) == (1_400_000, 1_200_000, 200_000)
    assert (taken.reading.document, taken.reading.article) == ("民发〔2021〕57号", "第十三条（一）")
    assert [reading.key for reading in opened.readings.values()] == ["income.deduction.employment_cost"]
    assert sheet.of_member("父") == 1_200_000


@pytest.mark.parametrize(
    "item", ["scholarship", "government_assistance", "preferential_pension", "bravery_award"]
)
def test_what_the_law_does_not_count_stays_on_the_sheet_at_nothing(item: str):
    sheet = income_sheet([line(IncomeKind.TRANSFER, 500_000, item=item)], [], law())
    assert (sheet.gross_fen, sheet.yearly_fen) == (500_000, 0)
    assert sheet.lines[0].taken_off[0].allowed


def test_the_central_basic_pension_is_left_out_until_the_end_of_2025_and_then_waits_for_a_text():
    pension = line(IncomeKind.TRANSFER, 153_600, Deduction("central_basic_pension", 123_600))
    assert income_sheet([pension], [], law(date(2025, 12, 31))).yearly_fen == 30_000
    with pytest.raises(Blocked, match="基础养老金"):
        income_sheet([pension], [], law(date(2026, 1, 1)))


def test_a_local_rule_decides_whether_illness_is_let_off():
    illness = RigidExpense("medical", "自负医疗费", 600_000)
    assert income_sheet([WAGE], [illness], law(medical=1)).yearly_fen == 800_000
    refused = income_sheet([WAGE], [illness], law(medical=0))
    assert refused.yearly_fen == 1_400_000
    assert not refused.expenses[0].allowed
    assert refused.expenses[0].reading.document == "湄民发〔2023〕9号"
    with pytest.raises(Blocked, match="重病"):
        income_sheet([WAGE], [illness], law())


def test_half_a_year_counts_twice_and_odd_months_are_rounded_once():
    half = income_sheet([line(IncomeKind.WAGE, 700_001, months=6)], [], law())
    assert half.yearly_fen == 1_400_002
    odd = income_sheet([line(IncomeKind.WAGE, 100, months=7)], [], law())
    assert odd.yearly_fen == 171  # 171.43


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=6),
    st.lists(st.integers(0, 10**9), max_size=3),
)
def test_no_line_and_no_total_goes_below_nothing(lines: list[tuple[int, int]], expenses: list[int]):
    sheet = income_sheet(
        [line(IncomeKind.BUSINESS, amount, Deduction("operating_cost", cost)) for amount, cost in lines],
        [RigidExpense("medical", "医疗", amount) for amount in expenses],
        law(medical=1),
    )
    assert all(each.counted_fen >= 0 for each in sheet.lines)
    assert sheet.counted_fen == sum(max(0, amount - cost) for amount, cost in lines)
    assert sheet.yearly_fen == max(0, sheet.counted_fen - sum(expenses))


@pytest.mark.row("R3-08")
def test_only_support_of_siblings_or_the_old_may_be_exempted_with_reason_and_approver():
    exempt = Deduction("support_exempt", 60_000, reason="兄长自己也困难", approved_by="石某")
    kept = income_sheet(
        [line(IncomeKind.TRANSFER, 60_000, exempt, item="sibling_support", months=1)], [], law()
    )
    assert (kept.gross_fen, kept.yearly_fen) == (720_000, 0)
    with pytest.raises(Invalid, match="兄弟姐妹"):
        income_sheet([line(IncomeKind.TRANSFER, 60_000, exempt)], [], law())
    silent = Deduction("support_exempt", 60_000)
    with pytest.raises(Invalid, match="理由"):
        income_sheet([line(IncomeKind.TRANSFER, 60_000, silent, item="sibling_support")], [], law())


@pytest.mark.parametrize(
    "wrong",
    [
        line(IncomeKind.WAGE, -1),
        line(IncomeKind.WAGE, 10**13),
        line(IncomeKind.WAGE, 100, months=0),
        line(IncomeKind.WAGE, 100, months=13),
        line(IncomeKind.WAGE, 100, Deduction("operating_cost", 10)),
        line(IncomeKind.WAGE, 100, Deduction("employment_cost", -10)),
    ],
)
def test_a_line_that_cannot_stand_is_refused(wrong: IncomeLine):
    with pytest.raises(Invalid) as refused:
        income_sheet([wrong], [], law())
    assert refused.value.field == "income"


def test_an_expense_that_no_text_knows_is_refused():
    with pytest.raises(Invalid) as refused:
        income_sheet([WAGE], [RigidExpense("holiday", "旅游", 100)], law())
    assert refused.value.field == "expenses"


@pytest.mark.parametrize(
    ("applied", "months", "first", "last"),
    [
        (date(2021, 9, 3), 12, date(2020, 9, 1), date(2021, 8, 31)),  # as the case picture shows
        (date(2023, 3, 31), 6, date(2022, 9, 1), date(2023, 2, 28)),
        (date(2024, 1, 1), 1, date(2023, 12, 1), date(2023, 12, 31)),
    ],
)
def test_the_window_is_whole_months_before_the_month_of_application(applied, months, first, last):
    assert income_window(applied, months) == (first, last)
