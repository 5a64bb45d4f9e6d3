"""Asking for a job, following it, and what is left behind when it fails."""

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from core import jobs_engine
from core.access import NOBODY, Actor
from core.database import new_id
from core.errors import NotFound
from core.jobs import job, read_progress, retry, start
from core.jobs_models import Job, JobState
from core.scopes import Own, Region, System
from core.sessions import open_session
from core.settings import Settings
from core.testing.postgresql import APP_ROLE
from tests.core import jobs_program

MEITAN, LONGMEN = "520328000000", "441322000000"


@pytest.fixture
def opens(engine):
    """`opens(scope, actor)`: sessions that take the write lock at once, as requests do beside running jobs."""
    return lambda scope, actor=NOBODY: open_session(engine, scope, actor)


@pytest.fixture
def launched(engine, request, tmp_path):
    """The job system running in this process."""
    settings = Settings(home=tmp_path, database_url=engine.url.render_as_string(hide_password=False))
    if engine.dialect.name == "postgresql":
        owner = Settings(home=tmp_path, database_url=request.getfixturevalue("postgresql_url"))
        jobs_engine.migrate(owner, application_role=APP_ROLE)
    jobs_engine.launch(settings, jobs_program.system_session(engine), sweep_every=600)
    yield settings
    jobs_engine.stop()


def ask(opens, name, row_id=None):
    with opens(System("test")) as session:
        job_id = start(session, name, row_id or new_id(), now=datetime.now(UTC))
        session.commit()
    return job_id


def wait_for(opens, job_id):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with opens(System("test")) as session:
            progress = read_progress(session, job_id)
        if not progress.moving:
            return progress
        time.sleep(0.05)
    raise AssertionError(progress)


def marks(opens, row_id):
    with opens(System("test")) as session:
        mark = jobs_program.JobMark
        return sorted(session.scalars(select(mark.number).where(mark.row_id == row_id, mark.note == "")))


def test_a_job_begins_when_the_request_that_asked_for_it_commits(launched, opens):
    row_id = new_id()
    job_id = ask(opens, "test.forty", row_id)
    progress = wait_for(opens, job_id)
    assert (progress.state, progress.done, progress.rejected) == (JobState.FINISHED, 40, 4)
    assert marks(opens, row_id) == list(range(40))


def test_asking_twice_for_one_row_is_asking_once(launched, opens):
    row_id = new_id()
    first, second = ask(opens, "test.forty", row_id), ask(opens, "test.forty", row_id)
    assert first == second
    wait_for(opens, first)
    assert marks(opens, row_id) == list(range(40))


def test_a_request_that_rolls_back_asked_for_nothing(launched, opens):
    with opens(System("test")) as session:
        job_id = start(session, "test.forty", new_id(), now=datetime.now(UTC))
        session.rollback()
        session.commit()
    with opens(System("test")) as session, pytest.raises(NotFound):
        read_progress(session, job_id)


def test_a_failed_job_says_so_by_a_code_and_leaves_no_value_anywhere(launched, opens, engine, caplog):
    progress = wait_for(opens, ask(opens, "test.fails"))
    assert (progress.state, progress.failure, progress.done) == (JobState.FAILED, "ValueError", 1)
    assert "ValueError" in caplog.text
    assert jobs_program.MADE_UP_ID not in caplog.text
    assert jobs_program.MADE_UP_ID not in kept_by_the_job_system(launched, engine)


def test_a_step_that_returns_a_person_fails_before_anything_is_kept(launched, opens, engine):
    progress = wait_for(opens, ask(opens, "test.talks"))
    assert (progress.state, progress.failure) == (JobState.FAILED, "NotSmall")
    assert jobs_program.MADE_UP_ID not in kept_by_the_job_system(launched, engine)


def kept_by_the_job_system(settings, engine):
    if engine.dialect.name == "sqlite":
        return "".join(path.read_bytes().decode("latin-1") for path in settings.home.glob("jobs.sqlite*"))
    with engine.connect() as connection:
        tables = ("workflow_status", "operation_outputs", "workflow_inputs")
        return "".join(
            str(connection.exec_driver_sql(f"select * from {jobs_engine.SCHEMA}.{table}").all())
            for table in tables
            if connection.exec_driver_sql(
                "select to_regclass(%s)", (f"{jobs_engine.SCHEMA}.{table}",)
            ).scalar()
        )


def test_a_failed_job_goes_on_from_the_step_that_failed(launched, opens):
    row_id = new_id()
    job_id = ask(opens, "test.fails", row_id)
    assert wait_for(opens, job_id).state is JobState.FAILED
    with opens(System("test")) as session:
        session.add(jobs_program.JobMark(id=new_id(), row_id=row_id, number=0, note="mended"))
        retry(session, job_id, now=datetime.now(UTC))
        session.commit()
    progress = wait_for(opens, job_id)
    assert (progress.state, progress.done, progress.failure) == (JobState.FINISHED, 2, "")
    assert marks(opens, row_id) == [1, 2]


def test_retrying_a_finished_job_changes_nothing(launched, opens):
    row_id = new_id()
    job_id = ask(opens, "test.forty", row_id)
    wait_for(opens, job_id)
    with opens(System("test")) as session:
        retry(session, job_id, now=datetime.now(UTC))
        session.commit()
    assert wait_for(opens, job_id).state is JobState.FINISHED
    assert marks(opens, row_id) == list(range(40))


def test_only_the_region_that_asked_and_the_account_that_asked_see_the_progress(opens):
    account = new_id()
    with opens(Region(MEITAN), Actor("staff", account, node=MEITAN)) as session:
        job_id = start(session, "test.forty", new_id(), now=datetime.now(UTC))
        session.commit()
    for scope in (Region(MEITAN), Region("520000000000"), Own(account)):
        with opens(scope) as session:
            assert read_progress(session, job_id).state is JobState.WAITING
    for scope in (Region(LONGMEN), Own(new_id())):
        with opens(scope) as session, pytest.raises(NotFound):
            read_progress(session, job_id)


def test_a_job_nobody_declared_is_refused(opens):
    with opens(System("test")) as session, pytest.raises(LookupError):
        start(session, "test.nowhere", new_id(), now=datetime.now(UTC))


def test_a_job_whose_pack_is_gone_fails_and_says_which_way(launched, opens):
    with opens(System("test")) as session:
        row = new_id()
        job_id = start(session, "test.forty", row, now=datetime.now(UTC))
        session.get_one(Job, job_id).name = "test.gone"
        session.commit()
    assert wait_for(opens, job_id).failure == "NotDeclared"


def test_two_functions_cannot_claim_one_name():
    with pytest.raises(ValueError, match="two jobs are called"):
        job("test.forty")(lambda run: None)


def test_a_process_launches_the_job_system_once(launched, engine):
    with pytest.raises(RuntimeError):
        jobs_engine.launch(launched, jobs_program.system_session(engine))


def test_a_bar_never_claims_more_than_is_done(opens):
    with opens(System("test")) as session:
        job_id = start(session, "test.forty", new_id(), now=datetime.now(UTC), total=3)
        row = session.get_one(Job, job_id)
        seen = []
        for row.done in (0, 1, 2, 3):
            session.flush()
            seen.append(read_progress(session, job_id).percent)
        session.rollback()
    assert seen == [0, 33, 66, 99]
