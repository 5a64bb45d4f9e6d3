"""Staff come in with a password of their own, are locked out after five failures, and signed out when idle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from core.access import Role
from core.accounts import passwords
from core.accounts.changes import create_first_administrators, disable_staff, unlock_staff
from core.accounts.models import LoginSession, StaffAccount
from core.accounts.policy import POLICY
from core.accounts.signed_in import end_other_sessions, end_session, find_session, sessions_of, sign_out
from core.errors import Conflict, NotAllowed, NotFound
from core.scopes import Own, Region

FENGGANG, MEITAN, YONGXING = "520327000000", "520328000000", "520328104000"

pytestmark = pytest.mark.row("R2-28", "R0-14")


def fail(enter, username, times, **options):
    return [enter(username, "nicht-das", **options).refusal for _ in range(times)]


def test_the_right_password_opens_and_asks_for_a_new_one(engine, vault, hire, enter, now):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    outcome = enter(" ShiMei ", clerk.password)
    assert outcome.refusal is None
    signed_in = find_session(engine, vault, outcome.token, now=now)
    assert signed_in.actor.node == YONGXING
    assert signed_in.nodes == (YONGXING,)
    assert signed_in.must_change_password
    assert signed_in.kind == "staff"


def test_the_token_itself_is_nowhere_in_the_database(engine, hire, enter):
    clerk = hire("shimei")
    token = enter("shimei", clerk.password).token
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('doudi.kind', 'system', false)"))
        rows = connection.execute(text("SELECT * FROM login_sessions")).all()
        accounts = connection.execute(text("SELECT * FROM staff_accounts")).all()
    assert len(rows) == 1
    assert token not in str(rows)
    assert clerk.password not in str(accounts)
    assert "$argon2id$" in str(accounts)


def test_five_failures_lock_the_account_and_say_until_when(hire, enter, now):
    clerk = hire("shimei")
    told = fail(enter, "shimei", 5)
    assert "再输错 1 次" in str(told[3])
    assert told[4].values["until"] == now + POLICY.lock
    assert enter("shimei", clerk.password).refusal.values["until"] == now + POLICY.lock
    assert enter("shimei", clerk.password, at=now + POLICY.lock).token


def test_a_lock_that_is_over_starts_a_new_count(hire, enter, now):
    hire("shimei")
    fail(enter, "shimei", 5)
    later = now + POLICY.lock
    assert "until" not in fail(enter, "shimei", 4, at=later)[3].values
    assert "until" in fail(enter, "shimei", 1, at=later)[0].values


def test_the_right_password_clears_the_count(hire, enter):
    clerk = hire("shimei")
    fail(enter, "shimei", 4)
    assert enter("shimei", clerk.password).token
    assert "until" not in fail(enter, "shimei", 4)[3].values


def test_a_name_nobody_has_is_answered_like_one_that_someone_has(hire, enter, now):
    hire("shimei")
    known, unknown = fail(enter, "shimei", 7), fail(enter, "nemo", 7)
    assert [(each.message, each.values) for each in known] == [
        (each.message, each.values) for each in unknown
    ]
    later = now + POLICY.lock
    assert [str(each) for each in fail(enter, "shimei", 2, at=later)] == [
        str(each) for each in fail(enter, "nemo", 2, at=later)
    ]


def test_a_name_nobody_has_costs_as_much_time(hire, enter, monkeypatch):
    checked = []
    monkeypatch.setattr(
        "core.accounts.staff_sign_in.is_password", lambda password, hashed: checked.append(hashed) or False
    )
    hire("shimei")
    fail(enter, "shimei", 1)
    fail(enter, "nemo", 1)
    # what that hash costs is seen in test_passwords
    assert checked[1] == passwords.NOBODYS_HASH != checked[0]


def test_a_security_administrator_lifts_the_lock_of_her_own_region_only(opens, hire, enter, security, now):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    fail(enter, "shimei", 5)
    stranger = hire("anquan-02", Role.SECURITY_ADMINISTRATOR, FENGGANG)
    elsewhere = opens(Region(FENGGANG), stranger.actor)
    with pytest.raises(NotFound):
        unlock_staff(elsewhere, stranger.actor, clerk.id, now=now)
    elsewhere.close()
    session = opens(Region(MEITAN), security.actor)
    unlock_staff(session, security.actor, clerk.id, now=now)
    session.commit()
    assert enter("shimei", clerk.password).token


def test_a_closed_account_is_out_at_once_and_hears_why_only_with_the_right_password(
    engine, vault, opens, hire, enter, security, now
):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    token = enter("shimei", clerk.password).token
    session = opens(Region(MEITAN), security.actor)
    disable_staff(session, security.actor, clerk.id, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now) is None
    assert "停用" in str(enter("shimei", clerk.password).refusal)
    assert "停用" not in str(enter("shimei", "nicht-das").refusal)


def test_half_an_hour_idle_signs_out_and_work_keeps_it_open(engine, vault, hire, enter, now):
    token = enter("shimei", hire("shimei").password).token
    minutes = timedelta(minutes=1)
    for minute in (20, 40, 60):
        assert find_session(engine, vault, token, now=now + minute * minutes) is not None
    assert find_session(engine, vault, token, now=now + 90 * minutes) is None


def test_a_sign_in_lasts_no_longer_than_a_working_day(engine, vault, hire, enter, now):
    token = enter("shimei", hire("shimei").password).token
    for quarter in range(1, 4 * 12):
        assert find_session(engine, vault, token, now=now + quarter * timedelta(minutes=15)) is not None
    assert find_session(engine, vault, token, now=now + POLICY.staff_longest) is None


def test_being_seen_is_noted_at_most_once_a_minute(engine, vault, opens, hire, enter, now):
    token = enter("shimei", hire("shimei").password).token
    find_session(engine, vault, token, now=now + timedelta(seconds=30))
    assert opens(writes=False).scalars(select(LoginSession.last_seen_at)).one() == now
    find_session(engine, vault, token, now=now + timedelta(seconds=61))
    assert opens(writes=False).scalars(select(LoginSession.last_seen_at)).one() == now + timedelta(seconds=61)


@pytest.mark.parametrize("token", ["", "x", "null", "0" * 43])
def test_a_made_up_token_is_nobody(engine, vault, token, now):
    assert find_session(engine, vault, token, now=now) is None


def test_signing_out_ends_the_token_for_good(engine, vault, opens, hire, enter, now):
    token = enter("shimei", hire("shimei").password).token
    session = opens()
    sign_out(session, token, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now) is None


def test_one_signs_out_her_other_browsers_and_keeps_this_one(engine, vault, opens, hire, enter, now):
    clerk = hire("shimei")
    here, there = (enter("shimei", clerk.password, device=name).token for name in ("这里", "别处"))
    this = find_session(engine, vault, here, now=now)
    session = opens(Own(clerk.id), clerk.actor)
    assert {each.device for each in sessions_of(session, clerk.id, now=now)} == {"这里", "别处"}
    assert end_other_sessions(session, clerk.actor, clerk.id, now=now, kept=this.token_id) == 1
    session.commit()
    assert find_session(engine, vault, there, now=now) is None
    assert find_session(engine, vault, here, now=now) is not None


def test_a_security_administrator_signs_out_her_staff_and_nobody_elses(
    engine, vault, opens, hire, enter, security, now
):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    stranger = hire("anquan-02", Role.SECURITY_ADMINISTRATOR, FENGGANG)
    token = enter("shimei", clerk.password).token
    login = find_session(engine, vault, token, now=now).token_id
    for actor, place, refusal in ((stranger.actor, FENGGANG, NotFound), (clerk.actor, YONGXING, None)):
        session = opens(Region(place), actor)
        if refusal:
            with pytest.raises(refusal):
                end_session(session, actor, login, now=now)
            assert sessions_of(session, clerk.id, now=now) == []
        session.close()
    colleague = hire("liuyang", Role.TOWNSHIP_CLERK, YONGXING)
    session = opens(Region(YONGXING), colleague.actor)
    with pytest.raises(NotAllowed):
        end_session(session, colleague.actor, login, now=now)
    session.close()
    session = opens(Region(MEITAN), security.actor)
    end_session(session, security.actor, login, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now) is None


def test_an_empty_installation_gets_three_administrators_with_passwords_made_at_that_moment(
    engine, vault, opens, enter, now
):
    session = opens()
    made = create_first_administrators(session, now)
    session.commit()
    assert len({password for _, password in made}) == 3
    assert not {username for username, _ in made} & {"admin", "root", "xitong", "anquan", "shenji"}
    roles = set()
    for username, password in made:
        signed_in = find_session(engine, vault, enter(username, password).token, now=now)
        assert signed_in.must_change_password
        assert signed_in.must_enrol
        roles |= {grant.role for grant in signed_in.actor.grants}
    assert roles == {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
    with pytest.raises(Conflict):
        create_first_administrators(opens(), now)


def test_no_account_begins_with_a_password_anyone_could_know(opens, hire):
    made = [hire(f"staff-{number}") for number in range(3)]
    assert len({each.password for each in made}) == 3
    assert all(opens(writes=False).scalars(select(StaffAccount.must_change_password)))
