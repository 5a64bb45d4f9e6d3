"""Who may not be signed for: an adult by a guardian nobody proved, and a signer whose phone another holds (decision 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.access import Actor
from core.accounts.codes import outbox
from core.accounts.person_links import open_account
from core.authorisations.asking import WizardSignature
from core.authorisations.changes import Signature, ask_again, refuse, revoke, sign
from core.authorisations.coverage import current
from core.authorisations.links import LinkGone, prove_signer, renew_link, send_signing_code, token_of
from core.authorisations.models import Authorisation, PhoneStanding, SignerRole, SigningLevel
from core.authorisations.phones import DeclaredPhone, sharing_a_phone
from core.authorisations.queries import open_authorisation
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed
from core.scopes import System
from core.testing import authorising
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    CHILD,
    DAUGHTER,
    FAMILY,
    MOTHER,
    SPOUSE,
    submit_and_ask,
    wizard_signature,
)

pytestmark = pytest.mark.row("R2-17")
OWN_PHONE = "19900000009"


@pytest.fixture
def family(town, monkeypatch):
    """`family({MOTHER: {"guardian": 0}})` submits FAMILY with those answers changed; `account_phone`: an account with it."""

    def family(changed=None, signature=None, account_phone=""):
        members = [replace(each, **(changed or {}).get(at, {})) for at, each in enumerate(FAMILY)]
        monkeypatch.setattr(authorising, "FAMILY", tuple(members))
        account = None
        if account_phone:
            with town.session(System("test")) as session:
                account = open_account(session, account_phone, now=town.now).id
                session.commit()
        return submit_and_ask(town, signature, account=account)

    return family


def rows_of(asked):
    return current(asked.town.at_work(asked.town.clerk), asked.case_id)


def at_window(**more):
    return Signature(SigningLevel.WINDOW, BODIES, new_id(), agreed=True, **more)


# --- adults for whom a guardian was named -----------------------------------------------------------------------


@pytest.fixture
def ward(family, town):
    """The grandmother, for whom the applicant named himself as guardian and ticked that he signs for her too."""
    signature = WizardSignature(BODIES, town.now, new_id(), as_guardian=frozenset({MOTHER, CHILD}))
    return family({MOTHER: {"guardian": APPLICANT}, CHILD: {"guardian": APPLICANT}}, signature)


def test_naming_oneself_the_guardian_of_an_adult_signs_nothing_and_gives_no_link(ward):
    rows = rows_of(ward)
    assert [row.signed_at is not None for row in rows] == [True, False, False, True, False]
    mother = rows[MOTHER]
    assert (mother.role, mother.by_applicant, mother.link_digest) == (SignerRole.GUARDIAN, False, None)


def test_the_applicant_signs_refuses_or_asks_for_no_link_for_an_adult_afterwards(ward):
    session = ward.town.resident(ward.account_id)
    mother = session.get(Authorisation, ward.ids[MOTHER])
    for level in (SigningLevel.APPLICANT_SESSION, SigningLevel.IDENTITY_PROVIDER):
        with pytest.raises(NotAllowed):
            sign(
                session, session.actor, mother.id, Signature(level, BODIES, new_id(), True), now=ward.town.now
            )
    with pytest.raises(NotAllowed):
        refuse(session, session.actor, mother.id, "", now=ward.town.now)
    with pytest.raises(Blocked, match="不用链接"):
        renew_link(session, session.actor, mother, now=ward.town.now)
    assert token_of(session, mother, ward.town.now) is None


def test_another_relative_named_as_guardian_gets_no_link_for_an_adult_either(family):
    asked = family({MOTHER: {"guardian": SPOUSE}})
    assert rows_of(asked)[MOTHER].link_digest is None
    assert rows_of(asked)[CHILD].link_digest is not None


def test_at_the_window_a_guardian_of_an_adult_signs_only_with_the_proof(ward):
    session = ward.town.at_work(ward.town.clerk)
    with pytest.raises(Invalid) as told:
        sign(session, ward.town.clerk, ward.ids[MOTHER], at_window(), now=ward.town.now)
    assert told.value.field == "guardianship"
    proof = new_id()
    row = sign(
        session, ward.town.clerk, ward.ids[MOTHER], at_window(guardianship_id=proof), now=ward.town.now
    )
    assert (row.guardianship_document_id, row.role) == (proof, SignerRole.GUARDIAN)


def test_an_adult_who_can_judge_for_herself_signs_at_the_window_in_her_own_name(ward):
    session = ward.town.at_work(ward.town.clerk)
    row = sign(session, ward.town.clerk, ward.ids[MOTHER], at_window(herself=True), now=ward.town.now)
    assert (row.role, row.signer_member_id) == (SignerRole.SELF, row.member_id)
    opened = open_authorisation(session, row.id, ward.town.now)
    assert (opened.name, opened.signer_name, opened.signer_phone) == ("龙秀", "龙秀", "")
    # whom the applicant named cannot take it back in her place
    session.commit()
    owner = ward.town.resident(ward.account_id)
    with pytest.raises(NotAllowed):
        revoke(owner, owner.actor, ward.ids[MOTHER], now=ward.town.now)
    desk = ward.town.at_work(ward.town.clerk)
    row = revoke(desk, ward.town.clerk, ward.ids[MOTHER], now=ward.town.now, reason="本人来说的")
    assert ask_again(desk, ward.town.clerk, row, now=ward.town.now).link_digest is None


def test_a_child_who_came_of_age_is_not_signed_for_any_more(family, town):
    asked = family({CHILD: {"guardian": APPLICANT}})
    later = town.now + timedelta(days=8 * 365)
    session = town.resident(asked.account_id)
    by_session = Signature(SigningLevel.APPLICANT_SESSION, BODIES, new_id(), agreed=True)
    with pytest.raises(NotAllowed, match="成年"):
        sign(session, session.actor, asked.ids[CHILD], by_session, now=later)
    desk = town.at_work(town.clerk)
    assert (
        sign(desk, town.clerk, asked.ids[CHILD], at_window(herself=True), now=later).role is SignerRole.SELF
    )


def test_a_child_is_no_guardian_of_another(family):
    asked = family({CHILD: {"guardian": None}, MOTHER: {"guardian": CHILD}})
    rows = rows_of(asked)
    assert rows[MOTHER].role is SignerRole.SELF
    assert rows[CHILD].by_applicant


# --- a phone that two signers share -----------------------------------------------------------------------------


def test_no_link_goes_to_a_phone_that_is_the_applicants_too(family):
    asked = family({SPOUSE: {"phone": FAMILY[APPLICANT].phone}})
    rows = rows_of(asked)
    # she signs for the child as well, whose link would go to the same phone
    assert [row.link_digest is not None for row in rows] == [False, False, True, False, True]
    assert rows[SPOUSE].phone is PhoneStanding.SHARED


def test_no_link_goes_to_the_phone_the_applicants_account_signs_in_by(family):
    asked = family({DAUGHTER: {"phone": f"+86 {OWN_PHONE}"}}, account_phone=OWN_PHONE)
    rows = rows_of(asked)
    assert [row.phone is PhoneStanding.SHARED for row in rows] == [True, False, False, False, True]
    assert rows[DAUGHTER].link_digest is None


def test_the_applicant_herself_still_signs_on_her_own_page_when_her_phone_is_shared(family, town):
    asked = family({SPOUSE: {"phone": FAMILY[APPLICANT].phone}})
    session = town.resident(asked.account_id)
    by_session = Signature(SigningLevel.APPLICANT_SESSION, BODIES, new_id(), agreed=True)
    assert sign(session, session.actor, asked.ids[APPLICANT], by_session, now=town.now).signed_at


def test_two_relatives_who_share_one_phone_get_no_links_and_sign_on_paper(family, town):
    asked = family({DAUGHTER: {"phone": FAMILY[MOTHER].phone}})
    rows = rows_of(asked)
    assert [row.link_digest is not None for row in rows] == [False, True, False, True, False]
    desk = town.at_work(town.clerk)
    for position, level in ((MOTHER, SigningLevel.PAPER), (DAUGHTER, SigningLevel.WINDOW)):
        signed = sign(
            desk, town.clerk, asked.ids[position], Signature(level, BODIES, new_id(), True), now=town.now
        )
        assert signed.level is level


def test_a_link_that_exists_all_the_same_sends_and_takes_no_code(family, town):
    """As for a link made before the phone was found to be shared: the gate stands at the code, not at the page."""
    asked = family()
    with town.session(System("signing-link")) as session:
        renewed = renew_link(
            session, Actor("job"), session.get(Authorisation, asked.ids[SPOUSE]), now=town.now
        )
        session.get(Authorisation, asked.ids[SPOUSE]).phone = PhoneStanding.SHARED
        session.commit()
    assert renewed
    with town.session(System("signing-link")) as session:
        with pytest.raises(LinkGone, match="打印"):
            send_signing_code(session, asked.ids[SPOUSE], now=town.now, demo=True)
        proof = prove_signer(session, asked.ids[SPOUSE], FAMILY[SPOUSE].id_number, "123456", now=town.now)
        assert isinstance(proof.refusal, LinkGone)
        assert outbox(session) == []


def test_a_clerk_sends_no_link_to_a_shared_phone_and_asking_again_gives_none(family, town):
    asked = family({SPOUSE: {"phone": FAMILY[MOTHER].phone}})
    desk = town.at_work(town.clerk)
    row = desk.get(Authorisation, asked.ids[SPOUSE])
    with pytest.raises(Blocked):
        renew_link(desk, town.clerk, row, now=town.now)
    paper = Signature(SigningLevel.PAPER, BODIES, new_id(), agreed=True)
    sign(desk, town.clerk, row.id, paper, now=town.now)
    revoke(desk, town.clerk, row.id, now=town.now, reason="本人来说的")
    again = ask_again(desk, town.clerk, row, now=town.now)
    assert (again.phone, again.link_digest) == (PhoneStanding.SHARED, None)


def test_fixed_phones_and_missing_ones_are_shared_with_nobody():
    people = [
        DeclaredPhone("a", "0851-00551234", True),
        DeclaredPhone("b", "0851-00551234", False),
        DeclaredPhone("c", "", False),
        DeclaredPhone("d", "", False),
        DeclaredPhone("e", "199 0000 0001", False),
    ]
    assert sharing_a_phone(people) == frozenset()
    assert sharing_a_phone(people, "19900000001") == {"a", "e"}


def test_a_family_in_which_everyone_has_a_phone_gets_its_links_as_before(family, town):
    asked = family(signature=wizard_signature(town))
    assert [row.link_digest is not None for row in rows_of(asked)] == [False, True, True, True, True]
