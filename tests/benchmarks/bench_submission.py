"""What submitting an application costs beside a bare transaction of the same rows and bytes (decisions, Small).

The peer on SQLite is `sqlite3` with synchronous=FULL, once as it comes (a rollback journal) and once, without a limit, with the
write-ahead log that ours keeps; on PostgreSQL psycopg with synchronous_commit=on, as the owner of the tables. It writes the
inserts recorded of a submission, ready made, into a database of the same structure, so that both write the same pages: tables,
indexes and what the tables' own triggers do. Ours validates, encrypts, numbers the case and checks besides.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import event

from core import row_writing
from core.access import Actor
from core.cases.procedure import beijing_day
from core.cases.submission import prepare, submit_application
from core.database import ask_driver, new_id
from core.scopes import Own
from core.sessions import open_session
from core.testing.fixtures import NOW
from core.testing.town import Town, family_of_four, found_town
from tests.benchmarks.figures import Figure
from tests.benchmarks.provinces import KINDS, Province, empty_province, scratch

ROUNDS, WARM = 60, 10
LIMIT = 0.5
SAME_LOG = "bare sqlite3 with our write-ahead log"
Written = list[tuple[str, list[Any]]]


def run() -> list[Figure]:
    """Submissions and bare transactions in turn, so that both meet the same disk."""
    return [figure for kind in KINDS for figure in _measured(empty_province(kind, "submission"))]


def _measured(home: Province) -> list[Figure]:
    town = found_town(home.engine, home.vault, NOW)
    bare = _bare_sqlite() if home.kind == "sqlite" else _bare_postgresql()
    times: dict[str, list[float]] = {name: [] for name in ("ours", "sync", *bare)}
    for at in range(WARM + ROUNDS):
        written, commits = _record(town)
        run = {"ours": _submit(town), "sync": _sync(scratch() / "sync")}
        run |= {name: repeat(written) for name, repeat in bare.items()}
        if at >= WARM:
            for name, elapsed in run.items():
                times[name].append(elapsed)
    town.close()
    rows = sum(len(values) for _, values in written)
    disk = f"{rows} rows in {len(written)} statements, fdatasync {1 / median(times['sync']):,.0f}/s"
    return [
        *(_figure(home.kind, name, times["ours"], times[name], disk) for name in bare),
        Figure(f"submission on {home.kind}: durable commits", commits, "commits", "1", commits == 1),
    ]


def _figure(kind: str, peer: str, ours: list[float], theirs: list[float], disk: str) -> Figure:
    ratio = median(t / o for o, t in zip(ours, theirs, strict=True))
    judged = peer != SAME_LOG
    return Figure(
        f"submission on {kind}",
        ratio,
        f"× of the rate of a transaction of {peer}",
        f"≥ {LIMIT}" if judged else "none",
        ratio >= LIMIT or not judged,
        f"ours {median(ours) * 1e3:.2f} ms, bare {median(theirs) * 1e3:.2f} ms, {disk}",
    )


def _submit(town: Town, at: datetime = NOW) -> float:
    account = new_id()
    application = family_of_four(account)
    actor = Actor(kind="resident", account_id=account)
    # as in a request: its session is begun, and has read the procedure and the draft, when the answers are submitted
    with open_session(town.engine, Own(account), actor, vault=town.vault) as session:
        procedure = town.procedure(session)
        started = perf_counter()
        prepared = prepare(town.vault, application, now=at, today=beijing_day(at))
        submit_application(session, actor, prepared, procedure, now=at)
        session.commit()
        return perf_counter() - started


def _record(town: Town) -> tuple[Written, int]:
    """The inserts of one submission, as SQL text and values: what the bare side repeats; and how often it committed."""
    written: Written = []
    commits: list[int] = []

    def keep(connection, sql, values):
        written.append((sql, values if isinstance(values, list) else [values]))
        return ask_driver(connection, sql, values)

    def refuse(_connection, _cursor, statement, _parameters, _context, _executemany):
        assert statement.lstrip()[:6].upper() != "INSERT", "an insert that the bare side would not repeat"

    def count(_connection):
        commits.append(1)

    event.listen(town.engine, "before_cursor_execute", refuse)
    event.listen(town.engine, "commit", count)
    with patch.object(row_writing, "ask_driver", keep):
        _submit(town)
    event.remove(town.engine, "before_cursor_execute", refuse)
    event.remove(town.engine, "commit", count)
    return written, len(commits)


def _bare_sqlite() -> dict[str, Callable[[Written], float]]:
    return {"bare sqlite3": _sqlite_peer("DELETE"), SAME_LOG: _sqlite_peer("WAL")}


def _sqlite_peer(journal: str) -> Callable[[Written], float]:
    peer = empty_province("sqlite", f"submission_peer_{journal.lower()}")
    connection = sqlite3.connect(Path(peer.settings.home) / "doudi.sqlite", isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA synchronous=FULL")

    def repeat(written: Written) -> float:
        started = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for sql, rows in written:
            if len(rows) == 1:
                connection.execute(sql, rows[0]).fetchall()
            else:
                connection.executemany(sql, rows)
        connection.execute("COMMIT")
        return perf_counter() - started

    return repeat


def _bare_postgresql() -> dict[str, Callable[[Written], float]]:
    peer = empty_province("postgresql", "submission_peer")
    connection = psycopg.connect(peer.url_for("bare", owner=True).replace("+psycopg", ""))
    connection.execute("SET synchronous_commit = on")
    durable = connection.execute("SELECT current_setting('fsync')").fetchone()
    connection.commit()
    assert durable == ("on",), "a server without fsync promises nothing"

    def repeat(written: Written) -> float:
        started = perf_counter()
        with connection.cursor() as cursor:
            for sql, rows in written:
                if len(rows) == 1:
                    cursor.execute(sql, rows[0])
                else:
                    cursor.executemany(sql, rows)
        connection.commit()
        return perf_counter() - started

    return {"bare psycopg": repeat}


def _sync(path: Path) -> float:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.write(handle, b"x" * 4096)
    started = perf_counter()
    os.fdatasync(handle)
    elapsed = perf_counter() - started
    os.close(handle)
    return elapsed
