"""Residents come in by a code to their phone; what they say of themselves opens nobody's file."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from core.access import Role, job_actor
from core.accounts.codes import CodeAnswer, check_code, outbox, send_code
from core.accounts.models import Assurance, LoginSession, OneTimeCode, ResidentAccount, SignInWay
from core.accounts.policy import POLICY
from core.accounts.resident_changes import (
    claim_person,
    confirm_code,
    give_up_phone,
    raise_assurance,
    request_code,
    sign_in_with_identity,
    state_name,
    verify_phone,
)
from core.accounts.signed_in import find_session
from core.catalogue.regional import MessageChannel
from core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound
from core.scopes import Own, Region, System

YONGXING, MEITAN = "520328104000", "520328000000"
PHONE, OTHER = "19900001234", "19900005678"
PERSON, SISTER = uuid.UUID(int=31), uuid.UUID(int=32)

pytestmark = pytest.mark.row("R1-12")


@pytest.fixture
def ask(opens, now):
    """`ask(phone)` requests a code and reads it from the outbox."""

    def ask(phone=PHONE, at=now):
        session = opens()
        request_code(session, phone, now=at, demo=True)
        session.commit()
        written = outbox(session, limit=1)[0]
        session.close()
        return "".join(char for char in written[3].split("验证码")[1][:8] if char.isdigit())

    return ask


@pytest.fixture
def enter_with(opens, now):
    def enter_with(code, phone=PHONE, at=now):
        session = opens()
        outcome = confirm_code(session, phone, code, now=at)
        session.commit()
        session.close()
        return outcome

    return enter_with


@pytest.fixture
def resident(engine, vault, ask, enter_with, now):
    """`resident(phone)` signs in and gives what the gate knows."""

    def resident(phone=PHONE, at=now):
        return find_session(engine, vault, enter_with(ask(phone, at), phone, at).token, now=at)

    return resident


@pytest.fixture
def clerk(hire):
    return hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)


@pytest.fixture
def verified(opens, clerk, now):
    """`verified(person, phone)`: a clerk saw her and her papers."""

    def verified(person=PERSON, phone=PHONE):
        session = opens(Region(YONGXING), clerk.actor)
        verify_phone(session, clerk.actor, person, phone, region=YONGXING, evidence="身份证原件", now=now)
        session.commit()
        session.close()

    return verified


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


# --- which person an account is ---------------------------------------------------------------------------------


def test_a_neighbour_with_name_and_id_learns_nothing(engine, vault, opens, resident, verified, now):
    """She knows the name and the number and so the person's id; with her own phone she gets no more than for a stranger."""
    verified(PERSON, PHONE)
    neighbour = resident(OTHER)
    session = opens()
    state_name(session, neighbour.account_id, "周桂兰")
    answers = [
        claim_person(session, neighbour.account_id, person, now=now)
        for person in (PERSON, uuid.UUID(int=999))
    ]
    session.commit()
    session.close()
    assert answers == [False, False]
    own = opens(Own(neighbour.account_id), neighbour.actor, writes=False)
    account = own.scalars(select(ResidentAccount)).one()
    assert account.person_id is None
    assert account.assurance is Assurance.PHONE_VERIFIED
    with pytest.raises(NotAllowed):
        raise_assurance(
            opens(), neighbour.actor, neighbour.account_id, PERSON, Assurance.WINDOW_CHECKED, "", now=now
        )


def test_a_code_to_the_phone_an_office_verified_opens_her_file(resident, verified):
    verified()
    signed_in = resident()
    assert signed_in.person_id == PERSON
    assert signed_in.assurance is Assurance.WINDOW_CHECKED


def test_a_phone_a_family_shares_opens_nobodys_file_until_one_says_who_she_is(
    engine, vault, opens, resident, verified, now
):
    verified(PERSON)
    verified(SISTER)
    signed_in = resident()
    assert signed_in.person_id is None
    session = opens()
    assert claim_person(session, signed_in.account_id, SISTER, now=now)
    assert not claim_person(session, signed_in.account_id, PERSON, now=now)
    session.commit()


def test_a_phone_given_up_opens_nothing_at_once_and_its_new_owner_gets_a_fresh_account(
    engine, vault, opens, enter_with, ask, verified, resident, clerk, now
):
    verified()
    token = enter_with(ask()).token
    before = find_session(engine, vault, token, now=now)
    session = opens(Region(YONGXING), clerk.actor)
    give_up_phone(session, clerk.actor, PERSON, PHONE, now=now)
    session.commit()
    session.close()
    assert find_session(engine, vault, token, now=now).person_id is None
    newcomer = resident(at=now + timedelta(hours=2))
    assert newcomer.person_id is None
    assert newcomer.account_id != before.account_id


