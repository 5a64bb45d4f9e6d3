"""One act for all that is still asked: each body's "no record" is an answer of its own, and only where it may be asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Permission
from core.audit.models import AuditEntry
from core.authorisations.coverage import current
from core.cases.declaration_models import LineKind, Period
from core.cases.models import StepCode, StepState
from core.database import new_id
from core.errors import Invalid, NotAllowed, NotFound
from core.testing.authorising import (
    APPLICANT,
    MOTHER,
    accept,
    answer,
    ask_everybody,
    request_all,
    sign_at_window,
    step_now,
    submit_and_ask,
    wizard_signature,
)
from core.verification.changes import requests_of
from core.verification.findings import Finding, Findings
from core.verification.models import RequestState
from core.verification.nothing_found import record_nothing_found, remaining
from core.verification.withdrawals import withdraw_authorisation

pytestmark = pytest.mark.row("R2-17", "R3-04")
WAGE = Findings((Finding(LineKind.WAGE, 120_000, Period.MONTH),))


@pytest.fixture
def asked(town):
    return ask_everybody(town)


def act(asked, ids=None, actor=None):
    """The county says of these requests (all that wait) that no body has a record."""
    town = asked.town
    actor = actor or town.officer
    session = town.at_work(actor)
    case = town.case(session, asked.case_id)
    if ids is None:
        ids = [row.id for row in remaining(session, case.id, now=town.now).covered]
    outcome = record_nothing_found(session, actor, case, ids, town.procedure(session), now=town.now)
    session.commit()
    return outcome


def rows_of(asked):
    return requests_of(asked.town.session(asked.town.at_work(asked.town.officer).scope), asked.case_id)


def test_each_of_them_is_an_answer_of_its_own_with_who_entered_it_and_the_check_is_done(asked):
    outcome = act(asked)
    rows = rows_of(asked)
    assert len(outcome.recorded) == len(rows) > 16
    for row in rows:
        assert row.state is RequestState.ANSWERED
        assert row.nothing_found
        assert row.operator_id == asked.town.officer.account_id
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.DONE
    session = asked.town.at_work(asked.town.officer)
    written = select(AuditEntry).where(AuditEntry.act == "verification.record")
    entries = session.scalars(written).all()
    assert {entry.subject_id for entry in entries} == {str(row.id) for row in rows}
    assert {entry.changes["together"][1] for entry in entries} == {len(rows)}


def test_what_a_body_did_find_stays_as_it_was_entered(asked):
    answer(asked, WAGE, member=APPLICANT, source="tax")
    found = {row.id for row in rows_of(asked) if row.state is RequestState.ANSWERED}
    outcome = act(asked, [row.id for row in rows_of(asked)])
    assert {row.id for row in outcome.answered_before} == found
    assert not any(row.nothing_found for row in rows_of(asked) if row.id in found)
    assert all(row.nothing_found for row in rows_of(asked) if row.id not in found)


def test_who_withdrew_meanwhile_gets_no_answer(asked):
    town = asked.town
    ids = [row.id for row in rows_of(asked)]
    session = town.at_work(town.clerk)
    mothers = current(session, asked.case_id)[MOTHER]
    withdraw_authorisation(session, town.clerk, mothers.id, now=town.now, reason="本人来窗口说的")
    session.commit()
    outcome = act(asked, ids)
    hers = [row for row in rows_of(asked) if row.authorisation_id == mothers.id]
    assert hers
    assert {row.id for row in outcome.uncovered} == {row.id for row in hers}
    assert not any(row.state is RequestState.ANSWERED for row in hers)
    assert all(row.findings_sealed is None for row in hers)


def test_an_authorisation_that_ran_out_is_left_for_a_look_of_its_own(asked):
    town = asked.town
    session = town.at_work(town.clerk)
    last = max(row.valid_to for row in current(session, asked.case_id))
    ids = [row.id for row in rows_of(asked)]
    town.now = town.now.replace(year=last.year + 1)
    desk = town.at_work(town.officer)
    left = remaining(desk, asked.case_id, now=town.now)
    assert not left.covered
    assert {row.id for row in left.uncovered} == set(ids)
    outcome = act(asked, ids)
    assert not outcome.recorded
    assert not any(row.state is RequestState.ANSWERED for row in rows_of(asked))


def test_a_second_press_changes_nothing(asked):
    ids = [row.id for row in rows_of(asked)]
    act(asked, ids)
    before = {row.id: row.answered_at for row in rows_of(asked)}
    outcome = act(asked, ids)
    assert not outcome.recorded
    assert len(outcome.answered_before) == len(ids)
    assert {row.id: row.answered_at for row in rows_of(asked)} == before


def test_a_request_named_twice_is_answered_once(asked):
    ids = [row.id for row in rows_of(asked)]
    outcome = act(asked, [*ids, ids[0]])
    assert len(outcome.recorded) == len(ids)
    session = asked.town.at_work(asked.town.officer)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "verification.record")).all()
    assert len(entries) == len(ids)


def test_it_is_all_of_it_or_nothing(asked, monkeypatch):
    def fails(*_given, **_named):
        msg = "no room on the disk"
        raise OSError(msg)

    monkeypatch.setattr("core.verification.nothing_found.settle_answers", fails)
    with pytest.raises(OSError, match="no room"):
        act(asked)
    asked.town.close()
    assert {row.state for row in rows_of(asked)} == {RequestState.QUEUED}


def test_nothing_ticked_another_case_and_who_may_not_enter_are_refused(asked):
    town = asked.town
    with pytest.raises(Invalid):
        act(asked, [])
    with pytest.raises(NotFound):
        act(asked, [new_id()])
    with pytest.raises(NotAllowed):
        act(asked, [row.id for row in rows_of(asked)], actor=town.clerk)
    assert not town.confirmer.may(Permission.VERIFICATION_RECORD)


def test_a_family_that_has_not_signed_has_nothing_to_answer(town):
    waiting = submit_and_ask(town, wizard_signature(town))
    accept(waiting)
    session = town.at_work(town.officer)
    assert not remaining(session, waiting.case_id, now=town.now).covered
    session.close()
    sign_at_window(waiting)
    request_all(waiting)
    assert remaining(town.at_work(town.officer), waiting.case_id, now=town.now).covered
