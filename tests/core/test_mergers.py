"""A township is merged into another: households and staff follow, cases stay and are still reached, a killed run goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import jobs_engine
from core.access import Grant, Role, job_actor
from core.accounts.changes import create_staff
from core.accounts.models import RoleGrant, SignInWay, StaffAccount
from core.accounts.role_changes import grant_role
from core.accounts.signed_in import begin_session, find_session
from core.cases.changes import withdraw_application
from core.cases.mergers import (
    end_of_chunk,
    follow_merger,
    households_in,
    how_many,
    move_people_alone,
    move_some,
    move_staff,
)
from core.cases.models import Case
from core.database import new_id
from core.households.models import Area, Household, HouseholdStatus, NameBigram, Person
from core.households.queries import household, members
from core.jobs import Work, read_progress
from core.jobs_models import JobState
from core.regions.models import RegionCounter
from core.regions.overrides import add_region, merge_region
from core.regions.queries import children, office, successor
from core.scopes import Region, System, region_columns
from core.sessions import open_session
from core.settings import Settings
from core.testing.postgresql import APP_ROLE
from core.testing.town import TOWNSHIP

pytestmark = pytest.mark.row("R2-28")
INTO = "520328102000"
FAMILIES = 40
ROOT = Path(__file__).parents[2]


def merged(town, session):
    merge_region(
        session,
        session.actor,
        TOWNSHIP,
        INTO,
        since=date(2026, 11, 1),
        document="演示〔2026〕1号",
        now=town.now,
    )


def run_steps(town):
    """What the job does, step by step, without its engine."""
    with town.session(System("regions.merge")) as session:
        work = Work(session, town.now, new_id())
        move_staff(work)
        after, moved = None, 0
        while last := end_of_chunk(work, after):
            moved += move_some(work, after, last).done
            after = last
        move_people_alone(work)
        session.commit()
        return moved


def counted(town, place):
    with town.session(System("count")) as session:
        rows = session.execute(
            select(RegionCounter.name, RegionCounter.value).where(RegionCounter.region_code == place)
        )
        return {name: value for name, value in rows if name in {"households", "persons"}}


@pytest.fixture
def register(town, way):
    """A family whose case is over, in the township that is merged; its household's id."""
    way.submit()
    way.accept()
    with way.acting(town.clerk) as (session, case, _procedure):
        withdraw_application(session, town.clerk, case, now=town.now)
        return case.household_id


def test_households_move_with_the_merger_and_cases_stay_where_they_happened(town, way, register):
    with town.session(System("test")) as session:
        merged(town, session)
        session.commit()
    assert run_steps(town) == 1
    assert run_steps(town) == 0
    there = town.session(Region(INTO))
    assert household(there, register).region_code == INTO
    assert len(members(there, register)) == 4
    assert there.scalars(select(Case)).all() == []
    assert town.case(town.at_work(town.clerk), way.case_id).township == TOWNSHIP
    assert counted(town, INTO) == {"households": 1, "persons": 4}
    assert counted(town, TOWNSHIP) == {"households": 0, "persons": 0}
    with town.session(System("count")) as everywhere:
        assert office(everywhere, INTO).region_code == INTO
        assert everywhere.scalar(select(func.count(NameBigram.person_id)))


def test_a_household_with_a_case_under_way_waits_until_it_is_over(town, way):
    way.submit()
    way.accept()
    with town.session(System("test")) as session:
        merged(town, session)
        session.commit()
    assert run_steps(town) == 0
    with town.session(System("count")) as session:
        assert households_in(session, TOWNSHIP) == 1
    with way.acting(town.clerk) as (session, case, _procedure):
        withdraw_application(session, town.clerk, case, now=town.now)
    assert run_steps(town) == 1


def test_a_household_that_has_applied_again_waits_although_nobody_has_accepted_yet(town, way, register):
    way.submit()
    with town.session(System("test")) as session:
        merged(town, session)
        session.commit()
        assert how_many(Work(session, town.now, new_id())) == 0


