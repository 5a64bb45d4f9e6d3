"""What ends with a case, what outlives it, and that nothing brings it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.cases.changes import withdraw_application
from core.cases.comparison import Adoption, adopt_line
from core.cases.data_requests import ask_for_correction
from core.cases.declaration_models import Layer
from core.cases.models import CaseState, StepCode, Task, TaskState
from core.cases.steps import reopen_from
from core.database import new_id
from core.errors import Blocked, NotAllowed
from core.notices.changes import (
    FIRST,
    close_due_notices,
    publish_first_notice,
    standing_notice,
    take_down_ended,
)
from core.notices.models import NoticeState, Objection
from core.notices.objections import decide_objection, raise_objection
from core.notices.queries import notices_of_case, public_page
from core.scopes import Public, System
from core.testing.casework import Way
from core.testing.town import members_a1, staff


def hang(town, way):
    session, case, procedure = way.at(town.clerk)
    publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    session.commit()
    town.now += timedelta(days=1)


def listed(town):
    return public_page(town.session(Public(town.now.date())), town.township, FIRST).rows


@pytest.fixture
def account():
    return new_id()


@pytest.fixture
def hanging(town, way, account):
    way.survey(account=account)
    way.opine()
    hang(town, way)
    return way


def withdraw(town, way, account):
    session = town.resident(account)
    withdraw_application(session, session.actor, town.case(session, way.case_id), now=town.now)
    session.commit()


def test_a_withdrawn_application_is_taken_off_the_public_list(town, hanging, account):
    assert len(listed(town)) == 1
    withdraw(town, hanging, account)
    sweep = town.session(System("application-withdrawn"))
    assert take_down_ended(sweep, now=town.now, case_id=hanging.case_id) == 1
    sweep.commit()
    assert listed(town) == []


def test_a_withdrawn_application_does_not_keep_the_notices_of_others_hanging(town, hanging, account):
    withdraw(town, hanging, account)
    other = Way(town)
    other.survey()
    other.opine()
    other.hang()
    session, case, _procedure = other.at(town.clerk)
    assert standing_notice(session, case, FIRST) is None
    assert case.state is CaseState.CONFIRMATION
    states = [row.state for row in notices_of_case(session, hanging.case_id)]
    assert states == [NoticeState.WITHDRAWN]


def test_a_case_without_its_law_does_not_keep_the_notices_of_others_hanging(town, hanging):
    other = Way(town)
    other.survey(members=members_a1(1))
    other.opine()
    hang(town, other)
    town.now += timedelta(days=9)
    sweep = town.session(System("close-notices"))

    def procedure_of(case):
        if case.id == hanging.case_id:
            raise Blocked("没有公示天数")
        return town.procedure(sweep)

    assert close_due_notices(sweep, sweep.actor, procedure_of, now=town.now) == 1
    sweep.commit()
    session, case, _procedure = other.at(town.clerk)
    assert case.state is CaseState.CONFIRMATION
    assert standing_notice(session, town.case(session, hanging.case_id), FIRST) is not None


def test_an_objection_upheld_late_does_not_revive_a_withdrawn_application(town, hanging, account):
    row = listed(town)[0].id
    outside = town.session(System("objection"))
    raise_objection(outside, row, "他家有门面", now=town.now)
    outside.commit()
    withdraw(town, hanging, account)
    session, case, procedure = hanging.at(town.clerk)
    objection = session.scalars(select(Objection)).one()
    with pytest.raises(Blocked):
        decide_objection(session, town.clerk, objection, procedure, upheld=True, answer="属实", now=town.now)
    session.rollback()
    session, case, procedure = hanging.at(town.clerk)
    assert case.state is CaseState.WITHDRAWN
    with pytest.raises(Blocked):
        reopen_from(session, town.clerk, case, [StepCode.VISIT], procedure, now=town.now)


@pytest.mark.row("R2-17")
def test_a_request_about_her_data_is_still_owed_an_answer_after_she_withdrew(town, hanging, account):
    session = town.resident(account)
    case = town.case(session, hanging.case_id)
    ask_for_correction(session, session.actor, case, "名字写错", town.procedure(session), now=town.now)
    session.commit()
    withdraw(town, hanging, account)
    desk, case, _procedure = hanging.at(town.clerk)
    open_tasks = desk.scalars(select(Task).where(Task.case_id == case.id, Task.state == TaskState.OPEN)).all()
    assert [task.kind for task in open_tasks] == ["data_correction"]


@pytest.mark.parametrize("role", [Role.VILLAGE_ASSISTANT, Role.CONTRACT_WORKER, Role.COUNTY_OFFICER])
def test_who_only_visits_does_not_choose_what_counts_as_income(town, way, role):
    way.survey()
    key = way.found(0, 9_000_000)
    visitor = staff(role, town.township)
    session, case, _procedure = way.at(town.clerk)
    with pytest.raises(NotAllowed):
        adopt_line(session, visitor, case, Adoption(key, Layer.DECLARED, "信他"), now=town.now)
