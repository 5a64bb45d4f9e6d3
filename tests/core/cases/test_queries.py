"""The worklist is one's own: by permission and office, the longest overdue first, page after page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.access import Role
from core.cases.history import history_of
from core.cases.models import OPEN_STATES, CaseState, Task, TaskState
from core.cases.queries import case_page, find_by_member_number, find_by_number, find_open_by_name
from core.cases.worklist import done_by, is_handling, worklist, worklist_counts
from core.database import new_id
from core.scopes import region_columns
from core.testing.town import A1_MEMBERS, COUNTY, staff

pytestmark = pytest.mark.row("R2-28")


def kinds(town, actor):
    return [row.kind for row in worklist(town.at_work(actor), actor).rows]


def test_each_office_sees_what_is_due_from_it(town, way):
    way.submit()
    assert kinds(town, town.clerk) == ["acceptance"]
    assert kinds(town, town.reviewer) == []
    way.accept()
    assert kinds(town, town.clerk) == ["survey_start"]
    way.visit()
    way.verify()
    assert kinds(town, town.reviewer) == ["opinion"]
    # the clerk visits and explains, but does not sign
    assert kinds(town, town.clerk) == []
    way.opine()
    assert kinds(town, town.clerk) == ["notice"]
    way.hang()
    assert kinds(town, town.confirmer) == ["confirmation"]
    assert kinds(town, town.clerk) == []


def test_the_county_is_not_shown_the_townships_work(town, way):
    way.submit()
    way.accept()
    assert kinds(town, town.officer) == []
    assert worklist_counts(town.at_work(town.officer), town.officer).total == 0


def test_other_regions_see_and_count_nothing(town, way):
    way.submit()
    session = town.at_work(town.stranger)
    assert worklist(session, town.stranger).rows == []
    assert worklist_counts(session, town.stranger).total == 0
    assert case_page(session, OPEN_STATES).rows == []
    assert not is_handling(session, town.stranger, way.case_id)


@pytest.mark.parametrize("role", [Role.CITY_SUPERVISOR, Role.AUDIT_ADMINISTRATOR])
def test_roles_that_do_no_casework_have_an_empty_worklist(town, way, role):
    way.submit()
    assert kinds(town, staff(role, COUNTY)) == []


def test_a_task_handed_to_one_person_is_hers_alone(town, way):
    way.submit()
    session = town.at_work(town.clerk)
    task = session.get(Task, worklist(session, town.clerk).rows[0].id)
    task.assigned_to = town.second_clerk.account_id
    session.commit()
    assert kinds(town, town.clerk) == []
    assert kinds(town, town.second_clerk) == ["acceptance"]


def fill(town, count):
    """So many tasks, a day apart, three overdue."""
    session = town.at_work(town.clerk)
    today = town.now.date()
    for number in range(count):
        session.add(
            Task(
                **region_columns(town.township),
                id=new_id(),
                kind="acceptance",
                permission="case:accept",
                label="周*|2|X",
                state=TaskState.OPEN,
                opened_at=town.now,
                due_on=today + timedelta(days=number - 3),
            )
        )
    session.commit()


def test_the_longest_overdue_comes_first_and_pages_join_without_a_gap(town):
    fill(town, 23)
    session, seen, after = town.at_work(town.clerk), [], None
    while True:
        found = worklist(session, town.clerk, after=after, size=7)
        seen += [row.due_on for row in found.rows]
        after = found.after
        if after is None:
            break
    assert len(seen) == 23
    assert seen == sorted(seen)
    assert seen[0] == town.now.date() - timedelta(days=3)


def test_counts_say_overdue_today_and_each_kind(town, way):
    fill(town, 6)
    way.submit()
    counts = worklist_counts(town.at_work(town.clerk), town.clerk)
    today = town.now.date()
    assert (counts.total, counts.overdue(today), counts.on(today)) == (7, 3, 1)
    assert counts.kinds == {"acceptance": 7}
    assert not counts.capped


def test_what_one_finished_today_is_shown_to_her_alone(town, way):
    way.submit()
    way.accept()
    since = town.now - timedelta(hours=1)
    assert [row.kind for row in done_by(town.at_work(town.clerk), town.clerk, since)] == ["acceptance"]
    assert done_by(town.at_work(town.second_clerk), town.second_clerk, since) == []
    assert done_by(town.at_work(town.clerk), town.clerk, town.now + timedelta(hours=1)) == []


def test_cases_of_several_states_come_newest_first_page_by_page(town, way):
    ids = []
    for number in range(5):
        members = [*A1_MEMBERS[:1]]
        ids.append(way.submit(members=tuple(members), lines=()))
        if number == 2:
            way.accept()
    session = town.at_work(town.clerk)
    first = case_page(session, OPEN_STATES, size=3)
    second = case_page(session, OPEN_STATES, size=3, before=first.before)
    assert [row.id for row in (*first.rows, *second.rows)] == sorted(ids, reverse=True)
    assert second.before is None
    assert [row.id for row in case_page(session, {CaseState.SURVEY}).rows] == [ids[2]]


def test_a_case_is_found_by_number_by_a_members_id_and_by_name_before_it_is_on_the_register(town, way):
    way.submit()
    session, case, _procedure = way.at(town.clerk)
    assert [row.id for row in find_by_number(session, case.number.lower())] == [case.id]
    assert [row.id for row in find_by_member_number(session, A1_MEMBERS[1].id_number)] == [case.id]
    assert [row.id for row in find_open_by_name(session, "周明")] == [case.id]
    assert find_open_by_name(session, "周") == []
    stranger = town.at_work(town.stranger)
    assert find_by_number(stranger, case.number) == []
    assert find_by_member_number(stranger, A1_MEMBERS[1].id_number) == []
    assert find_open_by_name(stranger, "周明") == []


def test_the_history_tells_every_act_newest_first_with_who_did_it(town, way):
    way.survey()
    way.opine()
    session, case, _procedure = way.at(town.clerk)
    lines = history_of(session, case)
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    said = {line.text: line.by for line in lines}
    assert said["签署初审意见：同意"] == town.reviewer.account_id
    assert "交来申请" in said
    assert date(2026, 11, 16) == lines[-1].at.date()
