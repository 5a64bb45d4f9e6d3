"""Cases of the demo places, taken through the real procedure to every stage, a few days apart."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Engine, select

from commands.demo_families import FamilyMaker
from commands.demo_offices import DemoPlace
from core.access import Actor, Grant, Role
from core.accounts.models import RoleGrant, StaffAccount
from core.cases.changes import accept_application, send_deficiency_letter
from core.cases.models import Case
from core.cases.procedure import Procedure, beijing_day, procedure_for
from core.cases.submission import prepare, submit_application
from core.catalogue import Catalogue
from core.encryption import Vault
from core.law import LawBook
from core.packs.queries import enablings
from core.regions.queries import children
from core.scopes import Region, System
from core.sessions import ScopedSession, open_session

SEED = 20261122
WAITING, DEFICIENT, SURVEYED = 3, 2, 4


@dataclass
class DemoTown:
    """One demo place at work: its staff, its villages, and the procedure of a day."""

    engine: Engine
    vault: Vault
    catalogue: Catalogue
    place: DemoPlace
    now: datetime

    @cached_property
    def book(self) -> LawBook:
        return LawBook.load(self.catalogue.parameter_folders())

    def session(self, actor: Actor) -> ScopedSession:
        return open_session(self.engine, Region(actor.node), actor, vault=self.vault)

    def staff(self, role: Role, number: int = 0) -> Actor:
        """The account that holds `role` in the place."""
        codes = (self.place.township, self.place.county)
        with open_session(self.engine, System("demo"), vault=self.vault, writes=False) as session:
            rows = session.execute(
                select(StaffAccount.id, StaffAccount.full_name, RoleGrant.region_code)
                .join(RoleGrant, RoleGrant.account_id == StaffAccount.id)
                .where(RoleGrant.role == role, RoleGrant.region_code.in_(codes))
                .order_by(StaffAccount.username)
            ).all()
        account_id, name, node = rows[number]
        return Actor("staff", account_id, name, node, frozenset({Grant(role, node)}))

    def procedure(self, session: ScopedSession, village: str, at: datetime) -> Procedure:
        return procedure_for(
            session,
            self.catalogue,
            self.book,
            scheme="dibao",
            region_code=village,
            day=beijing_day(at),
            pack=self.place.pack,
            enablings=enablings(session),
        )


def make_cases(engine: Engine, vault: Vault, catalogue: Catalogue, place: DemoPlace, now: datetime) -> None:
    """Families apply at the window over the last weeks and stand at every stage of the procedure."""
    town = DemoTown(engine, vault, catalogue, place, now)
    clerk = town.staff(Role.TOWNSHIP_CLERK, 1)
    maker = FamilyMaker(random.Random(SEED + int(place.county[:6])), beijing_day(now), place.id_prefix)  # noqa: S311
    with town.session(clerk) as session:
        villages = [each.code for each in children(session, place.township)][:6]
    total = WAITING + DEFICIENT + SURVEYED
    for number in range(total):
        village = villages[number % len(villages)]
        at = now - timedelta(days=total - number, hours=3)
        _apply(town, clerk, maker, village, at, number)


def _apply(town: DemoTown, clerk: Actor, maker: FamilyMaker, village: str, at: datetime, number: int) -> Case:
    with town.session(clerk) as session:
        procedure = town.procedure(session, village, at)
        form = procedure.view.form(procedure.scheme.application_form)
        family = maker.family(village, pack=town.place.pack, form=(form.name, form.version), account_id=None)
        prepared = prepare(town.vault, family, now=at, today=beijing_day(at))
        case = submit_application(session, clerk, prepared, procedure, now=at)
        later = at + timedelta(hours=2)
        if number < SURVEYED:
            accept_application(session, clerk, case, procedure, now=later)
        elif number < SURVEYED + DEFICIENT:
            send_deficiency_letter(session, clerk, case, ["近12个月的工资单或转账记录"], procedure, now=later)
        session.commit()
        return case
