"""A made-up town to test in: one real county with made-up standards, its offices' staff, and families who apply."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cache

from sqlalchemy import Engine, select

from core.access import Actor, Grant, Role, job_actor
from core.cases.application import Application, LineAnswer, MemberAnswer
from core.cases.declaration_models import LineKind, Period, Section
from core.cases.models import Case, Channel
from core.cases.procedure import Procedure, beijing_day, procedure_for
from core.cases.submission import prepare, submit_application
from core.catalogue import Catalogue, Enabling
from core.database import new_id
from core.encryption import Vault
from core.households.models import Area
from core.identity_numbers import make_demo_id
from core.law import Area as LawArea
from core.law import LawBook, Standard, Unit
from core.plugin_manager import load_packs
from core.regions.changes import load_divisions, set_office
from core.regions.village_import import load_demo_villages
from core.scopes import Own, Region, Scope, System
from core.sessions import ScopedSession, open_session
from core.settings import load_settings
from core.standards.changes import enter_standard

COUNTY = "520328000000"
TOWNSHIP = "520328101000"
OTHER_COUNTY = "441823000000"
DOCUMENT = "演示文件〔2026〕1号"


@cache
def catalogue() -> Catalogue:
    """All packs of this installation, loaded once."""
    return load_packs(load_settings({}))


@cache
def law_book() -> LawBook:
    """The packs' parameters, loaded once."""
    return LawBook.load(catalogue().parameter_folders())


def staff(role: Role, node: str, *more: Role) -> Actor:
    """A member of staff at work in `node`."""
    grants = frozenset(Grant(each, node) for each in (role, *more))
    return Actor(kind="staff", account_id=new_id(), name=f"演示{role}", node=node, grants=grants)


def made_up_id(birth: date, order: int) -> str:
    """An ID number of a county that does not exist, with a right check digit (decision 20)."""
    return make_demo_id("5203", birth, order)


@dataclass
class Town:
    """Sessions of every scope over one database, and the people who work there."""

    engine: Engine
    vault: Vault
    now: datetime
    county: str = COUNTY
    township: str = TOWNSHIP
    village: str = ""
    opened: list[ScopedSession] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clerk = staff(Role.TOWNSHIP_CLERK, self.township)
        self.second_clerk = staff(Role.TOWNSHIP_CLERK, self.township)
        self.reviewer = staff(Role.TOWNSHIP_REVIEWER, self.township)
        self.township_confirmer = staff(Role.TOWNSHIP_CONFIRMER, self.township)
        self.officer = staff(Role.COUNTY_OFFICER, self.county)
        self.confirmer = staff(Role.COUNTY_CONFIRMER, self.county)
        self.stranger = staff(Role.TOWNSHIP_CLERK, "441823100000")

    def session(self, scope: Scope, actor: Actor | None = None) -> ScopedSession:
        """A session of that scope, closed with the town."""
        opened = open_session(self.engine, scope, actor or job_actor("test"), vault=self.vault, writes=False)
        self.opened.append(opened)
        return opened

    def at_work(self, actor: Actor) -> ScopedSession:
        """The session of a member of staff in her node."""
        return self.session(Region(actor.node), actor)

    def resident(self, account_id: uuid.UUID, person_id: uuid.UUID | None = None) -> ScopedSession:
        """The session of a resident's account."""
        return self.session(Own(account_id, person_id), Actor(kind="resident", account_id=account_id))

    def procedure(self, session: ScopedSession, day: date | None = None) -> Procedure:
        """Dibao in the town on a day (today), with every pack enabled."""
        return procedure_for(
            session,
            catalogue(),
            law_book(),
            scheme="dibao",
            region_code=self.village or self.township,
            day=day or beijing_day(self.now),
            enablings=enablings(),
        )

    def submit(self, application: Application) -> Case:
        """Submit as the account that owns the application, or at the window."""
        prepared = prepare(self.vault, application, now=self.now, today=beijing_day(self.now))
        if application.owner_account_id is None:
            session, actor = self.at_work(self.clerk), self.clerk
        else:
            session = self.resident(application.owner_account_id)
            actor = session.actor
        case = submit_application(session, actor, prepared, self.procedure(session), now=self.now)
        session.commit()
        return case

    def case(self, session: ScopedSession, case_id: uuid.UUID) -> Case:
        """The case as that session sees it."""
        return session.scalars(select(Case).where(Case.id == case_id)).one()

    def close(self) -> None:
        """Close every session."""
        for each in self.opened:
            each.close()


def enablings() -> list[Enabling]:
    """Every installed pack in force in its own region."""
    return [
        Enabling(pack=name, version=pack.info.version, region_code=region.code, from_day=date(2020, 1, 1))
        for name, pack in catalogue().packs.items()
        for region in pack.regions
    ]


