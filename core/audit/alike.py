"""Entries that are alike as one line, counted by the database: who looked how often, and what was done on a case.

Read in a System session, by the case or the person alone, which whoever asks has found in her own scope: beside the region
of a scope SQLite would walk the trail of a whole township instead of the index of the case.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Text, cast, func, select

from core.audit.models import AuditEntry
from core.sessions import ScopedSession

# what a list shows; one more is read, so that it can tell that it leaves something out
MOST_LOOKS = 100
MOST_ACTS = 300
LOOKS = frozenset(
    {
        "case.look",
        "data.look",
        "document.look",
        "letter.look",
        "objection.look",
        "person.reveal",
        "verification.look",
        "visit.look",
    }
)
_WHO = (
    AuditEntry.act,
    AuditEntry.actor_kind,
    AuditEntry.account_id,
    AuditEntry.actor_name,
    AuditEntry.node,
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Entries of one act by one who worked in `node`: how many, and when the last of them was.

    `reason` and `changes` (JSON) are told of looks alone.
    """

    at: datetime
    times: int
    act: str
    actor_kind: str
    account_id: uuid.UUID | None
    actor_name: str
    node: str
    reason: str = ""
    changes: str = "{}"

    @property
    def what(self) -> str:
        """The code of the value that was revealed, or ""."""
        return str(orjson.loads(self.changes).get("what", ("",))[-1])


def looks(
    session: ScopedSession, wanted: ColumnElement[bool], *, since: datetime, acts: Collection[str] = LOOKS
) -> list[Alike]:
    """Who looked since then, the last first, up to MOST_LOOKS + 1 lines; `wanted`: at which case or person."""
    alike = (*_WHO, AuditEntry.reason, cast(AuditEntry.changes, Text))
    statement = (
        _last_first(*alike)
        .where(wanted, AuditEntry.at >= since, AuditEntry.act.in_(sorted(acts)))
        .limit(MOST_LOOKS + 1)
    )
    return [Alike(*row) for row in session.execute(statement)]


def acts_on(session: ScopedSession, case_id: uuid.UUID, *, left_out: Collection[str]) -> list[Alike]:
    """What was done on a case, the last first, up to MOST_ACTS + 1 lines: one act of one person on one day is one line."""
    others = sorted({*LOOKS, *left_out})
    statement = (
        _last_first(*_WHO)
        .where(AuditEntry.case_id == case_id, AuditEntry.done, AuditEntry.act.not_in(others))
        .group_by(func.date(AuditEntry.at))
        .limit(MOST_ACTS + 1)
    )
    return [Alike(*row) for row in session.execute(statement)]


def _last_first(*alike: Any) -> Select[*tuple[Any, ...]]:
    # entries of one request have one instant: the rest keeps their order the same on every reading
    return (
        select(func.max(AuditEntry.at), func.count(AuditEntry.id), *alike)
        .group_by(*alike)
        .order_by(func.max(AuditEntry.at).desc(), AuditEntry.act, AuditEntry.actor_name)
    )
