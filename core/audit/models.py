"""The audit trail's tables: entries nobody may change, the batches that seal them, the anchors that count the batches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from core.audit.protection import protection_ddl
from core.database import Base, Instant, Json, PrimaryId
from core.scopes import RegionScoped, Visibility


class AuditEntry(RegionScoped, Base):
    """Who did or looked at what, when and from where (GB/T 22239-2019, 8.1.4.3). Written in any scope, read by region.

    `changes`: field name to [before, after], each masked or "***". `digest` covers every other column but `proof` and
    `batch`; `proof` is its keyed index, which nobody makes without the installation's keys. `batch` is the number in
    its chain, None until sealed: the only column that is ever set later, once.
    """

    __tablename__ = "audit_entries"
    __visible__ = Visibility(region=True, append=True)

    id: Mapped[PrimaryId]
    at: Mapped[Instant]
    act: Mapped[str] = mapped_column(String(60))
    done: Mapped[bool] = mapped_column(default=True)
    actor_kind: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(60), default="")
    node: Mapped[str] = mapped_column(String(12), default="")
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(80), default="")
    person_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[Json]
    login_id: Mapped[UUID | None]
    ip: Mapped[str] = mapped_column(String(45), default="")
    chain: Mapped[str] = mapped_column(String(12))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    proof: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    batch: Mapped[int | None]


Index("ix_audit_entries_chain_batch", AuditEntry.chain, AuditEntry.batch, AuditEntry.id)
Index("ix_audit_entries_at", AuditEntry.at, AuditEntry.id)
Index("ix_audit_entries_account_id", AuditEntry.account_id, AuditEntry.at)
Index("ix_audit_entries_person_id", AuditEntry.person_id, AuditEntry.at)
Index("ix_audit_entries_case_id", AuditEntry.case_id, AuditEntry.at)
for _level in ("province", "city", "county", "township"):
    Index(f"ix_audit_entries_{_level}", getattr(AuditEntry, _level), AuditEntry.at, AuditEntry.id)


class AuditBatch(Base):
    """A sealed run of one chain's entries; `hash` covers the previous batch's hash and every entry's digest in order."""

    __tablename__ = "audit_batches"
    __visible__ = Visibility()
    __table_args__ = (UniqueConstraint("chain", "number"),)

    id: Mapped[PrimaryId]
    chain: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    entries: Mapped[int]
    algorithm: Mapped[str] = mapped_column(String(10))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    proof: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    sealed_at: Mapped[Instant]


class AuditAnchor(Base):
    """The chains that grew since the anchor before, bound together.

    `heads`: chain to [number of its last batch, that batch's hash in hex]. `hash` covers them and the anchor before.
    """

    __tablename__ = "audit_anchors"
    __visible__ = Visibility()

    id: Mapped[PrimaryId]
    number: Mapped[int] = mapped_column(unique=True)
    algorithm: Mapped[str] = mapped_column(String(10))
    heads: Mapped[Json]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    proof: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    anchored_at: Mapped[Instant]


def _protect(table: Any, connection: Connection, **_: Any) -> None:
    for statement in protection_ddl(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


for _model in (AuditEntry, AuditBatch, AuditAnchor):
    event.listen(_model.__table__, "after_create", _protect)