def found_town(engine: Engine, vault: Vault, now: datetime) -> Town:
    """The town on an empty database: divisions of two provinces, demo villages, offices, made-up standards."""
    town = Town(engine, vault, now)
    session = town.session(System("test"))
    load_divisions(session, ["520000000000", "440000000000"])
    load_demo_villages(session)
    for code in (town.county, town.township, OTHER_COUNTY):
        set_office(
            session,
            job_actor("test"),
            code,
            office_name="演示民政办公室",
            phone="0055-88880126",
            now=now,
            window_name="演示社会救助窗口",
            address="演示政府一楼2号窗口",
            opening_hours="星期一至星期五 8:30—12:00",
        )
    session.commit()
    enter_demo_standards(town, town.county)
    return town


def enter_demo_standards(town: Town, county: str) -> None:
    """Made-up standards of domain part 6, marked as such."""
    officer = staff(Role.COUNTY_OFFICER, county)
    session = town.at_work(officer)
    for standard in demo_standards(county):
        enter_standard(session, officer, law_book(), standard, now=town.now)
    session.commit()


def demo_standards(county: str) -> Iterator[Standard]:
    """Rural 450 a month, urban 720; supplement rates; property limits; local time limits (all invented)."""
    base = Standard(
        key="",
        region_code=county,
        value=0,
        unit=Unit.COUNT,
        effective_from=date(2020, 1, 1),
        document=DOCUMENT,
    )
    yield replace(base, key="dibao.standard", value=45_000, unit=Unit.FEN_PER_MONTH, area=LawArea.RURAL)
    yield replace(base, key="dibao.standard", value=72_000, unit=Unit.FEN_PER_MONTH, area=LawArea.URBAN)
    for group, rate in (
        ("severe_disability", 30),
        ("serious_illness", 30),
        ("elderly", 20),
        ("student", 10),
        ("minor", 10),
    ):
        yield replace(base, key=f"supplement.rate.{group}", value=Fraction(rate, 100), unit=Unit.RATIO)
    yield replace(base, key="assets.financial_months", value=24, unit=Unit.MONTHS)
    for key, value in (("assets.dwellings", 1), ("assets.other_property", 0), ("assets.vehicles", 0)):
        yield replace(base, key=key, value=value)
    for key, days in (("limit.acceptance", 5), ("limit.deficiency_answer", 10)):
        yield replace(base, key=key, value=days, unit=Unit.WORKING_DAYS)


def member(name: str, birth: date, order: int, relation: str, **more: object) -> MemberAnswer:
    """A made-up person; an even order is a woman."""
    return MemberAnswer(
        name=name,
        id_number=made_up_id(birth, order),
        birth_date=birth,
        sex=1 if order % 2 else 2,
        relation=relation,
        **more,  # type: ignore[arg-type]
    )


def yearly(
    kind: LineKind, position: int | None, yuan: int, text: str, section: Section = Section.INCOME
) -> LineAnswer:
    """A line of so many yuan a year."""
    return LineAnswer(
        section=section,
        kind=kind,
        amount_fen=yuan * 100,
        period=Period.YEAR,
        member=position,
        description=text,
    )


def family_of_four(account_id: uuid.UUID | None = None, village: str = TOWNSHIP) -> Application:
    """The family of worked example A1: rural, per head 3,825 yuan a year under a standard of 5,400."""
    return Application(
        id=new_id(),
        scheme="dibao",
        pack="guizhou",
        form_name="national.application",
        form_version="1",
        region_code=village,
        area=Area.RURAL,
        channel=Channel.ONLINE if account_id else Channel.WINDOW,
        owner_account_id=account_id,
        members=A1_MEMBERS,
        lines=(
            yearly(LineKind.WAGE, 0, 12_000, "务工"),
            yearly(LineKind.BUSINESS, 1, 2_400, "种植"),
            yearly(LineKind.PROPERTY_INCOME, 0, 600, "土地流转"),
            yearly(LineKind.TRANSFER, 2, 300, "养老金"),
            LineAnswer(Section.PROPERTY, LineKind.DEPOSIT, 800_000, Period.ONCE, 0, "存款"),
            LineAnswer(Section.PROPERTY, LineKind.DWELLING, 0, Period.ONCE, None, "自住房"),
        ),
        answers={"village_group": "岩脚组"},
        sensitive_answers={"bank_account": "6222020000000000000"},
    )


def members_a1(family: int = 0) -> tuple[MemberAnswer, ...]:
    """The people of worked example A1; another `family` has the same names and ages, but is other people."""
    step = 20 * family
    return (
        member("周明", date(1980, 5, 1), 11 + step, "02", is_applicant=True, working=True),
        member("杨兰", date(1982, 6, 2), 12 + step, "10", disability_class=4, disability_grade=2),
        member("龙秀", date(1952, 7, 3), 14 + step, "52"),
        member("周涛", date(2010, 8, 4), 13 + step, "20", student=True, guardian=0),
    )


A1_MEMBERS: Sequence[MemberAnswer] = members_a1()
