"""Verifies the audit trail: finds what was altered, removed or inserted below the application."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from sqlalchemy import select

from core.audit.content import DIGESTED, digest_of, is_proven
from core.audit.models import AuditAnchor, AuditBatch, AuditEntry
from core.audit.sealing import FIRST, anchor_hash, batch_hash
from core.sessions import ScopedSession
from core.translations import N_


class FaultKind(StrEnum):
    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the trail. `message` is a msgid with {chain}, {batch} and {entry}."""

    kind: FaultKind
    message: str
    chain: str = ""
    batch: int = 0
    entry: uuid.UUID | None = None

    def __str__(self) -> str:
        return self.message.format(chain=self.chain, batch=self.batch, entry=self.entry)


@dataclass(slots=True)
class _Batch:
    number: int
    entries: int
    algorithm: str
    previous: bytes
    hash: bytes


@dataclass(slots=True)
class _Chain:
    """A chain's batches by number, and what was seen of them."""

    batches: dict[int, _Batch] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


def verify(session: ScopedSession, *, expected: str = "") -> list[Fault]:
    """Every fault of the whole trail, empty when it is whole. Needs a System session; reads every entry once.

    `expected` is an anchor `number:hash` kept outside (see `last_anchor`): only with it is the removal of everything
    that came last, anchors included, found.
    """
    chains = _chains(session)
    faults = [*_batch_faults(session, chains), *_entry_faults(session, chains)]
    faults.extend(_anchor_faults(session, chains, expected))
    return faults


def _chains(session: ScopedSession) -> dict[str, _Chain]:
    chains: dict[str, _Chain] = {}
    batches = select(
        AuditBatch.chain,
        AuditBatch.number,
        AuditBatch.entries,
        AuditBatch.algorithm,
        AuditBatch.previous,
        AuditBatch.hash,
    )
    for row in session.execute(batches):
        batch = _Batch(row.number, row.entries, row.algorithm, row.previous, row.hash)
        chains.setdefault(row.chain, _Chain()).batches[row.number] = batch
    return chains


def _batch_faults(session: ScopedSession, chains: dict[str, _Chain]) -> Iterator[Fault]:
    """The links between batches; their content is checked with the entries."""
    for name, chain in chains.items():
        previous = FIRST
        for number in range(1, max(chain.batches) + 1):
            batch = chain.batches.get(number)
            if batch is None:
                yield Fault(FaultKind.REMOVED, _NO_BATCH, name, number)
                following = chain.batches.get(number + 1)
                previous = following.previous if following else previous
                continue
            if batch.previous != previous:
                yield Fault(FaultKind.ALTERED, _LINK, name, number)
            previous = batch.hash
    proofs = select(AuditBatch.chain, AuditBatch.number, AuditBatch.hash, AuditBatch.proof)
    for row in session.execute(proofs):
        if not is_proven(session.vault, row.hash, row.proof):
            yield Fault(FaultKind.ALTERED, _BATCH_UNPROVEN, row.chain, row.number)


def _entry_faults(session: ScopedSession, chains: dict[str, _Chain]) -> Iterator[Fault]:
    columns = [getattr(AuditEntry, name) for name in (*DIGESTED, "digest", "proof", "batch")]
    rows = session.execute(
        select(*columns)
        .order_by(AuditEntry.chain, AuditEntry.batch, AuditEntry.id)
        .execution_options(yield_per=2000)
    )
    for (chain, number), group in groupby(rows, key=lambda row: (row.chain, row.batch)):
        digests: list[bytes] = []
        altered = False
        for row in group:
            digests.append(row.digest)
            if digest_of(dict(zip(DIGESTED, row, strict=False))) != row.digest:
                altered = True
                yield Fault(FaultKind.ALTERED, _ALTERED, chain, number or 0, row.id)
            elif not is_proven(session.vault, row.digest, row.proof):
                yield Fault(FaultKind.INSERTED, _FOREIGN, chain, number or 0, row.id)
        if number is not None:
            yield from _content_faults(chains.get(chain), chain, number, digests, altered)
    for name, chain_ in chains.items():
        for number in sorted(set(chain_.batches) - chain_.seen):
            yield Fault(FaultKind.REMOVED, _EMPTY_BATCH, name, number)


