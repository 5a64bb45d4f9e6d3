"""Fixtures shared by our tests and by third-party packs: databases of both kinds, scoped sessions, a vault, the clock."""

from __future__ import annotations

import os
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
from core.testing.postgresql import APP_ROLE, app_role_url, start_postgresql
from core.testing.town import Town, found_town

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
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    all_tables()
    owner = make_engine(postgresql_url)
    with owner.begin() as connection:
        Base.metadata.create_all(connection)
        apply_policies(connection)
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
        connection.execute(
            text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        )
    owner.dispose()
    # a test that left a row held would else wait for itself for ever
    engine = make_engine(app_role_url(postgresql_url), connect_args={"options": "-c lock_timeout=10s"})
    yield engine
    engine.dispose()


def _empty_postgresql(url: str) -> None:
    owner = make_engine(url)
    with owner.begin() as connection:
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    owner.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    all_tables()
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql_engine")
        _empty_postgresql(request.getfixturevalue("postgresql_url"))
        return
    engine = make_engine(f"sqlite:///{tmp_path / 'doudi.sqlite'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


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
def vault(tmp_path: Path) -> Vault:
    """A vault with keys of its own."""
    return Vault(key_provider("file", tmp_path / "keys"))


@pytest.fixture
def town(engine: Engine, vault: Vault, now: datetime) -> Iterator[Town]:
    """A made-up town over an empty database (core/testing/town.py)."""
    founded = found_town(engine, vault, now)
    yield founded
    founded.close()
