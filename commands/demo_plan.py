"""The demo data whole: offices, staff, residents, and cases at every stage of the procedure in each demo town."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat

from sqlalchemy import Engine, select

from commands.accounts_card import FirstAccount
from commands.demo_assignments import hand_over
from commands.demo_cases import DemoCase, DemoTown, Stage
from commands.demo_families import FamilyMaker
from commands.demo_offices import DEMO_PLACES, DemoPlace, make_offices
from commands.demo_staff import APPLICANT, RESIDENTS, make_residents, make_staff
from core.access import job_actor
from core.accounts.codes import PHONE_KIND
from core.accounts.models import ResidentAccount
from core.cases.message_models import CaseMessage
from core.cases.message_sending import Sender
from core.cases.procedure import beijing_day
from core.catalogue import Catalogue
from core.database import make_engine
from core.encrypted_files import FileStore
from core.encryption import Vault, key_provider
from core.installation_mark import write_mark
from core.plugin_manager import load_packs
from core.regions.queries import children
from core.regions.village_import import load_demo_villages
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.settings import Settings

SEED = 20261123
# (stage, how many days ago the family applied); enough of each for a worklist that looks like a Monday
PLAN: tuple[tuple[Stage, int], ...] = (
    *((Stage.DECIDED, 34 - day) for day in range(6)),
    (Stage.CLOSED, 16),
    (Stage.CLOSED, 15),
    (Stage.NOTICED, 9),
    (Stage.NOTICED, 8),
    (Stage.NOTICED, 8),
    (Stage.VISITED, 8),
    (Stage.VISITED, 7),
    (Stage.CHECKED, 6),
    (Stage.ASKED, 5),
    (Stage.SIGNED, 5),
    (Stage.ACCEPTED, 4),
    (Stage.DEFICIENT, 4),
    (Stage.DEFICIENT, 3),
    (Stage.SUBMITTED, 2),
    (Stage.SUBMITTED, 1),
    (Stage.SUBMITTED, 0),
)
# where the township itself confirms
DELEGATED_PLAN: tuple[tuple[Stage, int], ...] = (
    (Stage.DECIDED, 22),
    (Stage.CLOSED, 15),
    (Stage.NOTICED, 7),
    (Stage.VISITED, 6),
    (Stage.SIGNED, 4),
    (Stage.SUBMITTED, 1),
)


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
            accounts = [*make_staff(session, now), *RESIDENTS]
            make_residents(session, now)
            session.commit()
        for place in DEMO_PLACES:
            make_cases(engine, vault, files, catalogue, place, now)
        _send_messages(engine, vault)
        return accounts
    finally:
        engine.dispose()


def _system(engine: Engine, vault: Vault) -> ScopedSession:
    return open_session(engine, System("demo"), job_actor("demo"), vault=vault)


def _send_messages(engine: Engine, vault: Vault) -> None:
    """What the acts of weeks past told their applicants, each at its time; to the outbox page, whatever gateway there is."""
    with _system(engine, vault) as session:
        times = session.scalars(select(CaseMessage.written_at).distinct().order_by(CaseMessage.written_at))
        moments = times.all()
    for moment in moments:
        clock = repeat(moment).__next__
        Sender(engine, vault, lambda _region: (), clock, demo=True).send_due()


def make_cases(
    engine: Engine, vault: Vault, files: FileStore, catalogue: Catalogue, place: DemoPlace, now: datetime
) -> None:
    """Families apply over the last weeks and stand at every stage of the procedure, in each town of the place."""
    town = DemoTown(engine, vault, catalogue, place, now)
    maker = FamilyMaker(random.Random(SEED + int(place.county[:6])), beijing_day(now), place.id_prefix)  # noqa: S311
    at_stage = _walk_plan(town, files, maker, PLAN)
    if place.delegated_township:
        _walk_plan(replace(town, delegated=True), files, maker, DELEGATED_PLAN)
    if place is DEMO_PLACES[0]:
        _walk_own(town, files, maker)
        hand_over(town, at_stage)


def _walk_plan(
    town: DemoTown, files: FileStore, maker: FamilyMaker, plan: Sequence[tuple[Stage, int]]
) -> dict[Stage, DemoCase]:
    """Walk every family of the plan; the last one at each stage."""
    villages, at_stage = _villages(town), {}
    for number, (stage, days) in enumerate(plan):
        applied = town.now - timedelta(days=days, hours=6)
        at_stage[stage] = DemoCase(town, files, villages[number % len(villages)], applied)
        at_stage[stage].walk(maker, stage)
    return at_stage


def _walk_own(town: DemoTown, files: FileStore, maker: FamilyMaker) -> None:
    """The application that the demo's second resident made on her phone, to its letter."""
    index = town.vault.index_all(PHONE_KIND, APPLICANT)
    with open_session(town.engine, System("demo"), vault=town.vault, writes=False) as session:
        account = session.scalars(
            select(ResidentAccount.id).where(ResidentAccount.phone_index.in_(index))
        ).one()
    applied = town.now - timedelta(days=27, hours=6)
    DemoCase(town, files, _villages(town)[0], applied, account_id=account).walk(maker, Stage.DECIDED)


def _villages(town: DemoTown) -> list[str]:
    with town.session(town.clerk) as session:
        return [each.code for each in children(session, town.township)][:6]
