"""An installation as a command finds it: a folder named by DOUDI_HOME, its database and its keys."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text

from commands.db import newest_revision
from core.access import job_actor
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.scopes import System
from core.sessions import open_session


@dataclass
class Here:
    """The installation; `session()` commits what was done in it."""

    engine: Engine
    vault: Vault

    @contextmanager
    def session(self):
        with open_session(self.engine, System("test"), job_actor("test"), vault=self.vault) as session:
            yield session
            session.commit()


@pytest.fixture
def here(tmp_path, empty_file, monkeypatch):
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.delenv("DOUDI_DATABASE_URL", raising=False)
    engine = make_engine(f"sqlite:///{empty_file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:now)"), {"now": newest_revision()})
    yield Here(engine, Vault(key_provider("file", tmp_path / "keys")))
    engine.dispose()
