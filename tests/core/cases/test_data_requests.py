"""Requests to put one's data right: each is answered by itself, once, in writing, whatever becomes of the case."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.cases.changes import withdraw_application
from core.cases.data_requests import (
    answer_correction,
    ask_for_correction,
    correction,
    corrections_of_case,
    my_corrections,
    requests_of_case,
)
from core.cases.history import history_of
from core.cases.models import DataRequest, Task, TaskState
from core.database import new_id
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.testing.town import family_of_four, staff

pytestmark = pytest.mark.row("R2-17")
TEXT, ANSWER = "女儿的生日是3月8日", "查过户口本，以户口本为准"


@pytest.fixture
def account(town, way):
    """Whoever applied, of a case that was accepted."""
    owner = new_id()
    way.submit(owner)
    way.accept()
    return owner


def ask(town, way, account, text=TEXT):
    session = town.resident(account)
    case = town.case(session, way.case_id)
    row = ask_for_correction(session, session.actor, case, text, town.procedure(session), now=town.now)
    session.commit()
    return row.id


def answer(town, way, request_id, text=ANSWER, actor=None):
    with way.acting(actor or town.clerk) as (session, case, _procedure):
        row = correction(session, case.id, request_id).row
        answer_correction(session, session.actor, row, text, now=town.now)


def tasks(way):
    session, case, _procedure = way.at(way.town.clerk)
    statement = select(Task).where(Task.case_id == case.id, Task.kind == "data_correction")
    return {task.subject_id: task.state for task in session.scalars(statement)}


def test_answering_one_finishes_its_task_and_no_other(town, way, account):
    first, second, third = (ask(town, way, account, text) for text in ("名字", "生日", "工资"))
    answer(town, way, second)
    assert tasks(way) == {first: TaskState.OPEN, second: TaskState.DONE, third: TaskState.OPEN}
    answer(town, way, first)
    assert tasks(way) == {first: TaskState.DONE, second: TaskState.DONE, third: TaskState.OPEN}


def test_she_reads_each_answer_beside_what_she_wrote(town, way, account):
    answer(town, way, ask(town, way, account))
    town.now = town.now.replace(hour=5)
    ask(town, way, account, "工资写多了")
    told = [(each.text, each.answer) for each in my_corrections(town.resident(account))]
    assert told == [("工资写多了", ""), (TEXT, ANSWER)]
    assert my_corrections(town.resident(new_id())) == []


def test_an_answer_she_may_have_read_is_never_overwritten(town, way, account):
    request_id = ask(town, way, account)
    answer(town, way, request_id)
    with pytest.raises(Conflict):
        answer(town, way, request_id, "另一个答复", town.second_clerk)
    session, case, _procedure = way.at(town.clerk)
    opened = correction(session, case.id, request_id)
    assert (opened.answer, opened.row.answered_by) == (ANSWER, town.clerk.account_id)


def test_who_read_it_before_a_colleague_answered_comes_second(town, way, account):
    request_id = ask(town, way, account)
    late = town.at_work(town.second_clerk)
    row = late.get(DataRequest, request_id)
    late.rollback()
    session = town.at_work(town.clerk)
    answer_correction(session, town.clerk, session.get(DataRequest, request_id), ANSWER, now=town.now)
    session.commit()
    with pytest.raises(Conflict):
        answer_correction(late, town.second_clerk, row, "另一个答复", now=town.now)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_answer_says_something(town, way, account, text):
    request_id = ask(town, way, account)
    with pytest.raises(Invalid, match="写明理由"):
        answer(town, way, request_id, text)
    assert tasks(way) == {request_id: TaskState.OPEN}


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.TOWNSHIP_CLERK])
def test_only_who_accepts_applications_answers(town, way, account, role):
    request_id = ask(town, way, account)
    session, case, _procedure = way.at(town.clerk)
    row = correction(session, case.id, request_id).row
    with pytest.raises(NotAllowed):
        answer_correction(session, staff(role, town.township), row, ANSWER, now=town.now)


def test_a_request_is_found_in_its_own_place_and_case_alone(town, way, account):
    request_id = ask(town, way, account)
    other = town.submit(family_of_four(new_id()))
    session = town.at_work(town.clerk)
    with pytest.raises(NotFound):
        correction(session, other.id, request_id)
    with pytest.raises(NotFound):
        correction(town.at_work(town.stranger), way.case_id, request_id)
    assert corrections_of_case(town.at_work(town.stranger), way.case_id) == []


def test_it_is_answered_after_the_case_has_ended_too(town, way, account):
    request_id = ask(town, way, account)
    session = town.resident(account)
    withdraw_application(session, session.actor, town.case(session, way.case_id), now=town.now)
    session.commit()
    answer(town, way, request_id)
    assert tasks(way) == {request_id: TaskState.DONE}


def test_its_day_is_provisional_while_the_year_is_not_announced(town, way, account):
    firm = ask(town, way, account)
    town.now = town.now.replace(month=12, day=10)
    unsure = ask(town, way, account, "工资写多了")
    found = {each.row.id: each.due_provisional for each in my_corrections(town.resident(account))}
    assert found == {firm: False, unsure: True}
    answer(town, way, unsure)
    assert not any(each.due_provisional for each in my_corrections(town.resident(account)))


def test_asking_and_answering_are_in_the_trail_and_in_the_record_without_a_word_of_them(town, way, account):
    request_id = ask(town, way, account)
    answer(town, way, request_id)
    session, case, _procedure = way.at(town.clerk)
    texts = [(line.text, line.by) for line in history_of(session, case) if line.kind == "更正申请"]
    assert texts == [("本人要求更正资料", None), ("答复本人的更正申请", town.clerk.account_id)] or texts == [
        ("答复本人的更正申请", town.clerk.account_id),
        ("本人要求更正资料", None),
    ]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "data_requests")).all()
    assert {(each.act, each.actor_kind) for each in entries} == {
        ("data.correct", "resident"),
        ("data.answer", "staff"),
    }
    assert {each.case_id for each in entries} == {case.id}
    assert {each.subject_id for each in entries} == {str(request_id)}
    assert not any(word in str(each.changes) + each.reason for each in entries for word in (TEXT, ANSWER))


def test_they_stand_in_the_order_they_came(town, way, account):
    asked = [ask(town, way, account, text) for text in ("一", "二", "三")]
    session, case, _procedure = way.at(town.clerk)
    assert [row.id for row in requests_of_case(session, case.id)] == asked


def test_the_same_words_are_one_request_until_they_are_answered(town, way, account):
    first = ask(town, way, account)
    assert ask(town, way, account, f" {TEXT} ") == first
    assert list(tasks(way).values()) == [TaskState.OPEN]
    answer(town, way, first)
    assert ask(town, way, account) != first
