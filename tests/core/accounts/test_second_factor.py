"""The second factor: required of confirmers and administrators, never accepted twice, never guessed at leisure."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from core.access import Role
from core.accounts.changes import reset_second_factor
from core.accounts.policy import POLICY
from core.accounts.role_changes import grant_role
from core.accounts.second_factor import begin_enrolment, pass_second_factor
from core.accounts.signed_in import find_session
from core.errors import Conflict
from core.scopes import Own, Region

MEITAN = "520328000000"

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def confirmer(hire):
    return hire("zhoujun", Role.COUNTY_CONFIRMER)


@pytest.fixture
def show(engine, vault, opens, now):
    """`show(staff, token, code)` types a code."""

    def show(staff, token, code, at=now):
        login = find_session(engine, vault, token, now=at).token_id
        session = opens(Own(staff.id), staff.actor)
        problem = pass_second_factor(session, staff.id, login, code, now=at)
        session.commit()
        session.close()
        return problem

    return show


@pytest.fixture
def enrolled(opens, confirmer, enter, show, now):
    token = enter("zhoujun", confirmer.password).token
    session = opens(Own(confirmer.id), confirmer.actor)
    secret = begin_enrolment(session, confirmer.id, issuer="兜底").secret
    session.commit()
    session.close()
    totp = pyotp.TOTP(secret)
    assert show(confirmer, token, totp.at(now)) is None
    return totp


def code(totp, at):
    return totp.at(at)


def test_a_confirmer_must_set_it_up_before_anything_opens(engine, vault, confirmer, enter, now):
    signed_in = find_session(engine, vault, enter("zhoujun", confirmer.password).token, now=now)
    assert signed_in.needs_second_factor
    assert signed_in.must_enrol


def test_in_a_demo_nobody_has_to_and_a_clerk_never_has_to(engine, vault, hire, confirmer, enter, now):
    demo = find_session(engine, vault, enter("zhoujun", confirmer.password, demo=True).token, now=now)
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, "520328104000")
    plain = find_session(engine, vault, enter("shimei", clerk.password).token, now=now)
    assert not demo.needs_second_factor
    assert not plain.needs_second_factor


def test_a_role_granted_later_asks_for_it_in_the_session_under_way(engine, vault, opens, hire, enter, now):
    officer = hire("lina", Role.COUNTY_OFFICER)
    token = enter("lina", officer.password).token
    assert not find_session(engine, vault, token, now=now).needs_second_factor
    session = opens()
    grant_role(session, session.actor, officer.id, Role.COUNTY_CONFIRMER, MEITAN, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now).must_enrol


def test_the_first_right_code_confirms_and_the_session_goes_on(
    engine, vault, enrolled, confirmer, enter, show, now
):
    later = now + timedelta(minutes=2)
    token = enter("zhoujun", confirmer.password, at=later).token
    assert find_session(engine, vault, token, now=later).needs_second_factor
    assert not find_session(engine, vault, token, now=later).must_enrol
    assert show(confirmer, token, f" {code(enrolled, later)[:3]} {code(enrolled, later)[3:]}", later) is None
    assert not find_session(engine, vault, token, now=later).needs_second_factor


def test_a_code_is_never_accepted_twice_nor_an_older_one_after_it(enrolled, confirmer, enter, show, now):
    later = now + timedelta(minutes=2)
    first = enter("zhoujun", confirmer.password, at=later).token
    assert show(confirmer, first, code(enrolled, later), later) is None
    second = enter("zhoujun", confirmer.password, at=later).token
    assert "用过了" in str(show(confirmer, second, code(enrolled, later), later))
    before = later - timedelta(seconds=30)
    assert "用过了" in str(show(confirmer, second, code(enrolled, before), later))
    following = later + timedelta(seconds=30)
    assert show(confirmer, second, code(enrolled, following), following) is None


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_code_of_another_time_is_refused(enrolled, confirmer, enter, show, now, seconds):
    later = now + timedelta(minutes=10)
    token = enter("zhoujun", confirmer.password, at=later).token
    assert show(confirmer, token, code(enrolled, later + timedelta(seconds=seconds)), later).field == "code"


def test_a_stolen_password_does_not_buy_endless_guesses(enrolled, confirmer, enter, show, now):
    """Signing in again between the guesses must not clear their count."""
    later = now + timedelta(minutes=2)
    for _ in range(4):
        token = enter("zhoujun", confirmer.password, at=later).token
        show(confirmer, token, "000000" if code(enrolled, later) != "000000" else "111111", later)
    token = enter("zhoujun", confirmer.password, at=later).token
    assert "until" in show(confirmer, token, "abc", later).values
    assert enter("zhoujun", confirmer.password, at=later).refusal.values["until"] == later + POLICY.lock


def test_the_secret_is_shown_no_more_once_confirmed_and_sealed_in_the_database(opens, enrolled, confirmer):
    session = opens(Own(confirmer.id), confirmer.actor)
    with pytest.raises(Conflict):
        begin_enrolment(session, confirmer.id, issuer="兜底")


def test_the_secret_stays_the_same_while_its_page_is_loaded_again(opens, confirmer):
    session = opens(Own(confirmer.id), confirmer.actor)
    first = begin_enrolment(session, confirmer.id, issuer="兜底")
    assert begin_enrolment(session, confirmer.id, issuer="兜底").secret == first.secret
    assert first.secret not in repr(first)


def test_a_secret_that_somebody_saw_before_her_is_not_the_one_she_sets_up(opens, confirmer, enter, show, now):
    """Whoever got hold of the first password must not keep the second factor when its owner sets it up."""
    secrets = []
    for _ in range(2):
        token = enter("zhoujun", confirmer.password).token
        session = opens(Own(confirmer.id), confirmer.actor)
        secrets.append(begin_enrolment(session, confirmer.id, issuer="兜底").secret)
        session.commit()
        session.close()
    assert show(confirmer, token, pyotp.TOTP(secrets[0]).at(now)) is not None
    assert show(confirmer, token, pyotp.TOTP(secrets[1]).at(now)) is None


def test_a_lost_phone_is_forgotten_by_the_security_administrator(
    engine, vault, opens, enrolled, confirmer, security, enter, now
):
    session = opens(Region(MEITAN), security.actor)
    reset_second_factor(session, security.actor, confirmer.id, now=now)
    session.commit()
    session.close()
    assert find_session(engine, vault, enter("zhoujun", confirmer.password).token, now=now).must_enrol
