"""What submitting an application costs beside a bare sqlite3 transaction of the same rows and bytes (decisions, Small)."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import event

from core.access import Actor
from core.cases.procedure import beijing_day
from core.cases.submission import prepare, submit_application
from core.database import Base, make_engine, new_id
from core.encryption import Vault, key_provider
from core.scopes import Own
from core.sessions import open_session
from core.tables import all_tables
from core.testing.fixtures import NOW
from core.testing.town import Town, family_of_four, found_town
from tests.benchmarks.figures import Figure

ROUNDS = 60
LIMIT = 0.5


def run() -> list[Figure]:
    """Submissions and bare transactions in turn, so that both meet the same disk."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        all_tables()
        engine = make_engine(f"sqlite:///{home / 'doudi.sqlite'}")
        Base.metadata.create_all(engine)
        town = found_town(engine, Vault(key_provider("file", home / "keys")), NOW)
        written = _record(town)
        bare = _bare(home / "bare.sqlite", written)
        ours, theirs, syncs = [], [], []
        for _ in range(ROUNDS):
            ours.append(_submit(town))
            theirs.append(_repeat(bare, written))
            syncs.append(_sync(home / "sync"))
        ratio = median(t / o for o, t in zip(ours, theirs, strict=True))
        rows = sum(len(values) for _, values in written)
        return [
            Figure(
                "submission, one durable commit",
                ratio,
                "× of a bare sqlite3 transaction's rate",
                f"≥ {LIMIT}",
                ratio >= LIMIT,
                f"ours {median(ours) * 1e3:.2f} ms, bare {median(theirs) * 1e3:.2f} ms, {rows} rows in {len(written)} "
                f"statements, fdatasync {1 / median(syncs):,.0f}/s",
            )
        ]


def _submit(town: Town, at: datetime = NOW) -> float:
    account = new_id()
    application = family_of_four(account)
    actor = Actor(kind="resident", account_id=account)
    # the page shows the scheme and its limits before anything is submitted, so the procedure is at hand
    with open_session(town.engine, Own(account), actor, vault=town.vault, writes=False) as reading:
        procedure = town.procedure(reading)
    started = perf_counter()
    prepared = prepare(town.vault, application, now=at, today=beijing_day(at))
    with open_session(town.engine, Own(account), actor, vault=town.vault) as session:
        submit_application(session, actor, prepared, procedure, now=at)
        session.commit()
    return perf_counter() - started


def _record(town: Town) -> list[tuple[str, list[tuple[object, ...]]]]:
    """The inserts and updates of one submission, as SQL text and values: what the bare side repeats."""
    written: list[tuple[str, list[tuple[object, ...]]]] = []

    def keep(_conn, _cursor, statement, parameters, _context, executemany):
        if statement.lstrip()[:6].upper() == "INSERT" and "ON CONFLICT" not in statement:
            written.append(
                (statement, [tuple(each) for each in (parameters if executemany else [parameters])])
            )

    event.listen(town.engine, "before_cursor_execute", keep)
    _submit(town)
    event.remove(town.engine, "before_cursor_execute", keep)
    return written


def _bare(path: Path, written: list[tuple[str, list[tuple[object, ...]]]]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for number, (_, rows) in enumerate(written):
        columns = ", ".join(f"c{index}" for index in range(len(rows[0])))
        connection.execute(f"CREATE TABLE t{number} ({columns})")
    return connection


def _repeat(connection: sqlite3.Connection, written: list[tuple[str, list[tuple[object, ...]]]]) -> float:
    started = perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for number, (_, rows) in enumerate(written):
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO t{number} VALUES ({marks})", rows)
    connection.execute("COMMIT")
    return perf_counter() - started


def _sync(path: Path) -> float:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.write(handle, b"x" * 4096)
    started = perf_counter()
    os.fdatasync(handle)
    elapsed = perf_counter() - started
    os.close(handle)
    return elapsed