def _content_faults(
    chain: _Chain | None, name: str, number: int, digests: list[bytes], altered: bool
) -> Iterator[Fault]:
    batch = chain.batches.get(number) if chain else None
    if chain is None or batch is None:
        yield Fault(FaultKind.REMOVED, _NO_BATCH, name, number)
        return
    chain.seen.add(number)
    if len(digests) < batch.entries:
        yield Fault(FaultKind.REMOVED, _FEWER, name, number)
    elif len(digests) > batch.entries:
        yield Fault(FaultKind.INSERTED, _MORE, name, number)
    elif batch_hash(batch.algorithm, name, number, batch.previous, digests) != batch.hash and not altered:
        yield Fault(FaultKind.ALTERED, _BATCH_ALTERED, name, number)


def _anchor_faults(session: ScopedSession, chains: dict[str, _Chain], expected: str) -> Iterator[Fault]:
    previous, last = FIRST, 0
    anchored: dict[str, int] = {}
    found = ""
    for anchor in session.scalars(select(AuditAnchor).order_by(AuditAnchor.number)):
        if anchor.number != last + 1:
            yield Fault(FaultKind.REMOVED, _NO_ANCHOR, batch=last + 1)
        elif anchor.previous != previous:
            yield Fault(FaultKind.ALTERED, _ANCHOR_ALTERED, batch=anchor.number)
        right = anchor_hash(anchor.algorithm, anchor.number, anchor.previous, anchor.heads)
        if right != anchor.hash or not is_proven(session.vault, anchor.hash, anchor.proof):
            yield Fault(FaultKind.ALTERED, _ANCHOR_ALTERED, batch=anchor.number)
        for name, (number, hashed) in anchor.heads.items():
            anchored[name] = number
            batch = chains[name].batches.get(number) if name in chains else None
            if batch is None:
                yield Fault(FaultKind.REMOVED, _NO_BATCH, name, number)
            elif batch.hash.hex() != hashed:
                yield Fault(FaultKind.ALTERED, _BATCH_ALTERED, name, number)
        previous, last = anchor.hash, anchor.number
        if expected.partition(":")[0] == str(anchor.number):
            found = f"{anchor.number}:{anchor.hash.hex()}"
    for name, chain in chains.items():
        if max(chain.batches) > anchored.get(name, 0):
            yield Fault(FaultKind.REMOVED, _NOT_ANCHORED, name, max(chain.batches))
    if expected and found != expected:
        yield Fault(FaultKind.REMOVED, _NOT_EXPECTED)


_ALTERED = N_("记录 {entry} 被改动过（{chain} 第 {batch} 批）")
_FOREIGN = N_("记录 {entry} 不是本系统写入的（{chain} 第 {batch} 批）")
_FEWER = N_("{chain} 第 {batch} 批少了记录")
_MORE = N_("{chain} 第 {batch} 批多出了记录")
_EMPTY_BATCH = N_("{chain} 第 {batch} 批的记录全部不见了")
_NO_BATCH = N_("{chain} 第 {batch} 批的封存不见了")
_LINK = N_("{chain} 第 {batch} 批与前一批接不上")
_BATCH_ALTERED = N_("{chain} 第 {batch} 批的封存与记录不符")
_BATCH_UNPROVEN = N_("{chain} 第 {batch} 批的封存不是本系统写入的")
_NO_ANCHOR = N_("第 {batch} 个总封存不见了")
_ANCHOR_ALTERED = N_("第 {batch} 个总封存被改动过")
_NOT_ANCHORED = N_("{chain} 第 {batch} 批没有总封存，总封存可能被删除")
_NOT_EXPECTED = N_("与外部留存的总封存不符：最后的记录可能被整批删除")
