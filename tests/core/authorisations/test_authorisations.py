"""Authorisations: who is asked, who may sign, what a refusal and a withdrawal do, and whom a check still waits for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.authorisations.asking import WizardSignature
from core.authorisations.changes import (
    Signature,
    ask_again,
    decide_refusal,
    end_for_case,
    refuse,
    revoke,
    sign,
)
from core.authorisations.coverage import Standing, current
from core.authorisations.models import (
    Authorisation,
    AuthorisationState,
    Decision,
    SignerRole,
    SigningLevel,
)
from core.authorisations.queries import mine, open_authorisation
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed, NotFound
from core.households.models import Person
from core.scopes import Link
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    CHILD,
    DAUGHTER,
    FAMILY,
    MOTHER,
    SPOUSE,
    accept,
    sign_at_window,
    submit_and_ask,
    wizard_signature,
)
from core.verification.asking import ask_family, coverage_of, require_covered

pytestmark = pytest.mark.row("R2-17")
ALL = tuple(BODIES)


def paper(bodies=ALL, **more):
    return Signature(SigningLevel.PAPER, bodies, new_id(), agreed=True, **more)


def covered(asked, day=None):
    session = asked.town.at_work(asked.town.clerk)
    case = asked.town.case(session, asked.case_id)
    return coverage_of(session, case, asked.town.procedure(session), now=day or asked.town.now)


def test_submitting_asks_every_adult_the_guardian_of_the_child_and_the_supporter(town):
    asked = submit_and_ask(town, wizard_signature(town))
    rows = current(town.at_work(town.clerk), asked.case_id)
    assert [row.role for row in rows] == [
        SignerRole.SELF,
        SignerRole.SELF,
        SignerRole.SELF,
        SignerRole.GUARDIAN,
        SignerRole.SUPPORTER,
    ]
    assert rows[CHILD].signer_masked == "杨*"
    assert rows[CHILD].name == ""
    assert [row.signed_at is not None for row in rows] == [True, False, False, False, False]
    assert [row.link_digest is not None for row in rows] == [False, True, True, True, True]


def test_asking_a_second_time_asks_nobody_again(town):
    asked = submit_and_ask(town, wizard_signature(town))
    assert len({*asked.ids}) == 5
    session = town.resident(asked.account_id)
    case = town.case(session, asked.case_id)
    assert ask_family(session, session.actor, case, town.procedure(session), now=town.now) == []


def test_the_applicant_may_sign_for_a_child_whose_guardian_she_is(town):
    signature = WizardSignature(ALL, town.now, new_id(), as_guardian=frozenset({CHILD, MOTHER}))
    asked = submit_and_ask(town, signature)
    rows = current(town.at_work(town.clerk), asked.case_id)
    # the child's guardian is the mother of the family, and the grandmother signs for herself
    assert [row.signed_at is not None for row in rows] == [True, False, False, False, False]


def test_a_signature_holds_from_its_day_for_the_months_of_the_law(town):
    asked = submit_and_ask(town, wizard_signature(town))
    row = current(town.at_work(town.clerk), asked.case_id)[APPLICANT]
    assert (row.valid_from, row.valid_to) == (date(2026, 11, 16), date(2027, 11, 15))
    assert row.state(date(2027, 11, 15)) is AuthorisationState.SIGNED
    assert row.state(date(2027, 11, 16)) is AuthorisationState.EXPIRED


def test_ticks_that_were_not_offered_are_refused_and_so_is_nothing_at_all(town):
    asked = submit_and_ask(town)
    session = town.at_work(town.clerk)
    for bodies in ((), ("police", "neighbours")):
        with pytest.raises(Invalid) as told:
            sign(session, town.clerk, asked.ids[SPOUSE], paper(bodies), now=town.now)
        assert told.value.field == "sources"


def test_a_signature_needs_ink_and_a_will(town):
    asked = submit_and_ask(town)
    session = town.at_work(town.clerk)
    unsigned = Signature(SigningLevel.PAPER, ALL, None, agreed=True)
    unwilling = Signature(SigningLevel.PAPER, ALL, new_id(), agreed=False)
    for signature, field in ((unsigned, "signature"), (unwilling, "agreed")):
        with pytest.raises(Invalid) as told:
            sign(session, town.clerk, asked.ids[SPOUSE], signature, now=town.now)
        assert told.value.field == field
    with pytest.raises(Invalid):
        sign(
            session,
            town.clerk,
            asked.ids[SPOUSE],
            paper(),
            now=town.now,
            signed_on=date(2026, 11, 17),
        )


def test_nobody_else_signs_in_anothers_name(town):
    asked = submit_and_ask(town)
    session = town.resident(asked.account_id)
    by_session = Signature(SigningLevel.APPLICANT_SESSION, ALL, new_id(), agreed=True)
    with pytest.raises(NotAllowed):
        sign(session, session.actor, asked.ids[SPOUSE], by_session, now=town.now)
    with pytest.raises(NotAllowed):
        sign(session, session.actor, asked.ids[SPOUSE], paper(), now=town.now)
    reviewer = town.at_work(town.reviewer)
    with pytest.raises(NotAllowed):
        sign(reviewer, town.reviewer, asked.ids[SPOUSE], paper(), now=town.now)
    signed = sign(session, session.actor, asked.ids[APPLICANT], by_session, now=town.now)
    assert signed.level is SigningLevel.APPLICANT_SESSION


def test_another_regions_clerk_and_another_resident_find_nothing(town):
    asked = submit_and_ask(town)
    for session in (town.at_work(town.stranger), town.resident(new_id()), town.session(Link(new_id()))):
        with pytest.raises(NotFound):
            sign(session, session.actor, asked.ids[SPOUSE], paper(), now=town.now)
        assert session.get(Authorisation, asked.ids[SPOUSE]) is None
        assert list(mine(session)) == []


def test_a_link_shows_its_one_authorisation_and_no_other(town):
    asked = submit_and_ask(town)
    session = town.session(Link(asked.ids[SPOUSE]))
    assert [row.id for row in mine(session)] == [asked.ids[SPOUSE]]
    opened = open_authorisation(session, asked.ids[SPOUSE], town.now)
    assert opened.name == "杨兰"
    with pytest.raises(NotFound):
        open_authorisation(session, asked.ids[MOTHER], town.now)


def test_a_signed_authorisation_is_not_signed_again(town):
    asked = submit_and_ask(town)
    sign_at_window(asked, SPOUSE)
    session = town.at_work(town.clerk)
    with pytest.raises(Blocked):
        sign(session, town.clerk, asked.ids[SPOUSE], paper(), now=town.now)
    with pytest.raises(Blocked):
        refuse(session, town.clerk, asked.ids[SPOUSE], "改主意", now=town.now)


@pytest.mark.row("R1-14")
def test_a_check_waits_for_everyone_by_masked_name(town):
    asked = submit_and_ask(town, wizard_signature(town))
    session = town.at_work(town.clerk)
    case = town.case(session, asked.case_id)
    with pytest.raises(Blocked) as told:
        require_covered(session, case, town.procedure(session), now=town.now)
    session.rollback()
    # the child waits for its guardian, who is named once
    assert "等杨*、龙*、周*签" in str(told.value)
    assert covered(asked).waiting_for == ["杨*", "龙*", "周*"]
    sign_at_window(asked)
    assert covered(asked).complete


def test_an_unticked_body_that_may_be_left_out_is_skipped_and_shown(town):
    asked = submit_and_ask(town, wizard_signature(town))
    needed = tuple(each for each in ALL if each not in {"housing_fund", "securities_insurance"})
    sign_at_window(asked, bodies=needed)
    found = covered(asked)
    assert found.complete
    assert found.persons[SPOUSE].sources["housing_fund"] is Standing.SKIPPED
    assert ("housing_fund", SPOUSE) not in {
        (source.code, person.authorisation.position) for person, source in found.allowed()
    }


def test_an_unticked_body_that_is_needed_blocks_until_signed_anew(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked, MOTHER, CHILD, DAUGHTER)
    sign_at_window(asked, SPOUSE, bodies=("police",))
    found = covered(asked)
    assert found.persons[SPOUSE].hindrance is Standing.UNTICKED
    session = town.at_work(town.clerk)
    old = session.get(Authorisation, asked.ids[SPOUSE])
    again = ask_again(session, town.clerk, old, now=town.now)
    sign(session, town.clerk, again.id, paper(), now=town.now)
    session.commit()
    assert covered(asked).complete
    assert old.sources_ticked == ["police"]


def test_a_supporters_refusal_is_decided_by_the_clerk_with_a_reason(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked, SPOUSE, MOTHER, CHILD)
    session = town.at_work(town.clerk)
    refuse(session, town.clerk, asked.ids[DAUGHTER], "多年没有来往", now=town.now)
    session.commit()
    found = covered(asked)
    assert not found.complete
    assert found.persons[DAUGHTER].hindrance is Standing.REFUSED
    with pytest.raises(Invalid):
        decide_refusal(session, town.clerk, asked.ids[DAUGHTER], Decision.WITHOUT, " ", now=town.now)
    with pytest.raises(NotAllowed):
        decide_refusal(session, town.reviewer, asked.ids[DAUGHTER], Decision.WITHOUT, "不联系", now=town.now)
    decide_refusal(
        session, town.clerk, asked.ids[DAUGHTER], Decision.WITHOUT, "村里证明多年不来往", now=town.now
    )
    session.commit()
    found = covered(asked)
    assert found.complete
    assert set(found.persons[DAUGHTER].sources.values()) == {Standing.WITHOUT}
    assert all(person.member_id != found.persons[DAUGHTER].member_id for person, _ in found.allowed())


def test_a_member_of_the_household_cannot_be_left_out(town):
    asked = submit_and_ask(town, wizard_signature(town))
    session = town.at_work(town.clerk)
    refuse(session, town.clerk, asked.ids[MOTHER], "", now=town.now)
    with pytest.raises(Invalid) as told:
        decide_refusal(session, town.clerk, asked.ids[MOTHER], Decision.WITHOUT, "年纪大", now=town.now)
    assert told.value.field == "decision"
    again = decide_refusal(
        session, town.clerk, asked.ids[MOTHER], Decision.ASK_AGAIN, "家人再劝", now=town.now
    )
    assert again.round == 2
    assert again.state(date(2026, 11, 16)) is AuthorisationState.WAITING
    assert again.link_digest is not None


def test_a_withdrawal_stands_at_once_and_needs_a_new_signature(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked)
    assert covered(asked).complete
    session = town.resident(asked.account_id)
    with pytest.raises(NotAllowed):
        revoke(session, session.actor, asked.ids[MOTHER], now=town.now)
    revoke(session, session.actor, asked.ids[APPLICANT], now=town.now)
    session.commit()
    found = covered(asked)
    assert found.persons[APPLICANT].hindrance is Standing.WITHDRAWN
    with pytest.raises(Blocked):
        revoke(session, session.actor, asked.ids[APPLICANT], now=town.now)


def test_once_on_the_register_the_person_herself_sees_it_and_withdraws_from_her_own_account(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked)
    accept(asked)
    desk = town.at_work(town.clerk)
    person = desk.scalar(select(Person.id).where(Person.name == FAMILY[SPOUSE].name))
    hers = town.resident(new_id(), person)
    assert [row.id for row in mine(hers)] == [asked.ids[SPOUSE]]
    revoke(hers, hers.actor, asked.ids[SPOUSE], now=town.now)
    hers.commit()
    assert covered(asked).persons[SPOUSE].hindrance is Standing.WITHDRAWN


def test_an_expired_signature_is_found_expired_on_the_day_it_is_asked(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked)
    later = town.now + timedelta(days=366)
    assert covered(asked, later).persons[MOTHER].hindrance is Standing.EXPIRED
    assert covered(asked, later).allowed() == []


def test_when_assistance_ends_its_authorisations_end_with_it(town):
    asked = submit_and_ask(town, wizard_signature(town))
    sign_at_window(asked, SPOUSE, MOTHER, CHILD)
    session = town.at_work(town.clerk)
    assert end_for_case(session, town.clerk, asked.case_id, now=town.now) == 5
    session.commit()
    assert covered(asked).allowed() == []
    with pytest.raises(Blocked):
        sign(session, town.clerk, asked.ids[DAUGHTER], paper(), now=town.now)
