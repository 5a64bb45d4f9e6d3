"""Checks: none without an authorisation in force, by no path; answers beside the declaration; withdrawal in between."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import core
from core.audit.models import AuditEntry
from core.authorisations.changes import ask_again, refuse, revoke
from core.authorisations.coverage import current
from core.authorisations.models import Authorisation, AuthorisationState
from core.cases.changes import withdraw_application
from core.cases.declaration_models import Layer, LineKind, Period, StatementLine
from core.cases.models import StepCode, StepState, Task
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed
from core.scopes import Link, System
from core.sessions import update_rows, write_rows
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    DAUGHTER,
    FAMILY,
    MOTHER,
    SPOUSE,
    request_all,
    sign_at_window,
    step_now,
)
from core.verification.changes import (
    conclude_unverified,
    record_result,
    request_checks,
    requests_of,
)
from core.verification.findings import Finding, Findings
from core.verification.models import RequestState, VerificationRequest
from core.verification.queries import waiting_requests
from core.verification.sending import send_checks
from core.verification.withdrawals import tell_office, withdraw_authorisation

pytestmark = pytest.mark.row("R2-17", "R1-14")
NOTHING = Findings(nothing=True)


# --- no check without an authorisation --------------------------------------------------------------------------


def test_no_check_goes_out_while_one_signature_is_missing(town, asked):
    sign_at_window(asked, SPOUSE, MOTHER, DAUGHTER)
    desk = town.at_work(town.clerk)
    case = town.case(desk, asked.case_id)
    with pytest.raises(Blocked) as told:
        request_checks(desk, town.clerk, case, town.procedure(desk), now=town.now)
    assert "杨*" in str(told.value)
    assert "杨兰" not in str(told.value)
    assert list(requests_of(desk, asked.case_id)) == []


def test_when_all_have_signed_every_person_is_asked_about_at_every_body(town, signed):
    rows = request_all(signed)
    assert len(rows) == len(FAMILY) * len(BODIES)
    assert {row.due_on for row in rows} == {date(2026, 11, 19)}
    assert step_now(signed, StepCode.SURVEY_START).state is StepState.DONE
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.OPEN
    with pytest.raises(Blocked):
        request_all(signed)


def test_a_body_that_was_not_ticked_is_not_asked(town, asked):
    needed = tuple(each for each in BODIES if each not in {"housing_fund", "securities_insurance"})
    sign_at_window(asked, bodies=needed)
    rows = request_all(asked)
    assert {row.source for row in rows if row.position // 100 == MOTHER} == set(needed)
    assert {row.source for row in rows if row.position // 100 == APPLICANT} == set(BODIES)


def test_only_the_office_that_may_asks_and_no_other_region_or_resident_sees_it(town, signed):
    desk = town.at_work(town.reviewer)
    with pytest.raises(NotAllowed):
        request_checks(
            desk, town.reviewer, town.case(desk, signed.case_id), town.procedure(desk), now=town.now
        )
    rows = request_all(signed)
    for session in (town.at_work(town.stranger), town.resident(new_id()), town.session(Link(new_id()))):
        assert session.get(VerificationRequest, rows[0].id) is None
        assert list(requests_of(session, signed.case_id)) == []


def test_only_one_function_of_the_whole_house_makes_a_check():
    makers = []
    root = Path(core.__file__).resolve().parents[1]
    folders = [root / name for name in ("core", "portal", "admin", "plugins", "commands")]
    for path in (file for folder in folders for file in folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                name = ast.unparse(call.func).rsplit(".", 1)[-1]
                bulk = name in {
                    "write_rows",
                    "update_rows",
                    "count_up",
                    "count_all_up",
                    "insert",
                    "update",
                } and any("VerificationRequest" in ast.unparse(argument) for argument in call.args)
                if name == "VerificationRequest" or bulk:
                    makers.append((path.relative_to(root).as_posix(), function.name))
    assert makers == [("core/verification/changes.py", "_ask")]


def _row(asked, town, **changes):
    """A request row that would be right if its authorisation were."""
    desk = town.at_work(town.clerk)
    signed = current(desk, asked.case_id)[APPLICANT]
    case = town.case(desk, asked.case_id)
    levels = {name: getattr(case, name) for name in ("province", "city", "county", "township", "village")}
    return levels | {
        "id": new_id(),
        "case_id": case.id,
        "case_number": case.number,
        "owner_account_id": asked.account_id,
        "authorisation_id": signed.id,
        "member_id": signed.member_id,
        "name_masked": "周*",
        "source": "bank",
        "body": "银行",
        "items": "存款",
        "position": 1,
        "round": 1,
        "reason": "",
        "state": RequestState.QUEUED,
        "requested_office": "",
        "requested_at": town.now,
        "due_on": date(2026, 11, 19),
        "due_provisional": False,
        "nothing_found": False,
        "version": 1,
        **changes,
    }


def test_the_database_itself_refuses_a_check_that_is_not_covered(town, asked):
    """Whatever the code above may do: no row without a signed authorisation in force for that person and body."""
    others = town.at_work(town.clerk)
    waiting = current(others, asked.case_id)[SPOUSE]
    others.rollback()
    wrong = [
        {"authorisation_id": waiting.id, "member_id": waiting.member_id},  # not signed
        {"member_id": waiting.member_id},  # another person than the one who signed
        {"source": "neighbours"},  # a body she did not tick
        {"case_id": new_id()},  # another case
        {"requested_at": town.now + timedelta(days=400)},  # expired
        {"requested_at": town.now - timedelta(days=2)},  # before she signed
        {"authorisation_id": new_id()},  # no authorisation at all
    ]
    for changes in wrong:
        session = town.session(System("test"))
        with pytest.raises(DBAPIError):
            write_rows(session, VerificationRequest, [_row(asked, town, **changes)])
        session.rollback()
    session = town.session(System("test"))
    right = _row(asked, town)
    write_rows(session, VerificationRequest, [right])
    session.commit()
    for changes in ({"member_id": waiting.member_id}, {"source": "neighbours"}):
        session = town.session(System("test"))
        with pytest.raises(DBAPIError):
            update_rows(session, VerificationRequest, changes, VerificationRequest.id == right["id"])
        session.rollback()


def test_the_database_refuses_to_send_what_was_withdrawn(town, signed):
    rows = request_all(signed)
    hers = town.resident(signed.account_id)
    withdraw_authorisation(hers, hers.actor, signed.ids[APPLICANT], now=town.now)
    hers.commit()
    session = town.session(System("test"))
    mine = next(row for row in rows if row.position // 100 == APPLICANT)
    with pytest.raises(DBAPIError):
        update_rows(session, VerificationRequest, {"sent_at": town.now}, VerificationRequest.id == mine.id)
    session.rollback()


# --- withdrawal and refusal in between --------------------------------------------------------------------------


def test_a_withdrawal_stops_what_waits_and_discards_unread_what_is_out(town, signed):
    rows = request_all(signed)
    hers = [row.id for row in rows if row.position // 100 == APPLICANT]
    county = town.at_work(town.officer)
    send_checks(county, town.officer, [county.get(VerificationRequest, hers[0])], now=town.now)
    county.commit()

    session = town.resident(signed.account_id)
    withdraw_authorisation(session, session.actor, signed.ids[APPLICANT], now=town.now)
    session.commit()

    county = town.at_work(town.officer)
    states = {each: county.get(VerificationRequest, each).state for each in hers}
    assert states.pop(hers[0]) is RequestState.DISCARDED
    assert set(states.values()) == {RequestState.STOPPED}
    case = town.case(county, signed.case_id)
    secret = Findings((Finding(LineKind.DEPOSIT, 987_654_300, Period.ONCE, description="晚到的"),))
    late = record_result(county, town.officer, case, hers[0], secret, town.procedure(county), now=town.now)
    county.commit()
    assert late.state is RequestState.DISCARDED
    assert late.findings_sealed is None
    assert late.result_hash is None
    verified = county.scalars(select(StatementLine).where(StatementLine.layer == Layer.VERIFIED)).all()
    assert verified == []
    logged = county.scalars(select(AuditEntry).where(AuditEntry.act == "verification.discard")).all()
    assert [entry.subject_id for entry in logged] == [str(hers[0])] * 2


def test_a_withdrawal_that_came_by_another_path_is_still_seen_when_the_answer_comes(town, signed):
    rows = request_all(signed)
    county = town.at_work(town.officer)
    mine = next(row.id for row in rows if row.position // 100 == APPLICANT)
    send_checks(county, town.officer, [county.get(VerificationRequest, mine)], now=town.now)
    county.commit()
    session = town.resident(signed.account_id)
    revoke(session, session.actor, signed.ids[APPLICANT], now=town.now)
    session.commit()
    county = town.at_work(town.officer)
    case = town.case(county, signed.case_id)
    late = record_result(county, town.officer, case, mine, NOTHING, town.procedure(county), now=town.now)
    assert late.state is RequestState.DISCARDED


def test_an_expiry_stops_what_has_not_gone_out_yet(town, signed):
    rows = request_all(signed)
    town.now += timedelta(days=400)
    county = town.at_work(town.officer)
    mine = [county.get(VerificationRequest, row.id) for row in rows]
    assert send_checks(county, town.officer, mine, now=town.now) == []
    assert {row.state for row in mine} == {RequestState.STOPPED}


def test_when_the_application_is_taken_back_nothing_more_goes_out_and_the_authorisations_end(town, signed):
    rows = request_all(signed)
    hers = town.resident(signed.account_id)
    withdraw_application(hers, hers.actor, town.case(hers, signed.case_id), now=town.now)
    hers.commit()
    county = town.at_work(town.officer)
    assert list(waiting_requests(county)) == []
    mine = [county.get(VerificationRequest, row.id) for row in rows]
    assert send_checks(county, town.officer, mine, now=town.now) == []
    assert {row.state for row in mine} == {RequestState.STOPPED}
    desk = town.at_work(town.clerk)
    states = {row.state(date(2026, 11, 16)) for row in current(desk, signed.case_id)}
    assert states == {AuthorisationState.ENDED}


def test_after_a_new_signature_the_stopped_checks_are_asked_again(town, signed):
    request_all(signed)
    session = town.resident(signed.account_id)
    row = withdraw_authorisation(session, session.actor, signed.ids[APPLICANT], now=town.now)
    session.commit()
    with pytest.raises(Blocked):
        request_all(signed)
    desk = town.at_work(town.clerk)
    ask_again(desk, town.clerk, desk.get(Authorisation, row.id), now=town.now)
    desk.commit()
    sign_at_window(signed)
    again = request_all(signed)
    assert {each.round for each in again} == {2}
    assert len(again) == len(BODIES)


def test_refusing_and_withdrawing_reach_the_clerks_worklist_once(town, asked):
    desk = town.at_work(town.clerk)
    refuse(desk, town.clerk, asked.ids[DAUGHTER], "不来往", now=town.now)
    desk.commit()
    for _ in range(2):
        system = town.session(System("signing-link"))
        tell_office(system, asked.ids[DAUGHTER], now=town.now)
        system.commit()
    kinds = town.at_work(town.clerk).scalars(select(Task.kind).where(Task.case_id == asked.case_id))
    assert list(kinds).count("authorisation_refused") == 1


@pytest.mark.row("R3-04")
def test_a_family_that_refuses_for_good_is_concluded_with_a_reason_and_says_how_many_stay_unverified(
    town, asked
):
    sign_at_window(asked, SPOUSE, DAUGHTER)
    desk = town.at_work(town.clerk)
    case = town.case(desk, asked.case_id)
    with pytest.raises(Blocked):
        conclude_unverified(desk, town.clerk, case, "不肯签", town.procedure(desk), now=town.now)
    refuse(desk, town.clerk, asked.ids[MOTHER], "不肯", now=town.now)
    with pytest.raises(Invalid):
        conclude_unverified(desk, town.clerk, case, "", town.procedure(desk), now=town.now)
    conclude_unverified(desk, town.clerk, case, "多次说明仍不肯签", town.procedure(desk), now=town.now)
    desk.commit()
    assert step_now(asked, StepCode.VERIFICATION).evidence == {"unverified": 1, "persons": 5}
    assert list(requests_of(desk, asked.case_id)) == []
