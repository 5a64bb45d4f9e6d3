"""Visits being filled in: one draft per worker and case, sealed, kept as one goes, gone when the visit is submitted."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.draft_state import DraftState, Save, merge, put, take_out
from core.cases.models import Case
from core.documents.changes import let_go
from core.documents.models import Document
from core.encryption import place_of
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_
from core.visits.models import VisitDraft, VisitPhoto

FORM = "@form"
audit.name_act("visit-draft.drop", N_("删掉入户登记草稿"))


@dataclass(frozen=True, slots=True)
class OpenVisitDraft:
    """A draft opened. `revision` 0: nothing was saved yet. Its id is the visit's once it is submitted."""

    id: uuid.UUID
    case_id: uuid.UUID
    revision: int
    saved_at: datetime | None
    state: DraftState

    @property
    def form(self) -> tuple[str, str] | None:
        """Name and version of the form it was begun with: it keeps them whatever is enabled since."""
        kept = self.state.fields.get(FORM)
        return (kept[0], kept[1]) if kept else None


def read_visit_draft(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID, *, lock: bool = False
) -> OpenVisitDraft | None:
    """What the actor began on the case, or None. `lock`: hold it, so that a second press of "submit" waits."""
    row = _row(session, actor, case_id, lock=lock)
    return _opened(session, row) if row is not None else None


def others_at_work(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID
) -> list[tuple[uuid.UUID, datetime]]:
    """(account id, when saved last) of colleagues who are filling in a visit to the same family."""
    rows = session.execute(
        select(VisitDraft.account_id, VisitDraft.saved_at)
        .where(VisitDraft.case_id == case_id, VisitDraft.account_id != actor.account_id)
        .order_by(VisitDraft.saved_at.desc())
    )
    return [(row.account_id, row.saved_at) for row in rows]


def save_visit_draft(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    draft_id: uuid.UUID,
    save: Save,
    *,
    now: datetime,
) -> OpenVisitDraft:
    """Keep what a page sends; the first save begins the draft under `draft_id`.

    Raises DraftConflict, saving nothing, when another device of the same worker changed the same field.
    """
    actor.require(Permission.VISIT_RECORD)
    row = _row(session, actor, case.id, lock=True)
    if row is None:
        row = VisitDraft(
            **{level: getattr(case, level) for level in LEVELS},
            id=draft_id,
            case_id=case.id,
            account_id=actor.account_id,
            revision=0,
            saved_at=now,
        )
        row.answers_sealed = session.vault.seal_json(place_of(row, "answers_sealed"), asdict(DraftState()))
        session.add(row)
    state = _state(session, row)
    changed = merge(state, save, row.revision)
    if changed or save.removed or row.revision == 0:
        row.revision += 1
        for path, value in changed.items():
            put(state, path, value, row.revision, save.page)
        for path in save.removed:
            take_out(state, path, row.revision)
        row.saved_at = now
        row.answers_sealed = session.vault.seal_json(place_of(row, "answers_sealed"), asdict(state))
        session.flush()
    return _opened(session, row)


def drop_visit_draft(session: ScopedSession, actor: Actor, case_id: uuid.UUID, *, now: datetime) -> None:
    """Throw the actor's draft away with its photos. Raises NotFound without one."""
    row = found(_row(session, actor, case_id, lock=True))
    for value in _state(session, row).fields.values():
        if isinstance(value, str):
            replace_photo(session, row.id, value, now=now)
    audit.record(session, "visit-draft.drop", row, now=now, case_id=case_id)
    session.delete(row)
    session.flush()


def end_visit_draft(session: ScopedSession, actor: Actor, case_id: uuid.UUID) -> None:
    """The visit holds everything now."""
    row = _row(session, actor, case_id, lock=True)
    if row is not None:
        session.delete(row)
        session.flush()


def photo_about(draft_id: uuid.UUID, question: str) -> str:
    """What a photo or signature of a draft is about (`Document.about`): one question of one visit."""
    return f"{draft_id.hex[-20:]}:{question}"[:40]


def replace_photo(session: ScopedSession, draft_id: uuid.UUID, answer: str, *, now: datetime) -> None:
    """Let go of the photo that `answer` names, unless a submitted visit holds it.

    Only of one that this draft took: an answer is whatever was typed, and may name any paper of the case.
    """
    try:
        document_id = uuid.UUID(answer)
    except ValueError:
        return
    row: Any = session.get(Document, document_id)
    if row is None or row.removed_at or not row.about.startswith(photo_about(draft_id, "")):
        return
    if session.scalar(select(VisitPhoto.id).where(VisitPhoto.document_id == document_id).limit(1)) is None:
        let_go(session, row, now=now)


def _row(session: ScopedSession, actor: Actor, case_id: uuid.UUID, *, lock: bool) -> VisitDraft | None:
    statement = select(VisitDraft).where(
        VisitDraft.case_id == case_id, VisitDraft.account_id == actor.account_id
    )
    row: VisitDraft | None = session.scalar(statement.with_for_update() if lock else statement)
    return row


def _state(session: ScopedSession, row: VisitDraft) -> DraftState:
    return DraftState(**session.vault.unseal_json(place_of(row, "answers_sealed"), row.answers_sealed))


def _opened(session: ScopedSession, row: VisitDraft) -> OpenVisitDraft:
    return OpenVisitDraft(row.id, row.case_id, row.revision, row.saved_at, _state(session, row))
