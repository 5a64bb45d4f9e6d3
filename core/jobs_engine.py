"""Keeps the job system running in this process: one launch, jobs queued after their commit, a sweep that mends gaps."""

from __future__ import annotations

import logging
import socket
import sqlite3
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import event, literal, make_url, or_, select

from core.jobs import ASKED
from core.jobs_models import Job, JobState
from core.jobs_run import OpenSession, Stopping, run_job
from core.jobs_values import SmallValues
from core.sessions import ScopedSession, update_rows
from core.settings import Settings

log = logging.getLogger("doudi.jobs")

QUEUE = "doudi"
SCHEMA = "doudi_jobs"
VERSION = (
    "doudi-1"  # DBOS resumes only work of its own version: ours lives in the job rows, so it never changes
)
SWEEP_EVERY = 15.0  # seconds
SETTLING = timedelta(seconds=5)  # a waiting row this young is still being queued by its own request
ASK_AGAIN = timedelta(minutes=10)  # a waiting row seen in the queue is looked up again after so long
LEASE = timedelta(seconds=90)  # a running job nobody has touched for so long has lost its process


@dataclass(slots=True)
class _Engine:
    open_session: OpenSession
    executor: str
    stop: threading.Event = field(default_factory=threading.Event)
    active: set[uuid.UUID] = field(default_factory=set)


_engine: _Engine | None = None
_launching = threading.Lock()


@DBOS.workflow(name="doudi.job", max_recovery_attempts=50)
def _workflow(job_id: str) -> None:
    engine = _engine
    if engine is None:
        raise Stopping
    known = uuid.UUID(job_id)
    engine.active.add(known)
    try:
        run_job(known, engine.open_session, engine.executor, engine.stop.is_set)
    finally:
        engine.active.discard(known)


def launch(
    settings: Settings, open_session: OpenSession, *, executor: str = "", sweep_every: float = SWEEP_EVERY
) -> None:
    """Start the job system in this process, once; jobs a killed process left are taken up at once.

    `open_session(job_name)` gives a session of scope `System(job_name)`. `executor` names this process: a fixed name
    resumes its own jobs immediately after a restart; processes that share a database need different names. On SQLite
    there is one process, so the default is fixed; on PostgreSQL it is made up, and what a dead process left is found
    by the sweep once its lease is over.

    Raises:
        RuntimeError: it was launched in this process before.
    """
    global _engine  # noqa: PLW0603  (DBOS itself is one per process)
    with _launching:
        if _engine is not None:
            msg = "the job system runs in this process already"
            raise RuntimeError(msg)
        name = executor or (
            "doudi" if settings.on_sqlite else f"{socket.gethostname()[:40]}-{uuid.uuid4().hex[:8]}"
        )
        _quiet_log()
        if settings.on_sqlite:
            _prepare_file(settings.home / "jobs.sqlite")
        engine = _Engine(open_session, name)
        DBOS(config=_config(settings, name))
        _engine = engine
        try:
            DBOS.launch()
            DBOS.register_queue(
                QUEUE,
                worker_concurrency=2 if settings.on_sqlite else 4,
                polling_interval_sec=0.5,
                on_conflict="always_update",
            )
        except BaseException:
            _engine = None
            DBOS.destroy()
            raise
    threading.Thread(
        target=_sweep_forever, args=(engine, sweep_every), name="doudi-sweep", daemon=True
    ).start()


def stop() -> None:
    """End the job system of this process; running jobs stop at their next step and are taken up by the next launch."""
    global _engine  # noqa: PLW0603
    with _launching:
        if _engine is None:
            return
        _engine.stop.set()
        DBOS.destroy(workflow_completion_timeout_sec=5 if _engine.active else 0)
        _engine = None


def migrate(settings: Settings, *, application_role: str | None = None) -> None:
    """Create or upgrade the job system's tables as their owner (PostgreSQL; SQLite does it at launch)."""
    if not settings.on_sqlite:
        _quiet_log()
        url = make_url(settings.jobs_url).render_as_string(hide_password=False)
        DBOS.migrate(url, schema=SCHEMA, application_role=application_role)


def _config(settings: Settings, executor: str) -> DBOSConfig:
    return DBOSConfig(
        name="doudi",
        system_database_url=settings.jobs_url,
        dbos_system_schema=SCHEMA,
        application_version=VERSION,
        executor_id=executor,
        serializer=SmallValues(),
        run_migrations=settings.on_sqlite,
        log_level="WARNING",
        enable_otlp=False,
        sys_db_pool_size=8,
    )


