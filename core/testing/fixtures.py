"""Fixtures shared by our tests and by third-party packs: databases of both kinds, scoped sessions, a vault, the clock."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.access import Actor, job_actor
from core.database import Base, make_engine
from core.encryption import Vault, key_provider
from core.row_security import apply_policies
from core.scopes import Scope, System
from core.sessions import ScopedSession, open_session
from core.tables import all_tables
from core.testing.databases import (
    Beginnings,
    empty_postgresql,
    found_on_postgresql,
    make_beginnings,
    put_in_place,
)
from core.testing.postgresql import APP_ROLE, app_role_url, start_postgresql
from core.testing.town import Town

NOW = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)  # Monday 16 November 2026, 10:30 in Beijing


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "row(*ids): the requirement rows a test proves")


@pytest.fixture(scope="session")
def postgresql_folder(request: pytest.FixtureRequest) -> Path:
    """Where this run's server keeps its data, one for all its workers.

    Not below pytest's own folder: every run that starts closes that one to other users, and the server is one.
    """
    workerinput = getattr(request.config, "workerinput", None)
    run = str(workerinput["testrunuid"])[:12] if workerinput else str(os.getpid())
    return Path(tempfile.gettempdir()) / f"doudi-postgresql-{run}"


@pytest.fixture(scope="session")
def postgresql_url(postgresql_folder: Path, worker_name: str) -> str:
    """A database of this worker's own; the tests connect as a role that neither owns the tables nor is a superuser."""
    return start_postgresql(postgresql_folder, f"doudi_{worker_name}")


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_url: str, postgresql_owner: Engine) -> Iterator[Engine]:
    all_tables()
    with postgresql_owner.begin() as connection:
        Base.metadata.create_all(connection)
        apply_policies(connection)
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
        connection.execute(
            text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        )
    # a test that left a row held would else wait for itself for ever
    engine = make_engine(app_role_url(postgresql_url), connect_args={"options": "-c lock_timeout=10s"})
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_owner(postgresql_url: str) -> Iterator[Engine]:
    """The owner of the tables, whom no policy binds: empties them and founds the town."""
    owner = make_engine(postgresql_url, connect_args={"options": "-c lock_timeout=10s"})
    yield owner
    owner.dispose()


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory: pytest.TempPathFactory) -> Beginnings:
    """The databases that tests copy."""
    return make_beginnings(tmp_path_factory.mktemp("beginnings"), NOW)


@pytest.fixture
def empty_file(beginnings: Beginnings, tmp_path: Path) -> Path:
    """An SQLite file with all tables and no row, at `tmp_path / "doudi.sqlite"`."""
    return Path(shutil.copy(beginnings.empty, tmp_path / "doudi.sqlite"))


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """This worker's one engine on SQLite; who uses it puts a file in its place first."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'doudi.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, beginnings: Beginnings) -> Iterator[Engine]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_engine")
        empty_postgresql(request.getfixturevalue("postgresql_owner"))
        return
    engine: Engine = request.getfixturevalue("sqlite_engine")
    put_in_place(engine, beginnings.empty)
    yield engine


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def session_in(engine: Engine) -> Iterator[Callable[..., ScopedSession]]:
    """`session_in(scope, actor)` opens a session of that scope; all are closed at the end."""
    opened: list[ScopedSession] = []

    def opens(scope: Scope, actor: Actor | None = None) -> ScopedSession:
        session = open_session(engine, scope, actor or job_actor("test"), vault=None, writes=False)
        opened.append(session)
        return session

    yield opens
    for session in opened:
        session.close()


@pytest.fixture
def system(session_in: Callable[..., ScopedSession]) -> ScopedSession:
    return session_in(System("test"))


@pytest.fixture
def vault(tmp_path: Path, beginnings: Beginnings) -> Vault:
    """A vault with the town's keys, in a folder of its own."""
    return Vault(key_provider("file", Path(shutil.copytree(beginnings.keys, tmp_path / "keys"))))


@pytest.fixture
def town(
    engine: Engine, vault: Vault, now: datetime, beginnings: Beginnings, request: pytest.FixtureRequest
) -> Iterator[Town]:
    """A made-up town (core/testing/town.py) in a database into which nothing was written before."""
    if engine.dialect.name == "sqlite":
        put_in_place(engine, beginnings.town)
    else:
        found_on_postgresql(request.getfixturevalue("postgresql_owner"), beginnings)
    town = Town(engine, vault, now)
    yield town
    town.close()
