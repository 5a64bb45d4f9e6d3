"""Entries of the trail that are alike are counted by the database: none is lost behind a bound on rows."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core import audit
from core.access import Actor
from core.audit.models import AuditEntry
from core.scopes import System
from core.sessions import open_session

pytestmark = pytest.mark.row("R2-28")
YONGXING = "520328104000"
CASE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
CLERK = Actor("staff", uuid.UUID(int=5), "石梅", YONGXING)
OFFICER = Actor("staff", uuid.UUID(int=6), "覃芳", "520328000000")


@pytest.fixture
def trail(engine):
    session = open_session(engine, System("test"), writes=False)
    yield session
    session.close()


@pytest.fixture
def note(trail, now):
    """`note(act, actor, …)`: one entry about CASE, so many minutes after now."""

    def note(act, actor=CLERK, *, minutes=0, case_id=CASE, **more):
        at = now + timedelta(minutes=minutes)
        audit.record(trail, act, ("cases", case_id), now=at, actor=actor, case_id=case_id, **more)

    return note


def looked(trail, since):
    rows = audit.looks(trail, AuditEntry.case_id == CASE, since=since)
    return [(row.actor_name, row.act, row.what, row.reason, row.times, row.at) for row in rows]


def test_looks_of_one_person_at_one_thing_are_one_line_with_their_count_and_the_last(trail, note, now):
    for minute in range(70):
        note("case.look", CLERK, minutes=minute)
    note("case.look", OFFICER)
    note("case.look", OFFICER, minutes=1)
    note("case.look", case_id=OTHER)
    note("case.step")
    assert looked(trail, now) == [
        ("石梅", "case.look", "", "", 70, now + timedelta(minutes=69)),
        ("覃芳", "case.look", "", "", 2, now + timedelta(minutes=1)),
    ]


def test_a_value_shown_counts_by_what_it_was_and_what_for(trail, note, now):
    for what, reason in (("phone", "打电话"), ("phone", "打电话"), ("phone", "填文书"), ("name", "填文书")):
        note("person.reveal", reason=reason, changes={"what": [None, what]})
    assert sorted(row[2:5] for row in looked(trail, now)) == [
        ("name", "填文书", 1),
        ("phone", "填文书", 1),
        ("phone", "打电话", 2),
    ]


def test_what_is_older_than_asked_for_is_not_counted(trail, note, now):
    note("case.look", minutes=-1)
    note("case.look")
    assert [row[4] for row in looked(trail, now)] == [1]


def test_one_line_more_than_is_shown_is_read_to_tell_that_there_is_more(trail, note, now):
    for number in range(audit.MOST_LOOKS + 5):
        note("case.look", Actor("staff", uuid.UUID(int=100 + number), f"同事{number}", YONGXING))
    assert len(looked(trail, now)) == audit.MOST_LOOKS + 1


def test_acts_of_one_person_on_one_day_are_one_line_and_neither_looks_nor_failures_are_acts(trail, note, now):
    for minute in range(3):
        note("verification.request", minutes=minute)
    note("verification.request", OFFICER)
    note("verification.request", minutes=60 * 24)
    note("case.look")
    note("case.step")
    note("authorisation.sign", done=False)
    rows = audit.acts_on(trail, CASE, left_out={"case.step"})
    assert [(row.actor_name, row.times, row.at - now) for row in rows] == [
        ("石梅", 1, timedelta(days=1)),
        ("石梅", 3, timedelta(minutes=2)),
        ("覃芳", 1, timedelta(0)),
    ]
