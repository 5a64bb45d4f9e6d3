"""Whole installations to measure in: a real structure with its places, staff and a register of so many people."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, select, text

from commands.db import OWNER_URL, upgrade
from core.access import Actor, Role, job_actor
from core.accounts.changes import create_staff
from core.accounts.role_changes import grant_role
from core.accounts.signed_in import grants_in_force
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.installation_mark import write_mark
from core.packs.changes import enable_pack
from core.plugin_manager import load_packs
from core.regions.changes import load_divisions
from core.regions.codes import Level
from core.regions.models import Region
from core.regions.village_import import load_demo_villages
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.settings import Settings
from core.testing.postgresql import app_role_url, start_postgresql
from tests.benchmarks.generated_register import frames, load

KINDS = ("sqlite", "postgresql")
PROVINCE, COUNTY = "520000000000", "520328000000"
OFFICER = "county-officer"


@dataclass(frozen=True, slots=True)
class Province:
    """An installation. `engine` is the application's own, `owner` the one that made the tables; `officer` works in COUNTY."""

    kind: str
    people: int
    settings: Settings
    engine: Engine
    owner: Engine
    vault: Vault
    officer: Actor
    password: str

    def url_for(self, name: str, *, owner: bool = False) -> str:
        """The database's address for a peer; its connections carry `name`, so that `backends` tells them apart."""
        url = self.owner.url if owner else self.engine.url
        if self.kind == "postgresql":
            url = url.update_query_dict({"application_name": name})
        return url.render_as_string(hide_password=False)

    def backends(self, name: str) -> list[int]:
        """The server's processes that work for the connections of that name; none on SQLite."""
        if self.kind == "sqlite":
            return []
        with self.owner.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"
                ),
                {"name": name},
            )
            return list(found.scalars())


@cache
def scratch() -> Path:
    """One folder for everything, removed when the process ends, whatever happened in it."""
    folder = Path(tempfile.mkdtemp(prefix="doudi-bench-"))
    folder.chmod(0o755)  # the embedded server runs as a user of its own
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def provinces(people: int) -> tuple[Province, ...]:
    """An installation on each database with the same register; made at first use and kept for the whole run."""
    empty = [empty_province(kind, f"people_{people}") for kind in KINDS]
    with open_session(empty[0].engine, System("bench"), writes=False) as session:
        places = list(
            session.scalars(select(Region.code).where(Region.level >= Level.TOWNSHIP).order_by(Region.code))
        )
    made = frames(people, places, COUNTY)
    for each in empty:
        load(each.owner, made)
    return tuple(replace(each, people=people) for each in empty)


def empty_province(kind: str, name: str) -> Province:
    """The same with nobody on the register, as `./doudi db upgrade` and the administrators leave it."""
    first, officer, password = _first(kind)
    home = scratch() / f"{kind}-{name}"
    shutil.copytree(first.home, home)
    if kind == "sqlite":
        settings = replace(first, home=home, database_url=f"sqlite:///{home / 'doudi.sqlite'}")
        owner_url = settings.database_url
    else:
        owner_url = start_postgresql(scratch() / "postgresql", name, template="first")
        settings = replace(first, home=home, database_url=app_role_url(owner_url))
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder))
    engine, owner = make_engine(settings.database_url), make_engine(owner_url)
    return Province(kind, 0, settings, engine, owner, vault, officer, password)


@cache
def _first(kind: str) -> tuple[Settings, Actor, str]:
    """The installation that the others are copies of: the structure and the places are made once."""
    home = scratch() / f"{kind}-first"
    home.mkdir()
    if kind == "sqlite":
        settings = Settings(home=home, database_url=f"sqlite:///{home / 'doudi.sqlite'}")
    else:
        os.environ[OWNER_URL] = start_postgresql(scratch() / "postgresql", "first")
        settings = Settings(home=home, database_url=app_role_url(os.environ[OWNER_URL]))
    upgrade(settings)
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder))
    engine = make_engine(settings.database_url)
    with open_session(engine, System("bench"), job_actor("bench"), vault=vault) as session:
        officer, password = _furnish(session, settings)
        session.commit()
    # closed, so that the copies find everything in the one file, and a database nobody is connected to
    engine.dispose()
    return settings, officer, password


def _furnish(session: ScopedSession, settings: Settings) -> tuple[Actor, str]:
    now = datetime.now(UTC)
    write_mark(session, demo=False, now=now)
    load_divisions(session, [PROVINCE])
    load_demo_villages(session)
    enable_pack(session, session.actor, load_packs(settings), "guizhou", PROVINCE, date(2020, 1, 1), now=now)
    made = create_staff(
        session, session.actor, username=OFFICER, full_name="演示干部", office=COUNTY, now=now, one_time=False
    )
    grant_role(session, session.actor, made.account_id, Role.COUNTY_OFFICER, COUNTY, now=now)
    grants = grants_in_force(session, made.account_id, now)
    return Actor("staff", made.account_id, "演示干部", COUNTY, grants), made.password
