"""Acceptance at the desk: accept, ask once, or refuse in writing; two clerks never overwrite each other."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.access import Actor
from core.cases.changes import supply_missing, withdraw_application
from core.cases.models import Case, CaseState, StepCode, StepState
from core.cases.steps import step_of
from core.documents.changes import Belonging, attach_to_case, store_document
from core.documents.models import DocumentKind
from core.encrypted_files import FileStore
from core.households.models import Membership
from core.households.queries import members as household_members
from core.letters.queries import letters_of_case
from core.scopes import Own
from core.testing.casework import Way
from core.testing.town import A1_MEMBERS
from tests.admin.walking_in import photo

pytestmark = pytest.mark.row("R1-13", "R3-17")


@pytest.fixture
def at(way):
    return f"/staff/cases/{way.submit()}/acceptance"


def state_of(site, way):
    with site.session() as session:
        return way.town.case(session, way.case_id).state


def test_accepting_enters_the_family_starts_the_clock_and_sends_the_letter(site, way, clerk, at, fill, words):
    answer = fill(clerk, at, {"way": "accept"})
    assert answer.status_code == 303
    assert state_of(site, way) is CaseState.SURVEY
    said = words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert "已受理" in said
    assert "第 0 个工作日，共 30 个" in said
    letters = words(clerk.get(f"/staff/cases/{way.case_id}/letters"))
    assert "受理通知书" in letters


def test_a_case_that_waits_for_papers_is_late_by_their_day_not_by_that_of_accepting_it(
    site, way, clerk, at, fill, words
):
    fill(clerk, at, {"way": "deficiency", "items": "工资单"})
    site.later(days=8)
    said = words(site.sign_in("shouli").get(f"/staff/cases/{way.case_id}"))
    assert "等申请人补齐材料" in said
    assert "已逾期" not in said


def test_asking_once_needs_the_list_and_is_offered_once(site, way, clerk, at, fill, words):
    empty = fill(clerk, at, {"way": "deficiency", "items": " \n "})
    assert empty.status_code == 422
    assert "一次写全" in words(empty)
    assert fill(clerk, at, {"way": "deficiency", "items": "工资单\n户口本"}).status_code == 303
    assert state_of(site, way) is CaseState.AWAITING_SUPPLEMENT
    again = clerk.get(at)
    assert "不能再发第二次" in words(again)
    assert 'value="deficiency"' not in again.text
    # nor by a crafted request
    assert fill(clerk, at, {"way": "deficiency", "items": "别的"}).status_code == 422
    with site.session() as session:
        (letter,) = letters_of_case(session, way.case_id)
    due = f"等申请人补齐材料 {letter.due_on.month}月{letter.due_on.day}日"
    assert due in words(clerk.get(f"/staff/cases/{way.case_id}"))


def test_the_clerk_reads_what_was_asked_for_and_what_came(site, way, clerk, at, fill, words):
    fill(clerk, at, {"way": "deficiency", "items": "工资单\n户口本"})
    said = words(clerk.get(at))
    assert "1. 工资单 2. 户口本" in said
    assert "还没有补正" in said
    assert "申请人已补正" not in words(clerk.get("/staff/"))
    with site.session() as session:
        account = way.town.case(session, way.case_id).owner_account_id
    resident, files = Actor("resident", account), FileStore(site.home.settings.files_folder, site.home.vault)
    with site.session(Own(account), resident, writes=True) as session:
        case = session.get(Case, way.case_id)
        belonging = Belonging(owner_account_id=account)
        paper = store_document(
            session, resident, files, photo()[0].read(), DocumentKind.OTHER, belonging, now=site.at
        )
        attach_to_case(session, resident, {paper.id: None}, case.id, case.region_code, now=site.at)
        supply_missing(session, resident, case, now=site.at)
        session.commit()
    said = words(clerk.get(at))
    assert "补正 2026年11月16日已补正 2026年11月16日 其他材料（全家）" in said
    assert "申请人已补正，看补齐了没有" in words(clerk.get("/staff/"))


def test_what_may_be_gone_on_the_way_back_stands_last_so_that_no_other_way_is_ticked_for_it(clerk, at):
    ways = re.findall(r'name="way" value="(\w+)"', clerk.get(at).text)
    assert ways == ["accept", "decline", "deficiency"]


def test_refusing_acceptance_needs_a_reason_and_ends_the_case(site, way, clerk, at, fill, words):
    assert "不予受理的原因" in words(fill(clerk, at, {"way": "decline", "reason": ""}))
    assert fill(clerk, at, {"way": "decline", "reason": "不在本县居住"}).status_code == 303
    assert state_of(site, way) is CaseState.NOT_ACCEPTED
    said = words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert "已决定不予受理" in said


def test_nothing_chosen_is_told_at_the_top_and_beside_the_field(clerk, at, fill, words):
    answer = fill(clerk, at, {})
    assert answer.status_code == 422
    assert "dd-err-sum" in answer.text
    assert "请选择“怎么办”" in words(answer)


def test_a_near_relation_is_registered_apart(site, way, clerk, at, fill):
    fill(clerk, at, {"way": "accept", "local_duty": "true"})
    with site.session() as session:
        assert way.town.case(session, way.case_id).related_party


@pytest.mark.row("R3-05")
def test_who_is_left_out_of_the_household_is_named_before_and_needs_a_reason_each(
    site, way, clerk, at, fill, words
):
    assert "没有写进来的人" not in words(clerk.get(at))
    fill(clerk, at, {"way": "accept"})
    with site.session() as session:
        household_id = way.town.case(session, way.case_id).household_id
        son = household_members(session, household_id)[3].person.id
    with way.acting(way.town.clerk) as (session, case, _procedure):
        withdraw_application(session, way.town.clerk, case, now=way.town.now)
    again = Way(way.town)
    again.submit(members=A1_MEMBERS[:3], lines=())
    url = f"/staff/cases/{again.case_id}/acceptance"
    said = words(clerk.get(url))
    assert "登记在这一户、这次没有写进来的人 1 人" in said
    assert "周*（16 岁）为什么不算这家人" in said
    for sent in ({}, {f"{son.hex}-why": "teacher"}):
        answer = fill(clerk, url, {"way": "accept", **sent})
        assert answer.status_code == 422
        assert "请逐人选原因" in words(answer)
        assert state_of(site, again) is CaseState.SUBMITTED
    assert fill(clerk, url, {"way": "accept", f"{son.hex}-why": "lives_apart"}).status_code == 303
    with site.session() as session:
        left = session.scalars(select(Membership).where(Membership.person_id == son)).one()
        assert (left.end_reason, left.left_out) == ("not_declared", "lives_apart")
    assert "周*（16 岁）不再算这家人：不再一起生活" in words(
        clerk.get(f"/staff/households/{household_id}?part=record")
    )


def test_two_clerks_on_one_case_see_field_by_field_and_nothing_is_lost(site, way, clerk, at, words):
    first = clerk.get(at)
    seen = first.text.split('name="version" value="')[1].split('"')[0]
    assert clerk.post(at, {"version": seen, "way": "accept"}).status_code == 303
    late = clerk.post(at, {"version": seen, "way": "decline", "reason": "不在本县居住"})
    assert late.status_code == 409
    said = words(late)
    assert "有同事刚改过" in said
    assert "怎么办 受理 ≠ 不同： 不予受理" in said
    assert "近亲属 否 否" in said, "a box left empty is no difference"
    assert "不在本县居住" in said
    # what was typed can be sent again as it is, against what is stored now
    assert '<input type="hidden" name="reason" value="不在本县居住">' in late.text
    assert state_of(site, way) is CaseState.SURVEY
    with site.session() as session:
        assert [letter.kind for letter in letters_of_case(session, way.case_id)] == ["acceptance"]


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999", "1; DROP TABLE"])
def test_a_crafted_version_never_fits(site, way, clerk, at, version):
    clerk.get(at)
    assert clerk.post(at, {"version": version, "way": "accept"}).status_code == 409
    assert state_of(site, way) is CaseState.SUBMITTED


@pytest.mark.parametrize("later", ["opinion", "confirmation", "pause", "extension"])
def test_no_later_step_can_be_reached_by_a_crafted_request(
    site, way, clerk, reviewer, confirmer, at, later, words
):
    browser = {"opinion": reviewer, "confirmation": confirmer}.get(later, clerk)
    sent = {
        "opinion": {"opinion": "agree", "reason": "符合"},
        "confirmation": {"outcome": "grant", "monthly": "795.00", "reason": "同意"},
        "pause": {"reason": "hard_survey"},
        "extension": {"why": "hard", "reason": "外地"},
    }[later]
    url = f"/staff/cases/{way.case_id}/{later}"
    browser.get("/staff/account")
    answer = browser.post(url, {"version": "1", **sent})
    assert answer.status_code == 409, words(answer)
    assert state_of(site, way) is CaseState.SUBMITTED
    with site.session() as session:
        case = way.town.case(session, way.case_id)
        assert (case.due_on, case.hard_survey) == (None, False)
        assert step_of(session, case.id, StepCode.OPINION).state is StepState.WAITING


def test_without_the_token_or_from_another_region_nothing_happens(site, way, clerk, stranger, at):
    clerk.get(at)
    assert clerk.client.post(at, data={"version": "1", "way": "accept"}).status_code == 400
    stranger.get("/staff/account")
    assert stranger.post(at, {"version": "1", "way": "accept"}).status_code == 404
    assert state_of(site, way) is CaseState.SUBMITTED


def test_a_paper_letter_is_noted_as_delivered_once(site, way, clerk, words):
    way.submit()
    with site.session(writes=True) as session:
        way.town.case(session, way.case_id).owner_account_id = None
        session.commit()
    way.accept()
    with site.session() as session:
        letter = letters_of_case(session, way.case_id)[0]
    page = clerk.get(f"/staff/cases/{way.case_id}/letters")
    assert "登记送达" in page.text
    assert clerk.post(f"/staff/letters/{letter.id}/delivery", {"how": "carrier pigeon"}).status_code == 422
    clerk.get("/staff/account")
    assert clerk.post(f"/staff/letters/{letter.id}/delivery", {"how": "village"}).status_code == 303
    assert "村（社区）代送" in words(clerk.get(f"/staff/cases/{way.case_id}/letters"))
    assert clerk.post(f"/staff/letters/{letter.id}/delivery", {"how": "post"}).status_code == 409


def test_a_letter_is_read_in_full_and_the_look_is_kept(site, way, clerk, stranger, words):
    way.submit()
    way.accept()
    with site.session() as session:
        letter = letters_of_case(session, way.case_id)[0]
    said = words(clerk.get(f"/staff/letters/{letter.id}"))
    assert "周明：" in said
    assert "受理通知书" in said
    assert stranger.get(f"/staff/letters/{letter.id}").status_code == 404
    assert stranger.post(f"/staff/letters/{letter.id}/delivery", {"how": "post"}).status_code == 404
