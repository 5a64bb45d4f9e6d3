"""Runs a rule over a province's households at once: the same text, as polars expressions over two frames."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import polars as pl

from core.law.reader import Law
from core.rules.choose import largest, to_monthly
from core.rules.columns import Column, truth, whole
from core.rules.law_columns import LawTables, Resolved, resolve
from core.rules.outcome import Outcome
from core.rules.people import SUPPLEMENT, People, PersonValue
from core.rules.rule import PersonRule, Rule
from core.rules.tracing import Trace, first_lacking, lacks_of, trace_rule, traced_person_value

Laws = Law | Mapping[int, Law]
Part = tuple[pl.DataFrame, pl.DataFrame | None]
# so many households' columns stay near the processor, and what is worked on does not grow with the province
PART = 100_000


def run_batch(rule: Rule, homes: pl.DataFrame, people: pl.DataFrame | None, laws: Laws) -> pl.DataFrame:
    """Run a rule over polars frames and return one.

    `homes`: one row per household: `household` (whole number), `region` (county code as a whole number, when `laws`
    is a mapping by it), and the facts the rule reads. `people`: `household` and person facts, or None for a rule that
    reads none; rows with `counted` false are left out. `laws`: the law of each region, or one for all. Frames sorted
    by household are gone through part by part, on every processor.

    The answer has one row per household (per person, in the order given, for a person's rule): `household`,
    `condition_1` … , `eligible`, `at_line`, `yearly_fen`, `monthly_fen`, `supplement_fen`, `total_monthly_fen` and
    `blocked`: the key of a parameter its place lacks, or the name of a fact that is empty, where a single run would raise
    Blocked; amounts are then 0. Raises RuleMisuse, and ValueError for people of an unknown household, a household given
    twice or a region without a law.
    """
    reading = _Reading.of(rule, laws, _with_empty_cells(homes), _with_empty_cells(people))
    if not reading.reads_people:
        return reading.answer(homes, None)
    if _has_one_twice(homes["household"]):
        raise ValueError("a household is given twice")
    parts = list(_parts(homes, people))
    if len(parts) == 1:
        return reading.answer(*parts[0])
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return pl.concat(pool.map(lambda part: reading.answer(*part), parts))


def _parts(homes: pl.DataFrame, people: pl.DataFrame | None) -> Iterator[Part]:
    """Households with their people, some after the other; all at once where they do not stand in one order."""
    in_order = people is not None and homes["household"].is_sorted() and people["household"].is_sorted()
    if people is None or not in_order or len(homes) <= PART:
        yield homes, people
        return
    starts = range(0, len(homes), PART)
    first_of_each = homes["household"].gather(starts[1:])
    ends = [0, *people["household"].search_sorted(first_of_each, "left"), len(people)]
    for start, (begin, end) in zip(starts, pairwise(ends), strict=True):
        yield homes.slice(start, PART), people.slice(begin, end - begin)


def _with_empty_cells(frame: pl.DataFrame | None) -> frozenset[str]:
    return frozenset() if frame is None else frozenset(each.name for each in frame if each.has_nulls())


def _has_one_twice(household: pl.Series) -> bool:
    distinct = household.rle_id().max() if household.is_sorted() else household.n_unique() - 1
    return len(household) > 0 and distinct != len(household) - 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """A rule text read once as expressions, with the law of every place: it answers any part of the province."""

    of_persons: bool
    outcome: Outcome
    trace: Trace
    resolved: Resolved
    law: LawTables
    totals: Mapping[str, tuple[str, PersonValue]]
    each: PersonValue | None

    @classmethod
    def of(
        cls, rule: Rule, laws: Laws, empty_of_home: frozenset[str], empty_of_people: frozenset[str]
    ) -> Self:
        day = next(iter(laws.values())).date if isinstance(laws, Mapping) else laws.date
        first = Trace()
        each = trace_rule(rule, first, day).each
        for person_rule in _person_rules(first, each):
            traced_person_value(person_rule, first, day)
        resolved = resolve(first.asked, laws)
        anew = functools.partial(
            Trace,
            uniform=resolved.uniform,
            lacking=resolved.lacking,
            empty_of_home=empty_of_home,
            empty_of_people=empty_of_people,
        )
        trace = anew()
        outcome = trace_rule(rule, trace, day)
        return cls(
            of_persons=rule.subject == "person",
            outcome=outcome,
            trace=trace,
            resolved=resolved,
            law=LawTables.of(resolved),
            totals={
                name: (how, PersonValue.of(entry, anew(), resolved, day))
                for name, (how, entry) in trace.totals.items()
            },
            each=None if outcome.each is None else PersonValue.of(outcome.each, anew(), resolved, day),
        )

    @property
    def reads_people(self) -> bool:
        return self.of_persons or bool(self.totals) or self.each is not None

    def answer(self, homes: pl.DataFrame, people: pl.DataFrame | None) -> pl.DataFrame:
        """The rows of one part."""
        frame = self.law.beside(homes)
        if self.of_persons:
            members = People(people, frame, only_counted=False)
            beside = members.beside_their_home(self.trace.home_facts, self.resolved)
            return _answers(beside, self.outcome, self.trace)
        if self.reads_people:
            members = People(people, frame)
            frame = frame.with_columns(*members.totals(self.totals))
            if self.each is not None:
                frame = frame.with_columns(*members.shown_amounts(self.each, frame, self.outcome.unit_fen))
        return _answers(frame, self.outcome, self.trace)


def _person_rules(trace: Trace, each: PersonRule | None) -> list[PersonRule]:
    """The person rules a household rule reads, each once."""
    read = {entry.name: entry for _how, entry in trace.totals.values()}
    if each is not None:
        read[each.name] = each
    return list(read.values())


def _answers(frame: pl.DataFrame, outcome: Outcome, trace: Trace) -> pl.DataFrame:
    names = [f"condition_{number}" for number in range(1, len(outcome.conditions) + 1)]
    held = {name: truth(each.held) for name, each in zip(names, outcome.conditions, strict=True)}
    at_line = {name: each.at_line for name, each in zip(names, outcome.conditions, strict=True)}
    frame = frame.with_columns(
        **{name: each.fill_null(False) if trace.missing else each for name, each in held.items()},
        blocked=first_lacking(trace.missing),
    )
    free = [pl.col("blocked").is_null()] if trace.missing else []
    every = functools.reduce(operator.and_, [*map(pl.col, names), *free])
    open_too = [
        pl.col(name) if line is False else pl.col(name) | truth(line) for name, line in at_line.items()
    ]
    undecided = functools.reduce(operator.and_, [*open_too, *free])
    frame = frame.with_columns(eligible=every, at_line=(undecided & ~every).fill_null(False))
    if lacks_of(SUPPLEMENT) in frame.columns:
        lack = pl.col(lacks_of(SUPPLEMENT))
        frame = frame.with_columns(
            blocked=pl.when(pl.col("eligible")).then(lack).otherwise(pl.col("blocked")),
            eligible=pl.col("eligible") & lack.is_null(),
        )
    nothing = pl.lit(0, pl.Int64)
    given = pl.col("eligible")
    supplement = pl.col(SUPPLEMENT) if SUPPLEMENT in frame.columns else nothing
    frame = frame.with_columns(
        yearly_fen=pl.when(given).then(whole(largest(0, outcome.yearly_fen))).otherwise(nothing),
        supplement_fen=pl.when(given).then(supplement).otherwise(nothing),
    )
    shown = whole(to_monthly(Column(pl.col("yearly_fen"), wide=True), 1, outcome.unit_fen))
    frame = frame.with_columns(monthly_fen=shown.fill_null(0) if trace.missing else shown)
    return frame.select(
        "household",
        *names,
        "eligible",
        "at_line",
        "yearly_fen",
        "monthly_fen",
        "supplement_fen",
        (pl.col("monthly_fen") + pl.col("supplement_fen")).alias("total_monthly_fen"),
        "blocked",
    )