def test_staff_of_the_old_place_work_in_the_new_one_and_both_still_reach_the_old_cases(town, engine):
    with town.session(System("test")) as session:
        tokens = {}
        for name, place in (("old", TOWNSHIP), ("new", INTO)):
            made = create_staff(
                session, session.actor, username=name, full_name=name, office=place, now=town.now
            )
            grant_role(session, session.actor, made.account_id, Role.TOWNSHIP_CLERK, place, now=town.now)
            account = session.get(StaffAccount, made.account_id)
            tokens[name] = begin_session(session, account, SignInWay.PASSWORD, now=town.now)
        merged(town, session)
        session.commit()
    run_steps(town)
    for token in tokens.values():
        found = find_session(engine, town.vault, token, now=town.now)
        assert found.nodes == (INTO, TOWNSHIP)
        assert found.former == {TOWNSHIP}
        assert found.actor.node == INTO
        assert Grant(Role.TOWNSHIP_CLERK, TOWNSHIP) in found.actor.grants
    with town.session(Region(INTO)) as there:
        assert len(there.scalars(select(RoleGrant)).all()) == 2


def test_a_village_of_the_same_name_is_the_one_its_households_go_to(town):
    with town.session(System("test")) as session:
        village = children(session, TOWNSHIP)[0]
        same = add_region(
            session,
            session.actor,
            "520328102999",
            village.name,
            since=date(2026, 1, 1),
            document="演示1号",
            now=town.now,
        )
        merged(town, session)
        assert successor(session, village.code, date(2026, 12, 1)).code == same.code


# --- killed -----------------------------------------------------------------------------------------------------


@pytest.fixture
def families(town):
    """Forty households of one person each in the township, then the merger and its job, asked for and not begun."""
    with town.session(System("test")) as session:
        for number in range(FAMILIES):
            _family(session, number, town.now)
        merged(town, session)
        job_id = follow_merger(session, TOWNSHIP, now=datetime.now(UTC) - timedelta(minutes=1))
        session.commit()
    town.close()
    return job_id


def _family(session, number, now):
    columns, home, person = region_columns(TOWNSHIP), new_id(), new_id()
    session.add(
        Household(
            **columns, id=home, number=f"H{number}", sort=number, region_code=TOWNSHIP, area=Area.RURAL,
            status=HouseholdStatus.ACTIVE, head_person_id=person, head_masked="周*", size=1, entered_at=now,
        )
    )  # fmt: skip
    session.add(
        Person(
            **columns, id=person, household_id=home, name="周明", name_masked="周*", id_index=number.to_bytes(32),
            id_masked="5***", birth_date=date(1980, 1, 1), entered_at=now,
        )
    )  # fmt: skip
    session.add(NameBigram(county=columns["county"], bigram="周明", person_id=person))


@pytest.mark.slow
def test_a_merger_killed_midway_goes_on_and_moves_every_household_once(
    town, families, engine, request, tmp_path
):
    url = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "postgresql":
        owner = Settings(home=tmp_path, database_url=request.getfixturevalue("postgresql_url"))
        jobs_engine.migrate(owner, application_role=APP_ROLE)
    program = [sys.executable, "-m", "tests.core.merging_program", str(tmp_path), url, "one", str(families)]
    first = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 40
    while moved(engine) < 4:
        assert time.monotonic() < deadline
        assert first.poll() is None
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert moved(engine) < FAMILIES
    told = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert told.stdout.splitlines()[-1] == "over", told.stdout + told.stderr
    assert moved(engine) == FAMILIES
    assert counted(town, INTO) == {"households": FAMILIES, "persons": FAMILIES}
    assert counted(town, TOWNSHIP) == {"households": -FAMILIES, "persons": -FAMILIES}
    with open_session(engine, System("test"), job_actor("test"), writes=False) as session:
        progress = read_progress(session, families)
    assert (progress.state, progress.done, progress.total) == (JobState.FINISHED, FAMILIES, FAMILIES)


def moved(engine):
    with open_session(engine, System("test"), job_actor("test"), writes=False) as session:
        return session.scalar(select(func.count(Household.id)).where(Household.township == INTO))
