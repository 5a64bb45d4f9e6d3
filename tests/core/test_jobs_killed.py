"""Background work survives what a machine can do to it: SIGKILL midway, a lost queue, a crash before queueing."""

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import jobs_engine
from core.access import job_actor
from core.database import new_id
from core.jobs import read_progress, start
from core.jobs_models import JobState, JobStep
from core.scopes import System
from core.sessions import open_session
from core.settings import Settings
from core.testing.postgresql import APP_ROLE
from tests.core import jobs_program

pytestmark = pytest.mark.slow
PROGRAM = Path(jobs_program.__file__)


@pytest.fixture
def job_tables(engine, request, tmp_path):
    """The job system's own tables: made by their owner on PostgreSQL, by the launch itself on SQLite."""
    if engine.dialect.name == "postgresql":
        owner = Settings(home=tmp_path, database_url=request.getfixturevalue("postgresql_url"))
        jobs_engine.migrate(owner, application_role=APP_ROLE)


@pytest.fixture
def asked(engine, job_tables):
    """A job that was committed by a process which died before it could queue it."""
    with open_session(engine, System("test"), job_actor("test")) as session:
        job_id = start(session, "test.forty", new_id(), now=datetime.now(UTC) - timedelta(minutes=1))
        session.commit()
    return job_id


@pytest.fixture
def run_program(engine, tmp_path):
    running = []

    def runs(job_id, executor="one", *more):
        url = engine.url.render_as_string(hide_password=False)
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(tmp_path), url, executor, str(job_id), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(program)
        return program

    yield runs
    for program in running:
        if program.poll() is None:
            program.kill()
        program.communicate()


def marks(engine):
    with open_session(engine, System("test"), writes=False) as session:
        return Counter(session.scalars(select(jobs_program.JobMark.number)))


def kill_midway(program, engine):
    deadline = time.monotonic() + 40
    while sum(marks(engine).values()) < 12:
        assert time.monotonic() < deadline, (
            program.communicate(timeout=1) if program.poll() is not None else "slow"
        )
        time.sleep(0.02)
    program.send_signal(signal.SIGKILL)
    program.wait()
    done = sum(marks(engine).values())
    assert 12 <= done < jobs_program.STEPS
    return done


def assert_whole(engine, job_id):
    assert marks(engine) == dict.fromkeys(range(jobs_program.STEPS), 1)
    with open_session(engine, System("test"), writes=False) as session:
        progress = read_progress(session, job_id)
        steps = session.scalar(select(func.count(JobStep.number)).where(JobStep.job_id == job_id))
    assert (progress.state, progress.done, progress.total, progress.rejected) == (
        JobState.FINISHED,
        40,
        40,
        4,
    )
    assert progress.percent == 100
    assert steps == jobs_program.STEPS + 1


def test_a_job_killed_midway_resumes_in_the_next_process_with_no_step_lost_or_doubled(
    engine, asked, run_program
):
    kill_midway(run_program(asked), engine)
    again = run_program(asked)
    told, _ = again.communicate(timeout=60)
    assert told.splitlines()[-1] == "over", told
    assert_whole(engine, asked)
    assert "://" not in told
    assert "outside" not in told


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_job_killed_again_and_again_still_comes_out_whole(engine, asked, run_program):
    for count in (3, 17, 33):
        program = run_program(asked)
        while sum(marks(engine).values()) < count and program.poll() is None:
            time.sleep(0.01)
        program.send_signal(signal.SIGKILL)
        program.wait()
    run_program(asked).communicate(timeout=60)
    assert_whole(engine, asked)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_another_process_takes_over_when_the_first_never_comes_back(engine, asked, run_program):
    kill_midway(run_program(asked, "one"), engine)
    told, _ = run_program(asked, "two", "--minutes-later", "5").communicate(timeout=60)
    assert told.splitlines()[-1] == "over", told
    assert_whole(engine, asked)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_lost_job_database_loses_no_work(engine, asked, run_program, tmp_path):
    kill_midway(run_program(asked), engine)
    for path in tmp_path.glob("jobs.sqlite*"):
        path.unlink()
    told, _ = run_program(asked, "one", "--minutes-later", "5").communicate(timeout=60)
    assert told.splitlines()[-1] == "over", told
    assert_whole(engine, asked)