def test_the_window_learns_nothing_about_accounts_and_others_may_not_verify(
    opens, hire, resident, clerk, now
):
    resident()
    session = opens(Region(YONGXING), clerk.actor, writes=False)
    assert session.scalars(select(ResidentAccount.id)).all() == []
    session.close()
    confirmer = hire("zhoujun", Role.COUNTY_CONFIRMER, MEITAN)
    session = opens(Region(MEITAN), confirmer.actor)
    with pytest.raises(NotAllowed):
        verify_phone(session, confirmer.actor, PERSON, PHONE, region=YONGXING, evidence="", now=now)
    with pytest.raises(NotAllowed):
        give_up_phone(session, confirmer.actor, PERSON, PHONE, now=now)


def test_a_check_at_the_window_raises_the_assurance_and_never_changes_the_person(
    engine, vault, opens, enter_with, ask, clerk, now
):
    outcome = enter_with(ask())
    session = opens(System("window-check"), clerk.actor)
    for level in (Assurance.SELF_STATED, Assurance.PHONE_VERIFIED):
        with pytest.raises(Invalid):
            raise_assurance(session, clerk.actor, outcome.account_id, PERSON, level, "", now=now)
    raise_assurance(
        session, clerk.actor, outcome.account_id, PERSON, Assurance.WINDOW_CHECKED, "身份证原件", now=now
    )
    with pytest.raises(Conflict):
        raise_assurance(
            session, clerk.actor, outcome.account_id, SISTER, Assurance.WINDOW_CHECKED, "", now=now
        )
    session.commit()
    session.close()
    assert find_session(engine, vault, outcome.token, now=now).person_id == PERSON
    session = opens(Region(YONGXING), clerk.actor)
    with pytest.raises(NotFound):
        raise_assurance(
            session, clerk.actor, outcome.account_id, PERSON, Assurance.WINDOW_CHECKED, "", now=now
        )


def test_an_identity_provider_opens_the_file_of_whom_it_vouches_for(engine, vault, opens, now):
    session = opens()
    first = sign_in_with_identity(session, "gz", "subject-1", now=now, person_id=PERSON, name="周桂兰")
    session.commit()
    signed_in = find_session(engine, vault, first.token, now=now)
    assert signed_in.person_id == PERSON
    assert signed_in.assurance is Assurance.IDENTITY_PROVIDER
    assert signed_in.actor.name == "周桂兰"
    again = sign_in_with_identity(session, "gz", "subject-1", now=now, person_id=PERSON)
    assert again.account_id == first.account_id
    assert sign_in_with_identity(session, "gd", "subject-1", now=now).account_id != first.account_id


def test_an_identity_joins_the_account_of_a_phone_it_verified_but_not_someone_elses(
    opens, resident, verified, now
):
    phone_account = resident(OTHER).account_id
    verified(SISTER, PHONE)
    sisters = resident(PHONE).account_id
    session = opens()
    joined = sign_in_with_identity(session, "gz", "subject-1", now=now, person_id=PERSON, phone=OTHER)
    assert joined.account_id == phone_account
    apart = sign_in_with_identity(
        session, "gz", "subject-2", now=now, person_id=uuid.UUID(int=33), phone=PHONE
    )
    assert apart.account_id != sisters


def test_a_code_to_a_phone_nobody_verified_opens_no_file_that_an_identity_provider_opened(
    engine, vault, opens, resident, now
):
    """The number was given up and sold: who holds it now gets neither the file nor the name of the one before."""
    resident(OTHER)
    session = opens()
    token = sign_in_with_identity(
        session, "gz", "subject-1", now=now, person_id=PERSON, name="周桂兰", phone=OTHER
    ).token
    session.commit()
    session.close()
    stranger = resident(OTHER, at=now + timedelta(days=200))
    assert (stranger.person_id, stranger.actor.name) == (None, "")
    assert stranger.assurance is Assurance.PHONE_VERIFIED
    vouched = find_session(engine, vault, token, now=now)
    assert (vouched.person_id, vouched.actor.name) == (PERSON, "周桂兰")
    assert vouched.assurance is Assurance.IDENTITY_PROVIDER


def test_every_sign_in_keeps_how_she_came(opens, resident, enter, hire, now):
    resident()
    with opens() as session:
        sign_in_with_identity(session, "gz", "subject-1", now=now, person_id=PERSON)
        session.commit()
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    assert enter(clerk.username, clerk.password).token
    ways = opens(writes=False).scalars(select(LoginSession.way).order_by(LoginSession.id)).all()
    assert ways == [SignInWay.PHONE_CODE, SignInWay.IDENTITY_PROVIDER, SignInWay.PASSWORD]


def test_a_week_idle_signs_a_resident_out(engine, vault, enter_with, ask, now):
    token = enter_with(ask()).token
    assert find_session(engine, vault, token, now=now + timedelta(days=6)) is not None
    assert find_session(engine, vault, token, now=now + timedelta(days=14)) is None


def test_a_resident_sees_her_own_account_only(opens, resident):
    mine, other = resident(PHONE), resident(OTHER)
    session = opens(Own(mine.account_id), job_actor("test"), writes=False)
    assert session.scalars(select(ResidentAccount.id)).all() == [mine.account_id]
    assert session.get(ResidentAccount, other.account_id) is None
