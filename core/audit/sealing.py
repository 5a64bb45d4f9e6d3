"""Seals the audit trail: new entries go into hash-linked batches per chain, and an anchor binds the chains together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.audit.content import hash_bytes, proof_of
from core.audit.models import AuditAnchor, AuditBatch, AuditEntry
from core.database import new_id
from core.sessions import ScopedSession, update_rows

BATCH_SIZE = 500
FIRST = bytes(32)  # what the first batch of a chain, and the first anchor, follow


def seal(session: ScopedSession, now: datetime, *, algorithm: str = "sha256") -> int:
    """Put every entry not yet sealed into batches and anchor them; returns how many entries. Needs a System session.

    `algorithm` is "sha256" or "sm3". Two sealers at once: the second one's batch number is taken, its transaction
    fails, and nothing is lost.
    """
    chains = session.scalars(select(AuditEntry.chain).where(AuditEntry.batch.is_(None)).distinct()).all()
    heads: dict[str, list[Any]] = {}
    sealed = 0
    for chain in sorted(chains):
        while found := _unsealed(session, chain):
            heads[chain] = _seal_batch(session, chain, found, now, algorithm)
            sealed += len(found)
    if heads:
        _anchor(session, heads, now, algorithm)
    session.flush()
    return sealed


def batch_hash(algorithm: str, chain: str, number: int, previous: bytes, digests: Sequence[bytes]) -> bytes:
    """What a batch's `hash` must be; digests in the order of their entries' ids."""
    head = f"{chain}\x1f{number}\x1f{len(digests)}\x1f".encode()
    return hash_bytes(algorithm, head, previous, *digests)


def anchor_hash(algorithm: str, number: int, previous: bytes, heads: Mapping[str, Any]) -> bytes:
    """What an anchor's `hash` must be."""
    text = json.dumps(dict(heads), sort_keys=True, separators=(",", ":"))
    return hash_bytes(algorithm, f"{number}\x1f".encode(), previous, text.encode())


def _unsealed(session: ScopedSession, chain: str) -> list[tuple[uuid.UUID, bytes]]:
    waiting = (
        select(AuditEntry.id, AuditEntry.digest)
        .where(AuditEntry.chain == chain, AuditEntry.batch.is_(None))
        .order_by(AuditEntry.id)
        .limit(BATCH_SIZE)
    )
    return [(row.id, row.digest) for row in session.execute(waiting)]


def _seal_batch(
    session: ScopedSession,
    chain: str,
    found: Sequence[tuple[uuid.UUID, bytes]],
    now: datetime,
    algorithm: str,
) -> list[Any]:
    last = session.execute(
        select(AuditBatch.number, AuditBatch.hash)
        .where(AuditBatch.chain == chain)
        .order_by(AuditBatch.number.desc())
        .limit(1)
    ).first()
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
    hashed = batch_hash(algorithm, chain, number, previous, [digest for _, digest in found])
    session.add(
        AuditBatch(
            id=new_id(),
            chain=chain,
            number=number,
            entries=len(found),
            algorithm=algorithm,
            previous=previous,
            hash=hashed,
            proof=proof_of(session.vault, hashed),
            sealed_at=now,
        )
    )
    session.flush()
    marked = update_rows(
        session,
        AuditEntry,
        {"batch": number},
        AuditEntry.id.in_([entry_id for entry_id, _ in found]),
        AuditEntry.batch.is_(None),
    )
    if marked != len(found):
        msg = "another sealer took some of these entries"
        raise RuntimeError(msg)
    return [number, hashed.hex()]


def _anchor(session: ScopedSession, heads: dict[str, list[Any]], now: datetime, algorithm: str) -> None:
    last = session.execute(
        select(AuditAnchor.number, AuditAnchor.hash).order_by(AuditAnchor.number.desc()).limit(1)
    ).first()
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
    hashed = anchor_hash(algorithm, number, previous, heads)
    session.add(
        AuditAnchor(
            id=new_id(),
            number=number,
            algorithm=algorithm,
            heads=heads,
            previous=previous,
            hash=hashed,
            proof=proof_of(session.vault, hashed),
            anchored_at=now,
        )
    )


def last_anchor(session: ScopedSession) -> str:
    """`number:hash` of the last anchor, to be kept outside this installation; empty before the first seal."""
    number = session.scalar(select(func.max(AuditAnchor.number)))
    if number is None:
        return ""
    hashed = session.scalar(select(AuditAnchor.hash).where(AuditAnchor.number == number))
    return f"{number}:{(hashed or b'').hex()}"
