"""The reads that people wait for, and the sweeps of every two minutes, walk an index of both databases; none reads a whole table."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import event

from core import audit
from core.access import Role
from core.audit.models import AuditEntry
from core.authorisations.coverage import current
from core.cases import queries as cases
from core.cases import worklist as work
from core.cases.comparison import compare
from core.cases.data_requests import ask_for_correction, corrections_of_case, my_corrections
from core.cases.messages import due_messages, messages_of_case
from core.cases.models import OPEN_STATES
from core.cases.own_looks import looks_at_own
from core.cases.people import members
from core.cases.renewal import renew_deadlines
from core.cases.steps import steps_of
from core.database import new_id
from core.letters.queries import letters_of_case
from core.notices.changes import close_due_notices, publish_first_notice, take_down_ended
from core.notices.queries import (
    notices_of_case,
    objections_of_case,
    public_count,
    public_page,
    villages_on_notice,
)
from core.scopes import Own, Public, Region, System
from core.testing.town import staff
from core.verification.queries import requests_of, waiting_requests
from core.visits.plan import visits_due
from core.visits.queries import visits_of_case
from core.web.public_check import unchecked_notices

# tables that stay small, or are asked whole by their nature
SMALL = {"regions", "region_offices", "confirmed_calendars", "entered_standards"}
DAY = date(2026, 11, 17)


@pytest.fixture
def busy(town, way):
    """A case whose notice hangs, with an objection."""
    way.survey()
    way.opine()
    with way.acting(town.clerk) as (session, case, procedure):
        publish_first_notice(session, town.clerk, case, procedure, now=town.now)
        ask_for_correction(session, town.clerk, case, "名字写错了", procedure, now=town.now)
    return way


@pytest.fixture
def reads_by_index(town):
    """`reads_by_index(scope, actor, *reads)`: each read's statements, explained; fails on one that reads a whole table. Returns the
    plans.
    """
    dialect = town.engine.dialect.name

    def plan_of(connection, statement, parameters):
        if dialect == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            return [row[3] for row in rows]
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]

    def whole(lines):
        # an index of few rows alone (uq_…_running) may be walked whole; a subquery's result is no table
        found = re.findall(r"\bSCAN (?!anon_)(\w+)\b(?! USING INDEX uq_)|Seq Scan on (\w+)", "\n".join(lines))
        return {first or second for first, second in found} - SMALL

    def check(scope, actor, *reads):
        session = town.session(scope, actor)
        seen = []

        def note(_connection, _cursor, statement, parameters, *_):
            if statement.startswith("SELECT") and "set_config" not in statement:
                seen.append((statement, parameters))

        event.listen(town.engine, "before_cursor_execute", note)
        try:
            for read in reads:
                read(session)
        finally:
            event.remove(town.engine, "before_cursor_execute", note)
        session.rollback()
        assert seen
        plans = []
        with town.engine.connect() as connection:
            for statement, parameters in seen:
                plan = plan_of(connection, statement, parameters)
                assert not whole(plan), (statement, plan)
                plans.append("\n".join(plan))
        return plans

    return check


def test_the_worklist_and_the_lists_of_cases_of_every_office(town, busy, reads_by_index):
    village = staff(Role.VILLAGE_ASSISTANT, "520328101200")
    for actor in (town.clerk, town.reviewer, town.officer, town.confirmer, village):
        reads_by_index(
            Region(actor.node),
            actor,
            lambda session, who=actor: work.worklist(session, who),
            lambda session, who=actor: work.worklist(session, who, after=(DAY, busy.case_id)),
            lambda session, who=actor: work.worklist_counts(session, who),
            lambda session, who=actor: work.done_by(session, who, town.now),
            lambda session, who=actor: visits_due(session, who),
        )
    for actor in (town.clerk, town.officer):
        reads_by_index(
            Region(actor.node),
            actor,
            lambda session: cases.case_page(session, OPEN_STATES),
            lambda session: cases.find_by_number(session, "MTYX-2026-000001"),
            waiting_requests,
        )


def test_everything_on_the_page_of_a_case(town, busy, reads_by_index):
    case_id = busy.case_id
    reads_by_index(
        Region(town.township),
        town.clerk,
        lambda session: cases.case(session, case_id),
        lambda session: steps_of(session, case_id),
        lambda session: members(session, case_id),
        lambda session: compare(session, case_id),
        lambda session: cases.pauses_of(session, case_id),
        lambda session: current(session, case_id),
        lambda session: requests_of(session, case_id),
        lambda session: visits_of_case(session, case_id),
        lambda session: letters_of_case(session, case_id),
        lambda session: messages_of_case(session, case_id),
        lambda session: corrections_of_case(session, case_id),
        lambda session: notices_of_case(session, case_id),
        lambda session: objections_of_case(session, case_id),
    )
    resident = town.resident(case_id).actor
    reads_by_index(
        Own(case_id),
        resident,
        lambda session: steps_of(session, case_id),
        lambda s: letters_of_case(s, case_id),
        my_corrections,
    )


def test_the_notices_as_anyone_reads_them(town, busy, reads_by_index):
    for place in (town.township, town.county):
        reads_by_index(
            Public(DAY),
            None,
            lambda session, where=place: public_page(session, where, "first"),
            lambda session, where=place: public_count(session, where, "long_term"),
        )
    reads_by_index(Public(DAY), None, lambda session: villages_on_notice(session, town.township))


def test_the_sweeps_of_every_two_minutes(town, busy, reads_by_index):
    def procedure_of(_case):
        return town.procedure(town.at_work(town.clerk))

    actor = town.session(System("sweep")).actor
    reads_by_index(
        System("sweep"),
        actor,
        unchecked_notices,
        lambda session: take_down_ended(session, now=town.now),
        lambda session: close_due_notices(session, actor, procedure_of, now=town.now),
        lambda session: renew_deadlines(session, procedure_of, now=town.now),
        lambda session: due_messages(session, now=town.now, limit=100),
    )


def test_who_looked_and_what_was_done_is_found_by_the_case_or_the_person_alone(town, busy, reads_by_index):
    case_id, person = busy.case_id, new_id()
    plans = reads_by_index(
        System("looks"),
        town.clerk,
        lambda trail: audit.looks(trail, AuditEntry.case_id == case_id, since=town.now),
        lambda trail: audit.acts_on(trail, case_id, left_out={"case.step"}),
        lambda trail: looks_at_own(trail, [case_id], None, since=town.now),
        lambda trail: looks_at_own(trail, [case_id], person, since=town.now),
    )
    # the trail of a whole place would be walked by its level or by time
    of_trail = [plan for plan in plans if "audit_entries" in plan]
    assert len(of_trail) == 5
    for plan in of_trail:
        assert set(re.findall(r"ix_audit_entries_(\w+)", plan)) <= {"case_id", "person_id"}, plan
