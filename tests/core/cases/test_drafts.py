"""Drafts: sealed, one account's own, resumed anywhere, never overwritten silently by another device or tab."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from core.access import Actor
from core.audit.models import AuditEntry
from core.cases.declaration_models import Draft
from core.cases.drafts import (
    DraftConflict,
    DraftState,
    Save,
    begin_draft,
    change_form,
    drafts_of,
    drop_draft,
    keep_signature,
    mark_submitted,
    read_draft,
    save_draft,
    state_from,
)
from core.database import new_id
from core.errors import Blocked, NotFound
from core.scopes import Own, Public, Region, System
from core.sessions import open_session
from core.testing.town import catalogue, made_up_id

pytestmark = pytest.mark.row("R3-22")
SECRET = made_up_id(date(1958, 3, 2), 26)


@pytest.fixture
def form():
    return catalogue().form("guizhou.application", "1")


@pytest.fixture
def account():
    return new_id()


@pytest.fixture
def opens(engine, vault):
    """`opens(account)` gives that account's session, as the app does for one request."""
    opened = []

    def opens(account=None, scope=None):
        actor = Actor("resident", account) if account else Actor("nobody")
        session = open_session(engine, scope or Own(account), actor, vault=vault, writes=False)
        opened.append(session)
        return session

    yield opens
    for session in opened:
        session.close()


@pytest.fixture
def draft(opens, account, form, now):
    session = opens(account)
    state = state_from(form, {"region": "520328101201", "members": [{"relation": "01", "counted": True}]})
    begun = begin_draft(session, session.actor, "dibao", form, now=now, state=state)
    session.commit()
    session.close()
    return begun


@pytest.fixture
def save(opens, account, draft, now):
    """`save({path: value}, seen=…)` in a request of its own."""

    def save(values, *, seen, page="tab-1", device="phone", removed=(), step="", after=0):
        session = opens(account)
        try:
            kept = save_draft(
                session,
                session.actor,
                draft.id,
                Save(values, seen, removed, step, device, page),
                now=now + timedelta(minutes=after),
            )
            session.commit()
            return kept
        finally:
            session.close()

    return save


def test_what_was_typed_lies_sealed_in_the_database(save, opens, draft, engine):
    save({"members/aa/id_number": SECRET, "address": "岩脚组学堂边"}, seen=1)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('doudi.kind', 'system', false)"))
        blob = connection.execute(text("SELECT answers_sealed FROM drafts")).scalar_one()
    assert SECRET.encode() not in bytes(blob)
    assert "岩脚".encode() not in bytes(blob)
    assert read_draft(opens(draft_account(opens, draft)), draft.id).state.fields["address"] == "岩脚组学堂边"


def draft_account(opens, draft):
    return opens(scope=System("test")).get(Draft, draft.id).account_id


def test_a_draft_is_nobody_elses_and_no_offices(opens, draft):
    for session in (
        opens(new_id()),
        opens(scope=Region("520328101000")),
        opens(scope=Public(date(2026, 11, 16))),
    ):
        with pytest.raises(NotFound):
            read_draft(session, draft.id)
        session.close()


