"""Background jobs as the application's own database knows them: the truth of what was asked, done and rejected."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import AwareDateTime, Base, EnumText, Id, Instant, Json, PrimaryId
from core.scopes import SYSTEM_ONLY, RegionScoped, Visibility


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Job(RegionScoped, Base):
    """One piece of background work for one row; `done` of `total` pieces, of which `rejected` were refused.

    `attempt` counts restarts by a person; `executor` and `beat_at` say which process last worked on it and when.
    """

    __tablename__ = "jobs"
    __visible__ = Visibility(region=True, own="owner_id")
    __table_args__ = (Index("ix_jobs_state", "state", "created_at"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(64))
    row_id: Mapped[Id]
    owner_id: Mapped[uuid.UUID | None]
    state: Mapped[JobState] = mapped_column(EnumText(JobState), default=JobState.WAITING)
    attempt: Mapped[int] = mapped_column(default=1)
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(64), default="")
    executor: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[Instant]
    started_at: Mapped[datetime | None] = mapped_column(AwareDateTime())
    beat_at: Mapped[datetime | None] = mapped_column(AwareDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(AwareDateTime())


class JobStep(Base):
    """One finished step of a job, written in the same transaction as its work, so that no step counts twice."""

    __tablename__ = "job_steps"
    __visible__ = SYSTEM_ONLY

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    result: Mapped[Json]
    finished_at: Mapped[Instant]
