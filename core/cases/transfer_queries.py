"""Reading transfers: the halves of a place, the last one of a household, and what of them stands on the worklist."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from core.cases.models import Task, TaskState
from core.households.transfer_models import WAITING, HouseholdTransfer, TransferSide, TransferState
from core.sessions import ScopedSession, found

TO_ANSWER = "transfer"
ANSWERED = "transfer_answered"


def transfer_half(session: ScopedSession, row_id: uuid.UUID) -> HouseholdTransfer:
    """One's own half by its id. Raises NotFound out of scope."""
    row: HouseholdTransfer = found(session.get(HouseholdTransfer, row_id))
    return row


def transfers_here(session: ScopedSession, limit: int = 100) -> Sequence[HouseholdTransfer]:
    """The halves of the place, those that wait first, then the latest."""
    rows = session.scalars(
        select(HouseholdTransfer)
        .order_by(HouseholdTransfer.asked_at.desc(), HouseholdTransfer.id.desc())
        .limit(limit)
    ).all()
    return sorted(rows, key=lambda row: not row.waiting)


def latest_of_household(session: ScopedSession, household_id: uuid.UUID) -> HouseholdTransfer | None:
    """The last transfer of a household that this place took part in, still waiting or accepted."""
    row: HouseholdTransfer | None = session.scalar(
        select(HouseholdTransfer)
        .where(
            HouseholdTransfer.household_id == household_id,
            HouseholdTransfer.state.in_(sorted(WAITING | {TransferState.ACCEPTED})),
        )
        .order_by(HouseholdTransfer.asked_at.desc(), HouseholdTransfer.side.desc())
        .limit(1)
    )
    return row


def _moved_here(household_id: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        HouseholdTransfer.household_id == household_id,
        HouseholdTransfer.side == TransferSide.TAKING,
        HouseholdTransfer.state == TransferState.ACCEPTED,
    )


def moves_of_household(session: ScopedSession, household_id: uuid.UUID) -> Sequence[HouseholdTransfer]:
    """The transfers by which a household came to this place."""
    return session.scalars(select(HouseholdTransfer).where(*_moved_here(household_id))).all()


def moves_counted(household_id: Any) -> Select[int]:
    """How many those are, for a count that correlates with the column `household_id`."""
    return select(func.count(HouseholdTransfer.id)).where(*_moved_here(household_id))


def has_answer_to_read(session: ScopedSession, transfer: HouseholdTransfer) -> bool:
    """Whether the answer still stands on the worklist of the office that asked."""
    return bool(open_transfer_tasks(session, transfer, ANSWERED))


def answer_due(session: ScopedSession, transfer: HouseholdTransfer) -> date | None:
    """The day by which this office answers a transfer it was asked; None where the answer is not its own to give."""
    return next((task.due_on for task in open_transfer_tasks(session, transfer, TO_ANSWER)), None)


def open_transfer_tasks(session: ScopedSession, half: HouseholdTransfer, *kinds: str) -> Sequence[Task]:
    """The open tasks of those kinds about one half."""
    level = "township" if half.township else "county"
    return session.scalars(
        select(Task).where(
            getattr(Task, level) == getattr(half, level),
            Task.state == TaskState.OPEN,
            Task.kind.in_(kinds),
            Task.subject_id == half.id,
        )
    ).all()
