"""What a rule text may say, what is refused, and the reasons and stored rows a decision gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Blocked, Invalid
from core.law import Area, LawBook, Standard, Unit, path_of
from core.rules import (
    Condition,
    Home,
    Outcome,
    Result,
    RuleMisuse,
    all_of,
    any_of,
    below,
    is_not,
    largest,
    rule,
    rule_for,
    run_single,
    smallest,
    to_monthly,
    when,
    yuan,
)
from core.rules.contract import faults_in_rule
from core.rules.outcome import Compared, at_least, at_most
from core.rules.reasons import Reason
from plugins.guangdong.rules import RULES as GUANGDONG
from plugins.guizhou.rules import RULES as GUIZHOU
from plugins.national.rules import RULES as NATIONAL
from plugins.national.rules import dibao

PLUGINS = Path(__file__).parents[2] / "plugins"
BOOK = LawBook.load(
    [
        ("000000000000", PLUGINS / "national" / "parameters"),
        ("520000000000", PLUGINS / "guizhou" / "parameters"),
        ("440000000000", PLUGINS / "guangdong" / "parameters"),
    ]
)
MEITAN = path_of("520328000000")
DAY = date(2023, 3, 10)
STANDARD = Standard("dibao.standard", "520328000000", 72_000, Unit.FEN_PER_MONTH, DAY, "演示", Area.URBAN)
NOTHING = {"financial_assets": 0, "dwellings": 0, "other_property": 0, "vehicles": 0, "receives_dibao": 0}


def made(text: Callable[[Any, Any], Any]) -> Any:
    def named(home: Any, law: Any) -> Outcome:
        return Outcome(Condition("第一条", "试", text(home, law)))

    return rule(scheme="test", source="试", since=date(2021, 1, 1))(named)


@pytest.mark.parametrize("each", [*NATIONAL, *GUIZHOU, *GUANGDONG], ids=lambda each: each.version)
def test_every_shipped_rule_reads_as_expressions_and_only_what_is_declared(each: Any):
    assert faults_in_rule(each, BOOK) == []


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (lambda home, _law: home.members if home.members > 1 else 0, "when"),
        (lambda home, _law: home.members > 1 and home.vehicles < 1, "all_of"),
        (lambda home, _law: home.members > 1 or home.vehicles < 1, "any_of"),
        (lambda home, _law: not home.receives_dibao, "is_not"),
        (lambda home, _law: 1 < home.members < 3, "连写"),
        (lambda home, _law: home.members in (1, 2), "in"),
        (lambda home, law: law.fen("dibao.standard", area=home.area) and True, "when"),
        (lambda home, _law: home.yearly_income / home.members < 1, "除法"),
        (lambda home, _law: home.yearly_income // 12 < 1, "除法"),
        (lambda home, _law: 100 / home.members < 1, "除法"),
        (lambda home, _law: home.yearly_income % 2 < 1, "除法"),
        (lambda home, _law: round(home.yearly_income) < 1, "取整"),
        (lambda home, _law: int(home.yearly_income) < 1, "取整"),
        (lambda home, _law: max(home.members, 1) < 1, "when"),
        (lambda home, _law: f"{home.members}" == "", "文字"),
        (lambda home, _law: list(home.members) == [], "遍历"),
        (lambda home, _law: ~home.receives_dibao, "is_not"),
        (lambda home, law: law.fen("dibao.standard", area=home.members) < 1, "home.area"),
        (lambda home, law: law.text("dibao.standard") == home.members, "文字"),
    ],
)
def test_what_works_on_one_household_only_is_a_fault_that_says_what_to_write(text: Any, advice: str):
    (fault,) = faults_in_rule(made(text), BOOK)
    assert isinstance(fault, RuleMisuse)
    assert advice in str(fault)


def test_an_undeclared_fact_or_parameter_is_a_fault():
    assert "shoe_size" in str(faults_in_rule(made(lambda home, _law: home.shoe_size < 1), BOOK)[0])
    unknown = made(lambda home, law: home.members < law.number("nobody.declared"))
    assert "nobody.declared" in str(faults_in_rule(unknown, BOOK)[0])


def test_a_condition_without_article_and_a_rule_without_source_are_faults():
    def bare(home: Any, _law: Any) -> Outcome:
        return Outcome(Condition("", "试", home.members > 0))

    faults = faults_in_rule(rule(scheme="test", source="", since=date(2021, 1, 1))(bare), BOOK)
    assert len(faults) == 2


def test_choices_on_plain_numbers():
    assert when(True, 1, 2) == 1
    assert (largest(3, 9), smallest(3, 9)) == (9, 3)
    assert all_of(True, 1 < 2)
    assert not all_of(True, False)
    assert any_of(False, True)
    assert not any_of(False, 0)
    assert is_not(False) is True


@given(st.integers(0, 10**12), st.sampled_from([1, 10_000]), st.sampled_from([1, 10, 100]))
def test_the_month_is_divided_once_and_rounded_half_up(yearly: int, per: int, unit: int):
    exact = Fraction(yearly, 12 * per * unit)
    assert to_monthly(yearly, per, unit) == (exact + Fraction(1, 2)).__floor__() * unit


def test_the_example_of_one_third():
    assert to_monthly(40_000) == 3_333  # domain 6 C3: 400.00 a year is 33.33 a month
    assert to_monthly(6) == 1  # exactly half a fen goes up
    assert yuan(123_456_789) == "1,234,567.89"


def test_a_decision_says_why_and_is_stored_with_everything_it_read():
    home = Home({"area": 1, "yearly_income": 1_800_000, **NOTHING}, [{"age": 66}, {"age": 64}])
    decision = run_single(dibao, home, BOOK.with_standards([STANDARD]).on(DAY, MEITAN))
    reason = decision.reasons[0]
    assert decision.result is Result.NOT_ELIGIBLE
    assert (reason.mark, reason.period, reason.article) == ("✗", "month", "社会救助暂行办法 第九条")
    assert reason.said() == "750.00 > 720.00，高 30.00 元"
    row = json.loads(json.dumps(decision.as_row()))
    assert row["rule"] == "dibao@2021-07-01/000000000000"
    assert {"dibao.standard", "payment.unit_fen"} <= {reading["key"] for reading in row["readings"]}
    assert row["facts"]["home"]["members"] == 2
    assert decision.uses_defaults  # the rounding unit is a default, and is shown as one


def test_a_fen_below_the_line_never_looks_equal_to_it():
    home = Home({"area": 1, "yearly_income": 72_000 * 12 * 3 - 1, **NOTHING, "members": 3})
    decision = run_single(dibao, home, BOOK.with_standards([STANDARD]).on(DAY, MEITAN))
    assert decision.eligible
    assert decision.reasons[0].said() == "719.9997 < 720.0000，低 0.0003 元"
    assert (decision.yearly_fen, decision.monthly_fen) == (1, 0)


@pytest.mark.row("R3-05")
def test_members_are_the_counted_people_unless_given():
    assert Home({"area": 1}, [{"counted": 1}, {"counted": 0}, {"age": 3}]).members == 2


@pytest.mark.parametrize(
    "values",
    [{"yearly_income": -1}, {"yearly_income": 1.5}, {"area": 3}, {"members": 0}, {"shoe_size": 44}],
)
def test_a_fact_out_of_range_is_refused_by_name(values: dict):
    with pytest.raises(Invalid) as refused:
        Home({"area": 1, "members": 1, **values})
    assert refused.value.field == next(iter(values))


def test_a_fact_nobody_gave_blocks_by_its_chinese_name():
    home = Home({"area": 1, "members": 1, **NOTHING})
    with pytest.raises(Blocked, match="家庭年收入"):
        run_single(dibao, home, BOOK.with_standards([STANDARD]).on(DAY, MEITAN))


@pytest.mark.row("R3-10", "R3-12")
def test_a_missing_rate_blocks_only_a_family_that_needs_it():
    law = BOOK.with_standards([STANDARD])
    facts = {"area": 1, "yearly_income": 0, **NOTHING}
    young = run_single(dibao, Home(facts, [{**PERSON, "age": 40}]), law.on(DAY, MEITAN))
    assert young.total_monthly_fen == 72_000
    with pytest.raises(Blocked, match="老年人"):
        run_single(dibao, Home(facts, [{**PERSON, "age": 70}]), law.on(DAY, MEITAN))
    too_rich = {**facts, "yearly_income": 9_000_000}
    refused = run_single(dibao, Home(too_rich, [{**PERSON, "age": 70}]), law.on(DAY, MEITAN))
    assert refused.result is Result.NOT_ELIGIBLE


PERSON = dict.fromkeys(
    ("disability_class", "disability_grade", "mental_part_grade", "seriously_ill", "student", "works"), 0
)


def test_the_rule_of_the_day_and_of_the_nearest_region_runs():
    rules = (*NATIONAL, *GUIZHOU, *GUANGDONG)
    guangdong = path_of("441821000000")
    assert (
        rule_for(rules, "information_check", date(2025, 12, 31), guangdong).name == "information_check_2019"
    )
    assert rule_for(rules, "information_check", date(2026, 1, 1), guangdong).name == "information_check_2026"
    with pytest.raises(Blocked):
        rule_for(rules, "information_check", date(2026, 1, 1), MEITAN)
    with pytest.raises(Blocked):
        rule_for(rules, "dibao", date(2021, 6, 30), MEITAN)


def test_equality_is_left_to_a_person_only_for_a_family_in_dibao():
    def text(home: Any, _law: Any) -> Any:
        return below(home.yearly_income, 100, unless=home.receives_dibao)

    law = BOOK.on(DAY, MEITAN)
    facts = {"area": 1, "members": 1, "yearly_income": 100}
    assert run_single(made(text), Home({**facts, "receives_dibao": 1}), law).result is Result.AT_LINE
    assert run_single(made(text), Home({**facts, "receives_dibao": 0}), law).result is Result.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (at_most(0, 0, unit="套"), "一套也没有"),
        (at_most(0, 2, unit="辆"), "一辆也没有"),
        (at_most(1, 1, unit="套"), "1 套，不超过规定的 1 套"),
        (at_most(2, 1, unit="套"), "2 套，超过规定的 1 套"),
        (at_most(1, 0, unit="辆"), "1 辆，按规定不能有"),
        (at_least(17, 18, unit="岁"), "17 岁，不到规定的 18 岁"),
        (at_most(0, 0), "没有这类财产"),
        (at_most(205_385, 1_080_000), "2,053.85 元，不超过 10,800.00 元"),
        (at_most(0, 45_000, key="dibao.standard"), "0.00 元，不超过 450.00 元"),
    ],
)
def test_a_comparison_is_a_sentence_and_having_nothing_is_no_limit_of_nought(test: Compared, said: str):
    assert Reason("", "", met=True, compared=test).said() == said
