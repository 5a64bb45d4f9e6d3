"""Residents come in by a code to their phone; what they say of themselves opens nobody's file."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from core.access import job_actor
from core.accounts.codes import CodeAnswer, check_code, outbox, send_code
from core.accounts.models import Assurance, OneTimeCode, ResidentAccount
from core.accounts.policy import POLICY
from core.accounts.resident_changes import (
    request_code,
)
from core.accounts.signed_in import find_session
from core.catalogue.regional import MessageChannel
from core.errors import Blocked, Invalid
from core.scopes import Own

YONGXING, MEITAN = "520328104000", "520328000000"
PHONE, OTHER = "19900001234", "19900005678"
PERSON, SISTER = uuid.UUID(int=31), uuid.UUID(int=32)

pytestmark = pytest.mark.row("R1-12")


def test_a_code_opens_an_account_made_at_that_moment(resident):
    signed_in = resident()
    assert signed_in.kind == "resident"
    assert signed_in.assurance is Assurance.PHONE_VERIFIED
    assert signed_in.person_id is None
    assert signed_in.nodes == ()


def test_the_second_time_it_is_the_same_account_however_the_number_is_typed(
    resident, ask, enter_with, opens, now
):
    first = resident()
    later = now + timedelta(minutes=10)
    code = ask("+86 199-0000-1234", at=later)
    assert (
        enter_with(f" {code[:3]} {code[3:]} ", "１９９００００１２３４", later).account_id == first.account_id
    )
    assert opens(writes=False).scalar(select(func.count()).select_from(ResidentAccount)) == 1


def test_neither_phone_nor_code_lies_open_in_the_database(engine, ask, enter_with):
    code = ask()
    enter_with(code)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('doudi.kind', 'system', false)"))
        for table in (
            "one_time_codes",
            "resident_accounts",
            "outbox_messages",
            "audit_entries",
            "login_sessions",
        ):
            held = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert PHONE not in held
            assert f"'{code}'" not in held
            assert f" {code}" not in held


def test_a_code_works_once_for_five_minutes_and_five_tries(ask, enter_with, now):
    code = ask()
    wrong = "000000" if code != "000000" else "111111"
    assert enter_with(wrong).refusal.field == "code"
    assert enter_with(code).token
    assert enter_with(code).refusal
    at = now + timedelta(minutes=2)
    code = ask(at=at)
    assert "失效" in str(enter_with(code, at=at + POLICY.code_life).refusal)
    at = now + timedelta(minutes=10)
    code = ask(at=at)
    told = [str(enter_with("12345", at=at).refusal) for _ in range(5)]
    assert "不能再用" in told[-1]
    assert "不能再用" in str(enter_with(code, at=at).refusal)


def test_a_new_code_kills_the_one_before(ask, enter_with, now):
    first = ask()
    at = now + POLICY.code_pause
    second = ask(at=at)
    if first != second:
        assert enter_with(first, at=at).refusal
    assert enter_with(second, at=at).token


def test_a_clock_set_back_keeps_nobody_waiting_and_takes_the_newest_code(opens, ask, enter_with, now):
    before = ask(at=now + timedelta(hours=3))
    session = opens()
    request_code(session, PHONE, now=now, demo=True)
    session.commit()
    code = next(row[3] for row in outbox(session) if row[1] == now).split("验证码 ")[1][:6]
    session.close()
    if before != code:
        assert enter_with(before, at=now).refusal
    assert enter_with(code, at=now).token


def test_a_code_for_one_purpose_does_not_serve_another(opens, ask, now):
    code = ask()
    session = opens()
    assert check_code(session, PHONE, code, purpose="authorisation:1", now=now) is CodeAnswer.WRONG
    assert check_code(session, OTHER, code, purpose="sign-in", now=now) is CodeAnswer.WRONG


def test_one_code_a_minute_five_an_hour_ten_a_day(opens, ask, now):
    ask()
    session = opens()
    with pytest.raises(Invalid, match="请等 59 秒"):
        request_code(session, PHONE, now=now + timedelta(seconds=1), demo=True)
    session.close()
    for minute in range(1, 5):
        ask(at=now + timedelta(minutes=2 * minute))
    session = opens()
    with pytest.raises(Invalid, match="次数太多"):
        request_code(session, PHONE, now=now + timedelta(minutes=11), demo=True)
    session.close()
    for hour in range(2, 7):
        ask(at=now + timedelta(hours=hour))
    session = opens()
    with pytest.raises(Invalid, match="次数太多"):
        request_code(session, PHONE, now=now + timedelta(hours=9), demo=True)
    session.close()
    ask(OTHER, at=now + timedelta(hours=9))


def test_asking_for_a_code_says_the_same_for_a_known_and_an_unknown_phone(opens, resident, now):
    resident(PHONE)
    at = now + timedelta(minutes=5)
    session = opens()
    assert request_code(session, PHONE, now=at, demo=True) is request_code(session, OTHER, now=at, demo=True)
    told = []
    for phone in (PHONE, OTHER):
        with pytest.raises(Invalid) as problem:
            request_code(session, phone, now=at, demo=True)
        told.append(str(problem.value))
    assert told[0] == told[1]


@pytest.mark.parametrize("phone", ["", "12345", "0851-00551234", "1990000123", "abc", "199000012345"])
def test_what_is_no_mobile_number_is_said_so(opens, phone, now):
    with pytest.raises(Invalid):
        request_code(opens(), phone, now=now, demo=True)


def test_a_ready_channel_sends_and_the_outbox_stays_empty(opens, now):
    sent = []
    channel = MessageChannel("sms", "000000000000", "短信", sent.append, lambda: True)
    asleep = MessageChannel(
        "old", "000000000000", "旧短信", lambda _: pytest.fail("not ready"), lambda: False
    )
    session = opens()
    send_code(
        session,
        PHONE,
        purpose="sign-in",
        text="{code} {minutes}",
        now=now,
        channels=[asleep, channel],
        demo=True,
    )
    assert [message.phone for message in sent] == [PHONE]
    assert PHONE not in repr(sent)
    assert outbox(session) == []


def test_outside_a_demo_nothing_is_pretended_to_be_sent(opens, now):
    session = opens()
    with pytest.raises(Blocked):
        request_code(session, PHONE, now=now)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OneTimeCode)) == 0


def test_a_week_idle_signs_a_resident_out(engine, vault, enter_with, ask, now):
    token = enter_with(ask()).token
    assert find_session(engine, vault, token, now=now + timedelta(days=6)) is not None
    assert find_session(engine, vault, token, now=now + timedelta(days=14)) is None


def test_a_resident_sees_her_own_account_only(opens, resident):
    mine, other = resident(PHONE), resident(OTHER)
    session = opens(Own(mine.account_id), job_actor("test"), writes=False)
    assert session.scalars(select(ResidentAccount.id)).all() == [mine.account_id]
    assert session.get(ResidentAccount, other.account_id) is None
