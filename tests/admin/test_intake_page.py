"""The window: search first, one page, one case however often pressed (R2-07, R3-22)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.authorisations.models import Authorisation
from core.cases.declaration_models import DeclaredMember, StatementLine
from core.cases.models import Case, CaseState, Channel, Task
from core.cases.window_draft_models import WindowDraft
from core.documents.models import Document, DocumentKind
from core.encryption import place_of
from core.letters.models import Letter
from core.testing.town import COUNTY, TOWNSHIP, made_up_id
from tests.admin.visiting_by_phone import accepted, village_of
from tests.admin.walking_in import APPLICANT, SPOUSE, DeskPage, fill, photo

pytestmark = pytest.mark.row("R2-07", "R3-22")
OTHER_TOWNSHIP = "441823100000"


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def village(site):
    return village_of(site)


def search(browser, typed):
    browser.get("/staff/intake")
    return browser.post("/staff/intake", {"q": typed})


def begin(browser, typed=APPLICANT, **more):
    browser.get("/staff/intake")
    answer = browser.post("/staff/intake/begin", {"q": typed, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def cases_in(site):
    with site.session() as session:
        return session.scalars(select(Case).order_by(Case.id)).all()


# --- search first -----------------------------------------------------------------------------------------------


def test_a_new_number_is_told_new_and_opens_a_page_that_reads_it(clerk, words):
    browser, _actor = clerk
    assert "没有登记过" in words(search(browser, APPLICANT))
    desk = browser.get(begin(browser))
    assert "1980年5月1日" in words(desk)
    assert "46 岁" in words(desk)


def test_a_person_on_the_register_here_is_shown_masked_with_the_file_and_the_case_under_way(
    site, clerk, words
):
    browser, actor = clerk
    accepted(site, actor)
    told = search(browser, APPLICANT)
    assert "已经登记在这里" in words(told)
    assert "MTYX-2026-000001" in words(told)
    assert "/staff/households/" in told.text
    shown = told.text.replace(f'value="{APPLICANT}"', "")
    assert APPLICANT not in shown, "only in the field it was typed into, and in the form that carries it on"
    assert "周明" not in shown


def test_a_person_on_another_register_is_known_elsewhere_and_nothing_more(site, clerk, words):
    _browser, actor = clerk
    accepted(site, actor)
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    told = search(stranger, APPLICANT)
    assert "已经登记在别的地方" in words(told)
    for secret in ("MTYX", "永兴", "周", "/staff/cases/", "/staff/households/"):
        assert secret not in told.text.replace("湄潭", ""), secret


def test_two_characters_of_a_name_find_people_of_the_county_only(site, clerk, words):
    browser, actor = clerk
    accepted(site, actor)
    assert "520***********0117" in words(search(browser, "周明"))
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    assert "没有查到" in words(search(stranger, "周明"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [("周", "请至少填两个字"), ("5203991980", "填满18位"), ("520399198005010110", "填满18位")],
)
def test_what_cannot_be_searched_says_what_to_type(clerk, words, typed, said):
    assert said in words(search(clerk[0], typed))


def test_what_was_searched_stands_in_no_address_and_no_audit_row(site, clerk):
    browser, _actor = clerk
    answer = search(browser, APPLICANT)
    assert APPLICANT not in str(answer.headers)
    with site.session() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "intake.check")).all()
    assert [row.changes for row in rows] == [{"by": [None, "id_number"], "count": [None, 0]}]


def test_a_village_assistant_searches_by_number_only_and_takes_down_in_her_village(site, village, words):
    browser, _actor = site.staff("assistant", Role.VILLAGE_ASSISTANT, office=village)
    assert "没有读懂这个身份证号码" in words(search(browser, "周明"))
    desk = DeskPage(browser, begin(browser))
    answer = desk.press("submit", fill(desk, village=village))
    assert answer.status_code == 303, words(answer)
    assert cases_in(site)[0].village == village


# --- one page ---------------------------------------------------------------------------------------------------


def test_one_page_makes_one_case_with_slip_authorisations_and_task(site, clerk, village, words):
    browser, actor = clerk
    desk = DeskPage(browser, begin(browser))
    answer = desk.press("submit", fill(desk, village=village))
    assert answer.status_code == 303, words(answer)
    slip = browser.get(answer.headers["Location"])
    assert "收件回执" in words(slip)
    assert "周明" in words(slip)
    assert "身份证" in words(slip)
    with site.session() as session:
        case = session.scalars(select(Case)).one()
        assert (case.channel, case.state) == (Channel.WINDOW, CaseState.SUBMITTED)
        assert case.intake_account_id == actor.account_id
        assert [
            row.name for row in session.scalars(select(DeclaredMember).order_by(DeclaredMember.position))
        ] == [
            "周明",
            "杨兰",
        ]
        [line] = session.scalars(select(StatementLine))
        assert (line.amount_fen, line.yearly_fen) == (100_000, 1_200_000)
        assert len(session.scalars(select(Authorisation)).all()) == 2
        assert [task.kind for task in session.scalars(select(Task))] == ["acceptance"]
        [letter] = session.scalars(select(Letter))
        assert letter.case_id == case.id
        papers = session.scalars(select(Document).where(Document.removed_at.is_(None))).all()
        assert [(row.kind, row.case_id) for row in papers] == [(DocumentKind.ID_CARD, case.id)]


def test_pressing_twice_and_the_back_button_find_the_first_case(site, clerk, village):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village)
    sent = {**desk.fields, **typed, "do": "submit"}
    desk.press("submit", typed)
    again = browser.post(desk.url, {**sent, "identity_photo": photo()}, content_type="multipart/form-data")
    back = browser.get(desk.url)
    [case] = cases_in(site)
    assert again.headers["Location"] == back.headers["Location"] == f"/staff/cases/{case.id}"


def test_rows_are_added_and_taken_out_by_named_buttons_without_losing_what_was_typed(clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("add:members", {"address": "岩脚组12号", "phone": "不是电话"})
    desk.press("add:incomes", {"bank_name": "演示信用社"})
    assert len(desk.keys("members")) == 2
    assert desk.fields["address"] == "岩脚组12号"
    assert desk.fields["phone"] == "不是电话", "also what cannot stand yet is kept word for word"
    assert desk.fields["bank_name"] == "演示信用社"
    desk.press(f"remove:members/{desk.keys('members')[1]}")
    assert len(desk.keys("members")) == 1
    assert desk.fields["address"] == "岩脚组12号"


def test_the_applicant_cannot_be_taken_out_and_no_row_of_a_made_up_kind_appears(clerk):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    assert desk.press(f"remove:members/{desk.keys('members')[0]}").status_code == 422
    desk.read()
    assert desk.press("add:cases").status_code == 303
    assert len(desk.keys("members")) == 1


def test_the_running_sum_follows_what_is_saved_by_itself(clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village)
    typed.pop("identity_photo")
    answer = browser.post(
        desk.url, {**desk.fields, **typed, "do": "autosave"}, headers={"HX-Request": "true"}
    )
    assert "全家每月 1,000.00 元" in words(answer)
    assert "每人每月（2 人） 500.00 元" in words(answer)
    assert "杨兰" in words(answer)
    assert "1982年6月2日" in words(answer)
    assert desk.read().fields["address"] == "岩脚组12号"


@pytest.mark.row("R3-05")
def test_of_whose_income_nothing_is_said_is_asked_for(clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    second = desk.keys("members")[1]
    answer = desk.press("submit", typed | {f"members/{second}/no_income": ""})
    assert answer.status_code == 422
    assert f'href="#members/{second}/no_income-0"' in answer.text
    assert "写一项收入，或者选“没有收入：是”" in words(answer)


def test_faults_are_told_beside_their_fields_and_nothing_is_lost(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    first, second = desk.keys("members")
    answer = desk.press(
        "submit",
        typed
        | {
            f"members/{second}/id_number": APPLICANT,
            f"members/{second}/name": "杨😀",
            f"incomes/{desk.keys('incomes')[0]}/amount": "很多",
        },
    )
    assert answer.status_code == 422
    assert "一个人只填一次" in words(answer)
    assert "姓名里不能有表情或符号" in words(answer)
    assert cases_in(site) == []
    assert desk.read().fields[f"members/{second}/name"] == "杨😀"
    assert f'id="members/{first}"' in desk.text


@pytest.mark.parametrize(
    ("number", "said"),
    [("520399198005010110", "最后一位"), (made_up_id(date(2026, 11, 17), 11), "晚于今天")],
)
def test_a_wrong_number_is_told_when_submitting(clerk, village, words, number, said):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    answer = desk.press("submit", typed | {f"members/{desk.keys('members')[1]}/id_number": number})
    assert answer.status_code == 422
    assert said in words(answer)


def test_an_old_number_of_fifteen_digits_is_read_as_the_one_of_today(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    old = SPOUSE[:6] + SPOUSE[8:17]
    answer = desk.press("submit", typed | {f"members/{desk.keys('members')[1]}/id_number": old})
    assert answer.status_code == 303, words(answer)
    with site.session() as session:
        rows = session.scalars(select(DeclaredMember).order_by(DeclaredMember.position)).all()
    assert rows[1].id_index == site.home.vault.index("id_number", SPOUSE)


def test_rare_characters_and_the_dot_of_minority_names_pass(site, clerk, village):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village)
    first, second = desk.keys("members")
    desk.press("submit", typed | {f"members/{first}/name": "𠮷明", f"members/{second}/name": "阿依・古丽"})
    with site.session() as session:
        names = [
            row.name for row in session.scalars(select(DeclaredMember).order_by(DeclaredMember.position))
        ]
    assert names == ["𠮷明", "阿依·古丽"]


# --- who acts for whom, and near relations ----------------------------------------------------------------------


def test_a_proxy_is_recorded_with_her_entrustment(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    typed = fill(desk, village=village) | {
        "by_proxy": "true",
        "proxy_name": "石海",
        "proxy_relation": "村干部",
        "proxy_id_number": made_up_id(date(1975, 1, 1), 21),
    }
    without = desk.press("submit", typed)
    assert without.status_code == 422
    assert "委托书" in words(without)
    answer = desk.press(
        "submit", typed | {"identity_photo": photo(), "proxy_entrustment": photo(name="paper.png")}
    )
    assert answer.status_code == 303, words(answer)
    with site.session() as session:
        case = session.scalars(select(Case)).one()
        assert case.channel is Channel.PROXY
        kept = site.home.vault.unseal_json(place_of(case, "proxy_sealed"), case.proxy_sealed)
        kinds = set(session.scalars(select(Document.kind).where(Document.case_id == case.id)))
    assert (kept["name"], kept["relation"]) == ("石海", "村干部")
    assert DocumentKind.ENTRUSTMENT in kinds


@pytest.mark.row("R1-14")
def test_a_near_relation_of_staff_is_registered_apart_and_shown_so(site, clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    typed = fill(desk, village=village) | {"related_party": "true", "related_who": "哥哥是村委会委员"}
    desk.press("submit", typed)
    [case] = cases_in(site)
    assert case.related_party
    assert "单独登记备案" in words(browser.get(f"/staff/cases/{case.id}"))


# --- twins ------------------------------------------------------------------------------------------------------


def test_somebody_in_another_case_must_be_cleared_up_first(site, clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("submit", fill(desk, village=village))
    other = DeskPage(browser, begin(browser, made_up_id(date(1970, 2, 3), 31)))
    typed = fill(other, village=village)
    first = other.keys("members")[0]
    typed |= {f"members/{first}/name": "吴贵", f"members/{first}/id_number": made_up_id(date(1970, 2, 3), 31)}
    answer = other.press("submit", typed)
    assert answer.status_code == 422
    assert "杨兰 ：在另一件正在办的申请里" in words(answer)
    assert "MTYX-2026-000001" in words(answer)
    assert len(cases_in(site)) == 1
    done = other.press("submit", {"twins-checked": "1"})
    assert done.status_code == 303, words(done)
    assert len(cases_in(site)) == 2


def test_who_has_applied_already_cannot_apply_again(site, clerk, village, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("submit", fill(desk, village=village))
    again = DeskPage(browser, begin(browser))
    answer = again.press("submit", fill(again, village=village) | {"twins-checked": "1"})
    assert answer.status_code == 422
    assert "自己已经申请过" in words(answer)
    assert len(cases_in(site)) == 1


# --- what is known already --------------------------------------------------------------------------------------


def person_in(answer):
    return answer.text.split('name="person" value="')[1].split('"')[0]


def test_known_data_comes_along_masked_once_the_papers_were_looked_at(site, clerk, words):
    browser, actor = clerk
    accepted(site, actor)
    person = person_in(search(browser, APPLICANT))
    refused = browser.post("/staff/intake/begin", {"q": APPLICANT, "person": person})
    assert refused.status_code == 422
    desk = DeskPage(browser, begin(browser, person=person, checked="1"))
    assert len(desk.keys("members")) == 4
    assert "登记的是 520***********0117" in words(browser.get(desk.url))
    assert APPLICANT not in desk.text
    assert desk.fields[f"members/{desk.keys('members')[1]}/name"] == "杨兰"
    with site.session() as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert "intake.reuse" in acts


def test_an_empty_field_keeps_the_known_number_and_a_typed_one_replaces_it(site, clerk, village, words):
    browser, actor = clerk
    accepted(site, actor)
    desk = DeskPage(browser, begin(browser, person=person_in(search(browser, APPLICANT)), checked="1"))
    first, second = desk.keys("members")[:2]
    new = made_up_id(date(1982, 6, 2), 18)
    desk.press("save", {f"members/{second}/id_number": new})
    assert desk.fields[f"members/{second}/id_number"] == new
    assert desk.fields[f"members/{first}/id_number"] == ""
    answer = desk.press("submit", {"twins-checked": "1"})
    assert "请填写“身份证号码”" not in words(answer), "what is kept is not missing"


def test_a_person_of_another_county_cannot_be_brought_in_by_a_crafted_request(site, clerk):
    browser, actor = clerk
    accepted(site, actor)
    person = person_in(search(browser, APPLICANT))
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    stranger.get("/staff/intake")
    answer = stranger.post("/staff/intake/begin", {"q": "", "person": person, "checked": "1"})
    assert answer.status_code == 404


# --- two clerks, other offices, faults --------------------------------------------------------------------------


def test_a_second_clerk_is_told_who_saved_last_and_overwrites_nothing_unseen(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {"address": "岩脚组12号"})
    second, _ = site.staff("second", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦志强")
    hers = DeskPage(second, desk.url)
    assert "罗晓梅" in words(second.get(desk.url))
    desk.press("save", {"address": "岩脚组13号"})
    answer = hers.press("save", {"address": "岩脚组14号", "bank_name": "演示信用社"})
    assert answer.status_code == 409
    assert "同事写的是：岩脚组13号" in words(answer)
    assert 'value="岩脚组14号"' in answer.text, "her own words are still there"
    with site.session() as session:
        assert len(session.scalars(select(WindowDraft)).all()) == 1
    assert DeskPage(browser, desk.url).fields["address"] == "岩脚组13号"
    settled = hers.press("save", {"address": "岩脚组14号"})
    assert settled.status_code == 303
    assert DeskPage(browser, desk.url).fields["address"] == "岩脚组14号"


def test_two_clerks_in_different_fields_do_not_disturb_one_another(site, clerk):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    second, _ = site.staff("second", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    hers = DeskPage(second, desk.url)
    desk.press("save", {"address": "岩脚组12号"})
    assert hers.press("save", {"bank_name": "演示信用社"}).status_code == 303
    both = desk.read().fields
    assert (both["address"], both["bank_name"]) == ("岩脚组12号", "演示信用社")


@pytest.mark.row("R2-28")
def test_another_offices_clerk_finds_no_draft_no_paper_and_no_slip(site, clerk, village):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {"identity_photo": photo()})
    paper = desk.text.split(f"{desk.url}/papers/")[1].split('"')[0]
    stranger, _ = site.staff("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    for url in (desk.url, f"{desk.url}/papers/{paper}", f"{desk.url}/drop"):
        assert stranger.get(url).status_code == 404, url
    assert stranger.post(desk.url, {"do": "submit"}).status_code == 404
    assert stranger.post(f"{desk.url}/drop", {}).status_code == 404
    assert browser.get(f"{desk.url}/papers/{paper}").mimetype == "image/png"
    desk.press("submit", fill(desk, village=village))
    [case] = cases_in(site)
    assert stranger.get(f"/staff/cases/{case.id}/acceptance-slip").status_code == 404


@pytest.mark.row("R2-28")
@pytest.mark.parametrize(
    ("role", "office"),
    [
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.CONTRACT_WORKER, TOWNSHIP),
        (Role.COUNTY_OFFICER, COUNTY),
    ],
)
def test_who_does_not_take_down_applications_is_refused(site, role, office):
    browser, _actor = site.staff("other", role, office=office)
    assert browser.get("/staff/intake").status_code == 403


def test_a_family_of_another_township_cannot_be_entered_by_a_crafted_place(site, clerk, village, words):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    answer = desk.press("submit", fill(desk, village=village) | {"region": "441823100001"})
    assert answer.status_code == 422
    assert cases_in(site) == []


def test_an_expired_sign_in_keeps_what_was_typed(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    sent = {**desk.fields, "address": "岩脚组12号", "do": "save"}
    site.later(hours=13)
    answer = browser.post(desk.url, sent)
    assert answer.status_code == 401
    assert "岩脚组12号" in answer.text
    again = site.sign_in("clerk")
    assert DeskPage(again, desk.url).fields["address"] == "", (
        "it was not saved, but it stands in the page to send again"
    )
    browser.get("/staff/sign-in")
    assert again.post(desk.url, sent | {"csrf_token": again.token}).status_code == 303
    assert DeskPage(again, desk.url).fields["address"] == "岩脚组12号"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ" + b"\0" * 2000, "不是照片或 PDF"),
        (b"\xff\xd8\xff" + b"\0" * 2000, "照片打不开"),
        (b"\xff\xd8\xff" + b"\0" * (31 * 1024 * 1024), "请拍小一些"),
    ],
    ids=["a renamed program", "a damaged photo", "a photo far too large"],
)
def test_a_bad_scan_is_told_beside_its_field_and_the_rest_is_kept(clerk, words, content, said):
    desk = DeskPage(clerk[0], begin(clerk[0]))
    answer = desk.press("save", {"identity_photo": photo(content), "address": "岩脚组12号"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert desk.read().fields["address"] == "岩脚组12号"


def test_a_full_disk_is_told_and_everything_typed_stays(site, clerk, words, monkeypatch):
    desk = DeskPage(clerk[0], begin(clerk[0]))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.encrypted_files._sync_folder", full)
    answer = desk.press("save", {"identity_photo": photo(), "address": "岩脚组12号"})
    assert answer.status_code == 507
    assert "磁盘满了" in words(answer)
    monkeypatch.undo()
    assert desk.read().fields["address"] == "岩脚组12号"
    assert "/papers/" not in desk.text


def test_a_draft_is_deleted_after_saying_what_goes(site, clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    assert "填过的都没有了" in words(browser.get(f"{desk.url}/drop"))
    assert browser.post(f"{desk.url}/drop", {}).status_code == 303
    assert browser.get(desk.url).status_code == 404


def test_the_list_of_drafts_shows_masked_names_only(clerk, words):
    browser, _actor = clerk
    desk = DeskPage(browser, begin(browser))
    desk.press("save", {f"members/{desk.keys('members')[0]}/name": "周明"})
    listed = browser.get("/staff/intake")
    assert "周*" in words(listed)
    assert "周明" not in listed.text
    assert SPOUSE not in listed.text
