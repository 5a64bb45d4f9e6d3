"""Reads the audit trail for the audit page: by day, act and person of staff, as far as the session's scope shows it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_

from core.audit.models import AuditAnchor, AuditBatch, AuditEntry
from core.sessions import ScopedSession

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show: from `since` on, before `until`; an act's code; a part of a staff name; one account, person, case."""

    since: datetime
    until: datetime
    act: str = ""
    staff: str = ""
    account_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of the list; `changes` as written, `batch` None until sealed."""

    id: uuid.UUID
    at: datetime
    act: str
    done: bool
    actor_kind: str
    actor_name: str
    node: str
    subject_type: str
    subject_id: str
    reason: str
    changes: dict[str, Any]
    ip: str
    batch: int | None


_COLUMNS = tuple(getattr(AuditEntry, name) for name in EntryRow.__dataclass_fields__)


def entries(
    session: ScopedSession, wanted: Filter, *, before: tuple[datetime, uuid.UUID] | None = None
) -> list[EntryRow]:
    """Up to PAGE + 1 entries, newest first, older than `before` (at, id)."""
    statement = (
        select(*_COLUMNS)
        .where(AuditEntry.at >= wanted.since, AuditEntry.at < wanted.until)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    exact = {
        AuditEntry.act: wanted.act,
        AuditEntry.account_id: wanted.account_id,
        AuditEntry.person_id: wanted.person_id,
        AuditEntry.case_id: wanted.case_id,
    }
    for column, value in exact.items():
        if value:
            statement = statement.where(column == value)
    if wanted.staff:
        statement = statement.where(AuditEntry.actor_name.contains(wanted.staff.strip(), autoescape=True))
    if wanted.refused:
        statement = statement.where(AuditEntry.done.is_(False))
    if before is not None:
        # without the columns' own types the driver writes the instant as another text than the one stored
        at = literal(before[0], AuditEntry.at.type)
        last = literal(before[1], AuditEntry.id.type)
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(at, last))
    return [EntryRow(*row) for row in session.execute(statement)]


def times_shown(session: ScopedSession, person_ids: Collection[uuid.UUID], since: datetime) -> int:
    """How often something of these people was revealed since an instant."""
    shown = select(func.count(AuditEntry.id)).where(
        AuditEntry.act == "person.reveal", AuditEntry.person_id.in_(person_ids), AuditEntry.at >= since
    )
    return session.scalar(shown) or 0


@dataclass(frozen=True, slots=True)
class TrailCounts:
    """How much there is; needs a System session."""

    entries: int
    unsealed: int
    batches: int
    anchors: int


def counts(session: ScopedSession) -> TrailCounts:
    """Count the whole trail, for the command."""
    return TrailCounts(
        session.scalar(select(func.count(AuditEntry.id))) or 0,
        session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.batch.is_(None))) or 0,
        session.scalar(select(func.count(AuditBatch.id))) or 0,
        session.scalar(select(func.count(AuditAnchor.id))) or 0,
    )


def last_sealed_at(session: ScopedSession) -> datetime | None:
    """When the trail was last sealed; needs a System session."""
    return session.scalar(select(func.max(AuditAnchor.anchored_at)))
