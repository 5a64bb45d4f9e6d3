"""The accounts of a demo: a person of her own at every post, in the words of the screen, with passwords made anew when asked."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select

from commands.__main__ import main
from commands.demo_families import FamilyMaker
from commands.demo_staff import NEWCOMER, make_staff
from core.access import ROLE_PERMISSIONS
from core.accounts.models import RoleGrant, StaffAccount
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import find_session
from core.accounts.staff_sign_in import sign_in_staff
from core.installation_mark import write_mark
from core.regions.changes import load_divisions
from core.regions.village_import import load_demo_villages

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def demo(here, now):
    """(the installation, the card of its accounts)."""
    with here.session() as session:
        write_mark(session, demo=True, now=now)
        load_divisions(session, ["52", "44"])
        load_demo_villages(session)
        told = make_staff(session, now)
    return here, told


def test_every_post_is_a_person_of_her_own_called_as_on_screen(demo):
    here, told = demo
    places, roles, names = zip(*(account.role.split(" · ") for account in told), strict=True)
    assert len(set(names)) == len(names)
    assert set(roles) == {ROLE_WORDS[role] for role in ROLE_PERMISSIONS}
    assert {"永兴镇", "复兴镇", "湄潭县", "七拱镇", "阳山县", "遵义市", "贵州省"} < set(places)
    with here.session() as session:
        holders = session.scalars(select(RoleGrant.account_id)).all()
        asked = session.scalars(select(StaffAccount.must_change_password)).all()
    assert len(set(holders)) == len(holders)
    assert not any(asked)


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


def test_fresh_passwords_for_all_end_the_old_ones_and_every_sign_in(demo, capsys, now):
    here, told = demo
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


def test_a_closed_account_gets_no_password(demo, capsys, now):
    here, _told = demo
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
