"""The limits of a case in working days, by authority and kind; pauses; the plan counted back; provisional years."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.cases.changes import survey_may_start
from core.cases.extension import extend_case, register_complaint
from core.cases.limits import backward_plan, paused_working_days
from core.cases.models import Authority, Pause, StepCode, Task, TaskState
from core.cases.pauses import end_pause, pause_case
from core.cases.procedure import beijing_day
from core.cases.renewal import renew_deadlines
from core.cases.steps import step_of
from core.catalogue import LimitCase
from core.errors import Blocked, Invalid, NotAllowed
from core.law import Unit
from core.scopes import System
from core.standards.changes import enter_standard
from core.testing.town import demo_standards, law_book

ACCEPTED = date(2026, 11, 16)


def delegate(town):
    session = town.at_work(town.officer)
    standard = replace(
        next(demo_standards(town.county)), key="confirm.delegated", value=1, unit=Unit.YES_NO, area=None
    )
    enter_standard(session, town.officer, law_book(), standard, now=town.now)
    session.commit()


@pytest.mark.parametrize(
    ("limit", "when", "working_days"),
    [
        ("survey_start", LimitCase.ALWAYS, 3),
        ("check_start", LimitCase.ALWAYS, 3),
        ("letter", LimitCase.ALWAYS, 3),
        ("county_opinion", LimitCase.ALWAYS, 10),
        ("whole", LimitCase.DELEGATED, 20),
        ("whole", LimitCase.ALWAYS, 30),
        ("whole", LimitCase.HARD, 45),
    ],
)
@pytest.mark.row("R3-20")
def test_each_limit_of_the_law_in_working_days(town, limit, when, working_days):
    procedure = town.procedure(town.at_work(town.clerk))
    deadline = procedure.deadline(limit, ACCEPTED, when)
    assert procedure.calendar.working_days_between(ACCEPTED, deadline.date) == working_days


def test_no_statutory_clock_runs_before_acceptance(town, way):
    way.submit()
    _session, case, _procedure = way.at(town.clerk)
    assert case.due_on is None
    way.accept()
    _session, case, procedure = way.at(town.clerk)
    assert procedure.calendar.working_days_between(ACCEPTED, case.due_on) == 30


@pytest.mark.row("R3-20")
def test_the_township_that_confirms_has_twenty_working_days(town, way):
    delegate(town)
    way.submit()
    way.accept()
    _session, case, procedure = way.at(town.clerk)
    assert case.authority is Authority.TOWNSHIP
    assert procedure.calendar.working_days_between(ACCEPTED, case.due_on) == 20


def test_a_hard_survey_has_forty_five_once_and_with_a_reason(town, way):
    way.submit()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked, match="受理以后"):
        extend_case(session, town.clerk, case, "外地协查", procedure, now=town.now)
    way.accept()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Invalid):
        extend_case(session, town.clerk, case, "  ", procedure, now=town.now)
    extend_case(session, town.clerk, case, "户口不在一地，等外地协查", procedure, now=town.now)
    assert procedure.calendar.working_days_between(ACCEPTED, case.due_on) == 45
    with pytest.raises(Blocked, match="不能再延长"):
        extend_case(session, town.clerk, case, "还不够", procedure, now=town.now)


def test_a_complaint_brings_the_case_to_the_county_with_its_limit_and_its_visit(town, way):
    delegate(town)
    way.survey()
    way.opine()
    way.hang()
    session, case, procedure = way.at(town.clerk)
    assert case.authority is Authority.TOWNSHIP
    register_complaint(session, town.clerk, case, "有人来电反映", procedure, now=town.now)
    session.commit()
    assert case.authority is Authority.COUNTY
    assert procedure.calendar.working_days_between(ACCEPTED, case.due_on) == 45
    rows = session.execute(select(Task.kind, Task.permission).where(Task.state == TaskState.OPEN)).all()
    assert {tuple(row) for row in rows} == {
        ("confirmation", "confirmation:sign"),
        ("county_visit", "visit:record"),
    }


def test_a_pause_needs_a_listed_reason_and_moves_the_deadline_by_the_days_it_stood(town, way):
    way.submit()
    way.accept()
    town.now += timedelta(days=1)
    session, case, procedure = way.at(town.clerk)
    before = case.due_on
    with pytest.raises(Invalid):
        pause_case(session, town.clerk, case, "holiday", "", procedure, now=town.now)
    with pytest.raises(NotAllowed):
        pause_case(session, town.township_confirmer, case, "hard_survey", "", procedure, now=town.now)
    pause_case(session, town.clerk, case, "waiting_family", "等补签", procedure, now=town.now)
    session.commit()
    with pytest.raises(Blocked, match="已经在暂停"):
        pause_case(session, town.clerk, case, "waiting_family", "", procedure, now=town.now)
    town.now += timedelta(days=7)
    session, case, procedure = way.at(town.clerk)
    end_pause(session, town.clerk, case, procedure, now=town.now)
    assert procedure.calendar.working_days_between(before, case.due_on) == 5
    tasks = session.execute(select(Task.kind, Task.due_on).where(Task.state == TaskState.OPEN)).all()
    assert tasks
    with pytest.raises(Blocked, match="没有暂停"):
        end_pause(session, town.clerk, case, procedure, now=town.now)


def test_days_that_two_pauses_share_count_once(town):
    calendar = town.procedure(town.at_work(town.clerk)).calendar
    one = Pause(from_day=date(2026, 11, 16), to_day=date(2026, 11, 20))
    two = Pause(from_day=date(2026, 11, 18), to_day=date(2026, 11, 24))
    before, end = date(2026, 11, 13), date(2026, 12, 31)
    assert paused_working_days(calendar, [one], before, end) == 4
    assert paused_working_days(calendar, [one, two], before, end) == 6
    # the day of acceptance counts for nobody, so it cannot stand either
    assert paused_working_days(calendar, [one, two], date(2026, 11, 16), end) == 5


def test_the_plan_counted_back_keeps_room_for_all_that_must_follow(town, way):
    way.submit()
    way.accept()
    _session, case, procedure = way.at(town.clerk)
    plan = backward_plan(procedure, case, case.due_on)
    assert plan.opinion_by < plan.notice_until < plan.report_by <= plan.decide_by == case.due_on
    # an opinion on that day: its notice and the county's ten working days still end in time
    assert procedure.deadline("notice", plan.opinion_by).date <= plan.notice_until
    assert procedure.deadline("county_opinion", plan.report_by).date <= case.due_on
    later = plan.opinion_by + timedelta(days=1)
    assert procedure.deadline("notice", later).date > plan.notice_until


def test_the_checks_the_visit_and_the_opinion_are_due_on_the_day_of_the_plan(town, way):
    way.survey()
    session, case, procedure = way.at(town.reviewer)
    opinion_by = backward_plan(procedure, case, case.due_on).opinion_by
    before_the_notice = (StepCode.VERIFICATION, StepCode.VISIT, StepCode.OPINION)
    steps = [step_of(session, case.id, code) for code in before_the_notice]
    assert [step.due_on for step in steps] == [opinion_by] * 3
    assert opinion_by < case.due_on


def test_a_deadline_that_touches_an_unannounced_year_is_marked_provisional(town, way):
    town.now = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
    way.submit()
    way.accept()
    session, case, procedure = way.at(town.clerk)
    assert case.due_on.year == 2027
    assert procedure.calendar.unconfirmed(ACCEPTED, case.due_on) == (2027,)
    assert case.due_provisional
    assert all(
        task.due_provisional == (task.due_on.year == 2027)
        for task in session.scalars(select(Task).where(Task.state == TaskState.OPEN))
    )


def test_a_pause_stops_the_clock_of_the_whole_and_of_the_open_step_while_it_runs_and_no_day_longer(town, way):
    way.submit()
    way.accept()
    town.now += timedelta(days=1)
    session, case, procedure = way.at(town.clerk)
    calendar, whole = procedure.calendar, case.due_on
    start = step_of(session, case.id, StepCode.SURVEY_START).due_on
    pause_case(session, town.clerk, case, "waiting_family", "", procedure, now=town.now)
    session.commit()
    for days, stood in ((0, 0), (1, 1), (5, 4), (7, 5)):
        sweep = town.session(System("renew-deadlines"))
        later = town.now + timedelta(days=days)
        renewed = renew_deadlines(sweep, lambda _: town.procedure(sweep), now=later)  # noqa: B023
        sweep.commit()
        # counted once a day, however often the sweep passes
        assert renewed == int(days > 0)
        assert renew_deadlines(sweep, lambda _: town.procedure(sweep), now=later) == 0  # noqa: B023
        session, case, _procedure = way.at(town.clerk)
        assert calendar.working_days_between(whole, case.due_on) == stood
        step = step_of(session, case.id, StepCode.SURVEY_START)
        assert calendar.working_days_between(start, step.due_on) == stood
        due = session.scalars(select(Task.due_on).where(Task.kind == "survey_start")).one()
        assert due == step.due_on


def test_a_step_opened_late_is_not_overdue_for_days_on_which_the_clock_stood(town, way):
    way.submit()
    way.accept()
    town.now += timedelta(days=40)
    session, case, procedure = way.at(town.clerk)
    survey_may_start(session, town.clerk, case, procedure, now=town.now)
    session.commit()
    session, case, procedure = way.at(town.clerk)
    assert step_of(session, case.id, StepCode.VISIT).due_on == beijing_day(town.now)
    pause_case(session, town.clerk, case, "waiting_family", "", procedure, now=town.now)
    session.commit()
    town.now += timedelta(days=11)
    session, case, procedure = way.at(town.clerk)
    end_pause(session, town.clerk, case, procedure, now=town.now)
    assert step_of(session, case.id, StepCode.VISIT).due_on == beijing_day(town.now)


def test_a_pause_after_the_last_day_brings_no_day_back(town, way):
    way.submit()
    way.accept()
    session, case, procedure = way.at(town.clerk)
    before = case.due_on
    town.now += timedelta(days=60)
    pause_case(session, town.clerk, case, "waiting_family", "", procedure, now=town.now)
    town.now += timedelta(days=10)
    end_pause(session, town.clerk, case, procedure, now=town.now)
    assert case.due_on == before
    pause_case(session, town.clerk, case, "waiting_family", "", procedure, now=town.now)
    with pytest.raises(Blocked, match="时钟"):
        end_pause(session, town.clerk, case, procedure, now=town.now - timedelta(days=1))
