"""The accounts of a demo: a person of her own at every post, in the words of the screen, with passwords made anew when asked."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from commands.__main__ import main
from commands.demo_assignments import BODY, hand_over
from commands.demo_cases import DemoCase, DemoTown, Stage
from commands.demo_families import FamilyMaker
from commands.demo_offices import DEMO_PLACES
from commands.demo_plan import SEED
from commands.demo_staff import NEWCOMER, make_staff
from core.access import ROLE_PERMISSIONS, Role
from core.accounts.assignments import VISIT
from core.accounts.models import Assignment, RoleGrant, StaffAccount
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import find_session
from core.accounts.staff_sign_in import sign_in_staff
from core.cases.models import Case
from core.cases.procedure import beijing_day
from core.encrypted_files import FileStore
from core.installation_mark import write_mark
from core.packs.changes import enable_pack
from core.regions.changes import load_divisions
from core.regions.queries import children
from core.regions.village_import import load_demo_villages
from portal.demo_date import STEPS

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def staffed(here, now):
    """(the installation, the card of its accounts)."""
    with here.session() as session:
        write_mark(session, demo=True, now=now)
        load_divisions(session, ["52", "44"])
        load_demo_villages(session)
        told = make_staff(session, now)
    return here, told


def test_every_post_is_a_person_of_her_own_called_as_on_screen(staffed):
    here, told = staffed
    places, roles, names = zip(*(account.role.split(" · ") for account in told), strict=True)
    assert len(set(names)) == len(names)
    assert set(roles) == {ROLE_WORDS[role] for role in ROLE_PERMISSIONS}
    assert {"永兴镇", "复兴镇", "湄潭县", "七拱镇", "阳山县", "遵义市", "贵州省"} < set(places)
    with here.session() as session:
        holders = session.scalars(select(RoleGrant.account_id)).all()
        asked = session.scalars(select(StaffAccount.must_change_password)).all()
    assert len(set(holders)) == len(holders)
    assert not any(asked)


def test_who_works_by_assignment_finds_one_case_in_a_demo_and_nothing_else(site):
    """A visit for the bought-in worker, one body's questions for its officer, for longer than the demo's date goes on at a press."""
    with site.session(writes=True) as session:
        enable_pack(
            session,
            session.actor,
            site.home.catalogue,
            "guizhou",
            "520000000000",
            site.at.date(),
            now=site.at,
        )
        session.commit()
    place = DEMO_PLACES[0]
    for username, role, office in (
        ("jingban1-yx", Role.TOWNSHIP_CLERK, place.township),
        ("jingban2-yx", Role.TOWNSHIP_CLERK, place.township),
        ("chushen-yx", Role.TOWNSHIP_REVIEWER, place.township),
        ("jingban-mt", Role.COUNTY_OFFICER, place.county),
    ):
        site.hire(username, role, office=office)
    worker, _ = site.staff("goumai-yx", Role.CONTRACT_WORKER, office=place.township)
    officer, _ = site.staff("xieban-mt", Role.DEPARTMENT_OFFICER, office=place.county)
    town = DemoTown(site.home.engine, site.home.vault, site.home.catalogue, place, site.at)
    with site.session() as session:
        village = children(session, place.township)[0].code
    maker = FamilyMaker(random.Random(SEED), beijing_day(site.at), place.id_prefix)
    files = FileStore(site.home.settings.files_folder, site.home.vault)
    at_stage = {}
    for stage in (Stage.SIGNED, Stage.ASKED, Stage.ASKED):
        at_stage[stage] = DemoCase(town, files, village, site.at - timedelta(days=4, hours=6))
        at_stage[stage].walk(maker, stage)
    hand_over(town, at_stage)
    with site.session() as session:
        numbers = {case.id: case.number for case in session.scalars(select(Case))}
        given = session.scalars(select(Assignment)).all()
    assert {(each.case_id, each.work) for each in given} == {
        (at_stage[Stage.SIGNED].case_id, VISIT),
        (at_stage[Stage.ASKED].case_id, BODY),
    }
    assert min(each.last_day for each in given) > site.at.date() + timedelta(
        days=max(days for days, _, _ in STEPS)
    )
    for browser, stage in ((worker, Stage.SIGNED), (officer, Stage.ASKED)):
        listed = browser.get("/staff/").text
        assert [id_ for id_, number in numbers.items() if number in listed] == [at_stage[stage].case_id]


def test_no_two_residents_of_a_demo_share_a_name_or_a_phone_nor_have_an_accounts_phone():
    maker = FamilyMaker(random.Random(7), date(2026, 11, 16), "5203")
    families = [
        maker.family("520328101212", pack="guizhou", form=("f", "1"), account_id=None) for _ in range(60)
    ]
    people = [member for family in families for member in family.members]
    phones = [member.phone for member in people if member.phone]
    assert len({member.name for member in people}) == len(people)
    assert len(set(phones)) == len(phones)
    assert NEWCOMER not in phones


def test_fresh_passwords_for_all_end_the_old_ones_and_every_sign_in(staffed, capsys, now):
    here, told = staffed
    before = {account.sign_in: account.password for account in told}
    token = sign_in_staff(here.engine, here.vault, "queren-mt", before["queren-mt"], now=now).token
    assert main(["demo", "accounts"]) == 0
    printed = capsys.readouterr().out
    assert all(account.role in printed for account in told)
    assert NEWCOMER in printed
    assert not any(password in printed for password in before.values())
    assert find_session(here.engine, here.vault, token, now=now) is None
    fresh = printed.split("queren-mt")[1].split()[0]
    assert sign_in_staff(here.engine, here.vault, "queren-mt", before["queren-mt"], now=now).refusal
    again = sign_in_staff(here.engine, here.vault, "queren-mt", fresh, now=now)
    assert not find_session(here.engine, here.vault, again.token, now=now).must_change_password


def test_a_closed_account_gets_no_password(staffed, capsys, now):
    here, _told = staffed
    with here.session() as session:
        session.scalar(select(StaffAccount).where(StaffAccount.username == "shenji-gz")).disabled_at = now
    assert main(["demo", "accounts"]) == 0
    assert "shenji-gz" not in capsys.readouterr().out


@pytest.mark.parametrize("marked", [False, None])
def test_only_the_accounts_of_a_demo_are_renewed(here, capsys, now, marked):
    if marked is not None:
        with here.session() as session:
            write_mark(session, demo=marked, now=now)
    assert main(["demo", "accounts"]) == 1
    assert "没有演示库" in capsys.readouterr().err
