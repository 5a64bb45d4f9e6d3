"""A signer's phone entered or corrected by the applicant: hers alone, never over what she or an office has shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.access import Actor
from core.accounts.codes import PHONE_KIND, outbox
from core.accounts.models import ResidentAccount, VerifiedPhone
from core.accounts.person_links import open_account
from core.audit.models import AuditEntry
from core.authorisations.changes import Signature, link_people, refuse, sign
from core.authorisations.links import prove_signer, send_signing_code, token_of
from core.authorisations.models import Authorisation, PhoneStanding, SigningLevel
from core.authorisations.signer_phones import change_signer_phone
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed
from core.scopes import System, region_columns
from core.testing import authorising
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    CHILD,
    DAUGHTER,
    DAUGHTER_PHONE,
    FAMILY,
    MOTHER,
    SPOUSE,
    SPOUSE_PHONE,
    submit_and_ask,
)
from core.testing.town import TOWNSHIP

pytestmark = pytest.mark.row("R2-17")
NEW = "19900000077"
ACCOUNT_PHONE = "19900000009"


@pytest.fixture
def asked(town, monkeypatch):
    """The family, in which nobody wrote down a phone for the grandmother; the applicant signs in by ACCOUNT_PHONE."""
    members = [replace(each, phone="") if at == MOTHER else each for at, each in enumerate(FAMILY)]
    members[CHILD] = replace(members[CHILD], guardian=SPOUSE)
    monkeypatch.setattr(authorising, "FAMILY", tuple(members))
    with town.session(System("test")) as session:
        account = open_account(session, ACCOUNT_PHONE, now=town.now).id
        session.commit()
    return submit_and_ask(town, account=account)


def row_of(asked, position):
    return asked.town.at_work(asked.town.clerk).get(Authorisation, asked.ids[position])


def enter(asked, position, phone, actor=None):
    """The applicant (or another actor) enters a phone."""
    town = asked.town
    owner = actor or Actor(kind="resident", account_id=asked.account_id)
    with town.session(System("signing-link")) as session:
        change_signer_phone(session, owner, asked.ids[position], phone, now=town.now)
        session.commit()


def prove(asked, position):
    """She comes by her link with a code and her number."""
    town = asked.town
    with town.session(System("signing-link")) as session:
        send_signing_code(session, asked.ids[position], now=town.now, demo=True)
        session.commit()
        code = code_sent(session)
        proof = prove_signer(session, asked.ids[position], FAMILY[position].id_number, code, now=town.now)
        session.commit()
    assert proof.refusal is None


def code_sent(session):
    return outbox(session)[0][3].split("验证码 ")[1][:6]


def test_whose_phone_nobody_wrote_down_has_no_link_until_the_applicant_enters_one(asked):
    row = row_of(asked, MOTHER)
    assert (row.phone, row.link_digest) == (PhoneStanding.NONE, None)
    enter(asked, MOTHER, "+86 199-0000-0077")
    row = row_of(asked, MOTHER)
    assert row.phone is PhoneStanding.OWN
    assert row.phone_changed_at == asked.town.now
    assert token_of(asked.town.at_work(asked.town.clerk), row, asked.town.now)
    prove(asked, MOTHER)


def test_a_corrected_number_gets_the_codes_and_the_old_link_is_dead(asked):
    before = row_of(asked, SPOUSE).link_digest
    enter(asked, SPOUSE, NEW)
    assert row_of(asked, SPOUSE).link_digest not in {None, before}
    with asked.town.session(System("signing-link")) as session:
        send_signing_code(session, asked.ids[SPOUSE], now=asked.town.now, demo=True)
        assert outbox(session)[0][2] == NEW


def test_a_guardians_number_is_hers_for_the_child_too(asked):
    enter(asked, CHILD, NEW)
    with asked.town.session(System("signing-link")) as session:
        send_signing_code(session, asked.ids[SPOUSE], now=asked.town.now, demo=True)
    assert row_of(asked, SPOUSE).phone_changed_at == asked.town.now


@pytest.mark.parametrize(
    "phone", [ACCOUNT_PHONE, FAMILY[APPLICANT].phone, SPOUSE_PHONE, DAUGHTER_PHONE, f"0086 {SPOUSE_PHONE}"]
)
def test_a_phone_of_the_applicant_or_of_another_signer_is_not_taken(asked, phone):
    with pytest.raises(Invalid, match="分不清是谁在签") as told:
        enter(asked, MOTHER, phone)
    assert told.value.field == "mobile"
    assert row_of(asked, MOTHER).phone is PhoneStanding.NONE


@pytest.mark.parametrize("whose", [APPLICANT, DAUGHTER])
def test_a_second_phone_that_an_office_saw_in_a_relatives_hand_is_not_taken(asked, whose):
    town, person = asked.town, new_id()
    with town.session(System("test")) as session:
        if whose == APPLICANT:
            session.get(ResidentAccount, asked.account_id).person_id = person
        else:
            link_people(
                session, asked.case_id, {session.get(Authorisation, asked.ids[whose]).member_id: person}
            )
        session.add(seen_at_office(session, town, person, NEW))
        session.commit()
    with pytest.raises(Invalid, match="分不清是谁在签"):
        enter(asked, MOTHER, NEW)
    assert row_of(asked, MOTHER).phone is PhoneStanding.NONE


def seen_at_office(session, town, person, phone):
    return VerifiedPhone(
        id=new_id(),
        person_id=person,
        phone_index=session.vault.index(PHONE_KIND, phone),
        phone_masked="199****0000",
        evidence="",
        verified_at=town.now,
        **region_columns(TOWNSHIP),
    )


@pytest.mark.parametrize("phone", ["", "0851-88001234", "1990000", "没有"])
def test_what_takes_no_codes_is_told_beside_the_field(asked, phone):
    with pytest.raises(Invalid) as told:
        enter(asked, MOTHER, phone)
    assert told.value.field == "mobile"


def test_a_number_she_has_shown_a_code_to_is_not_replaced_by_the_applicants_word(asked):
    prove(asked, SPOUSE)
    for position in (SPOUSE, CHILD):
        with pytest.raises(Blocked, match="本人已经用过"):
            enter(asked, position, NEW)
    assert row_of(asked, SPOUSE).phone is PhoneStanding.PROVED


def test_a_number_that_an_office_looked_at_is_not_replaced_either(asked):
    town, person = asked.town, new_id()
    with town.at_work(town.clerk) as desk:
        link_people(desk, asked.case_id, {row_of(asked, SPOUSE).member_id: person})
        verified = seen_at_office(desk, town, person, SPOUSE_PHONE)
        desk.add(verified)
        desk.commit()
    with pytest.raises(Blocked, match="本人已经用过"):
        enter(asked, SPOUSE, NEW)
    # given up at the window, it is hers no longer
    with town.at_work(town.clerk) as desk:
        desk.get(VerifiedPhone, verified.id).ended_at = town.now
        desk.commit()
    enter(asked, SPOUSE, NEW)


def test_who_has_signed_or_refused_keeps_her_number(asked):
    town = asked.town
    with town.at_work(town.clerk) as desk:
        paper = Signature(SigningLevel.PAPER, BODIES, new_id(), agreed=True)
        sign(desk, town.clerk, asked.ids[SPOUSE], paper, now=town.now)
        refuse(desk, town.clerk, asked.ids[DAUGHTER], "", now=town.now)
        desk.commit()
    for position in (SPOUSE, DAUGHTER):
        with pytest.raises(Blocked, match="现在不用填"):
            enter(asked, position, NEW)


def test_nobody_but_the_applicant_enters_a_number(asked):
    for stranger in (
        Actor(kind="resident", account_id=new_id()),
        Actor(kind="link"),
        replace(asked.town.clerk, account_id=asked.account_id),
    ):
        with pytest.raises(NotAllowed):
            enter(asked, MOTHER, NEW, stranger)


def test_no_number_makes_a_link_for_an_adult_whose_guardian_signs(town, monkeypatch):
    members = [replace(each, guardian=SPOUSE) if at == MOTHER else each for at, each in enumerate(FAMILY)]
    monkeypatch.setattr(authorising, "FAMILY", tuple(members))
    asked = submit_and_ask(town)
    with pytest.raises(Blocked):
        enter(asked, MOTHER, NEW)
    assert row_of(asked, MOTHER).link_digest is None


def test_whoever_is_left_alone_with_a_phone_gets_a_link(town, monkeypatch):
    members = [replace(each, phone=SPOUSE_PHONE) if at == MOTHER else each for at, each in enumerate(FAMILY)]
    monkeypatch.setattr(authorising, "FAMILY", tuple(members))
    asked = submit_and_ask(town)
    assert [row_of(asked, at).link_digest for at in (SPOUSE, MOTHER)] == [None, None]
    enter(asked, MOTHER, NEW)
    for position in (SPOUSE, MOTHER):
        row = row_of(asked, position)
        assert (row.phone, row.link_digest is None) == (PhoneStanding.OWN, False)


def test_the_change_leaves_a_trace_without_the_number(asked):
    enter(asked, MOTHER, NEW)
    with asked.town.session(System("test")) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "authorisation.phone")).one()
    assert (entry.account_id, entry.case_id) == (asked.account_id, asked.case_id)
    assert NEW not in f"{entry.reason}{entry.changes}"
