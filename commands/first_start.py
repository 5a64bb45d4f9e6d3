"""Prepares the database of an installation before it serves: structure, regions, and whom to sign in as the first time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, exists, make_url, select, text

from commands.accounts_card import FirstAccount
from commands.db import OWNER_URL, faults_in_words, require_present_structure, upgrade
from core.access import job_actor
from core.accounts.changes import FIRST_ADMINISTRATORS, create_first_administrators
from core.accounts.role_words import ROLE_WORDS
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.errors import Problem
from core.installation_mark import read_mark, write_mark
from core.regions.changes import load_divisions
from core.regions.models import Region
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.settings import Settings
from core.translations import N_

JOB = "first-start"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can serve: whether it is a demo, and the accounts just made, none unless it was empty."""

    demo: bool
    made: Sequence[FirstAccount] = ()


def sqlite_file(settings: Settings) -> Path:
    """The file of the embedded database."""
    return Path(make_url(settings.database_url).database or "")


def prepare(settings: Settings, *, now: datetime) -> Prepared:
    """Bring the database to a state that can serve.

    Raises:
        Problem: the database is of a newer version, cannot be changed, or is a demo that may not serve here.
    """
    if settings.may_be_demo and not sqlite_file(settings).exists():
        return Prepared(demo=True, made=_begin_demo(settings))
    if settings.on_sqlite:
        upgrade(settings)
    else:
        _prepare_postgresql(settings)
    engine = make_engine(settings.database_url)
    try:
        with _system(settings, engine) as session:
            mark = read_mark(session)
            if mark is not None and mark.demo and not settings.may_be_demo:
                raise Problem(
                    N_(
                        "这是演示库，只能在本机（127.0.0.1）使用。要对外服务，请用 DOUDI_HOME 指定一个新的空文件夹，建立正式库。"
                    )
                )
            load_regions(session)
            made = [] if mark is not None else _first_administrators(session, now)
            session.commit()
            return Prepared(demo=mark is not None and mark.demo, made=made)
    finally:
        engine.dispose()


def _begin_demo(settings: Settings) -> list[FirstAccount]:
    """Make structure, regions and demo data in a file beside, then give it its name: killed midway, nothing half-made
    is ever opened.
    """
    half = sqlite_file(settings).with_suffix(".half")
    for path in half.parent.glob(half.name + "*"):
        path.unlink()
    beside = replace(settings, database_url=f"sqlite:///{half}")
    upgrade(beside)
    engine = make_engine(beside.database_url)
    try:
        with _system(beside, engine) as session:
            load_regions(session)
            session.commit()
    finally:
        engine.dispose()
    # the whole of the casework is needed this once: no later start waits for it
    from commands.demo_plan import make_demo  # noqa: PLC0415

    made = make_demo(beside)
    _gather(half)
    half.rename(sqlite_file(settings))
    return made


def _gather(path: Path) -> None:
    """Bring everything committed into the one file, so that it can be renamed alone."""
    connection = sqlite3.connect(path)
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    connection.close()
    if busy:
        raise Problem(N_("演示库还在被别的程序使用。请停掉它，再重新启动。"))
    for companion in path.parent.glob(f"{path.name}-*"):
        companion.unlink()
    path.chmod(0o600)


def load_regions(session: ScopedSession) -> None:
    """Load the shipped divisions into a database that has none; a newer edition comes by `./doudi regions`."""
    if not session.scalar(select(exists(select(Region.code)))):
        load_divisions(session)


def _first_administrators(session: ScopedSession, now: datetime) -> list[FirstAccount]:
    """The three separated administrators of an empty real installation, each with a password for one sign-in."""
    write_mark(session, demo=False, now=now)
    made = create_first_administrators(session, now)
    return [
        FirstAccount(ROLE_WORDS[role], *account)
        for role, account in zip(FIRST_ADMINISTRATORS, made, strict=True)
    ]


def _system(settings: Settings, engine: Engine) -> ScopedSession:
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder))
    return open_session(engine, System(JOB), job_actor(JOB), vault=vault)


def _prepare_postgresql(settings: Settings) -> None:
    if os.environ.get(OWNER_URL):
        upgrade(settings)
    engine = make_engine(settings.database_url)
    try:
        require_present_structure(engine)
        with faults_in_words(), engine.connect() as connection:
            above = connection.execute(
                text(
                    "SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_tables t "
                    "WHERE t.schemaname = 'public' AND t.tableowner = r.rolname) FROM pg_roles r WHERE r.rolname = current_user"
                )
            ).scalar()
    finally:
        engine.dispose()
    if above:
        raise Problem(
            N_(
                "平台不能用数据库的拥有者或超级用户账号运行，那样行级保护不起作用。"
                "请另建一个普通账号写进 DOUDI_DATABASE_URL，拥有者账号写进 DOUDI_OWNER_DATABASE_URL。"
            )
        )
