"""Policy situations beside a pack: a family, a day, and what the rules must answer, in YAML that reads as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.errors import Blocked, Problem
from core.income import Deduction, IncomeKind, IncomeLine, IncomeSheet, RigidExpense, income_sheet
from core.law import Area, Law, LawBook, Standard, Unit, path_of, read_value
from core.law.files import load_yaml
from core.rules.facts import HOME_FACTS, PERSON_FACTS, FactKind, Home
from core.rules.reasons import yuan
from core.rules.rule import Rule, rule_for
from core.rules.single import Decision, run_single
from core.translations import N_

_NO_ASSETS = dict.fromkeys(
    (
        "financial_assets",
        "dwellings",
        "other_property",
        "vehicles",
        "businesses",
        "receives_dibao",
        "receives_tekun",
    ),
    0,
)
_NOTHING = dict.fromkeys(PERSON_FACTS, 0) | {"counted": 1}


@dataclass(frozen=True, slots=True)
class Situation:
    """One family on one day. Amounts in the file are yuan; `standards` are invented values, kept out of every pack."""

    name: str
    scheme: str
    day: date
    region: str
    standards: tuple[Standard, ...]
    home: Mapping[str, Any]
    people: Mapping[str, Mapping[str, Any]]
    income: tuple[IncomeLine, ...]
    expenses: tuple[RigidExpense, ...]
    person: str
    expect: Mapping[str, Any]


def load_situations(file: Path) -> list[Situation]:
    """The situations of one file. Raises KeyError or ValueError naming what a situation lacks."""
    content = load_yaml(file)
    shared = [_standard(row) for row in content.get("standards", [])]
    return [_situation(entry, shared) for entry in content["situations"]]


def answer(situation: Situation, book: LawBook, rules: Iterable[Rule]) -> tuple[Decision, IncomeSheet]:
    """Run the rule that holds on the situation's day in its region."""
    path = path_of(situation.region)
    law: Law = book.with_standards(situation.standards).on(situation.day, path)
    rule = rule_for(rules, situation.scheme, situation.day, path)
    sheet = income_sheet(situation.income, situation.expenses, law)
    home_values = _NO_ASSETS | {
        name: _fact(HOME_FACTS[name].kind, value) for name, value in situation.home.items()
    }
    if situation.income:
        home_values["yearly_income"] = sheet.yearly_fen
    people = []
    for name, given in situation.people.items():
        values = _NOTHING | {fact: _fact(PERSON_FACTS[fact].kind, value) for fact, value in given.items()}
        if situation.income:
            values["yearly_income"] = sheet.of_member(name)
        people.append(values)
    home = Home(home_values, people)
    person = home.everyone[list(situation.people).index(situation.person)] if situation.person else None
    return run_single(rule, home, law, person), sheet


def faults_in_situation(situation: Situation, book: LawBook, rules: Iterable[Rule]) -> list[str]:
    """Where the rules answer otherwise than the situation expects; empty when they agree."""
    try:
        decision, sheet = answer(situation, book, rules)
    except Blocked as blocked:
        told = {"blocked": str(blocked.values.get("key", ""))}
    except Problem as problem:
        return [f"{situation.name}: {problem}"]
    else:
        told = _told(situation, decision, sheet)
    faults = []
    for what, expected in situation.expect.items():
        wanted = (
            {name: _plain(each) for name, each in expected.items()}
            if isinstance(expected, dict)
            else expected
        )
        if told.get(what) != (wanted if isinstance(wanted, dict) else _plain(wanted)):
            faults.append(f"{situation.name}: {what} {told.get(what)!r}, {expected!r}")
    return faults


def _told(situation: Situation, decision: Decision, sheet: IncomeSheet) -> dict[str, Any]:
    counted = [name for name, given in situation.people.items() if given.get("counted", True)]
    return {
        "result": decision.result.value,
        "yearly_income": yuan(sheet.yearly_fen),
        "monthly": yuan(decision.monthly_fen),
        "yearly": yuan(decision.yearly_fen),
        "supplements": {counted[each.person]: yuan(each.monthly_fen) for each in decision.supplements},
        "total": yuan(decision.total_monthly_fen),
        "said": {
            reason.text: reason.said() for reason in decision.reasons if reason.text in _said(situation)
        },
        "not_met": ", ".join(reason.text for reason in decision.reasons if reason.met is False),
    }


def _said(situation: Situation) -> Mapping[str, str]:
    said: Mapping[str, str] = situation.expect.get("said", {})
    return said


def _plain(value: Any) -> str:
    """An expected amount may be written 525, 525.00 or 6,300.00."""
    text = str(value)
    try:
        return yuan(int(Fraction(text.replace(",", "")) * 100))
    except ValueError:
        return text


def _situation(entry: Mapping[str, Any], shared: list[Standard]) -> Situation:
    return Situation(
        name=entry["name"],
        scheme=entry["scheme"],
        day=entry["date"],
        region=entry["region"],
        standards=(*shared, *(_standard(row) for row in entry.get("standards", []))),
        home=entry.get("home", {}),
        people=entry.get("people", {}),
        income=tuple(_line(row) for row in entry.get("income", [])),
        expenses=tuple(
            RigidExpense(row["item"], row["text"], _fen(row["amount"]), int(row.get("months", 12)))
            for row in entry.get("expenses", [])
        ),
        person=entry.get("person", ""),
        expect=entry["expect"],
    )


def _line(row: Mapping[str, Any]) -> IncomeLine:
    return IncomeLine(
        member=row["member"],
        kind=IncomeKind(row["kind"]),
        text=row["text"],
        amount_fen=_fen(row["amount"]),
        months=int(row.get("months", 12)),
        item=row.get("item", ""),
        deductions=tuple(
            Deduction(item, _fen(amount), reason=N_("视情豁免"), approved_by="—")
            for item, amount in row.get("take_off", {}).items()
        ),
    )


def _standard(row: Mapping[str, Any]) -> Standard:
    unit = Unit(row["unit"])
    return Standard(
        key=row["key"],
        region_code=row["region"],
        value=_fen(row["value"]) if unit.is_money else read_value(row["value"], unit),
        unit=unit,
        effective_from=row["from"],
        document=row["document"],
        area=Area[row["area"].upper()] if row.get("area") else None,
        effective_to=row.get("to"),
    )


def _fact(kind: FactKind, value: Any) -> int:
    if isinstance(value, str) and value.upper() in Area.__members__:
        return Area[value.upper()]
    return _fen(value) if kind is FactKind.FEN else int(value)


def _fen(yuan_text: Any) -> int:
    amount = Fraction(str(yuan_text).replace(",", "")) * 100
    if amount.denominator != 1:
        raise ValueError(f"{yuan_text} yuan is no whole number of fen")
    return int(amount)
