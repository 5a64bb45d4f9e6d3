"""Durable background work: declare a job, ask for it inside a transaction, read its progress.

The row in the application's own database is the truth. A job is a function of steps; a step's work, its place in the
count and its result are committed together, so a process killed at any instant resumes where it was and no step
counts twice. `core.jobs_engine` runs them.

    @job("regions.merge")
    def merge(run: Run) -> None:
        run.expect(run.step(count_households))
        for chunk in range(run.total // 500 + 1):
            run.step(move_households, chunk)

    def move_households(work: Work, chunk: int) -> Tally: ...
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from core.access import NATION
from core.jobs_models import Job, JobState
from core.jobs_values import Small, check_small
from core.scopes import region_columns
from core.sessions import ScopedSession, found

ASKED = "doudi_jobs_asked"  # in session.info: attempt by id of each job asked for in the open transaction
_IDS = uuid.UUID(
    "5a2c1de4-6d1f-5e0e-9d0c-6a1f0f3f9b11"
)  # names ids of jobs after what they work for; never change it


@dataclass(frozen=True, slots=True)
class Tally:
    """What a step adds to the progress: pieces done, and how many of them were rejected."""

    done: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What a step works with: a system session (committed after it), the time, and the row the job is for."""

    session: ScopedSession
    now: datetime
    row_id: uuid.UUID


class Step(Protocol):
    """A piece of work of at most a second or so: on SQLite it holds the only write lock while it lasts."""

    def __call__(self, work: Work, /, *values: Small) -> Small | Tally: ...


class Run(Protocol):
    """One running job, as its function sees it. Between steps the function must be the same at every run."""

    job_id: uuid.UUID
    row_id: uuid.UUID
    total: int

    def step(self, work: Callable[..., Small | Tally], *values: Small) -> Small:
        """Do one step, or hand back what it returned when it was done before; a Tally counts and gives None."""

    def count(self, work: Callable[..., Small | Tally], *values: Small) -> int:
        """A step whose result is a count."""

    def expect(self, total: int) -> None:
        """Say how many pieces there are in all, for the progress bar."""


JobFunction = Callable[[Run], None]
_declared: dict[str, JobFunction] = {}


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Declare the function that does the job `name` (`room.verb`).

    Raises:
        ValueError: two functions claim one name; a job found after a restart would not know whose it is.
    """
    check_small(name, "a job's name")

    def declare(function: JobFunction) -> JobFunction:
        known = _declared.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (
            function.__module__,
            function.__qualname__,
        ):
            msg = f"two jobs are called {name}"
            raise ValueError(msg)
        _declared[name] = function
        return function

    return declare


def declared_job(name: str) -> JobFunction | None:
    """The function of a job, or None when the pack or version that declared it is gone."""
    return _declared.get(name)


def job_id_of(name: str, row_id: uuid.UUID) -> uuid.UUID:
    """The id of the one job `name` for `row_id`: asking twice is asking once."""
    return uuid.uuid5(_IDS, f"{name}:{row_id}")


def start(
    session: ScopedSession,
    name: str,
    row_id: uuid.UUID,
    *,
    now: datetime,
    total: int | None = None,
    node: str = "",
    owner_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Ask for job `name` on `row_id` as part of the session's transaction; it begins once that is committed.

    `node` is the region whose staff see the progress (default: where the actor works; else nation-wide), `owner_id`
    the account that asked (default: the actor's). A second request for the same row returns the same job untouched.

    Raises:
        LookupError: no such job is declared.
    """
    if name not in _declared:
        msg = f"no job is called {name}"
        raise LookupError(msg)
    job_id = job_id_of(name, row_id)
    job_row = session.get(Job, job_id)
    if job_row is None:
        job_row = Job(
            id=job_id,
            name=name,
            row_id=row_id,
            owner_id=owner_id or session.actor.account_id,
            total=total,
            created_at=now,
            **region_columns(node or session.actor.node or NATION),
        )
        session.add(job_row)
        session.flush()
    session.info.setdefault(ASKED, {})[job_id] = job_row.attempt
    session.owes = True
    return job_id


def retry(session: ScopedSession, job_id: uuid.UUID, *, now: datetime) -> None:
    """Let a failed job go on from the step that failed; a job in any other state is left alone.

    Raises:
        NotFound: no such job in this scope.
    """
    row = found(session.scalar(select(Job).where(Job.id == job_id)))
    if row.state is not JobState.FAILED:
        return
    row.state, row.failure, row.attempt = JobState.WAITING, "", row.attempt + 1
    row.created_at, row.beat_at, row.finished_at = now, None, None
    session.flush()
    session.info.setdefault(ASKED, {})[job_id] = row.attempt


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `total` is None until it has counted. `failure` is a code for the log, not for readers."""

    job_id: uuid.UUID
    name: str
    state: JobState
    done: int
    total: int | None
    rejected: int
    failure: str
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """0-100; 100 only when finished, so that a bar never claims more than is done."""
        if self.state is JobState.FINISHED:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def moving(self) -> bool:
        """Whether asking again later can give another answer."""
        return self.state in {JobState.WAITING, JobState.RUNNING}


def read_progress(session: ScopedSession, job_id: uuid.UUID) -> Progress:
    """The progress of one job in the session's scope.

    Raises:
        NotFound: no such job in this scope.
    """
    row = found(
        session.execute(
            select(
                Job.id,
                Job.name,
                Job.state,
                Job.done,
                Job.total,
                Job.rejected,
                Job.failure,
                Job.started_at,
                Job.finished_at,
            ).where(Job.id == job_id)
        ).one_or_none()
    )
    return Progress(*row)
