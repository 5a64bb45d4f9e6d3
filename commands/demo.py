"""`./doudi demo`: fills an empty database with made-up places' work, so that everything can be tried at once.

Places and divisions are real; every person, number, amount and standard is invented and marked 演示 (decision 20).
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy import Engine

from commands.accounts_card import FirstAccount, card
from commands.demo_cases import make_cases
from commands.demo_offices import DEMO_PLACES, make_offices, make_staff
from commands.places import make_home, settings_here
from core.access import job_actor
from core.database import make_engine
from core.encrypted_files import FileStore
from core.encryption import Vault, key_provider
from core.errors import Problem
from core.installation_mark import write_mark
from core.plugin_manager import load_packs
from core.regions.village_import import load_demo_villages
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.settings import Settings
from core.translations import N_

JOB = "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "在空库里造演示数据。./doudi serve 第一次启动时会自动做这一步。"


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Make the demo in the database of the settings, which must be empty and migrated."""
    settings = settings_here()
    if not settings.may_be_demo:
        raise Problem(N_("演示数据只能放在本机的 SQLite 库里。"))
    make_home(settings)
    print(card(make_demo(settings)))
    return 0


def make_demo(settings: Settings) -> list[FirstAccount]:
    """Mark the database as a demo and fill it; returns whom to sign in as, passwords made now and kept nowhere."""
    engine = make_engine(settings.database_url)
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder))
    catalogue = load_packs(settings)
    files = FileStore(settings.files_folder, vault)
    now = datetime.now(UTC)
    try:
        with _system(engine, vault) as session:
            write_mark(session, demo=True, now=now)
            load_demo_villages(session)
            make_offices(session, catalogue, now)
            accounts = make_staff(session, now)
            session.commit()
        for place in DEMO_PLACES:
            make_cases(engine, vault, files, catalogue, place, now)
        return accounts
    finally:
        engine.dispose()


def _system(engine: Engine, vault: Vault) -> ScopedSession:
    return open_session(engine, System(JOB), job_actor(JOB), vault=vault)
