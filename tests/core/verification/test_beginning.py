"""The county has days to begin a check (57号 第十七条); once begun, what is out is due when the opinion needs it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.cases.models import StepCode, Task, TaskState
from core.cases.procedure import beijing_day
from core.cases.steps import refresh_deadlines
from core.testing.authorising import APPLICANT, answer, request_all, step_now
from core.verification.beginning import recount_checks
from core.verification.changes import requests_of
from core.verification.findings import Findings
from core.verification.models import OPEN
from core.verification.sending import send_checks

pytestmark = pytest.mark.row("R2-17", "R3-18")
NOTHING = Findings(nothing=True)


def days(asked):
    """Last days of what is out, and of the county's line on the worklist."""
    session = asked.town.at_work(asked.town.officer)
    line = session.scalars(
        select(Task.due_on).where(
            Task.case_id == asked.case_id,
            Task.kind == "verification_results",
            Task.state == TaskState.OPEN,
        )
    ).one()
    return {row.due_on for row in requests_of(session, asked.case_id) if row.state in OPEN} | {line}


def to_begin(asked):
    procedure = asked.town.procedure(asked.town.at_work(asked.town.clerk))
    return procedure.deadline("check_start", beijing_day(asked.town.now)).date


def test_until_the_county_begins_it_is_held_to_its_days_to_begin(signed):
    request_all(signed)
    assert days(signed) == {to_begin(signed)}


def test_the_first_answer_begins_the_check_and_the_rest_is_due_with_the_step(signed):
    request_all(signed)
    step = step_now(signed, StepCode.VERIFICATION)
    assert step.due_on > to_begin(signed)
    answer(signed, NOTHING, member=APPLICANT, source="bank")
    assert days(signed) == {step.due_on}


def test_sending_the_questions_to_the_bodies_begins_it_too(town, signed):
    request_all(signed)
    with town.at_work(town.officer) as county:
        send_checks(county, town.officer, requests_of(county, signed.case_id)[:1], now=town.now)
        county.commit()
    assert days(signed) == {step_now(signed, StepCode.VERIFICATION).due_on}


def test_a_recount_keeps_to_what_has_begun_and_what_has_not(town, signed):
    for begin in (False, True):
        if begin:
            answer(signed, NOTHING, member=APPLICANT, source="bank")
        else:
            request_all(signed)
        before = days(signed)
        with town.at_work(town.officer) as session:
            case = town.case(session, signed.case_id)
            recount_checks(session, case, town.procedure(session))
            session.commit()
        assert days(signed) == before


def test_asked_too_late_for_the_opinion_the_county_still_has_its_days_to_begin(town, signed):
    town.now += timedelta(days=60)
    request_all(signed)
    step = step_now(signed, StepCode.VERIFICATION)
    assert days(signed) == {to_begin(signed)} == {step.due_on}
    answer(signed, NOTHING, member=APPLICANT, source="bank")
    assert days(signed) == {step.due_on}


@pytest.mark.parametrize("begun", [False, True])
def test_a_complaint_or_a_pause_moves_what_is_out_with_the_step(town, signed, begun):
    request_all(signed)
    if begun:
        answer(signed, NOTHING, member=APPLICANT, source="bank")
    before = days(signed)
    with town.at_work(town.officer) as county:
        case = town.case(county, signed.case_id)
        case.complaint = True
        refresh_deadlines(county, case, town.procedure(county), now=town.now)
        county.commit()
    step = step_now(signed, StepCode.VERIFICATION)
    assert days(signed) == ({step.due_on} if begun else before)
    assert step.due_on > max(before)