def test_another_account_can_neither_save_nor_drop_nor_sign(opens, draft, now):
    session = opens(new_id())
    for act in (
        lambda: save_draft(session, session.actor, draft.id, Save({"address": "x"}, 1), now=now),
        lambda: drop_draft(session, session.actor, draft.id, now=now),
        lambda: keep_signature(session, session.actor, draft.id, None, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_draft_has_no_row_with_a_region(draft):
    # decision 2: before acceptance nothing lies in any region
    assert not hasattr(Draft, "township")


def test_it_is_resumed_on_another_device_where_it_stopped(save, opens, account, form):
    save({"address": "岩脚组"}, seen=1, step="contact", after=3)
    found = drafts_of(opens(account), account)
    assert [each.step for each in found] == ["contact"]
    assert found[0].answers(form)["address"] == "岩脚组"
    assert found[0].state.device == "phone"


def test_saving_the_same_again_changes_nothing(save):
    first = save({"address": "岩脚组"}, seen=1)
    again = save({"address": "岩脚组"}, seen=1)
    assert again.revision == first.revision
    assert again.saved_at == first.saved_at


def test_two_devices_that_change_different_fields_keep_both(save):
    save({"address": "岩脚组"}, seen=1, page="phone")
    kept = save({"phone": "19900000002"}, seen=1, page="desk")
    assert kept.state.fields["address"] == "岩脚组"
    assert kept.state.fields["phone"] == "19900000002"


def test_a_page_that_did_not_touch_a_field_leaves_the_newer_one(save):
    save({"address": "旧地址"}, seen=1, page="desk")
    save({"address": "新地址"}, seen=2, page="phone")
    # the desk's page still shows the old address and sends it along with something else
    kept = save({"address": "旧地址", "phone": "19900000002"}, seen=2, page="desk")
    assert kept.state.fields["address"] == "新地址"
    assert kept.state.fields["phone"] == "19900000002"


def test_both_changed_the_same_field_and_are_told_which(save, opens, account, draft):
    save({"address": "手机上写的", "phone": "19900000002"}, seen=1, page="phone")
    with pytest.raises(DraftConflict) as told:
        save({"address": "电脑上写的", "phone": None}, seen=1, page="desk")
    assert told.value.theirs == {"address": "手机上写的"}
    # where the desk had changed nothing, it is shown the newer value; its own words stay where both wrote
    assert told.value.merged == {"address": "电脑上写的", "phone": "19900000002"}
    # nothing of it was saved
    assert read_draft(opens(account), draft.id).state.fields["address"] == "手机上写的"
    # having seen both, she decides
    kept = save({"address": "电脑上写的"}, seen=told.value.revision, page="desk")
    assert kept.state.fields["address"] == "电脑上写的"


def test_two_tabs_of_one_browser_are_two_pages(save):
    save({"address": "第一页"}, seen=1, page="tab-1", device="phone")
    with pytest.raises(DraftConflict):
        save({"address": "第二页"}, seen=1, page="tab-2", device="phone")


def test_what_a_page_saved_by_itself_does_not_clash_with_its_own_button(save):
    save({"address": "岩脚"}, seen=1, page="tab-1")
    kept = save({"address": "岩脚组学堂边"}, seen=1, page="tab-1")
    assert kept.state.fields["address"] == "岩脚组学堂边"


def test_a_very_old_page_is_still_told(save):
    for number in range(12):
        save({"address": f"第{number}稿"}, seen=number + 1, page=f"phone-{number}")
    with pytest.raises(DraftConflict):
        save({"address": "很久以前打开的那页"}, seen=1, page="desk")


def test_a_row_taken_out_elsewhere_is_told_before_it_comes_back(save, opens, account, draft):
    save({"incomes/aaaa/amount": 100}, seen=1, page="phone")
    save({}, seen=2, removed=["incomes/aaaa"], page="phone")
    assert read_draft(opens(account), draft.id).state.rows["incomes"] == []
    with pytest.raises(DraftConflict):
        save({"incomes/aaaa/amount": 200}, seen=2, page="desk")
    kept = save({"incomes/aaaa/amount": 200}, seen=3, page="desk")
    assert kept.state.rows["incomes"] == ["aaaa"]


def test_an_income_keeps_its_member_when_another_member_goes(save, form):
    save(
        {
            "members/aaaa/name": "甲", "members/bbbb/name": "乙", "members/cccc/name": "丙",
            "incomes/dddd/member": "cccc", "incomes/dddd/amount": 100, "members/cccc/guardian": "aaaa",
        },
        seen=1,
    )  # fmt: skip
    kept = save({}, seen=2, removed=["members/bbbb"])
    answers = kept.answers(form)
    names = [row.get("name") for row in answers["members"]]
    assert answers["incomes"][0]["member"] == str(names.index("丙"))
    assert answers["members"][names.index("丙")]["guardian"] == str(names.index("甲"))


def test_a_pointer_at_a_member_who_is_gone_is_left_out(save, form):
    save({"members/aaaa/name": "甲", "incomes/dddd/member": "aaaa", "incomes/dddd/amount": 1}, seen=1)
    kept = save({}, seen=2, removed=["members/aaaa"])
    assert "member" not in kept.answers(form)["incomes"][0]


def test_an_answer_set_goes_in_and_comes_out_the_same(opens, account, form, now):
    answers = {
        "region": "520328101201",
        "account_holder": "1",
        "members": [{"name": "甲", "relation": "01"}, {"name": "乙", "relation": "20", "guardian": "0"}],
        "incomes": [{"member": "1", "kind": "wage", "amount": 5, "period": "month"}],
    }
    session = opens(account)
    begun = begin_draft(session, session.actor, "dibao", form, now=now, state=state_from(form, answers))
    got = begun.answers(form)
    assert {name: got[name] for name in answers} == answers


GIVEN = {
    "sources": ["bank"],
    "signed_at": "2026-11-16T10:30:00+08:00",
    "document_id": None,
    "as_guardian": ["child"],
    "text_version": "1",
}


class TestSignature:
    @pytest.fixture
    def signed(self, save, opens, account, draft, now):
        save({f"members/{key}/name": key for key in ("child", "other")}, seen=1)
        session = opens(account)
        keep_signature(session, session.actor, draft.id, GIVEN, now=now)
        session.commit()
        session.close()
        return read_draft(opens(account), draft.id)

    @pytest.mark.row("R2-17")
    def test_it_stays_while_other_things_change(self, signed, save):
        kept = save({"address": "岩脚组", "members/other/name": "别人"}, seen=signed.revision)
        assert kept.state.signature["sources"] == ["bank"]
        assert kept.state.signature["as_guardian"] == ["child"]

    @pytest.mark.row("R2-17")
    @pytest.mark.parametrize("question", ["name", "id_number"])
    def test_another_applicant_must_sign_anew(self, signed, save, question):
        me = signed.state.rows["members"][0]
        assert save({f"members/{me}/{question}": "改了"}, seen=signed.revision).state.signature is None

    @pytest.mark.row("R2-17")
    def test_it_no_longer_stands_for_a_child_who_is_another(self, signed, save):
        kept = save({"members/child/id_number": SECRET}, seen=signed.revision)
        assert kept.state.signature["as_guardian"] == []

    @pytest.mark.row("R2-17")
    def test_it_no_longer_stands_for_a_child_taken_out(self, signed, save):
        kept = save({}, seen=signed.revision, removed=["members/child"])
        assert kept.state.signature["as_guardian"] == []


def test_once_submitted_it_holds_nothing_and_changes_no_more(opens, account, draft, now):
    session = opens(account)
    case = new_id()
    mark_submitted(session, draft.id, case)
    session.commit()
    kept = read_draft(session, draft.id)
    assert kept.case_id == case
    assert kept.state == DraftState()
    with pytest.raises(Blocked):
        save_draft(session, session.actor, draft.id, Save({"address": "x"}, 9), now=now)
    with pytest.raises(Blocked):
        drop_draft(session, session.actor, draft.id, now=now)
    assert drafts_of(session, account) == []


def test_a_dropped_draft_is_gone_and_its_end_is_audited(opens, account, draft, now):
    session = opens(account)
    drop_draft(session, session.actor, draft.id, now=now)
    session.commit()
    assert drafts_of(session, account) == []
    acts = opens(scope=System("test")).scalars(select(AuditEntry.act)).all()
    assert "draft.begin" in acts
    assert "draft.drop" in acts


def test_another_place_brings_its_own_form_and_keeps_the_answers(opens, account, draft, save, now):
    save({"address": "岩脚组", "relocated": True}, seen=1)
    session = opens(account)
    other = catalogue().form("guangdong.application", "1")
    kept = change_form(session, session.actor, draft.id, other, now=now)
    assert (kept.form_name, kept.form_version) == ("guangdong.application", "1")
    answers = kept.answers(other)
    assert answers["address"] == "岩脚组"
    # Guizhou's own question is not asked there
    assert "relocated" not in answers
