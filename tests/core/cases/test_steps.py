"""No step can be skipped, in whatever order somebody tries; no clock runs backwards (R1-13, R3-17)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from core.awards.changes import confirm_case
from core.cases.changes import (
    accept_application,
    decline_acceptance,
    send_deficiency_letter,
    supply_missing,
    withdraw_application,
)
from core.cases.confirmations import ConfirmationAnswer
from core.cases.models import CaseState, Outcome, StepCode, StepState, Task, TaskState
from core.cases.opinions import OpinionAnswer, sign_opinion
from core.cases.steps import STEP_NAMES, complete_step, steps_of
from core.errors import Blocked, Invalid, NotAllowed
from core.letters.queries import letters_of_case
from core.notices.changes import publish_first_notice, publish_long_term

pytestmark = pytest.mark.row("R1-13", "R3-17")


@pytest.mark.parametrize(
    "code", [code for code in StepCode if code not in {StepCode.APPLICATION, StepCode.ACCEPTANCE}]
)
def test_right_after_the_application_no_later_step_can_be_completed(town, way, code):
    way.submit()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked) as told:
        complete_step(session, town.clerk, case, code, {}, procedure, now=town.now)
    assert told.value.values["missing"] == STEP_NAMES[StepCode.ACCEPTANCE]
    assert {step.state for step in steps_of(session, case.id) if step.code is code} == {StepState.WAITING}


def test_every_step_done_once_cannot_be_done_again(town, way):
    way.survey()
    session, case, procedure = way.at(town.clerk)
    for code in (StepCode.APPLICATION, StepCode.ACCEPTANCE, StepCode.VERIFICATION, StepCode.VISIT):
        with pytest.raises(Blocked, match="已经办完"):
            complete_step(session, town.clerk, case, code, {}, procedure, now=town.now)


def test_the_acts_of_later_rooms_are_refused_before_their_turn(town, way):
    way.submit()
    desk, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked):
        publish_first_notice(desk, town.clerk, case, procedure, now=town.now)
    with pytest.raises(Blocked):
        publish_long_term(desk, town.clerk, case, procedure, now=town.now)
    review, case, procedure = way.at(town.reviewer)
    with pytest.raises(Blocked):
        sign_opinion(review, town.reviewer, case, OpinionAnswer(True, "符合"), procedure, now=town.now)
    county, case, procedure = way.at(town.confirmer)
    answer = ConfirmationAnswer(Outcome.GRANTED, "同意", 79_500)
    with pytest.raises(Blocked):
        confirm_case(county, town.confirmer, case, answer, procedure, now=town.now)


@pytest.mark.row("R3-04")
@pytest.mark.parametrize("done", ["visit", "verify"])
@pytest.mark.parametrize("eligible", [True, False])
def test_without_a_visit_or_a_finished_verification_nothing_is_decided_either_way(town, way, done, eligible):
    way.submit()
    way.accept()
    if done == "visit":
        way.visit()
    else:
        session, case, procedure = way.at(town.clerk)
        complete_step(session, town.clerk, case, StepCode.SURVEY_START, {}, procedure, now=town.now)
        session.commit()
        way.verify()
    session, case, procedure = way.at(town.reviewer)
    answer = OpinionAnswer(eligible, "理由", () if eligible else ("refuses_verification",))
    with pytest.raises(Blocked):
        sign_opinion(session, town.reviewer, case, answer, procedure, now=town.now)


def test_each_act_is_refused_to_who_does_not_hold_the_power(town, way):
    way.survey()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(NotAllowed):
        sign_opinion(session, town.clerk, case, OpinionAnswer(True, "符合"), procedure, now=town.now)
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(NotAllowed):
        accept_application(session, town.reviewer, case, procedure, now=town.now)
    answer = ConfirmationAnswer(Outcome.REFUSED, "理由")
    with pytest.raises(NotAllowed):
        confirm_case(session, town.reviewer, case, answer, procedure, now=town.now)


def test_a_clock_set_back_stops_the_case_and_loses_nothing(town, way):
    way.submit()
    way.accept()
    town.now -= timedelta(hours=3)
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked, match="时钟"):
        complete_step(session, town.clerk, case, StepCode.SURVEY_START, {}, procedure, now=town.now)
    session.rollback()
    assert way.at(town.clerk)[1].state is CaseState.SURVEY


def test_what_is_missing_is_told_once_and_answered_once(town, way):
    way.submit()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Invalid):
        send_deficiency_letter(session, town.clerk, case, ["  ", ""], procedure, now=town.now)
    send_deficiency_letter(session, town.clerk, case, ["工资单"], procedure, now=town.now)
    assert case.state is CaseState.AWAITING_SUPPLEMENT
    with pytest.raises(Blocked, match="第二次"):
        send_deficiency_letter(session, town.clerk, case, ["户口本"], procedure, now=town.now)
    supply_missing(session, town.clerk, case, now=town.now)
    assert case.state is CaseState.SUBMITTED
    with pytest.raises(Blocked):
        supply_missing(session, town.clerk, case, now=town.now)
    with pytest.raises(Blocked, match="第二次"):
        send_deficiency_letter(session, town.clerk, case, ["户口本"], procedure, now=town.now)


def test_refusing_acceptance_needs_a_reason_is_written_and_ends_the_case(town, way):
    way.submit()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Invalid):
        decline_acceptance(session, town.clerk, case, " ", procedure, now=town.now)
    decline_acceptance(session, town.clerk, case, "不在本县居住", procedure, now=town.now)
    session.commit()
    assert case.state is CaseState.NOT_ACCEPTED
    assert [letter.kind for letter in letters_of_case(session, case.id)] == ["not_accepted"]
    assert StepState.OPEN not in {step.state for step in steps_of(session, case.id)}
    assert session.scalars(select(Task.id).where(Task.state == TaskState.OPEN)).all() == []
    with pytest.raises(Blocked):
        accept_application(session, town.clerk, case, procedure, now=town.now)


def test_a_withdrawn_application_is_closed_for_every_act(town, way):
    way.survey()
    session, case, procedure = way.at(town.clerk)
    withdraw_application(session, town.clerk, case, now=town.now)
    session.commit()
    with pytest.raises(Blocked):
        withdraw_application(session, town.clerk, case, now=town.now)
    review, case, procedure = way.at(town.reviewer)
    with pytest.raises(Blocked):
        sign_opinion(review, town.reviewer, case, OpinionAnswer(True, "符合"), procedure, now=town.now)
    with pytest.raises(NotAllowed):
        withdraw_application(review, town.reviewer, case, now=town.now)


def test_steps_open_in_the_order_of_the_law(town, way):
    way.survey()
    way.opine()
    session, case, _procedure = way.at(town.clerk)
    done = [step for step in steps_of(session, case.id) if step.state is StepState.DONE]
    assert all(before.position <= after.position for before, after in pairwise(done))
    assert [str(step.code) for step in steps_of(session, case.id) if step.state is StepState.OPEN] == [
        "notice"
    ]
