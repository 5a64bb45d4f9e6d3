"""Another number while a case is under way: nobody is asked about by it before she signs for it, and nothing rests on the old one."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import select

from core.authorisations.coverage import current
from core.authorisations.links import TRIES, prove_signer, token_of
from core.authorisations.models import AuthorisationState, SignerRole
from core.authorisations.queries import history
from core.cases.changes import accept_application, recipient_of, withdraw_application
from core.cases.declaration_models import DeclaredMember, Layer, StatementLine
from core.cases.models import Case, CaseState, Opinion, StepCode, StepState, Task, TaskState
from core.corrections.changes import Wish, correct_identity
from core.database import new_id
from core.errors import Blocked, Conflict
from core.households.models import Person
from core.identity_numbers import parse_id_number
from core.masking import mask_id_number
from core.notices.changes import publish_first_notice, publish_long_term
from core.notices.models import Notice, NoticeState, PublicRow
from core.scopes import Region, System
from core.sessions import open_session
from core.testing.authorising import (
    APPLICANT,
    CHILD,
    FAMILY,
    SPOUSE,
    accept,
    answer,
    request_all,
    sign_at_window,
    step_now,
    submit_and_ask,
    wizard_signature,
)
from core.testing.casework import Way
from core.testing.town import made_up_id
from core.verification.changes import record_result, requests_of
from core.verification.findings import Finding, Findings, LineKind, Period
from core.verification.models import RequestState
from core.verification.sending import OPEN, send_checks

pytestmark = pytest.mark.row("R2-17", "R3-04")
RIGHT = made_up_id(date(1981, 6, 2), 12)
NOTHING = Findings(nothing=True)
WAGE = Findings((Finding(LineKind.WAGE, 900_000, Period.YEAR),))


@pytest.fixture
def asked(town):
    """A registered family, all of whom have signed."""
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    sign_at_window(asked)
    return asked


def correct(asked, position=SPOUSE, *, number=RIGHT, name=""):
    for each in asked.town.opened:
        each.rollback()
    put_right(asked.town, asked.town.at_work(asked.town.clerk), position, number, name)


def put_right(town, session, position=SPOUSE, number=RIGHT, name=""):
    person = session.scalars(select(Person).where(Person.birth_date == FAMILY[position].birth_date)).one()
    read = parse_id_number(number, today=date(2026, 11, 16), demo=True) if number else None
    wish = Wish(person.version, new_id(), "看错一位", name, read)
    correct_identity(session, town.clerk, person, wish, lambda _: town.procedure(session), now=town.now)
    session.commit()


def rows_of(asked):
    return current(asked.town.at_work(asked.town.clerk), asked.case_id)


def states(asked, position):
    rows = requests_of(asked.town.at_work(asked.town.clerk), asked.case_id)
    return {row.state for row in rows if row.position // 100 == position}


def sent_to(asked):
    """The names and numbers that the bodies would be told now."""
    town = asked.town
    desk = town.at_work(town.officer)
    out = send_checks(desk, town.officer, requests_of(desk, asked.case_id), now=town.now)
    return {(each.name, each.id_number) for each in out if each.request.position // 100 == SPOUSE}


def test_what_was_signed_for_the_old_number_ends_and_waits_to_be_signed_again(asked):
    correct(asked)
    row = rows_of(asked)[SPOUSE]
    assert (row.round, row.state(date(2026, 11, 16))) == (2, AuthorisationState.WAITING)
    assert row.id_masked.endswith(RIGHT[-4:])
    assert row.birth_date == date(1981, 6, 2)
    [old] = [
        each for each in history(asked.town.at_work(asked.town.clerk), asked.case_id) if each.superseded_at
    ]
    assert old.state(date(2026, 11, 16)) is AuthorisationState.ENDED
    assert old.id_masked == mask_id_number(FAMILY[SPOUSE].id_number)
    assert row.signer_index == asked.town.vault.index("id_number", RIGHT)
    others = [row.state(date(2026, 11, 16)) for row in rows_of(asked) if row.position != SPOUSE]
    assert set(others) == {AuthorisationState.SIGNED}
    with pytest.raises(Blocked, match=r"等杨\*签"):
        request_all(asked)


def test_once_signed_again_the_bodies_are_asked_about_the_right_name_and_number(asked):
    correct(asked, name="杨岚")
    sign_at_window(asked)
    request_all(asked)
    assert sent_to(asked) == {("杨岚", RIGHT)}


def test_what_is_out_about_the_old_number_ends_and_an_answer_to_it_is_not_entered(asked):
    request_all(asked)
    town = asked.town
    desk = town.at_work(town.officer)
    send_checks(desk, town.officer, requests_of(desk, asked.case_id)[:9], now=town.now)
    desk.commit()
    correct(asked)
    assert states(asked, SPOUSE) == {RequestState.STOPPED, RequestState.MISDIRECTED}
    assert states(asked, APPLICANT) <= OPEN
    late = next(row for row in requests_of(desk, asked.case_id) if row.position // 100 == SPOUSE)
    desk = town.at_work(town.officer)
    told = record_result(
        desk, town.officer, town.case(desk, asked.case_id), late.id, WAGE, town.procedure(desk), now=town.now
    )
    assert told.findings_sealed is None
    desk.commit()
    assert answer(asked, NOTHING, member=SPOUSE) == []


def test_answers_about_the_old_number_stay_on_file_and_count_no_more(asked):
    request_all(asked)
    answer(asked, WAGE, member=SPOUSE, source="tax")
    answer(asked, NOTHING)
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.DONE
    correct(asked)
    assert states(asked, SPOUSE) == {RequestState.MISDIRECTED}
    session = asked.town.at_work(asked.town.clerk)
    verified = select(StatementLine).where(StatementLine.layer == Layer.VERIFIED)
    assert session.scalars(verified).all() == []
    kept = requests_of(session, asked.case_id)
    assert all(row.findings_sealed for row in kept)
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.OPEN
    sign_at_window(asked)
    again = request_all(asked)
    assert {(row.position // 100, row.round) for row in again} == {(SPOUSE, 2)}
    answer(asked, NOTHING)
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.DONE


def test_another_name_alone_keeps_signatures_and_answers(asked):
    request_all(asked)
    answer(asked, NOTHING, member=APPLICANT)
    correct(asked, number="", name="杨岚")
    assert rows_of(asked)[SPOUSE].state(date(2026, 11, 16)) is AuthorisationState.SIGNED
    assert states(asked, SPOUSE) == {RequestState.QUEUED}
    assert sent_to(asked) == {("杨岚", FAMILY[SPOUSE].id_number)}


def test_who_has_not_signed_yet_is_named_rightly_and_her_link_still_leads_to_her(town):
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    link = rows_of(asked)[SPOUSE].link_digest
    correct(asked, name="杨岚")
    row = rows_of(asked)[SPOUSE]
    assert (row.round, row.name, row.name_masked, row.signer_masked) == (1, "杨岚", "杨*", "杨*")
    assert row.link_digest == link
    assert row.signer_index == town.vault.index("id_number", RIGHT)


def test_a_guardian_signs_with_the_right_number_for_a_child_who_has_not_been_signed_for(town):
    asked = submit_and_ask(town)
    accept(asked)
    correct(asked)
    row = rows_of(asked)[CHILD]
    assert row.signer_index == town.vault.index("id_number", RIGHT)
    assert row.id_masked.endswith(FAMILY[CHILD].id_number[-4:])


def test_a_link_that_died_of_her_right_number_lives_again(town):
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    with town.session(System("signing-link")) as session:
        for _try in range(TRIES):
            prove_signer(session, asked.ids[SPOUSE], RIGHT, "000000", now=town.now)
        session.commit()
    assert token_of(town.at_work(town.clerk), rows_of(asked)[SPOUSE], town.now) is None
    correct(asked)
    assert token_of(town.at_work(town.clerk), rows_of(asked)[SPOUSE], town.now)


def test_a_case_that_is_accepted_meanwhile_is_not_left_with_the_old_number(town):
    first = submit_and_ask(town)
    accept(first)
    session = town.at_work(town.clerk)
    withdraw_application(session, town.clerk, town.case(session, first.case_id), now=town.now)
    session.commit()
    again = submit_and_ask(town, account=first.account_id)
    town.close()
    session = town.at_work(town.clerk)
    case = town.case(session, again.case_id)
    accept_application(session, town.clerk, case, town.procedure(session), now=town.now)

    done = []

    def corrects():
        while not done:
            with (
                open_session(town.engine, Region(town.clerk.node), town.clerk, vault=town.vault) as desk,
                suppress(Conflict),
            ):
                put_right(town, desk)
                done.append(True)

    other = threading.Thread(target=corrects)
    other.start()
    other.join(1)
    assert not done
    session.commit()
    other.join(60)
    with town.session(System("look")) as look:
        hers = select(DeclaredMember).where(DeclaredMember.birth_date == FAMILY[SPOUSE].birth_date)
        assert [row.corrected_birth_date for row in look.scalars(hers)] == [date(1981, 6, 2)] * 2


def test_who_is_a_child_by_her_papers_does_not_sign_for_herself(asked):
    correct(asked, number=made_up_id(date(2014, 6, 2), 12))
    row = rows_of(asked)[SPOUSE]
    assert (row.role, row.signer_index, row.name) == (SignerRole.GUARDIAN, None, "")
    assert row.only_at_office(date(2026, 11, 16))


def opined(asked):
    """Checked, visited, and an opinion signed."""
    town = asked.town
    request_all(asked)
    answer(asked, NOTHING)
    way = Way(town, asked.case_id)
    way.visit()
    way.opine()
    return way


def test_an_opinion_and_its_notice_that_rest_on_anothers_checks_come_down(asked):
    town, way = asked.town, opined(asked)
    with way.acting(town.clerk) as (session, case, procedure):
        publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    correct(asked)
    session = town.at_work(town.clerk)
    assert session.scalars(select(Notice.state)).all() == [NoticeState.WITHDRAWN]
    assert session.scalars(select(PublicRow.withdrawn_at)).one() == town.now
    assert session.scalars(select(Opinion.superseded_at)).one() == town.now
    case = town.case(session, asked.case_id)
    assert case.state is CaseState.SURVEY
    with pytest.raises(Blocked):
        way.opine()


def test_an_applicants_name_is_put_right_on_the_list_that_hangs_and_in_what_is_sent_from_now_on(asked):
    town, way = asked.town, opined(asked)
    with way.acting(town.clerk) as (session, case, procedure):
        notice = publish_first_notice(session, town.clerk, case, procedure, now=town.now)
        notice.checked_at = town.now
    correct(asked, APPLICANT, number="", name="周铭")
    session, case, _procedure = way.at(town.clerk)
    assert session.scalars(select(PublicRow.listed_name)).one() == "周铭"
    [notice] = session.scalars(select(Notice)).all()
    assert (notice.state, notice.checked_at) == (NoticeState.PUBLISHED, None)
    assert recipient_of(session, case).name == "周铭"
    labels = session.scalars(select(Task.label).where(Task.state == TaskState.OPEN)).all()
    assert labels
    assert all(label.startswith("周*|") for label in labels)


def test_a_family_that_receives_stays_listed_with_the_right_name_and_its_decision_as_it_was(asked):
    town, way = asked.town, opined(asked)
    way.hang()
    session, _case, _procedure = way.at(town.clerk)
    way.confirm(session.scalars(select(Opinion.monthly_fen)).one())
    with way.acting(town.clerk) as (session, case, procedure):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)
    correct(asked, APPLICANT, number=made_up_id(date(1981, 5, 1), 11), name="周铭")
    with town.session(System("look")) as session:
        names = dict(session.execute(select(PublicRow.kind, PublicRow.listed_name)).all())
        [case] = session.scalars(select(Case)).all()
    assert names == {"first": FAMILY[APPLICANT].name, "long_term": "周铭"}
    assert case.state is CaseState.GRANTED
    assert states(asked, APPLICANT) == {RequestState.ANSWERED}
    # of what she signed nothing allows a question about the right number
    standing = [row.state(date(2026, 11, 30)) for row in rows_of(asked)]
    assert standing[APPLICANT] is AuthorisationState.ENDED
    assert set(standing[SPOUSE:]) == {AuthorisationState.SIGNED}
