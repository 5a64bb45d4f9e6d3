"""Two characters of a name, searched in one county: milliseconds of the database, and the same answer as a full scan."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns
from typing import Any

from sqlalchemy import Connection, event, text

from core.households.models import Person
from core.households.names import bigrams
from core.households.queries import find_by_name
from core.scopes import Region, scope_words
from core.sessions import open_session
from tests.benchmarks.figures import Figure
from tests.benchmarks.generated_register import ELSEWHERE
from tests.benchmarks.provinces import COUNTY, Province, provinces

LIMIT_MS = 1.0
LIMIT_ROWS = 50
ROUNDS = 200
ABSENT = "𠮷野"  # a rare character, which nobody of the generated province bears


@dataclass(frozen=True, slots=True)
class Asked:
    """One search: what was typed, the statement it became, and what it found."""

    words: str
    typed: str
    sql: str
    values: Any
    found: list[str]


def run() -> list[Figure]:
    """Common, rare, absent, and common everywhere but here; on both databases with the largest register."""
    return [
        figure
        for home in provinces(int(os.environ.get("DOUDI_BENCH_LARGEST", "3000000")))
        for figure in _measured(home)
    ]


def _measured(home: Province) -> list[Figure]:
    with home.owner.connect() as connection:
        names = _scanned(connection)
    asked = [_ask(home, words, typed) for words, typed in _pairs(names).items()]
    spent, plans = _cost(home, asked)
    slowest = max(asked, key=lambda each: median(spent[each.typed]))
    value = median(spent[slowest.typed])
    unequal = [each.words for each in asked if each.found != _by_scan(names, each.typed)]
    scans = sorted({line for lines in plans.values() for line in lines if _is_scan(line)})
    costs = ", ".join(
        f"{each.words} ({len(each.found)} found): {median(spent[each.typed]):.3f} ms" for each in asked
    )
    return [
        Figure(
            f"names: the slowest of five searches on {home.kind}, {home.people:,} people",
            value,
            "ms",
            f"≤ {LIMIT_MS}",
            value <= LIMIT_MS and not scans,
            f"{costs}; plan: {'; '.join(scans) or 'by index only, the persons by their key'}",
        ),
        Figure(
            f"names: searches that differ from a full scan on {home.kind}",
            len(unequal),
            "searches",
            "0",
            not unequal,
            f"of {len(asked)}, the first {LIMIT_ROWS} and all; {len(names):,} searchable names in the county",
        ),
    ]


def _scanned(connection: Connection) -> list[tuple[str, str]]:
    """(id, name) of everyone in the county, by id, read from the persons themselves as the owner."""
    rows = connection.execute(
        text("SELECT id, name FROM persons WHERE county = :county AND name <> '' ORDER BY id"),
        {"county": COUNTY},
    )
    return [(str(row.id).replace("-", ""), row.name) for row in rows]


def _pairs(names: list[tuple[str, str]]) -> dict[str, str]:
    """The pairs to ask for, by what they stand for in this county."""
    counted = Counter(pair for _, name in names for pair in bigrams(name))
    common = [pair for pair, _ in counted.most_common(2)]
    rare = min(counted, key=lambda pair: (counted[pair], pair))
    return {
        "common": common[0],
        "next common": common[1],
        "rare": rare,
        "common elsewhere": ELSEWHERE,
        "absent": ABSENT,
    }


def _by_scan(names: list[tuple[str, str]], typed: str) -> list[str]:
    return [key for key, name in names if typed in name]


def _ask(home: Province, words: str, typed: str) -> Asked:
    """Search through the scoped session of an officer, and keep the statement it sent. Without a limit: every row counts."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: object) -> None:
        sent.append((sql, values))

    with open_session(home.engine, Region(COUNTY), home.officer, vault=home.vault, writes=False) as session:
        whole = [row.id.hex for row in find_by_name(session, typed, COUNTY, limit=1_000_000)]
        event.listen(home.engine, "before_cursor_execute", note)
        first = [row.id.hex for row in find_by_name(session, typed, COUNTY, limit=LIMIT_ROWS)]
        event.remove(home.engine, "before_cursor_execute", note)
    assert first == whole[:LIMIT_ROWS]
    sql, values = next(each for each in sent if Person.__tablename__ in each[0])
    return Asked(words, typed, sql, values, whole)


def _cost(home: Province, asked: list[Asked]) -> tuple[dict[str, list[float]], dict[str, list[str]]]:
    """Milliseconds from sending a statement to having its last row, and its plan; as the application's own role."""
    spent: dict[str, list[float]] = {each.typed: [] for each in asked}
    plans = {}
    with home.engine.connect() as connection:
        if home.kind == "postgresql":
            tell = "SELECT set_config('doudi.kind', %s, true), set_config('doudi.key', %s, true), set_config('doudi.other', %s, true)"
            connection.exec_driver_sql(tell, scope_words(Region(COUNTY)))
        cursor = connection.connection.cursor()
        explain = "EXPLAIN QUERY PLAN" if home.kind == "sqlite" else "EXPLAIN"
        for each in asked:
            cursor.execute(f"{explain} {each.sql}", each.values)
            plans[each.typed] = [str(row[-1]).strip() for row in cursor.fetchall()]
        for turn in range(ROUNDS):
            for each in asked if turn % 2 else reversed(asked):
                began = perf_counter_ns()
                cursor.execute(each.sql, each.values)
                cursor.fetchall()
                spent[each.typed].append((perf_counter_ns() - began) / 1e6)
    return spent, plans


def _is_scan(line: str) -> bool:
    return "SCAN" in line or "Seq Scan" in line
