"""Reads a rule text as expressions: which facts, parameters and person rules it asks for, under which column names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from core.law.parameters import Area
from core.law.reader import MonthBefore
from core.rules.choose import all_of, when
from core.rules.columns import Column, truth
from core.rules.facts import HOME_FACTS, PERSON_FACTS, FactDeclaration, FactKind
from core.rules.many import RuleMisuse
from core.rules.outcome import Highest, Outcome
from core.rules.rule import PersonRule, Rule
from core.translations import N_

OWN_AREA = "own"


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter a rule text asks for: how it reads it, for which area ("own": each household's)."""

    method: str
    key: str
    area: str | None = None
    at: MonthBefore | None = None

    @property
    def column(self) -> str:
        return f"law {self.method} {self.key} {self.area} {'before' if self.at else ''}"


@dataclass(slots=True)
class Trace:
    """What one rule text asked for. `uniform` are the parameters that have one value everywhere, known beforehand.

    `missing` tells per row, in the order of reading, what stops it: the key of a parameter that its place lacks where the
    row needs it, the name of a fact that is empty (`empty_of_home`, `empty_of_people`: the columns with such cells).
    """

    uniform: Mapping[Asked, int] = field(default_factory=dict)
    lacking: frozenset[Asked] = frozenset()
    empty_of_home: frozenset[str] = frozenset()
    empty_of_people: frozenset[str] = frozenset()
    home_facts: set[str] = field(default_factory=set)
    asked: dict[Asked, None] = field(default_factory=dict)
    totals: dict[str, tuple[str, PersonRule]] = field(default_factory=dict)
    missing: dict[str, pl.Expr] = field(default_factory=dict)

    def lacks(self, name: str, where: pl.Expr) -> None:
        """Note that rows are stopped by `name` where the condition holds."""
        told = pl.when(where).then(pl.lit(name))
        known = self.missing.get(name)
        self.missing[name] = told if known is None else pl.coalesce(known, told)


class TracedPerson:
    """The facts of every person: each attribute is a column."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def __getattr__(self, name: str) -> Column:
        column = _fact(PERSON_FACTS, name, name)
        if name in self._trace.empty_of_people:
            self._trace.lacks(name, column.expr.is_null())
        return column


class TracedHome:
    """The facts of every household, and sums over its people. With a prefix, beside each of its people."""

    def __init__(self, trace: Trace, prefix: str = "") -> None:
        self._trace = trace
        self._prefix = prefix

    def __getattr__(self, name: str) -> Column:
        column = _fact(HOME_FACTS, name, self._prefix + name)
        self._trace.home_facts.add(name)
        if name in self._trace.empty_of_home:
            self._trace.lacks(name, column.expr.is_null())
        return column

    def _over_people(self, how: str, person_rule: PersonRule) -> Column:
        if self._prefix:
            raise RuleMisuse(N_("成员规则里不能再对家庭成员求和。"))
        name = f"people {how} {person_rule.name}"
        self._trace.totals[name] = (how, person_rule)
        self._trace.missing[lacks_of(name)] = pl.col(lacks_of(name))
        return Column(pl.col(name), wide=True, name=name)

    def total(self, person_rule: PersonRule, _law: Any) -> Column:
        return self._over_people("total", person_rule)

    def count(self, person_rule: PersonRule, _law: Any) -> Column:
        return self._over_people("count", person_rule)

    def most(self, person_rule: PersonRule, _law: Any) -> Column:
        return self._over_people("most", person_rule)


class TracedLaw:
    """The law of every household's place: each value is a column, or a number where it is the same everywhere."""

    def __init__(self, trace: Trace, day: date) -> None:
        self._trace = trace
        self.date = day

    def fen(self, key: str, area: Any = None, where: Any = True, at: MonthBefore | None = None) -> Any:
        return self._ask(Asked("fen", key, _area_name(area), at), where)

    def number(self, key: str, area: Any = None, where: Any = True) -> Any:
        return self._ask(Asked("number", key, _area_name(area)), where)

    def days(self, key: str) -> Any:
        return self._ask(Asked("days", key))

    def rate(self, key: str, where: Any = True) -> Any:
        return self._ask(Asked("rate", key), where)

    def ratio(self, key: str) -> tuple[Any, Any]:
        return self._ask(Asked("numerator", key)), self._ask(Asked("denominator", key))

    def yes(self, key: str, where: Any = True) -> Any:
        return where is not False and all_of(where, self._value(Asked("yes", key), where) == 1)

    def text(self, _key: str) -> Any:
        raise RuleMisuse(N_("规则里不能读文字参数。"))

    def _ask(self, asked: Asked, where: Any = True) -> Any:
        return 0 if where is False else when(where, self._value(asked, where), 0)

    def _value(self, asked: Asked, where: Any) -> Any:
        self._trace.asked[asked] = None
        if asked in self._trace.uniform:
            return self._trace.uniform[asked]
        column = Column(pl.col(asked.column), wide=True, name=asked.key)
        if asked in self._trace.lacking:
            self._trace.lacks(asked.key, column.expr.is_null() & truth(where))
        return column


def _area_name(area: Any) -> str | None:
    if isinstance(area, Column):
        if area.name != "area":
            raise RuleMisuse(N_("参数只能按家庭的户籍类别（home.area）或固定的城镇、农村读取。"))
        return OWN_AREA
    return None if area is None else Area(area).name


def lacks_of(name: str) -> str:
    """The column that tells what stops a household because one of its people lacks it."""
    return f"lacks {name}"


def traced_person_value(person_rule: PersonRule, trace: Trace, day: date) -> tuple[Any, int]:
    """A person rule as an expression over the people's rows, and what its value counts in (fen × per)."""
    answer = person_rule.compute(TracedPerson(trace), TracedHome(trace, "home "), TracedLaw(trace, day))
    return (answer.value, answer.per) if isinstance(answer, Highest) else (answer, 1)


def first_lacking(lacks: Mapping[str, pl.Expr]) -> pl.Expr:
    """What stops a row first, in the order the rule reads it; empty when nothing does."""
    return pl.coalesce(*lacks.values()) if lacks else pl.lit(None, pl.String)


def trace_rule(rule: Rule, trace: Trace, day: date) -> Outcome:
    """Read a rule text as expressions, noting in `trace` what it asks. Raises RuleMisuse."""
    law = TracedLaw(trace, day)
    if rule.subject == "person":
        outcome = rule.compute(TracedPerson(trace), TracedHome(trace, "home "), law)
    else:
        outcome = rule.compute(TracedHome(trace), law)
    for condition in outcome.conditions:
        truth(condition.held)
    return outcome


def _fact(declared: Mapping[str, FactDeclaration], name: str, column: str) -> Column:
    fact = declared.get(name)
    if fact is None:
        raise AttributeError(name)
    if fact.kind is FactKind.YES_NO:
        return Column(pl.col(column).cast(pl.Boolean), truths=True, name=name)
    return Column(pl.col(column), name=name)
