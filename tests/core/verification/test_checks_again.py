"""A check given up and begun anew; an answer and a withdrawal at the same moment (R2-17, R3-04)."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from core.authorisations.changes import Signature, decide_refusal, refuse, sign
from core.authorisations.models import Decision, SigningLevel
from core.cases.models import StepCode, StepState
from core.database import new_id
from core.errors import Blocked
from core.scopes import Own, Region, System
from core.sessions import open_session
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    CHILD,
    DAUGHTER,
    FAMILY,
    MOTHER,
    SPOUSE,
    request_all,
    sign_at_window,
    step_now,
)
from core.verification.changes import conclude_unverified, record_result, request_checks
from core.verification.findings import Findings
from core.verification.models import RequestState, VerificationRequest
from core.verification.withdrawals import withdraw_authorisation

pytestmark = pytest.mark.row("R2-17")
NOTHING = Findings(nothing=True)


@pytest.mark.row("R3-04")
def test_who_had_refused_for_good_and_signs_after_all_is_checked_before_anything_is_granted(town, asked):
    sign_at_window(asked, SPOUSE, CHILD, DAUGHTER)
    desk = town.at_work(town.clerk)
    case, procedure = town.case(desk, asked.case_id), town.procedure(desk)
    refuse(desk, town.clerk, asked.ids[MOTHER], "不肯", now=town.now)
    conclude_unverified(desk, town.clerk, case, "多次说明仍不肯签", procedure, now=town.now)
    with pytest.raises(Blocked, match="不同意核对"):
        request_checks(desk, town.clerk, case, procedure, now=town.now)
    again = decide_refusal(desk, town.clerk, asked.ids[MOTHER], Decision.ASK_AGAIN, "想通了", now=town.now)
    paper = Signature(SigningLevel.PAPER, BODIES, new_id(), agreed=True)
    sign(desk, town.clerk, again.id, paper, now=town.now)
    rows = request_checks(desk, town.clerk, case, procedure, now=town.now)
    desk.commit()
    assert len(rows) == len(FAMILY) * len(BODIES)
    step = step_now(asked, StepCode.VERIFICATION)
    assert (step.round, step.state, step.evidence) == (2, StepState.OPEN, {})


def test_a_withdrawal_while_an_answer_is_recorded_comes_before_it_or_after_it(town, signed):
    """Whichever is first: an answer is kept only of an authorisation that stood when it was recorded (decision 8)."""
    row = next(each for each in request_all(signed) if each.position // 100 == APPLICANT)
    together, told = threading.Barrier(2, timeout=60), []

    def records():
        with open_session(town.engine, Region(town.county), town.officer, vault=town.vault) as session:
            case = town.case(session, signed.case_id)
            record_result(session, town.officer, case, row.id, NOTHING, town.procedure(session), now=town.now)
            session.commit()

    def withdraws():
        actor = town.resident(signed.account_id).actor
        with open_session(town.engine, Own(signed.account_id), actor, vault=town.vault) as session:
            withdraw_authorisation(session, actor, row.authorisation_id, now=town.now)
            session.commit()

    def run(act):
        together.wait()
        try:
            act()
        except Exception as fault:  # noqa: BLE001  (a thread's fault is told to the test)
            told.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in (records, withdraws)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert told == []
    with town.session(System("count")) as session:
        requests = session.scalars(
            select(VerificationRequest).where(VerificationRequest.authorisation_id == row.authorisation_id)
        ).all()
        states = {each.id: each.state for each in requests}
        assert states.pop(row.id) in {RequestState.ANSWERED, RequestState.STOPPED}
        assert set(states.values()) == {RequestState.STOPPED}
        assert all(
            (each.findings_sealed is not None) is (each.state is RequestState.ANSWERED) for each in requests
        )
