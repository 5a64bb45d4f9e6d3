"""The worklist's lines about checks and authorisations: opened once, closed when somebody dealt with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from core.access import Actor, Permission
from core.cases.models import Case, Task, TaskState
from core.cases.tasks import open_task
from core.sessions import ScopedSession

RESULTS = "verification_results"
REFUSED = "authorisation_refused"
WITHDRAWN = "authorisation_withdrawn"


def _open(
    session: ScopedSession, case: Case, kind: str, subject_id: uuid.UUID | None = None
) -> Sequence[Task]:
    statement = select(Task).where(Task.case_id == case.id, Task.kind == kind, Task.state == TaskState.OPEN)
    if subject_id is not None:
        statement = statement.where(Task.subject_id == subject_id)
    return session.scalars(statement).all()


def open_once(
    session: ScopedSession,
    case: Case,
    kind: str,
    permission: Permission,
    due_on: date,
    *,
    now: datetime,
    provisional: bool = False,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Add a line unless the same one is still open."""
    if not _open(session, case, kind, subject_id):
        open_task(
            session, case, kind, permission, due_on, now=now, provisional=provisional, subject_id=subject_id
        )
        session.flush()


def settle(session: ScopedSession, actor: Actor, case: Case, subject_id: uuid.UUID, *, now: datetime) -> None:
    """Close the lines about one authorisation once a clerk dealt with it."""
    for kind in (REFUSED, WITHDRAWN):
        for task in _open(session, case, kind, subject_id):
            task.state, task.done_at, task.done_by = TaskState.DONE, now, actor.account_id
    session.flush()
