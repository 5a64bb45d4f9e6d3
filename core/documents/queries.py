"""Reading papers: a person's library, a case's file, and one paper opened, which leaves a look in the audit trail."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.documents.models import Document, DocumentKind
from core.encrypted_files import FileStore
from core.encryption import place_of
from core.sessions import ScopedSession, found
from core.uploads import ContentKind

_ENDINGS = {
    ContentKind.JPEG: "jpg",
    ContentKind.PNG: "png",
    ContentKind.WEBP: "webp",
    ContentKind.PDF: "pdf",
}


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A paper with its bytes; `file_name` ends as its content does, whatever it was called."""

    document: Document
    title: str
    content: bytes
    file_name: str


def library(
    session: ScopedSession, account_id: uuid.UUID, kinds: Iterable[DocumentKind] = ()
) -> Sequence[Document]:
    """The papers an account gave and still keeps, newest first: offered again before anything is asked anew."""
    statement = select(Document).where(
        Document.owner_account_id == account_id, Document.case_id.is_(None), Document.removed_at.is_(None)
    )
    wanted = list(kinds)
    if wanted:
        statement = statement.where(Document.kind.in_(wanted))
    return session.scalars(statement.order_by(Document.given_at.desc(), Document.id.desc())).all()


def papers_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Document]:
    """Everything in the case's file, by kind and member, oldest first."""
    return papers_of_cases(session, [case_id])


def papers_of_cases(session: ScopedSession, case_ids: Collection[uuid.UUID]) -> Sequence[Document]:
    """Everything in the files of several cases, in the same order."""
    return session.scalars(
        select(Document)
        .where(Document.case_id.in_(case_ids), Document.removed_at.is_(None))
        .order_by(Document.kind, Document.member_id, Document.given_at)
    ).all()


def paper_of_member(
    session: ScopedSession, case_id: uuid.UUID, member_id: uuid.UUID, kind: DocumentKind
) -> Document | None:
    """The newest paper of that kind about one declared member in a case's file, if any."""
    row: Document | None = session.scalar(
        select(Document)
        .where(
            Document.case_id == case_id,
            Document.member_id == member_id,
            Document.kind == kind,
            Document.removed_at.is_(None),
        )
        .order_by(Document.given_at.desc(), Document.id.desc())
        .limit(1)
    )
    return row


def titles(session: ScopedSession, documents: Sequence[Document]) -> dict[uuid.UUID, str]:
    """What each paper is called by whoever gave it."""
    opened = session.vault.unseal_column(
        "documents", "title_sealed", [(row.id, row.title_sealed) for row in documents]
    )
    return {row.id: title or "" for row, title in zip(documents, opened, strict=True)}


def open_document(
    session: ScopedSession, files: FileStore, document_id: uuid.UUID, *, now: datetime
) -> OpenedDocument:
    """The bytes of one paper, checked against their hash; NotFound out of scope. Leaves a look."""
    row: Document = found(session.get(Document, document_id))
    if row.removed_at is not None:
        found(None)
    content = files.read(row.file_id, row.sha256)
    title = session.vault.unseal(place_of(row, "title_sealed"), row.title_sealed)
    audit.look(session, "document.look", row, now=now)
    return OpenedDocument(row, title, content, f"{row.kind}-{row.id.hex[-6:]}.{_ENDINGS[row.content_kind]}")
