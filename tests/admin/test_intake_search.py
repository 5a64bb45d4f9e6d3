"""Search first: new, known here, known elsewhere, already applied; what is known is not asked again (R2-07, R3-22)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.testing.town import TOWNSHIP, made_up_id
from tests.admin.visiting_by_phone import accepted, village_of
from tests.admin.walking_in import APPLICANT, DeskPage, begin, cases_in, fill, search

pytestmark = pytest.mark.row("R2-07", "R3-22")
OTHER_TOWNSHIP = "441823100000"


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def village(site):
    return village_of(site)


# --- search first ---


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
    [("周", "请至少填两个字"), ("5203991980", "填满18位")],
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


# --- twins ---


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


@pytest.mark.row("R3-05")
def test_who_is_registered_in_the_household_and_not_taken_down_is_told_before_submitting(
    site, clerk, village, words
):
    browser, actor = clerk
    accepted(site, actor)
    desk = DeskPage(browser, begin(browser))
    said = words(desk.press("submit", fill(desk, village=village)))
    assert "周*（16 岁） ：登记在这一户，这次没有写进来" in said
    assert said.count("登记在这一户，这次没有写进来") == 2


# --- what is known already ---


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


# --- what the pages say ---


def test_the_first_page_says_search_then_begin_and_the_start_without_papers_is_the_lesser_way(clerk, words):
    browser, _actor = clerk
    page = browser.get("/staff/intake")
    said = words(page)
    assert said.index("第一步：查申请人登记过没有") < said.index("第二步：按查到的结果开始登记")
    before, aside = page.text.split("<main", 1)[1].split("<details", 1)
    assert "/staff/intake/begin" not in before
    assert "不查，先登记" in aside.split("</details>")[0]
    assert page.text.count("dd-b-main") == 1


def test_the_page_a_walk_in_is_taken_down_on_speaks_to_the_clerk_about_the_family(clerk):
    browser, _actor = clerk
    search(browser, APPLICANT)
    desk = browser.get(begin(browser)).text.split("<main", 1)[1].split("</main>")[0]
    for rows in ("supporters", "incomes", "expenses", "properties"):
        assert f"add:{rows}" in desk
    assert "您" not in desk