def _prepare_file(path: Path) -> None:
    # readers of progress must not wait for the writer of checkpoints; the mode stays in the file
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    path.chmod(0o600)


def _quiet_log() -> None:
    """DBOS advertises a console of its makers at launch: only warnings pass, into our log, and none naming a host."""
    library = logging.getLogger("dbos")
    if not any(isinstance(handler, logging.NullHandler) for handler in library.handlers):
        library.handlers[:] = [logging.NullHandler()]
    library.propagate = True
    library.filters[:] = [lambda record: "://" not in record.getMessage()]
    library.setLevel(logging.WARNING)


# --- queueing ---------------------------------------------------------------------------------------------------


@event.listens_for(ScopedSession, "after_commit")
def _queue_asked(session: ScopedSession) -> None:
    for job_id, attempt in session.info.pop(ASKED, {}).items():
        try:
            if _engine is not None:
                _queue(job_id, attempt)
        except Exception as error:  # noqa: BLE001  (the row is committed and the sweep will find it)
            log.warning("job not queued at once, the sweep will: %s", type(error).__name__)


@event.listens_for(ScopedSession, "after_rollback")
def _forget_asked(session: ScopedSession) -> None:
    session.info.pop(ASKED, None)


def _queue(job_id: uuid.UUID, attempt: int) -> None:
    # the workflow is named after the row: queueing it twice is queueing it once
    with SetWorkflowID(f"{job_id}-{attempt}"):
        DBOS.enqueue_workflow(QUEUE, _workflow, str(job_id))


# --- the sweep --------------------------------------------------------------------------------------------------


def _sweep_forever(engine: _Engine, every: float) -> None:
    first = True  # after a restart the queue itself may be gone: look at every waiting row
    while not engine.stop.is_set():
        try:
            sweep(datetime.now(UTC), everything=first)
        except Exception as error:  # noqa: BLE001  (a database away for a while must not end the sweep)
            log.warning("sweep of jobs failed: %s", type(error).__name__)
        first = False
        engine.stop.wait(every)


def sweep(now: datetime, *, everything: bool = False) -> int:
    """Queue what was committed but never queued, and what lost its process; returns how many jobs it looked at.

    A waiting row is looked at once, then every ten minutes; `everything` looks at all of them.
    """
    engine = _engine
    if engine is None:
        return 0
    unseen = or_(Job.beat_at.is_(None), Job.beat_at < now - ASK_AGAIN, literal(everything))
    waiting = (Job.state == JobState.WAITING) & (Job.created_at < now - SETTLING) & unseen
    orphaned = (Job.state == JobState.RUNNING) & (Job.beat_at < now - LEASE)
    with engine.open_session("jobs.sweep") as session:
        if engine.active:
            update_rows(
                session, Job, {"beat_at": now}, Job.id.in_(engine.active), Job.state == JobState.RUNNING
            )
        rows = session.scalars(select(Job).where(waiting | orphaned).order_by(Job.created_at)).all()
        session.commit()
    for row in rows:
        _mend(engine, row, now)
    return len(rows)


def _mend(engine: _Engine, row: Job, now: datetime) -> None:
    workflow = f"{row.id}-{row.attempt}"
    found = DBOS.get_workflow_status(workflow)
    match found.status if found else None:
        case None:
            _queue(row.id, row.attempt)
        case "PENDING":
            # a waiting row may be in the very act of beginning; one that long in it has lost its process
            if row.state is JobState.RUNNING or row.created_at < now - LEASE:
                DBOS.resume_workflow(workflow, queue_name=QUEUE)
        case "ENQUEUED" | "DELAYED":
            pass
        case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
            ended = {"state": JobState.FAILED, "failure": "EndsItsProcess", "finished_at": now}
            _write(engine, row, ended)
            return
        case _:
            # over for the job system, not for our row: the row is right (a database was restored), so go on anew
            _write(engine, row, {"attempt": row.attempt + 1})
            _queue(row.id, row.attempt + 1)
    _write(engine, row, {"beat_at": now})


def _write(engine: _Engine, row: Job, values: dict[str, object]) -> None:
    with engine.open_session("jobs.sweep") as session:
        update_rows(session, Job, values, Job.id == row.id, Job.state == row.state)
        session.commit()
