"""One run of one job: each step's work, count and result in a single commit, whatever happens to the process."""

from __future__ import annotations

import logging
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from dbos import DBOS
from sqlalchemy.exc import IntegrityError, OperationalError

from core.database import Base
from core.jobs import Tally, Work, declared_job
from core.jobs_models import Job, JobState, JobStep
from core.jobs_values import JobFailed, Small, check_small, failure_code
from core.sessions import ScopedSession, update_rows, write_rows

log = logging.getLogger("doudi.jobs")

OpenSession = Callable[[str], ScopedSession]  # a system session for the job of that name
PAUSES = (0.2, 1.0, 5.0)  # seconds before trying again when the database was busy or away


class Stopping(BaseException):
    """The process is going down: leave the job as it is, the next process takes it up at this step."""


class JobRun:
    """See `core.jobs.Run`. `stopping` says whether the process wants to end."""

    def __init__(
        self, job: Job, open_session: OpenSession, executor: str, stopping: Callable[[], bool]
    ) -> None:
        self.job_id = job.id
        self.row_id = job.row_id
        self.total = job.total or 0
        self._name = job.name
        self._open = open_session
        self._executor = executor
        self._stopping = stopping
        self._number = 0

    def step(self, work: Callable[..., Small | Tally], *values: Small) -> Small:
        if self._stopping():
            raise Stopping
        self._number += 1
        given = [check_small(value, f"{self._name} step {self._number}") for value in values]
        name = getattr(work, "__name__", "step")
        result: Small = DBOS.run_step({"name": name}, self._attempt, self._number, work, given)
        return result

    def count(self, work: Callable[..., Small | Tally], *values: Small) -> int:
        result = self.step(work, *values)
        if not isinstance(result, int):
            msg = f"{self._name}: a step that should count returned a {type(result).__name__}"
            raise TypeError(msg)
        return result

    def expect(self, total: int) -> None:
        self.total = total
        with self._open(self._name) as session:
            update_rows(session, Job, {"total": total}, Job.id == self.job_id)
            session.commit()

    def _attempt(self, number: int, work: Callable[..., Small | Tally], values: list[Small]) -> Small:
        """The step, tried again when the database was busy; any error leaves here as a code."""
        for pause in (*PAUSES, None):
            try:
                return self._once(number, work, values)
            except OperationalError as error:
                if pause is None:
                    raise _told(self._name, number, error) from None
                time.sleep(pause)
            except Exception as error:  # noqa: BLE001  (whatever it says may name a person: only its code goes on)
                raise _told(self._name, number, error) from None
        raise AssertionError

    def _once(self, number: int, work: Callable[..., Small | Tally], values: list[Small]) -> Small:
        with self._open(self._name) as session:
            before = session.get(JobStep, (self.job_id, number))
            if before is not None:
                return _result(before)
            now = datetime.now(UTC)
            try:
                # the step's mark comes first: a second runner of the same step waits here and then finds it done
                write_rows(session, JobStep, [_mark(self.job_id, number, now)])
            except IntegrityError:
                session.rollback()
                return _result(session.get_one(JobStep, (self.job_id, number)))
            outcome = work(Work(session, now, self.row_id), *values)
            tally = outcome if isinstance(outcome, Tally) else Tally()
            result = (
                None if isinstance(outcome, Tally) else check_small(outcome, f"{self._name} step {number}")
            )
            session.flush()
            update_rows(
                session,
                JobStep,
                {"result": {"value": result}},
                JobStep.job_id == self.job_id,
                JobStep.number == number,
            )
            update_rows(
                session,
                Job,
                {
                    "done": Job.done + tally.done,
                    "rejected": Job.rejected + tally.rejected,
                    "beat_at": now,
                    "executor": self._executor,
                },
                Job.id == self.job_id,
            )
            session.commit()
            return result


def _mark(job_id: uuid.UUID, number: int, now: datetime) -> dict[str, object]:
    return {"job_id": job_id, "number": number, "result": {"value": None}, "finished_at": now}


def _result(step: JobStep) -> Small:
    value: Small = step.result["value"]
    return value


def _told(name: str, number: int, error: Exception) -> JobFailed:
    """Write to the log what failed and where, never with which values, and give the code."""
    code = failure_code(error)
    places = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error("job %s step %d failed: %s at %s", name, number, code, " < ".join(reversed(places[-4:])))
    return JobFailed(code)


def run_job(
    job_id: uuid.UUID, open_session: OpenSession, executor: str, stopping: Callable[[], bool]
) -> None:
    """Do the job of this id from its first unfinished step and write how it ended into its row.

    Raises:
        JobFailed: it ended badly; the row says so too.
        Stopping: the process is going down.
    """
    job = begin(job_id, open_session, executor)
    if job is None:
        return
    function = declared_job(job.name) or _undeclared
    try:
        function(JobRun(job, open_session, executor, stopping))
    except Exception as error:  # noqa: BLE001  (as above)
        failed = error if isinstance(error, JobFailed) else _told(job.name, 0, error)
        _finish(job, open_session, {"state": JobState.FAILED, "failure": failed.code})
        raise JobFailed(failed.code) from None
    _finish(job, open_session, {"state": JobState.FINISHED})


def _undeclared(_run: object) -> None:
    """What a job does whose pack or version is gone: it fails, and can be retried when the pack is back."""
    raise JobFailed("NotDeclared")


def begin(job_id: uuid.UUID, open_session: OpenSession, executor: str) -> Job | None:
    """Mark the job as running here; None when it is over already or its row was rolled back."""
    with open_session("jobs") as session:
        job: Job | None = session.get(Job, job_id)
        if job is None or job.state in {JobState.FINISHED, JobState.FAILED}:
            return None
        now = datetime.now(UTC)
        job.state, job.executor, job.beat_at = JobState.RUNNING, executor, now
        job.started_at = job.started_at or now
        session.commit()
        return job


def _finish(job: Job, open_session: OpenSession, values: dict[str, object]) -> None:
    model: type[Base] = Job
    with open_session(job.name) as session:
        update_rows(
            session,
            model,
            {**values, "finished_at": datetime.now(UTC)},
            Job.id == job.id,
            Job.state == JobState.RUNNING,
        )
        session.commit()
