"""Writes audit entries: for what was done, in the same transaction; for what was looked at, at the end of the request."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import event

from core.access import NATION, Actor
from core.audit.content import digest_of, proof_of, without_numbers
from core.audit.models import AuditEntry
from core.database import new_id
from core.scopes import LEVELS, region_columns
from core.sessions import ScopedSession, open_session, write_rows

_LOOKS = "audit_looks"
_TRACE = "audit_trace"


class HasId(Protocol):
    """A mapped row: its table's name and id tell what was touched; its region and person go into the entry."""

    __tablename__: Any
    id: Any


Subject = HasId | tuple[str, object] | None


def trace(session: ScopedSession, *, login_id: uuid.UUID | None, ip: str | None) -> None:
    """Tell the session whose login and which address it works for; both go into every entry it writes."""
    session.info[_TRACE] = (login_id, truncate_address(ip))


def record(
    session: ScopedSession,
    act: str,
    subject: Subject = None,
    *,
    now: datetime,
    actor: Actor | None = None,
    region: str = "",
    person_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    done: bool = True,
) -> None:
    """Add one entry to the transaction. `act` is a code of core/audit/words.py; `subject` a row or (type, id).

    `region` (12 digits), `person_id` and `case_id` are read from the row unless given. `changes` come from
    `changes_of`. `done` is False for what was tried and refused.
    """
    entry = _entry(session, act, subject, now, actor, region, person_id, case_id, reason, changes, done)
    write_rows(session, AuditEntry, [entry])


def look(
    session: ScopedSession,
    act: str,
    subject: Subject = None,
    *,
    now: datetime,
    region: str = "",
    person_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    reason: str = "",
) -> None:
    """Remember that something was read; it is written when the session is committed at the end of the request.

    A page that only reads keeps no write lock: the look waits in the session and is then written in a short transaction
    of its own. A page that tells of a fault showed nothing, and leaves no look; a form shown again does.
    """
    entry = _entry(session, act, subject, now, None, region, person_id, case_id, reason, None, True)
    session.info.setdefault(_LOOKS, []).append(entry)
    session.owes = True


@event.listens_for(ScopedSession, "after_commit")
def _write_looks(session: ScopedSession) -> None:
    """Write what `look` remembered in a transaction of its own, before the answer is sent: no entry, no page."""
    if session.in_nested_transaction():
        return
    entries: list[dict[str, Any]] = session.info.pop(_LOOKS, [])
    if not entries:
        return
    with open_session(session.engine, session.scope, session.actor, vault=session.vault) as writer:
        write_rows(writer, AuditEntry, entries)
        writer.commit()


def truncate_address(ip: str | None) -> str:
    """The network an address lies in: the last byte of IPv4, the last 80 bits of IPv6 are dropped."""
    if not ip:
        return ""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    kept = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, kept), strict=False).network_address)


def _entry(
    session: ScopedSession,
    act: str,
    subject: Subject,
    now: datetime,
    actor: Actor | None,
    region: str,
    person_id: uuid.UUID | None,
    case_id: uuid.UUID | None,
    reason: str,
    changes: Mapping[str, Any] | None,
    done: bool,
) -> dict[str, Any]:
    who = actor or session.actor
    login_id, ip = session.info.get(_TRACE, (None, ""))
    levels = _levels(subject, region, who.node)
    values: dict[str, Any] = {
        "id": new_id(),
        "at": now,
        "act": act,
        "done": done,
        "actor_kind": who.kind,
        "account_id": who.account_id,
        # a resident's name has no place in the trail: her account id is enough
        "actor_name": who.name if who.kind in {"staff", "job"} else "",
        "node": who.node,
        **_subject(subject),
        "person_id": person_id or _of(subject, "person_id"),
        "case_id": case_id or _of(subject, "case_id") or _case_itself(subject),
        "reason": without_numbers(reason),
        "changes": dict(changes or {}),
        "login_id": login_id,
        "ip": ip,
        "chain": levels["county"] or levels["city"] or levels["province"] or NATION,
        "batch": None,
        **levels,
    }
    values["digest"] = digest_of(values)
    values["proof"] = proof_of(session.vault, values["digest"])
    return values


def _subject(subject: Subject) -> dict[str, str]:
    if subject is None:
        return {"subject_type": "", "subject_id": ""}
    if isinstance(subject, tuple):
        return {"subject_type": subject[0], "subject_id": str(subject[1])}
    return {"subject_type": subject.__tablename__, "subject_id": str(subject.id)}


def _case_itself(subject: Subject) -> uuid.UUID | None:
    """The id of a case that is itself the subject, so that the trail of a case is found whole."""
    if subject is None or isinstance(subject, tuple) or subject.__tablename__ != "cases":
        return None
    found: uuid.UUID = subject.id
    return found


def _of(subject: Subject, name: str) -> uuid.UUID | None:
    found = None if isinstance(subject, tuple) else getattr(subject, name, None)
    return found if isinstance(found, uuid.UUID) else None


def _levels(subject: Subject, region: str, node: str) -> dict[str, str]:
    """Where it happened: the region told, else the subject's own, else the node the actor works in."""
    own = {name: getattr(subject, name, None) or "" for name in LEVELS}
    if not region and own["province"]:
        return own
    return region_columns(region or node or NATION)
