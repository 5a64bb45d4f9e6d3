"""Work is handed over by name until a day, by who might do it herself, and taken back (R2-28)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.assignments import VISIT, assign, assignments_of, end_assignment, end_finished, workers_for
from core.accounts.signed_in import find_session
from core.audit.models import AuditEntry
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.scopes import Region
from core.sessions import OutOfScope

MEITAN, YONGXING, OTHER = "520328000000", "520328104000", "520328100000"
CASE = uuid.UUID(int=7)
pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def at(opens):
    return lambda place, staff: opens(Region(place), staff.actor)


@pytest.fixture
def worker(hire):
    return hire("chenfang", Role.CONTRACT_WORKER, YONGXING)


@pytest.fixture
def reviewer(hire):
    return hire("wangli", Role.TOWNSHIP_REVIEWER, YONGXING)


@pytest.fixture
def work(now):
    return {"case_id": CASE, "region": YONGXING, "now": now}


def test_work_is_handed_over_by_name_and_taken_back(
    engine, vault, at, hire, enter, now, worker, reviewer, work
):
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    token = enter("chenfang", worker.password).token
    session = at(YONGXING, clerk)
    with pytest.raises(NotAllowed):
        assign(session, clerk.actor, worker.id, VISIT, now.date(), **work)
    session.close()
    session = at(YONGXING, reviewer)
    given = assign(session, reviewer.actor, worker.id, VISIT, now.date(), **work)
    session.commit()
    session.close()
    assert find_session(engine, vault, token, now=now).assigned == {(CASE, VISIT, now.date())}
    session = at(YONGXING, reviewer)
    [shown] = assignments_of(session, CASE, now.date())
    assert (shown.name, shown.work, shown.last_day) == ("员工chenfang", VISIT, now.date())
    assert end_assignment(session, reviewer.actor, given.id, now=now)
    assert not end_assignment(session, reviewer.actor, given.id, now=now), "twice does nothing"
    session.commit()
    assert find_session(engine, vault, token, now=now).assigned == frozenset()
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.case_id == CASE).order_by(AuditEntry.id))
    assert list(acts) == ["assignment.give", "assignment.end"]


def test_she_has_it_to_the_end_of_its_last_day(
    engine, vault, at, enter, now, worker, reviewer, work, monkeypatch
):
    token = enter("chenfang", worker.password).token
    session = at(YONGXING, reviewer)
    assign(session, reviewer.actor, worker.id, VISIT, now.date(), **work)
    session.commit()
    late = now.replace(hour=15, minute=59)
    monkeypatch.setattr("core.accounts.signed_in.holds", lambda *_: True)
    assert find_session(engine, vault, token, now=late).assigned_case_ids == {CASE}, "23:59 in China"
    assert not find_session(engine, vault, token, now=late + timedelta(minutes=2)).assigned_case_ids
    assert not assignments_of(session, CASE, now.date() + timedelta(days=1))


def test_the_day_is_moved_and_a_day_that_is_over_is_refused(at, now, worker, reviewer, work):
    session = at(YONGXING, reviewer)
    given = assign(session, reviewer.actor, worker.id, VISIT, now.date(), **work)
    later = now.date() + timedelta(days=3)
    assert assign(session, reviewer.actor, worker.id, VISIT, later, **work).id == given.id
    assert given.last_day == later
    with pytest.raises(Conflict, match="员工chenfang"):
        assign(session, reviewer.actor, worker.id, VISIT, later, **work)
    with pytest.raises(Invalid) as told:
        assign(session, reviewer.actor, worker.id, VISIT, now.date() - timedelta(days=1), **work)
    assert told.value.field == "last_day"


def test_only_who_does_such_work_there_gets_it(at, hire, now, worker, reviewer, work):
    elsewhere = hire("waizhen", Role.CONTRACT_WORKER, OTHER)
    clerk = hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    session = at(YONGXING, reviewer)
    for account in (elsewhere.id, clerk.id, reviewer.id, uuid.uuid4()):
        with pytest.raises(Invalid) as told:
            assign(session, reviewer.actor, account, VISIT, now.date(), **work)
        assert told.value.field == "worker"
    assert [row[0] for row in workers_for(session, {Role.CONTRACT_WORKER}, YONGXING, now=now)] == [worker.id]


def test_a_bodys_questions_are_handed_over_by_the_county_and_not_by_the_township(
    at, hire, now, reviewer, work
):
    officer = hire("tianju", Role.COUNTY_OFFICER, MEITAN)
    taxwoman = hire("shuiwu", Role.DEPARTMENT_OFFICER, MEITAN)
    session = at(YONGXING, reviewer)
    with pytest.raises(NotAllowed):
        assign(session, reviewer.actor, taxwoman.id, "tax", now.date(), **work)
    session.close()
    session = at(MEITAN, officer)
    given = assign(session, officer.actor, taxwoman.id, "tax", now.date(), **work)
    session.commit()
    session.close()
    session = at(YONGXING, reviewer)
    with pytest.raises(NotAllowed):
        end_assignment(session, reviewer.actor, given.id, now=now)
    session.close()
    session = at(MEITAN, officer)
    end_finished(session, officer.actor, CASE, "tax", now=now)
    assert not assignments_of(session, CASE, now.date())


def test_work_of_another_township_is_neither_handed_over_nor_taken_back(
    at, hire, now, worker, reviewer, work
):
    session = at(YONGXING, reviewer)
    given = assign(session, reviewer.actor, worker.id, VISIT, now.date(), **work)
    with pytest.raises((NotAllowed, OutOfScope)):
        assign(session, reviewer.actor, worker.id, VISIT, now.date(), **(work | {"region": OTHER}))
    session.commit()
    session.close()
    other = hire("lingzhen", Role.TOWNSHIP_REVIEWER, OTHER)
    session = at(OTHER, other)
    with pytest.raises(NotFound):
        end_assignment(session, other.actor, given.id, now=now)
