"""Keeping papers: stored once, reused for later applications, copied into a case, taken back before it is submitted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, or_, select

from core import audit
from core.access import Actor
from core.database import new_id
from core.documents.models import Document, DocumentKind
from core.documents.titles import KIND_TITLES
from core.encrypted_files import FileStore
from core.encryption import Place
from core.scopes import region_columns
from core.sessions import ScopedSession, write_rows
from core.uploads import DEFAULT_LIMIT, PAPERS, ContentKind

HALVES_KEPT, UNUSED_KEPT = timedelta(days=1), timedelta(days=30)
_AT_ONCE = 500
_WRITTEN = "documents_written"
_COPIES = uuid.UUID("6d5b3b0e-7e0a-5c40-9e52-0d6a3f9b7c11")


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whose a new paper is. `region_code` only once there is a case; `id_number` (normalised) finds it again later."""

    owner_account_id: uuid.UUID | None = None
    region_code: str = ""
    case_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    authorisation_id: uuid.UUID | None = None
    about: str = ""
    id_number: str = ""


def store_document(
    session: ScopedSession,
    actor: Actor,
    files: FileStore,
    content: bytes,
    kind: DocumentKind,
    belonging: Belonging,
    *,
    now: datetime,
    title: str = "",
    accept: frozenset[ContentKind] = PAPERS,
    limit: int = DEFAULT_LIMIT,
) -> Document:
    """Check, shrink and seal an upload, then write its row. The same bytes for the same person are kept once.

    `limit` in bytes. Raises Invalid for a file that may not be stored (in words), StorageFailed (507) when the disk is
    full: then nothing of it is kept. A rolled-back session takes its files with it.
    """
    row_id = new_id()
    kept = files.store_upload(row_id, content, accept=accept, limit=limit)
    _remember(session, files, row_id)
    index = session.vault.index("id_number", belonging.id_number) if belonging.id_number else None
    known = _same(session, belonging, kind, kept.sha256)
    if known is not None:
        files.delete(row_id)
        return known
    row = Document(
        **region_columns(belonging.region_code) if belonging.region_code else _NOWHERE,
        id=row_id,
        kind=kind,
        owner_account_id=belonging.owner_account_id,
        person_id=belonging.person_id,
        case_id=belonging.case_id,
        member_id=belonging.member_id,
        authorisation_id=belonging.authorisation_id,
        about=belonging.about,
        id_index=index,
        file_id=row_id,
        content_kind=kept.kind,
        size=kept.size,
        sha256=kept.sha256,
        taken_at=kept.taken_at,
        given_at=now,
        given_by=actor.account_id,
    )
    session.vault.seal_into(row, "title_sealed", title.strip()[:80] or KIND_TITLES[kind])
    session.add(row)
    session.flush()
    audit.record(session, "document.add", row, now=now, actor=actor, changes={"kind": [None, str(kind)]})
    return row


_NOWHERE = {"province": "", "city": "", "county": "", "township": "", "village": ""}


def _same(session: ScopedSession, belonging: Belonging, kind: DocumentKind, sha256: str) -> Document | None:
    row: Document | None = session.scalar(
        select(Document).where(
            Document.sha256 == sha256,
            Document.kind == kind,
            Document.removed_at.is_(None),
            Document.owner_account_id == belonging.owner_account_id,
            Document.case_id == belonging.case_id,
            Document.member_id == belonging.member_id,
            Document.authorisation_id == belonging.authorisation_id,
            Document.about == belonging.about,
        )
    )
    return row


def copy_id(case_id: uuid.UUID, document_id: uuid.UUID) -> uuid.UUID:
    """The id a library paper has in a case, known before the case is written and the same at a second try."""
    return uuid.uuid5(_COPIES, case_id.hex + document_id.hex)


def attach_to_case(
    session: ScopedSession,
    actor: Actor,
    document_ids: Mapping[uuid.UUID, uuid.UUID | None],
    case_id: uuid.UUID,
    region_code: str,
    *,
    now: datetime,
) -> list[uuid.UUID]:
    """Put copies of library papers into a case: paper id → member id (None: the household's). Returns `copy_id`s.

    The bytes are shared, the library keeps its own rows for the next application. A paper that is already there, or not
    the asker's, is passed over; repeating it changes nothing.
    """
    wanted = [each for each in document_ids if session.get(Document, copy_id(case_id, each)) is None]
    rows: Iterable[Document] = session.scalars(
        select(Document).where(Document.id.in_(wanted), Document.removed_at.is_(None))
    )
    copies = [_copy(session, row, case_id, document_ids[row.id], region_code, actor, now) for row in rows]
    write_rows(session, Document, copies)
    for copy in copies:
        audit.record(
            session,
            "document.add",
            ("documents", copy["id"]),
            now=now,
            actor=actor,
            region=region_code,
            case_id=case_id,
        )
    return [copy["id"] for copy in copies]


def _copy(
    session: ScopedSession,
    row: Document,
    case_id: uuid.UUID,
    member_id: uuid.UUID | None,
    region_code: str,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    new = copy_id(case_id, row.id)
    title = session.vault.unseal(Place("documents", "title_sealed", row.id.hex), row.title_sealed)
    return {
        **region_columns(region_code),
        "id": new,
        "kind": row.kind,
        "title_sealed": session.vault.seal(Place("documents", "title_sealed", new.hex), title),
        "owner_account_id": row.owner_account_id,
        "person_id": row.person_id,
        "case_id": case_id,
        "member_id": member_id,
        "original_id": row.id,
        "about": row.about,
        "id_index": row.id_index,
        "file_id": row.file_id,
        "content_kind": row.content_kind,
        "size": row.size,
        "sha256": row.sha256,
        "taken_at": row.taken_at,
        "given_at": now,
        "given_by": actor.account_id,
    }


def let_go(session: ScopedSession, row: Document, *, now: datetime) -> None:
    """A paper that never came into a file is not needed any more: nobody opens it again, its bytes go with the sweep."""
    row.removed_at = now
    session.flush()
    audit.record(session, "document.let-go", row, now=now)


def sweep_files(session: ScopedSession, files: FileStore, *, now: datetime) -> int:
    """Delete halves that a power cut left, after a day, and files that no paper in use names, after a month; how many.

    Needs a System session. Whole files stay where the newest paper has none here: then this is another database's folder.
    A month, so that a database put back from a backup of last week finds the papers given since, and those let go of since.
    """
    swept = files.sweep_halves(now - HALVES_KEPT)
    unused_since = now - UNUSED_KEPT
    in_use = select(Document.file_id).where(
        or_(Document.removed_at.is_(None), Document.removed_at > unused_since)
    )
    newest = session.scalar(in_use.order_by(Document.given_at.desc()).limit(1))
    if newest is None or not files.path_of(newest).exists():
        return swept
    old = list(files.written_before(unused_since))
    for at in range(0, len(old), _AT_ONCE):
        some = old[at : at + _AT_ONCE]
        used = set(session.scalars(in_use.where(Document.file_id.in_(some))))
        swept += sum(files.delete(each) for each in some if each not in used)
    return swept


# --- files of a transaction that fails --------------------------------------------------------------------------


def _remember(session: ScopedSession, files: FileStore, file_id: uuid.UUID) -> None:
    session.info.setdefault(_WRITTEN, []).append((files, file_id))


@event.listens_for(ScopedSession, "after_commit")
def _keep_files(session: ScopedSession) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)


@event.listens_for(ScopedSession, "after_rollback")
def _drop_files(session: ScopedSession) -> None:
    for files, file_id in session.info.pop(_WRITTEN, ()):
        files.delete(file_id)
