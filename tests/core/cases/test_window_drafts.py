"""Walk-in drafts belong to an office: sealed, shared, never overwritten unseen, on both databases (R2-07, R2-28)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.cases.draft_state import DraftConflict, Save, state_from
from core.cases.window_draft_models import WindowDraft
from core.cases.window_drafts import (
    begin_window_draft,
    drop_window_draft,
    mark_window_submitted,
    read_window_draft,
    save_window_draft,
    window_drafts,
)
from core.database import new_id
from core.errors import Blocked, NotAllowed, NotFound
from core.testing.town import catalogue

pytestmark = pytest.mark.row("R2-07", "R2-28")
FORM = catalogue().form("guizhou.application", "1")


@pytest.fixture
def desk(town):
    session = town.at_work(town.clerk)
    state = state_from(FORM, {"members": [{"relation": "01", "name": "周明"}]})
    draft = begin_window_draft(session, town.clerk, "dibao", FORM, now=town.now, state=state)
    session.commit()
    return session, draft


def save(session, actor, draft, values, town, **more):
    return save_window_draft(
        session, actor, draft.id, Save(values, seen=draft.revision, **more), now=town.now
    )


def test_a_draft_is_sealed_and_listed_by_a_masked_name(desk):
    session, _draft = desk
    [row] = session.scalars(select(WindowDraft)).all()
    assert "周明".encode() not in row.answers_sealed
    assert [each.label for each in window_drafts(session)] == ["周*"]


def test_a_colleague_goes_on_and_both_sides_of_a_clash_are_told(town, desk):
    session, draft = desk
    other = town.at_work(town.second_clerk)
    hers = read_window_draft(other, draft.id)
    save(session, town.clerk, draft, {"address": "岩脚组12号"}, town)
    session.commit()
    other.rollback()
    kept = save(other, town.second_clerk, hers, {"bank_name": "演示信用社"}, town)
    assert kept.saved_by == town.second_clerk.account_id
    with pytest.raises(DraftConflict) as clash:
        save(other, town.second_clerk, hers, {"address": "岩脚组14号"}, town)
    assert clash.value.theirs == {"address": "岩脚组12号"}


def test_another_office_finds_nothing_and_a_reviewer_changes_nothing(town, desk):
    _session, draft = desk
    elsewhere = town.at_work(town.stranger)
    assert window_drafts(elsewhere) == []
    with pytest.raises(NotFound):
        read_window_draft(elsewhere, draft.id)
    with pytest.raises(NotFound):
        save(elsewhere, town.stranger, draft, {"address": "x"}, town)
    with pytest.raises(NotAllowed):
        save(town.at_work(town.reviewer), town.reviewer, draft, {"address": "x"}, town)


def test_once_submitted_it_keeps_only_where_it_went(town, desk):
    session, draft = desk
    case_id = new_id()
    mark_window_submitted(session, draft.id, case_id)
    session.commit()
    opened = read_window_draft(session, draft.id)
    assert (opened.case_id, opened.state.fields) == (case_id, {})
    assert window_drafts(session) == []
    with pytest.raises(Blocked):
        save(session, town.clerk, opened, {"address": "x"}, town)
    with pytest.raises(Blocked):
        drop_window_draft(session, town.clerk, draft.id, now=town.now)


def test_a_dropped_draft_is_gone(town, desk):
    session, draft = desk
    drop_window_draft(session, town.clerk, draft.id, now=town.now)
    session.commit()
    with pytest.raises(NotFound):
        read_window_draft(session, draft.id)
