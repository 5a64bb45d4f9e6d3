"""The one question that crosses regions: is this identity number on a register, and is it here? (decision 2)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.households.models import Identity, Person
from core.scopes import System
from core.sessions import ScopedSession, open_session


class Standing(StrEnum):
    """All that staff learn of an identity number: nothing of a person elsewhere but that she is."""

    NEW = "new"
    KNOWN_HERE = "known_here"
    KNOWN_ELSEWHERE = "known_elsewhere"


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """`person_id` only where the asking session's scope sees the person."""

    standing: Standing
    person_id: uuid.UUID | None = None


def standing_of(session: ScopedSession, actor: Actor, id_number: str, *, now: datetime) -> IdentityAnswer:
    """Whether `id_number` (normalised, 18 characters) is new, known in the asker's scope, or known elsewhere; audited."""
    indexes = session.vault.index_all("id_number", id_number)
    # asked over all regions, hence in a system session of its own that reads this one table; the asker may hold SQLite's
    # write lock already, so it must not wait for it
    with open_session(session.engine, System("identities"), actor, writes=False) as everywhere:
        person_id = everywhere.scalar(select(Identity.person_id).where(Identity.id_index.in_(indexes)))
    audit.record(session, "identity.ask", ("person", person_id), now=now)
    if person_id is None:
        return IdentityAnswer(Standing.NEW)
    here = session.scalar(select(Person.id).where(Person.id == person_id))
    if here is None:
        return IdentityAnswer(Standing.KNOWN_ELSEWHERE)
    return IdentityAnswer(Standing.KNOWN_HERE, person_id)
