"""Signing by one's own link: a code to her phone and her ID number together, and nothing told to whoever lacks one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import Actor
from core.accounts.codes import outbox
from core.audit.models import AuditEntry
from core.authorisations.changes import Signature, refuse, revoke, sign
from core.authorisations.links import (
    TICKET_LIFE,
    TRIES,
    LinkGone,
    find_link,
    prove_signer,
    renew_link,
    send_signing_code,
    token_of,
)
from core.authorisations.models import Authorisation, SigningLevel
from core.database import new_id
from core.scopes import Link, System
from core.testing.authorising import BODIES, CHILD, DAUGHTER, FAMILY, MOTHER, SPOUSE, submit_and_ask

pytestmark = pytest.mark.row("R2-17")
SIGNER = Actor(kind="link")


@pytest.fixture
def asked(town):
    return submit_and_ask(town)


def system(town):
    return town.session(System("signing-link"))


def code_for(town, authorisation_id):
    """The code that reached the signer's phone."""
    session = system(town)
    send_signing_code(session, authorisation_id, now=town.now, demo=True)
    session.commit()
    _id, _at, phone, text = outbox(session)[0]
    return phone, text.split("验证码 ")[1][:6]


def proven(town, authorisation_id, position):
    _phone, code = code_for(town, authorisation_id)
    session = system(town)
    proof = prove_signer(session, authorisation_id, FAMILY[position].id_number, code, now=town.now)
    session.commit()
    assert proof.refusal is None
    return proof.ticket


def by_link(ticket):
    return Signature(SigningLevel.LINK_AND_CODE, BODIES, new_id(), agreed=True, ticket=ticket)


def test_code_and_id_number_open_the_link_and_the_signature_keeps_its_level(town, asked):
    ticket = proven(town, asked.ids[DAUGHTER], DAUGHTER)
    session = town.session(Link(asked.ids[DAUGHTER]), SIGNER)
    row = sign(session, SIGNER, asked.ids[DAUGHTER], by_link(ticket), now=town.now)
    session.commit()
    assert row.level is SigningLevel.LINK_AND_CODE


def test_a_guardian_proves_herself_with_her_own_number_not_the_childs(town, asked):
    phone, code = code_for(town, asked.ids[CHILD])
    assert phone == FAMILY[SPOUSE].phone
    session = system(town)
    wrong = prove_signer(session, asked.ids[CHILD], FAMILY[CHILD].id_number, code, now=town.now)
    assert wrong.refusal is not None
    session.commit()
    town.now += timedelta(minutes=2)
    assert proven(town, asked.ids[CHILD], SPOUSE)


def test_a_wrong_number_says_nothing_about_whose_it_is_or_whether_anybody_has_it(town, asked):
    _phone, code = code_for(town, asked.ids[DAUGHTER])
    session = system(town)
    told = set()
    numbers = (FAMILY[MOTHER].id_number, "520399199001011234", "not a number", "")
    for number in numbers:
        proof = prove_signer(session, asked.ids[DAUGHTER], number, "000000", now=town.now)
        told.add(str(proof.refusal))
    session.commit()
    assert len(told) == 1
    assert not any(number and number in words for number in numbers for words in told)
    # the right number with a wrong code is told the same
    proof = prove_signer(session, asked.ids[DAUGHTER], FAMILY[DAUGHTER].id_number, "111111", now=town.now)
    assert str(proof.refusal) in told
    assert code


def test_after_five_failures_the_link_is_dead_even_for_her(town, asked):
    _phone, code = code_for(town, asked.ids[DAUGHTER])
    session = system(town)
    for _ in range(TRIES):
        prove_signer(session, asked.ids[DAUGHTER], FAMILY[MOTHER].id_number, "000000", now=town.now)
    proof = prove_signer(session, asked.ids[DAUGHTER], FAMILY[DAUGHTER].id_number, code, now=town.now)
    assert isinstance(proof.refusal, LinkGone)
    session.commit()
    desk = town.at_work(town.clerk)
    row = desk.get(Authorisation, asked.ids[DAUGHTER])
    assert token_of(desk, row, town.now) is None
    assert renew_link(desk, town.clerk, row, now=town.now)
    desk.commit()
    town.now += timedelta(minutes=2)
    assert proven(town, asked.ids[DAUGHTER], DAUGHTER)


