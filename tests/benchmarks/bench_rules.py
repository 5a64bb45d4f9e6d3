"""The dibao rule: one household in microseconds, a million in a moment beside OpenFisca-core, equal to the fen."""

from __future__ import annotations

import gc
import time
from statistics import median

import numpy as np
import polars as pl

from core.law import Area, Law, LawBook, path_of
from core.rules import Home, run_single
from core.rules.batch import run_batch
from core.testing.decided import batch_row
from plugins.national.rules import dibao
from tests.benchmarks import openfisca_dibao
from tests.benchmarks.figures import Figure
from tests.benchmarks.generated_households import COUNTIES, DAY, RATES, households, law_book, laws

HOUSEHOLDS = 1_000_000
SAMPLE = 25_000
REPEATS = 5
SINGLE_LIMIT_US = 50
PEER_LIMIT = 5


def run() -> list[Figure]:
    """Single cost, batch against the peer, and the equality of all three."""
    homes, people = households(HOUSEHOLDS)
    book = law_book()
    by_county = laws(book)
    made = openfisca_dibao.system(_standards(by_county), COUNTIES[0], RATES)
    ours, theirs, theirs_alone, cpu, their_cpu = [], [], [], [], []
    # turn by turn, so that a slow moment of the machine falls on both
    for _ in range(REPEATS):
        gc.collect()
        began, used = time.perf_counter(), time.process_time()
        answer: pl.DataFrame = run_batch(dibao, homes, people, by_county)
        ours.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        gc.collect()
        used = time.process_time()
        peer, whole, alone = openfisca_dibao.calculate(made, homes, people)
        their_cpu.append(time.process_time() - used)
        theirs.append(whole)
        theirs_alone.append(alone)
    ratio = median(theirs) / median(ours)
    unequal_peer = int((answer["total_monthly_fen"].to_numpy() != peer).sum())
    unequal_single, eligible = _compare_with_single(homes, people, answer, by_county)
    single_us = _single_cost(homes, people, book)
    return [
        Figure(
            "rules: one dibao evaluation with its reasons",
            single_us,
            "µs",
            f"≤ {SINGLE_LIMIT_US} µs",
            single_us <= SINGLE_LIMIT_US,
            "median household of the sample, law opened anew, supplements included; reasons are put into words when shown",
        ),
        Figure(
            "rules: batch against OpenFisca-core, columns in to amounts out",
            ratio,
            "×",
            f"≥ {PEER_LIMIT} ×",
            ratio >= PEER_LIMIT,
            f"{HOUSEHOLDS:,} households, {len(people):,} people: {median(ours):.3f} s against {median(theirs):.3f} s; "
            f"processor time of all threads {median(cpu):.3f} s against {median(their_cpu):.3f} s; "
            f"OpenFisca's calculate() alone, population already built: {median(theirs_alone):.3f} s "
            f"({median(theirs_alone) / median(ours):.1f} ×)",
        ),
        Figure(
            "rules: households where batch and OpenFisca differ",
            unequal_peer,
            "households",
            "0",
            unequal_peer == 0,
            f"of {HOUSEHOLDS:,}, compared to the fen",
        ),
        Figure(
            "rules: households where batch and single run differ",
            unequal_single,
            "households",
            "0",
            unequal_single == 0 and 0 < eligible < SAMPLE,
            f"of {SAMPLE:,}, every column; {eligible:,} of them eligible",
        ),
    ]


def _standards(by_county: dict[int, Law]) -> np.ndarray:
    table = np.zeros((len(COUNTIES), 3), dtype=np.int64)
    for number, county in enumerate(COUNTIES):
        for area in Area:
            table[number, area] = by_county[county].fen("dibao.standard", area)
    return table


def _families(
    homes: pl.DataFrame, people: pl.DataFrame
) -> list[tuple[int, dict[str, int], list[dict[str, int]]]]:
    """The sample as plain facts, drawn evenly over the whole province."""
    step = len(homes) // SAMPLE
    chosen = homes.filter(pl.col("household") % step == 0).head(SAMPLE)
    members: dict[int, list[dict[str, int]]] = {number: [] for number in chosen["household"]}
    for person in people.filter(pl.col("household").is_in(chosen["household"].implode())).to_dicts():
        members[person.pop("household")].append(person)
    families = []
    for home in chosen.to_dicts():
        number, county = home.pop("household"), home.pop("region")
        families.append((number, county, home, members[number]))
    return [(county, home | {"household": number}, people_of) for number, county, home, people_of in families]


def _compare_with_single(
    homes: pl.DataFrame, people: pl.DataFrame, answer: pl.DataFrame, by_county: dict[int, Law]
) -> tuple[int, int]:
    unequal = eligible = 0
    rows = {
        row["household"]: row
        for row in answer.filter(pl.col("household") % (len(homes) // SAMPLE) == 0).to_dicts()
    }
    for county, facts, members in _families(homes, people):
        number = facts.pop("household")
        decision = run_single(dibao, Home(facts, members), by_county[county])
        row = rows[number]
        told = batch_row(decision)
        unequal += any(row[name] != value for name, value in told.items())
        eligible += decision.eligible
    return unequal, eligible


def _single_cost(homes: pl.DataFrame, people: pl.DataFrame, book: LawBook) -> float:
    """Microseconds of one evaluation: law of the place opened, rule run, reasons and supplements made."""
    families = [
        (path_of(f"{county}000000"), Home({k: v for k, v in facts.items() if k != "household"}, members))
        for county, facts, members in _families(homes, people)[:2_000]
    ]
    costs = []
    for _ in range(REPEATS):
        for path, home in families:
            began = time.perf_counter_ns()
            run_single(dibao, home, book.on(DAY, path))
            costs.append(time.perf_counter_ns() - began)
    return median(costs) / 1000
