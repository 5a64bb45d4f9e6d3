"""Which person an account is: an identity provider says so, or a clerk with her card and her phone before her (decision 1)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import Assurance, LoginSession, ResidentAccount, SignInWay, VerifiedPhone
from core.accounts.person_links import check_at_window, give_up_phone, verified_phones
from core.accounts.resident_changes import sign_in_with_identity
from core.accounts.signed_in import find_session
from core.audit.models import AuditEntry
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.scopes import Own, Region
from tests.core.accounts.conftest import MEITAN, PHONE, YONGXING

OTHER = "19900005678"
PERSON, SISTER = uuid.UUID(int=31), uuid.UUID(int=32)

pytestmark = pytest.mark.row("R1-12", "R1-14")


@pytest.fixture
def checked(opens, clerk, now):
    """`checked(person, phone)`: a clerk saw her and her card; she had signed in by that phone."""

    def checked(person=PERSON, phone=PHONE, *, at=now, actor=None, region=YONGXING):
        with opens() as session:
            check_at_window(session, actor or clerk.actor, person, phone, region=region, now=at)
            session.commit()

    return checked


@pytest.fixture
def given_up(opens, clerk, now):
    def given_up(person=PERSON, *, at=now):
        with opens() as session:
            phone = verified_phones(session, person)[0].id
            give_up_phone(session, clerk.actor, person, phone, region=YONGXING, now=at)
            session.commit()

    return given_up


@pytest.fixture
def vouched(opens, now):
    """`vouched(person, phone)`: an identity provider vouches for her; gives the token."""

    def vouched(person=PERSON, phone="", subject="subject-1"):
        with opens() as session:
            token = sign_in_with_identity(
                session, "gz", subject, now=now, person_id=person, name="周桂兰", phone=phone
            ).token
            session.commit()
        return token

    return vouched


# --- at the window ----------------------------------------------------------------------------------------------


def test_a_check_at_the_window_opens_her_file_at_once_and_at_every_later_code(
    engine, vault, enter_with, ask, checked, resident, now
):
    token = enter_with(ask()).token
    assert find_session(engine, vault, token, now=now).person_id is None
    checked(phone="+86 199-0000-1234")
    for signed_in in (
        find_session(engine, vault, token, now=now),
        resident(at=now + timedelta(hours=2)),
    ):
        assert signed_in.person_id == PERSON
        assert signed_in.assurance is Assurance.WINDOW_CHECKED


def test_a_phone_that_did_not_just_sign_in_opens_nothing_whether_it_is_known_or_not(
    opens, resident, checked, now
):
    """A slip of the pen must not open her file to whoever holds that other number."""
    resident(OTHER)
    told = []
    for phone, at in ((PHONE, now), (OTHER, now + timedelta(hours=1, minutes=1))):
        with pytest.raises(Invalid) as problem:
            checked(phone=phone, at=at)
        told.append((str(problem.value), problem.value.field))
    assert told[0] == told[1]
    assert "登录一次" in told[0][0]
    session = opens(writes=False)
    assert session.scalars(select(VerifiedPhone)).all() == []
    assert session.scalars(select(ResidentAccount.person_id)).all() == [None]


def test_a_sign_in_by_an_identity_provider_does_not_show_whose_phone_it_is(resident, vouched, checked, now):
    resident()
    vouched(PERSON, PHONE)
    with pytest.raises(Invalid):
        checked(at=now + timedelta(hours=2))


def test_the_check_is_on_record_with_who_did_it_and_where_and_without_the_number(
    engine, opens, resident, checked, clerk
):
    resident()
    checked()
    rows = (
        opens(writes=False)
        .scalars(
            select(AuditEntry)
            .where(AuditEntry.act.in_(("resident.phone", "resident.assurance")))
            .order_by(AuditEntry.id)
        )
        .all()
    )
    assert [row.act for row in rows] == ["resident.phone", "resident.assurance"]
    assert {row.account_id for row in rows} == {clerk.id}
    assert {row.township for row in rows} == {YONGXING}
    assert {row.person_id for row in rows} == {PERSON}
    assert PHONE not in repr([vars(row) for row in rows])


def test_checking_twice_notes_the_phone_once(opens, resident, checked):
    resident()
    checked()
    checked()
    phones = verified_phones(opens(writes=False), PERSON)
    assert [each.phone_masked for each in phones] == ["199****1234"]


def test_a_second_phone_opens_the_file_too(opens, resident, checked):
    resident()
    checked()
    resident(OTHER)
    checked(phone=OTHER)
    assert resident_ids(opens) == {PERSON}
    assert len(verified_phones(opens(writes=False), PERSON)) == 2


def resident_ids(opens):
    return set(opens(writes=False).scalars(select(ResidentAccount.person_id)))


def test_a_phone_a_family_shares_is_one_persons_until_she_gives_it_up(resident, checked, given_up, now):
    resident()
    checked()
    with pytest.raises(Invalid, match="合用"):
        checked(SISTER)
    given_up()
    assert resident(at=now + timedelta(minutes=2)).person_id is None
    checked(SISTER, at=now + timedelta(minutes=3))
    assert resident(at=now + timedelta(minutes=5)).person_id == SISTER


def test_only_who_takes_applications_in_there_may_check_or_give_up(opens, hire, resident, checked, now):
    resident()
    confirmer = hire("zhoujun", Role.COUNTY_CONFIRMER, MEITAN)
    stranger = hire("linshi", Role.TOWNSHIP_CLERK, "520327101000")
    for actor in (confirmer.actor, stranger.actor):
        with pytest.raises(NotAllowed):
            checked(actor=actor)
    checked()
    with opens() as session:
        phone = verified_phones(session, PERSON)[0].id
        for actor in (confirmer.actor, stranger.actor):
            with pytest.raises(NotAllowed):
                give_up_phone(session, actor, PERSON, phone, region=YONGXING, now=now)


def test_nobody_gives_up_a_phone_by_naming_another_person(opens, clerk, resident, checked, now):
    resident()
    checked()
    with opens() as session:
        phone = verified_phones(session, PERSON)[0].id
        with pytest.raises(NotFound):
            give_up_phone(session, clerk.actor, SISTER, phone, region=YONGXING, now=now)


def test_the_window_sees_no_accounts_in_its_own_scope(opens, resident, clerk):
    resident()
    session = opens(Region(YONGXING), clerk.actor, writes=False)
    assert session.scalars(select(ResidentAccount.id)).all() == []


# --- phones that change hands -----------------------------------------------------------------------------------


def test_a_phone_given_up_opens_nothing_at_once_and_its_new_owner_gets_a_fresh_account(
    engine, vault, enter_with, ask, checked, given_up, resident, now
):
    token = enter_with(ask()).token
    checked()
    before = find_session(engine, vault, token, now=now)
    given_up()
    assert find_session(engine, vault, token, now=now).person_id is None
    newcomer = resident(at=now + timedelta(hours=2))
    assert newcomer.person_id is None
    assert newcomer.account_id != before.account_id
    # and whoever is still signed in by it is out
    assert find_session(engine, vault, token, now=now + timedelta(hours=2)) is None


def test_a_code_to_a_phone_nobody_verified_opens_no_file_that_an_identity_provider_opened(
    engine, vault, vouched, resident, now
):
    """The number was given up and sold: who holds it now gets neither the file nor the name of the one before."""
    resident(OTHER)
    token = vouched(PERSON, OTHER)
    stranger = resident(OTHER, at=now + timedelta(days=200))
    assert (stranger.person_id, stranger.actor.name) == (None, "")
    assert stranger.assurance is Assurance.PHONE_VERIFIED
    signed_in = find_session(engine, vault, token, now=now)
    assert (signed_in.person_id, signed_in.actor.name) == (PERSON, "周桂兰")
    assert signed_in.assurance is Assurance.IDENTITY_PROVIDER


def test_the_new_owner_of_a_number_starts_afresh_at_the_window_and_the_one_before_keeps_her_account(
    engine, vault, vouched, resident, checked, opens, now
):
    resident(OTHER)
    token = vouched(PERSON, OTHER)
    later = now + timedelta(minutes=5)
    first = resident(OTHER, at=later)
    checked(SISTER, OTHER, at=later)
    hers = resident(OTHER, at=later + timedelta(minutes=2))
    assert hers.person_id == SISTER
    assert hers.account_id != first.account_id
    before = find_session(engine, vault, token, now=later)
    assert (before.person_id, before.account_id) == (PERSON, first.account_id)


def test_a_phone_verified_at_the_window_opens_by_code_what_an_identity_provider_opened(
    vouched, resident, checked, now
):
    resident(OTHER)
    vouched(PERSON, OTHER)
    checked(PERSON, OTHER)
    signed_in = resident(OTHER, at=now + timedelta(minutes=2))
    assert (signed_in.person_id, signed_in.assurance) == (PERSON, Assurance.IDENTITY_PROVIDER)


# --- identity providers -----------------------------------------------------------------------------------------


def test_an_identity_provider_opens_the_file_of_whom_it_vouches_for(engine, vault, opens, vouched, now):
    first = find_session(engine, vault, vouched(), now=now)
    assert first.person_id == PERSON
    assert first.assurance is Assurance.IDENTITY_PROVIDER
    assert first.actor.name == "周桂兰"
    assert find_session(engine, vault, vouched(), now=now).account_id == first.account_id
    with opens() as session:
        other = sign_in_with_identity(session, "gd", "subject-1", now=now)
    assert other.account_id != first.account_id


def test_an_identity_joins_the_account_of_a_phone_it_verified_but_not_someone_elses(
    engine, vault, resident, checked, vouched, now
):
    phone_account = resident(OTHER).account_id
    sisters = resident(PHONE).account_id
    checked(SISTER, PHONE)
    assert find_session(engine, vault, vouched(PERSON, OTHER), now=now).account_id == phone_account
    apart = vouched(uuid.UUID(int=33), PHONE, subject="subject-2")
    assert find_session(engine, vault, apart, now=now).account_id != sisters


def test_an_identity_never_makes_an_account_a_second_person(vouched):
    vouched(PERSON)
    with pytest.raises(Conflict):
        vouched(SISTER)


def test_every_sign_in_keeps_how_she_came(opens, resident, vouched, enter, clerk):
    resident()
    vouched()
    assert enter(clerk.username, clerk.password).token
    ways = opens(writes=False).scalars(select(LoginSession.way).order_by(LoginSession.id)).all()
    assert ways == [SignInWay.PHONE_CODE, SignInWay.IDENTITY_PROVIDER, SignInWay.PASSWORD]


def test_what_a_resident_knows_of_another_opens_nothing(opens, resident, checked, now):
    """A neighbour with the name and the number has her own phone only."""
    resident()
    checked()
    neighbour = resident(OTHER)
    own = opens(Own(neighbour.account_id), neighbour.actor, writes=False)
    assert own.scalars(select(ResidentAccount.person_id)).all() == [None]
    with pytest.raises(NotAllowed), opens() as session:
        check_at_window(session, neighbour.actor, PERSON, OTHER, region=YONGXING, now=now)
