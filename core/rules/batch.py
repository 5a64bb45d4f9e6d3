"""Runs a rule over a province's households at once: the same text, as narwhals expressions over two frames."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from core.law.reader import Law
from core.rules.choose import largest, to_monthly
from core.rules.columns import Column, truth, whole
from core.rules.facts import PERSON_FACTS
from core.rules.law_columns import add_law_columns, resolve
from core.rules.outcome import Outcome
from core.rules.people import People
from core.rules.rule import Rule
from core.rules.tracing import Trace, TracedFacts, TracedHome, TracedLaw, first_lacking, trace_rule

Laws = Law | Mapping[int, Law]


def run_batch(rule: Rule, homes: pl.DataFrame, people: pl.DataFrame | None, laws: Laws) -> pl.DataFrame:
    """Run a rule over polars frames and return one.

    `homes`: one row per household: `household` (whole number), `region` (county code as a whole number, when `laws`
    is a mapping by it), and the facts the rule reads. `people`: `household` and person facts, or None for a rule that
    reads none; rows with `counted` false are left out. `laws`: the law of each region, or one for all.

    The answer has one row per household (per person, in the order given, for a person's rule): `household`,
    `condition_1` … , `eligible`, `at_line`, `yearly_fen`, `monthly_fen`, `supplement_fen`, `total_monthly_fen` and
    `blocked`: the key of a parameter its place lacks, where a single run would raise Blocked; amounts are then 0.
    Raises RuleMisuse, and ValueError for people of an unknown household.
    """
    home_frame: nw.DataFrame[Any] = nw.from_native(homes, eager_only=True)
    day = next(iter(laws.values())).date if isinstance(laws, Mapping) else laws.date
    first = Trace()
    each = trace_rule(rule, first, day).each
    wanted = {entry.name: entry for _how, entry in first.totals.values()}
    if each is not None:
        wanted[each.name] = each
    for person_rule in wanted.values():
        person_rule.value(TracedFacts(PERSON_FACTS), TracedHome(first, "home "), TracedLaw(first, day))
    resolved = resolve(first.asked, laws)
    trace = Trace(uniform=resolved.uniform, lacking=resolved.lacking)
    outcome = trace_rule(rule, trace, day)
    home_frame = add_law_columns(home_frame, resolved)
    if rule.subject == "person":
        members = People(people, home_frame, resolved, day, only_counted=False)
        return _answers(members.with_home_columns(first.home_facts), outcome, trace)
    if first.totals or each is not None:
        members = People(people, home_frame, resolved, day)
        home_frame = home_frame.with_columns(*members.totals(first.totals))
        if outcome.each is not None:
            home_frame = home_frame.with_columns(*members.shown_amounts(outcome.each, outcome.unit_fen))
    return _answers(home_frame, outcome, trace)


def _answers(frame: nw.DataFrame[Any], outcome: Outcome, trace: Trace) -> pl.DataFrame:
    names = [f"condition_{number}" for number in range(1, len(outcome.conditions) + 1)]
    held = {name: truth(each.held) for name, each in zip(names, outcome.conditions, strict=True)}
    at_line = {name: each.at_line for name, each in zip(names, outcome.conditions, strict=True)}
    frame = frame.with_columns(
        **{name: each.fill_null(value=False) if trace.missing else each for name, each in held.items()},
        blocked=first_lacking(trace.missing),
    )
    free = [nw.col("blocked").is_null()] if trace.missing else []
    every = functools.reduce(operator.and_, [*map(nw.col, names), *free])
    open_too = [
        nw.col(name) if line is False else nw.col(name) | truth(line) for name, line in at_line.items()
    ]
    undecided = functools.reduce(operator.and_, [*open_too, *free])
    frame = frame.with_columns(eligible=every, at_line=(undecided & ~every).fill_null(value=False))
    if "lacks supplement" in frame.columns:
        lack = nw.col("lacks supplement")
        frame = frame.with_columns(
            blocked=nw.when(nw.col("eligible")).then(lack).otherwise(nw.col("blocked")),
            eligible=nw.col("eligible") & lack.is_null(),
        )
    nothing = nw.lit(0, nw.Int64)
    given = nw.col("eligible")
    supplement = nw.col("shown supplement") if "shown supplement" in frame.columns else nothing
    frame = frame.with_columns(
        yearly_fen=nw.when(given).then(whole(largest(0, outcome.yearly_fen))).otherwise(nothing),
        supplement_fen=nw.when(given).then(supplement).otherwise(nothing),
    )
    shown = whole(to_monthly(Column(nw.col("yearly_fen"), wide=True), 1, outcome.unit_fen))
    frame = frame.with_columns(monthly_fen=shown.fill_null(0) if trace.missing else shown)
    answer: pl.DataFrame = frame.select(
        "household",
        *names,
        "eligible",
        "at_line",
        "yearly_fen",
        "monthly_fen",
        "supplement_fen",
        (nw.col("monthly_fen") + nw.col("supplement_fen")).alias("total_monthly_fen"),
        "blocked",
    ).to_native()
    return answer
