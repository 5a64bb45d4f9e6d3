"""Objections: heard until the end of the last day, answered before the notice closes, upheld ones reopen the survey."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from core.cases.limits import backward_plan
from core.cases.models import CaseState, Opinion, StepCode, StepState, Task, TaskState
from core.cases.opinions import current_opinion
from core.cases.steps import steps_of
from core.errors import Blocked, Invalid
from core.notices.changes import (
    FIRST,
    close_due_notices,
    publish_first_notice,
    record_public_check,
    standing_notice,
)
from core.notices.models import NoticeState, Objection, PublicRow
from core.notices.objections import decide_objection, raise_objection
from core.notices.queries import notices_of_case
from core.scopes import System

pytestmark = pytest.mark.row("R3-17", "R3-18")
LAST_MINUTE = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # 23:59 in Beijing on the last day
TOO_LATE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
DAY_AFTER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def hanging(town, way):
    way.survey()
    way.opine()
    publish(town, way)
    return way


def publish(town, way):
    session, case, procedure = way.at(town.clerk)
    publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    session.commit()


def say(town, now, text="他家有门面"):
    session = town.session(System("objection"))
    row = session.scalars(select(PublicRow.id).where(PublicRow.withdrawn_at.is_(None))).one()
    objection = raise_objection(session, row, text, name="某人", phone="19900000077", now=now)
    session.commit()
    return objection.id


def sweep(town, now):
    session = town.session(System("close-notices"))
    closed = close_due_notices(session, session.actor, lambda _: town.procedure(session), now=now)
    session.commit()
    return closed


def decide(town, way, objection_id, *, upheld, answer="查过了"):
    session, _case, procedure = way.at(town.clerk)
    objection = session.get(Objection, objection_id)
    decide_objection(session, town.clerk, objection, procedure, upheld=upheld, answer=answer, now=town.now)
    session.commit()


def test_the_last_day_lasts_until_midnight_in_beijing(town, hanging):
    say(town, LAST_MINUTE)
    with pytest.raises(Blocked, match="已经结束"):
        say(town, TOO_LATE, "太晚了")


def test_who_objects_is_sealed_and_the_task_names_nobody(town, hanging):
    say(town, LAST_MINUTE)
    session, case, _procedure = hanging.at(town.clerk)
    objection = session.scalars(select(Objection)).one()
    assert not {"他家有门面".encode(), "某人".encode(), b"19900000077"} & {bytes(objection.said_sealed)}
    assert "门面".encode() not in objection.said_sealed
    task = session.scalars(select(Task).where(Task.kind == "objection")).one()
    assert (task.label, task.note) == (f"周*|4|{case.number}", "")


def test_a_notice_waits_for_the_answer_and_closes_with_it(town, hanging):
    objection = say(town, LAST_MINUTE)
    assert sweep(town, DAY_AFTER) == 0
    town.now = DAY_AFTER
    with pytest.raises(Invalid):
        decide(town, hanging, objection, upheld=False, answer=" ")
    decide(town, hanging, objection, upheld=False)
    with pytest.raises(Blocked, match="已经答复过"):
        decide(town, hanging, objection, upheld=True)
    _session, case, _procedure = hanging.at(town.clerk)
    assert case.state is CaseState.CONFIRMATION


def test_an_answer_while_it_hangs_lets_it_hang_on(town, hanging):
    decide(town, hanging, say(town, LAST_MINUTE), upheld=False)
    session, case, _procedure = hanging.at(town.clerk)
    assert standing_notice(session, case, FIRST) is not None
    assert case.state is CaseState.NOTICE


def test_upheld_it_takes_the_notice_down_and_everything_from_the_visit_on_is_done_anew(town, hanging):
    decide(town, hanging, say(town, LAST_MINUTE), upheld=True)
    session, case, procedure = hanging.at(town.clerk)
    assert [notice.state for notice in notices_of_case(session, case.id)] == [NoticeState.WITHDRAWN]
    rounds = {step.code: (step.round, step.state) for step in steps_of(session, case.id)}
    assert rounds[StepCode.VISIT] == (2, StepState.OPEN)
    assert rounds[StepCode.OPINION] == rounds[StepCode.NOTICE] == (2, StepState.WAITING)
    assert rounds[StepCode.CONFIRMATION] == (1, StepState.WAITING)
    assert current_opinion(session, case) is None
    assert session.scalars(select(Opinion.superseded_at)).one() == town.now
    # an objection is a special case: 45 working days (民发〔2022〕83号), and every date shown follows
    accepted = case.accepted_at.date()
    assert procedure.calendar.working_days_between(accepted, case.due_on) == 45
    due = session.scalars(select(Task.due_on).where(Task.kind == "visit", Task.state == TaskState.OPEN)).one()
    assert due == backward_plan(procedure, case, case.due_on).opinion_by


def test_two_upheld_objections_reopen_the_survey_once(town, hanging):
    first, second = say(town, LAST_MINUTE), say(town, LAST_MINUTE, "他家还有车")
    decide(town, hanging, first, upheld=True)
    decide(town, hanging, second, upheld=True)
    session, case, _procedure = hanging.at(town.clerk)
    assert [step.round for step in steps_of(session, case.id) if step.code is StepCode.VISIT] == [2]
    hanging.visit()
    hanging.opine()
    publish(town, hanging)


def test_an_objection_outlives_a_notice_that_was_taken_down_for_a_leak(town, hanging):
    objection = say(town, LAST_MINUTE)
    session, case, _procedure = hanging.at(town.clerk)
    record_public_check(session, standing_notice(session, case, FIRST), 1, now=town.now)
    session.commit()
    publish(town, hanging)
    assert sweep(town, DAY_AFTER) == 0
    decide(town, hanging, objection, upheld=True)
    session, case, _procedure = hanging.at(town.clerk)
    assert case.state is CaseState.SURVEY
    assert standing_notice(session, case, FIRST) is None
