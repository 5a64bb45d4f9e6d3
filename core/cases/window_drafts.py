"""Walk-in applications in the making: sealed whole, shared by an office, never overwritten by a second clerk unseen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.draft_state import DraftState, Save, answers_of, merge, put, take_out
from core.cases.window_draft_models import WindowDraft
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked
from core.forms import Answers, FormDeclaration, Per
from core.masking import mask_name
from core.scopes import region_columns
from core.sessions import ScopedSession, found
from core.translations import N_

LISTED = 50
audit.name_act("window-draft.begin", N_("窗口开始登记申请"))
audit.name_act("window-draft.look", N_("打开窗口登记的草稿"))
audit.name_act("window-draft.drop", N_("删掉窗口登记的草稿"))


@dataclass(frozen=True, slots=True)
class OpenWindowDraft:
    """A draft with its state opened. `case_id` once it was submitted; its id is then the case's id."""

    id: uuid.UUID
    account_id: uuid.UUID
    saved_by: uuid.UUID
    scheme: str
    form_name: str
    form_version: str
    revision: int
    saved_at: datetime
    case_id: uuid.UUID | None
    state: DraftState

    def answers(self, form: FormDeclaration) -> Answers:
        """The answer set as `core.forms.read_answers` takes it: rows as lists, members pointed at by their number."""
        return answers_of(self.state, form)


def begin_window_draft(
    session: ScopedSession,
    actor: Actor,
    scheme: str,
    form: FormDeclaration,
    *,
    now: datetime,
    state: DraftState | None = None,
) -> OpenWindowDraft:
    """Start a walk-in application in the office of the clerk who acts; `state` holds what is known already."""
    actor.require(Permission.CASE_INTAKE)
    row = WindowDraft(
        **region_columns(actor.node),
        id=new_id(),
        account_id=actor.account_id,
        saved_by=actor.account_id,
        scheme=scheme,
        form_name=form.name,
        form_version=form.version,
        revision=1,
        saved_at=now,
    )
    _seal(session, row, state or DraftState())
    session.add(row)
    session.flush()
    audit.record(session, "window-draft.begin", row, now=now)
    return _opened(session, row)


def read_window_draft(session: ScopedSession, draft_id: uuid.UUID, *, lock: bool = False) -> OpenWindowDraft:
    """A draft of the office, opened. Raises NotFound for another office's.

    `lock`: hold it until the end of the transaction, so that a second press of "submit" waits and then finds the case.
    """
    statement = select(WindowDraft).where(WindowDraft.id == draft_id)
    return _opened(session, found(session.scalar(statement.with_for_update() if lock else statement)))


def window_drafts(session: ScopedSession, limit: int = LISTED) -> Sequence[Any]:
    """What the office began and did not submit, the last saved first; nothing is opened for a list."""
    return session.execute(
        select(WindowDraft.id, WindowDraft.label, WindowDraft.saved_at, WindowDraft.saved_by)
        .where(WindowDraft.case_id.is_(None))
        .order_by(WindowDraft.saved_at.desc(), WindowDraft.id.desc())
        .limit(limit)
    ).all()


def save_window_draft(
    session: ScopedSession, actor: Actor, draft_id: uuid.UUID, save: Save, *, now: datetime
) -> OpenWindowDraft:
    """Keep what a page sends beside what a colleague saved meanwhile.

    Raises DraftConflict, saving nothing, when both changed the same field; Blocked once it was submitted; NotFound.
    """
    row = _to_change(session, actor, draft_id)
    state = _state_of(session, row)
    changed = merge(state, save, row.revision)
    if not changed and not save.removed:
        return _opened(session, row)
    row.revision += 1
    for path, value in changed.items():
        put(state, path, value, row.revision, save.page)
    for path in save.removed:
        take_out(state, path, row.revision)
    row.saved_at = now
    if actor.account_id is not None:
        row.saved_by = actor.account_id
    _seal(session, row, state)
    session.flush()
    return _opened(session, row)


def mark_window_submitted(session: ScopedSession, draft_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """The case holds everything now: the draft keeps only where it went, for a second press of the button."""
    row: WindowDraft = found(session.get(WindowDraft, draft_id))
    row.case_id = case_id
    _seal(session, row, DraftState())
    session.flush()


def drop_window_draft(session: ScopedSession, actor: Actor, draft_id: uuid.UUID, *, now: datetime) -> None:
    """Delete a draft for good. Raises Blocked once it was submitted."""
    row = _to_change(session, actor, draft_id)
    audit.record(session, "window-draft.drop", row, now=now)
    session.delete(row)
    session.flush()


def _to_change(session: ScopedSession, actor: Actor, draft_id: uuid.UUID) -> WindowDraft:
    actor.require(Permission.CASE_INTAKE)
    row: WindowDraft = found(
        session.scalar(select(WindowDraft).where(WindowDraft.id == draft_id).with_for_update())
    )
    if row.case_id is not None:
        raise Blocked(N_("这份申请已经提交成案件，不能再改。请到案件里办。"))
    return row


def _label(state: DraftState) -> str:
    members = state.rows.get(Per.MEMBER.rows, [])
    name = str(state.fields.get(f"{Per.MEMBER.rows}/{members[0]}/name", "")) if members else ""
    # a wrong answer is kept word for word and may be anything
    return mask_name(name[:50])[:60] if name else ""


def _state_of(session: ScopedSession, row: WindowDraft) -> DraftState:
    return DraftState(**session.vault.unseal_json(place_of(row, "answers_sealed"), row.answers_sealed))


def _seal(session: ScopedSession, row: WindowDraft, state: DraftState) -> None:
    row.label = _label(state)
    row.answers_sealed = session.vault.seal_json(place_of(row, "answers_sealed"), asdict(state))


def _opened(session: ScopedSession, row: WindowDraft) -> OpenWindowDraft:
    return OpenWindowDraft(
        id=row.id,
        account_id=row.account_id,
        saved_by=row.saved_by,
        scheme=row.scheme,
        form_name=row.form_name,
        form_version=row.form_version,
        revision=row.revision,
        saved_at=row.saved_at,
        case_id=row.case_id,
        state=_state_of(session, row),
    )
