"""The job that counts open cases anew when a year's working days are announced, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import Role, job_actor
from core.cases.changes import send_deficiency_letter, withdraw_application
from core.cases.data_requests import ask_for_correction, requests_of_case
from core.cases.models import Task, TaskState
from core.cases.pauses import pause_case
from core.cases.recounting import provisional_cases
from core.database import new_id
from core.errors import NotAllowed
from core.jobs import Work
from core.letters.models import Letter
from core.scopes import System
from core.settings import load_settings
from core.standards.calendars import announced_year, confirm_calendar
from core.standards.models import ConfirmedCalendar
from core.testing.authorising import accept, request_all, sign_at_window, submit_and_ask
from core.testing.casework import Way
from core.testing.town import catalogue, enablings, family_of_four, staff
from core.verification.changes import requests_of
from core.web.installation import Installation
from core.web.recounting import end_of_chunk, how_many, recount_between

# made up: the announcement of 2027 is not out on the day these tests play
OFF = [date(2027, 1, day) for day in (1, 4, 5, 6, 7, 8)] + [date(2027, 2, day) for day in (5, 8, 9, 10)]
pytestmark = pytest.mark.row("R3-20")


@pytest.fixture
def way(late):
    return Way(late)


@pytest.fixture
def late(town):
    """The town shortly before a year that nobody has announced."""
    town.now += timedelta(days=38)
    return town


def announce(town, days=OFF, make_up=(date(2027, 1, 9),)):
    session = town.session(System("test"))
    entry = confirm_calendar(
        session, job_actor("test"), announced_year(2027, "演示", days, make_up), now=town.now
    )
    session.commit()
    return entry.id


def run(town, entry_id):
    """Every chunk of the job, each in a session of its own; returns (done, rejected, moved)."""
    home = Installation(
        settings=load_settings({}),
        engine=town.engine,
        catalogue=catalogue(),
        vault=town.vault,
        enablings=lambda _: enablings(),
    )
    done, failed, after = 0, 0, None
    total = how_many(Work(town.session(System("test")), town.now, entry_id))
    while last := end_of_chunk(Work(town.session(System("test")), town.now, entry_id), after):
        session = town.session(System("test"))
        tally = recount_between(home, Work(session, town.now, entry_id), after, last)
        session.commit()
        done, failed, after = done + tally.done, failed + tally.rejected, last
    assert done == total
    entry = town.session(System("test")).get(ConfirmedCalendar, entry_id)
    return done, failed, entry.moved


def open_tasks(town, case_id):
    session = town.at_work(town.officer)
    wanted = select(Task).where(Task.case_id == case_id, Task.state == TaskState.OPEN)
    return {task.kind: task for task in session.scalars(wanted)}


def test_steps_tasks_and_checks_get_the_days_of_the_announced_year(late):
    asked = submit_and_ask(late)
    accept(asked)
    sign_at_window(asked)
    late.now += timedelta(days=6)  # 2026-12-30: three working days reach into January
    request_all(asked)
    before = open_tasks(late, asked.case_id)
    assert before["verification_results"].due_provisional
    assert run(late, announce(late)) == (1, 0, 1)
    after = open_tasks(late, asked.case_id)
    # 12-31, then the announced make-up Saturday, then Monday
    assert after["verification_results"].due_on == date(2027, 1, 11)
    assert not any(task.due_provisional for task in after.values())
    session = late.at_work(late.officer)
    assert {row.due_on for row in requests_of(session, asked.case_id)} == {date(2027, 1, 11)}
    case = late.case(session, asked.case_id)
    assert not case.due_provisional
    assert late.procedure(session).calendar.working_days_between(date(2026, 12, 24), case.due_on) == 30


def test_a_pause_of_the_announced_days_is_counted_by_the_new_calendar(late, way):
    way.submit()
    way.accept()
    session, case, procedure = way.at(late.clerk)
    pause_case(session, late.clerk, case, "waiting_family", "", procedure, now=late.now)
    session.commit()
    before = case.due_on
    run(late, announce(late))
    _session, case, _procedure = way.at(late.clerk)
    assert case.due_on > before


def test_the_day_told_in_the_one_letter_is_never_made_earlier(late, way):
    way.submit()
    session, case, procedure = way.at(late.clerk)
    letter = send_deficiency_letter(session, late.clerk, case, ["户口本"], procedure, now=late.now)
    session.commit()
    told = letter.due_on
    # every guessed holiday of January gone: the limit would end sooner
    run(late, announce(late, days=[date(2027, 12, 31)], make_up=[date(2027, 1, 2), date(2027, 1, 3)]))
    task = open_tasks(late, way.case_id)["supplement"]
    assert task.due_on == told
    assert not task.due_provisional
    session = late.at_work(late.clerk)
    assert session.scalars(select(Letter.due_on).where(Letter.id == letter.id)).one() == told


def test_an_answer_owed_to_a_resident_is_counted_anew(late, way):
    way.submit()
    way.accept()
    session, case, procedure = way.at(late.clerk)
    late.now -= timedelta(days=17)  # asked so that the thirtieth day falls on an announced day off
    ask_for_correction(session, late.clerk, case, "名字写错了", procedure, now=late.now)
    session.commit()
    run(late, announce(late))
    session, case, _procedure = way.at(late.clerk)
    [request] = requests_of_case(session, case.id)
    assert (request.due_on - date(2026, 12, 7)).days >= 30
    assert request.due_on not in OFF


def test_an_answer_owed_after_the_case_has_ended_is_counted_anew_and_nothing_else_of_it(late, way):
    account = new_id()
    way.submit(account)
    way.accept()
    late.now -= timedelta(days=17)
    session, case, procedure = way.at(late.clerk)
    ask_for_correction(session, late.clerk, case, "名字写错了", procedure, now=late.now)
    session.commit()
    session = late.resident(account)
    withdraw_application(session, session.actor, late.case(session, way.case_id), now=late.now)
    session.commit()
    _session, case, _procedure = way.at(late.clerk)
    before = case.due_on, case.due_provisional
    task = open_tasks(late, way.case_id)["data_correction"]
    guessed = task.due_on
    assert task.due_provisional
    assert provisional_cases(late.session(System("test"))) == 1
    assert run(late, announce(late)) == (1, 0, 1)
    _session, case, _procedure = way.at(late.clerk)
    assert (case.due_on, case.due_provisional) == before
    task = open_tasks(late, way.case_id)["data_correction"]
    assert not task.due_provisional
    assert task.due_on != guessed
    assert provisional_cases(late.session(System("test"))) == 0


def test_a_case_that_cannot_be_counted_keeps_its_dates_and_holds_up_no_other(late, way):
    late.now += timedelta(days=5)
    broken = late.submit(family_of_four(new_id()))
    way.submit()
    system = late.session(System("test"))
    late.case(system, broken.id).scheme = "no_such_scheme"
    system.commit()
    before = open_tasks(late, broken.id)["acceptance"].due_on
    assert run(late, announce(late)) == (2, 1, 1)
    assert open_tasks(late, broken.id)["acceptance"].due_on == before
    assert open_tasks(late, way.case_id)["acceptance"].due_on > before


def test_only_a_province_or_the_nation_enters_a_year(late):
    county = staff(Role.SYSTEM_ADMINISTRATOR, late.county)
    session = late.at_work(county)
    with pytest.raises(NotAllowed, match="由省级系统管理员录入"):
        confirm_calendar(session, county, announced_year(2027, "演示", OFF, []), now=late.now)
    assert session.scalars(select(ConfirmedCalendar)).all() == []
