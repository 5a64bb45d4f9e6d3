"""Applications in the making: each belongs to one account, is sealed whole, and no device overwrites another silently."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.cases.declaration_models import Draft
from core.cases.draft_state import (
    DraftConflict,
    DraftState,
    Save,
    answers_of,
    check_signature,
    merge,
    new_row_key,
    put,
    state_from,
    take_out,
)
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked
from core.forms import Answers, FormDeclaration
from core.sessions import ScopedSession, found
from core.translations import N_

__all__ = [
    "DraftConflict",
    "DraftState",
    "OpenDraft",
    "Save",
    "begin_draft",
    "change_form",
    "drafts_of",
    "drop_draft",
    "keep_signature",
    "mark_submitted",
    "new_row_key",
    "read_draft",
    "save_draft",
    "state_from",
]
audit.name_act("draft.begin", N_("开始填申请"))
audit.name_act("draft.drop", N_("删掉没交的申请"))


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with its state opened. `case_id` once it was submitted."""

    id: uuid.UUID
    scheme: str
    form_name: str
    form_version: str
    step: str
    revision: int
    saved_at: datetime
    case_id: uuid.UUID | None
    state: DraftState

    def answers(self, form: FormDeclaration) -> Answers:
        """The answer set as `core.forms.read_answers` takes it: rows as lists, members pointed at by their number."""
        return answers_of(self.state, form)


def begin_draft(
    session: ScopedSession,
    actor: Actor,
    scheme: str,
    form: FormDeclaration,
    *,
    now: datetime,
    state: DraftState | None = None,
) -> OpenDraft:
    """Start an application of the account that acts; `state` holds what is known already."""
    row = Draft(
        id=new_id(),
        account_id=actor.account_id,
        scheme=scheme,
        form_name=form.name,
        form_version=form.version,
        step="",
        revision=1,
        saved_at=now,
    )
    _seal(session, row, state or DraftState())
    session.add(row)
    session.flush()
    audit.record(session, "draft.begin", row, now=now)
    return _opened(session, row)


def read_draft(session: ScopedSession, draft_id: uuid.UUID, *, lock: bool = False) -> OpenDraft:
    """One's own draft, opened. Raises NotFound for anybody else's.

    `lock`: hold it until the end of the transaction, so that a second press of "submit" waits and then finds the case.
    """
    statement = select(Draft).where(Draft.id == draft_id)
    return _opened(session, found(session.scalar(statement.with_for_update() if lock else statement)))


def drafts_of(session: ScopedSession, account_id: uuid.UUID) -> list[OpenDraft]:
    """The account's drafts that were not submitted, the last saved first."""
    rows = session.scalars(
        select(Draft)
        .where(Draft.account_id == account_id, Draft.case_id.is_(None))
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    )
    return [_opened(session, row) for row in rows]


def save_draft(
    session: ScopedSession, actor: Actor, draft_id: uuid.UUID, save: Save, *, now: datetime
) -> OpenDraft:
    """Keep what a page sends, beside what other devices saved meanwhile.

    Raises DraftConflict, saving nothing, when both changed the same field; Blocked once it was submitted; NotFound.
    """
    row = _to_change(session, actor, draft_id)
    state = _state_of(session, row)
    changed = merge(state, save, row.revision)
    revision = row.revision + 1
    for path, value in changed.items():
        put(state, path, value, revision, save.page)
    for path in save.removed:
        take_out(state, path, revision)
    check_signature(state, [*changed, *save.removed])
    moved = bool(save.step) and save.step != row.step
    if changed or save.removed:
        row.revision = revision
        row.saved_at = now
        state.device = save.device or state.device
    if moved:
        row.step = save.step
        if save.step not in state.reached:
            state.reached.append(save.step)
    if changed or save.removed or moved:
        _seal(session, row, state)
        session.flush()
    return _opened(session, row)


def change_form(
    session: ScopedSession, actor: Actor, draft_id: uuid.UUID, form: FormDeclaration, *, now: datetime
) -> OpenDraft:
    """Go on with the form of another place; every answer stays, and what that form does not ask is dropped at the end."""
    row = _to_change(session, actor, draft_id)
    row.form_name, row.form_version, row.saved_at = form.name, form.version, now
    session.flush()
    return _opened(session, row)


def keep_signature(
    session: ScopedSession,
    actor: Actor,
    draft_id: uuid.UUID,
    signature: Mapping[str, Any] | None,
    *,
    now: datetime,
) -> OpenDraft:
    """Keep the applicant's signature with the draft (shape: `DraftState.signature`), or take it back with None."""
    row = _to_change(session, actor, draft_id)
    state = _state_of(session, row)
    state.signature = dict(signature) if signature is not None else None
    row.saved_at = now
    _seal(session, row, state)
    session.flush()
    return _opened(session, row)


def mark_submitted(session: ScopedSession, draft_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """The case holds everything now: the draft keeps only where it went, for a second press of the button."""
    row: Draft = found(session.get(Draft, draft_id))
    row.case_id = case_id
    _seal(session, row, DraftState())
    session.flush()


def drop_draft(session: ScopedSession, actor: Actor, draft_id: uuid.UUID, *, now: datetime) -> None:
    """Delete a draft for good. Raises Blocked once it was submitted."""
    row = _to_change(session, actor, draft_id)
    audit.record(session, "draft.drop", row, now=now)
    session.delete(row)
    session.flush()


# --- sealing ----------------------------------------------------------------------------------------------------


def _to_change(session: ScopedSession, actor: Actor, draft_id: uuid.UUID) -> Draft:
    # two presses at once must see one another: the second waits for the first
    row: Draft = found(
        session.scalar(
            select(Draft).where(Draft.id == draft_id, Draft.account_id == actor.account_id).with_for_update()
        )
    )
    if row.case_id is not None:
        raise Blocked(N_("这份申请已经交上去了，不能再改。要改的，请在“查进度”里看怎么办，或者打窗口电话。"))
    return row


def _state_of(session: ScopedSession, row: Draft) -> DraftState:
    return DraftState(**session.vault.unseal_json(place_of(row, "answers_sealed"), row.answers_sealed))


def _seal(session: ScopedSession, row: Draft, state: DraftState) -> None:
    row.answers_sealed = session.vault.seal_json(place_of(row, "answers_sealed"), asdict(state))


def _opened(session: ScopedSession, row: Draft) -> OpenDraft:
    return OpenDraft(
        id=row.id,
        scheme=row.scheme,
        form_name=row.form_name,
        form_version=row.form_version,
        step=row.step,
        revision=row.revision,
        saved_at=row.saved_at,
        case_id=row.case_id,
        state=_state_of(session, row),
    )