def test_without_a_fresh_proof_no_crafted_request_signs_refuses_or_withdraws(town, asked):
    session = town.session(Link(asked.ids[SPOUSE]), SIGNER)
    with pytest.raises(LinkGone):
        sign(session, SIGNER, asked.ids[SPOUSE], by_link(""), now=town.now)
    with pytest.raises(LinkGone):
        refuse(session, SIGNER, asked.ids[SPOUSE], "", now=town.now, ticket="guessed")
    session.rollback()
    ticket = proven(town, asked.ids[SPOUSE], SPOUSE)
    session = town.session(Link(asked.ids[SPOUSE]), SIGNER)
    late = town.now + TICKET_LIFE
    with pytest.raises(LinkGone):
        sign(session, SIGNER, asked.ids[SPOUSE], by_link(ticket), now=late)
    sign(session, SIGNER, asked.ids[SPOUSE], by_link(ticket), now=town.now)
    with pytest.raises(LinkGone):
        revoke(session, SIGNER, asked.ids[SPOUSE], now=town.now, ticket=ticket)


def test_an_expired_link_is_closed_before_it_is_signed(town, asked):
    ticket = proven(town, asked.ids[SPOUSE], SPOUSE)
    town.now += timedelta(days=8)
    session = town.session(Link(asked.ids[SPOUSE]), SIGNER)
    with pytest.raises(LinkGone):
        sign(session, SIGNER, asked.ids[SPOUSE], by_link(ticket), now=town.now)
    with pytest.raises(LinkGone):
        send_signing_code(system(town), asked.ids[SPOUSE], now=town.now, demo=True)
    desk = town.at_work(town.clerk)
    assert token_of(desk, desk.get(Authorisation, asked.ids[SPOUSE]), town.now) is None


def test_a_used_link_signs_nothing_more_but_lets_her_see_and_withdraw(town, asked):
    ticket = proven(town, asked.ids[SPOUSE], SPOUSE)
    session = town.session(Link(asked.ids[SPOUSE]), SIGNER)
    sign(session, SIGNER, asked.ids[SPOUSE], by_link(ticket), now=town.now)
    session.commit()
    town.now += timedelta(days=30)
    again = proven(town, asked.ids[SPOUSE], SPOUSE)
    session = town.session(Link(asked.ids[SPOUSE]), SIGNER)
    row = revoke(session, SIGNER, asked.ids[SPOUSE], now=town.now, ticket=again)
    session.commit()
    assert row.revoked_at == town.now


def test_a_tampered_token_and_a_replaced_one_lead_nowhere(town, asked):
    desk = town.at_work(town.clerk)
    row = desk.get(Authorisation, asked.ids[SPOUSE])
    token = token_of(desk, row, town.now)
    everywhere = system(town)
    assert find_link(everywhere, token) == asked.ids[SPOUSE]
    assert find_link(everywhere, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert find_link(everywhere, "") is None
    everywhere.rollback()
    fresh = renew_link(desk, town.clerk, row, now=town.now)
    desk.commit()
    everywhere = system(town)
    assert find_link(everywhere, token) is None
    assert find_link(everywhere, fresh) == asked.ids[SPOUSE]


def test_the_applicant_sees_the_link_and_a_neighbour_does_not(town, asked):
    hers = town.resident(asked.account_id)
    assert token_of(hers, hers.get(Authorisation, asked.ids[SPOUSE]), town.now)
    assert town.resident(new_id()).get(Authorisation, asked.ids[SPOUSE]) is None


def test_every_try_leaves_a_trace_without_a_number(town, asked):
    session = system(town)
    prove_signer(session, asked.ids[SPOUSE], FAMILY[MOTHER].id_number, "123456", now=town.now)
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "authorisation.prove")).one()
    assert entry.done is False
    assert FAMILY[MOTHER].id_number not in f"{entry.reason}{entry.changes}"
