"""The staff's home: what is due from me, in order, each with its one next action; nothing of another region."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.access import Role
from core.notices.changes import publish_first_notice
from core.testing.town import COUNTY, TOWNSHIP

ELSEWHERE = "441823105000"
pytestmark = pytest.mark.row("R2-28", "R3-17")


def test_a_new_application_is_due_today_or_later_with_one_filled_button(way, clerk, words):
    way.submit()
    page = clerk.get("/staff/")
    said = words(page)
    assert page.status_code == 200
    assert "1 件归我办理" in said
    assert "周* 家" in said
    assert "看申请，决定是否受理" in said
    assert page.text.count("dd-b-main") == 1
    assert f"/staff/cases/{way.case_id}/acceptance" in page.text


def test_names_are_masked_and_no_number_of_a_person_stands_on_the_page(way, clerk):
    way.submit()
    text = clerk.get("/staff/").text
    assert "周明" not in text
    assert not re.search(r"\d{17}[\dX]", text)


def test_what_is_overdue_comes_first_with_its_days_and_the_day_is_said(site, way, clerk, words):
    way.submit()
    site.later(days=20)
    way.town.now = site.at
    way.submit()
    # staff are signed out after idling; she comes back
    clerk = site.sign_in("shouli")
    said = words(clerk.get("/staff/"))
    assert said.index("已逾期") < said.index("看申请")
    assert "逾期 1，今天 0" in said
    assert re.search(r"逾期 \d+ 工作日", said)


def test_pills_count_each_kind_and_filter(way, clerk, words):
    way.submit()
    way.accept()
    way.submit()
    said = words(clerk.get("/staff/"))
    assert "全部 2" in said
    assert "受理 1" in said
    only = words(clerk.get("/staff/?kind=入户")).split("到期分布")[0]
    assert "启动调查" in only
    assert "看申请，决定是否受理" not in only
    # an unknown kind shows everything rather than nothing
    assert "看申请，决定是否受理" in words(clerk.get("/staff/?kind=没有这种"))


def test_done_today_lists_what_she_finished(site, way, words):
    browser, actor = site.staff("shimei", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    way.town.clerk = actor
    way.submit()
    way.accept()
    said = words(browser.get("/staff/"))
    assert "今天已办 1 件" in said


def test_an_empty_worklist_says_what_to_do(clerk, words):
    assert "没有要办的" in words(clerk.get("/staff/"))


def test_staff_of_another_region_and_supervisors_see_nothing_of_it(site, way, words):
    way.submit()
    for number, (role, office) in enumerate(
        [
            (Role.TOWNSHIP_CLERK, ELSEWHERE),
            (Role.COUNTY_OFFICER, COUNTY),
            (Role.COUNTY_CONFIRMER, "441823000000"),
            (Role.CITY_SUPERVISOR, "520300000000"),
        ]
    ):
        browser, _actor = site.staff(f"waidi{number}", role, office=office)
        page = browser.get("/staff/")
        assert page.status_code == 200
        assert "周*" not in page.text
        assert str(way.case_id) not in page.text


def test_who_has_no_worklist_still_has_a_home(site, words):
    browser, _actor = site.staff("shenji", Role.AUDIT_ADMINISTRATOR, office=COUNTY)
    assert "您的角色没有待办" in words(browser.get("/staff/"))


def test_nobody_is_sent_to_the_door(site):
    answer = site.browser().get("/staff/")
    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.headers["Location"]


def test_htmx_gets_the_fragment_and_the_page_asks_few_questions(way, clerk, count_statements):
    for _ in range(3):
        way.submit()
    clerk.get("/staff/")
    count_statements.clear()
    page = clerk.get("/staff/", headers={"HX-Request": "true"})
    assert page.text.strip().startswith('<div id="_worklist"')
    few = len([each for each in count_statements if each.lstrip().upper().startswith("SELECT")])
    assert few <= 16, "\n".join(count_statements)


def test_pages_follow_each_other_by_their_address(site, way, clerk, monkeypatch, words):
    monkeypatch.setattr(
        "core.cases.worklist.worklist.__kwdefaults__", {"kinds": (), "after": None, "size": 2}
    )
    for _ in range(5):
        way.submit()
        way.town.now += timedelta(minutes=1)
    seen, address = [], "/staff/"
    while address:
        page = clerk.get(address)
        seen += re.findall(r"MTYX-2026-\d{6}", words(page))
        more = re.search(r'href="(/staff/\?after=[^"]+)">再看', page.text)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 5
    assert clerk.get("/staff/?after=garbage").status_code == 200


def test_a_notice_that_hangs_is_not_offered_to_be_hung_again(site, way, clerk, words):
    way.survey()
    way.opine()
    assert "张贴初审公示" in words(clerk.get("/staff/"))
    session, case, procedure = way.at(way.town.clerk)
    publish_first_notice(session, way.town.clerk, case, procedure, now=way.town.now)
    session.commit()
    said = words(clerk.get("/staff/"))
    assert "张贴初审公示" not in said
    assert "正在公示，期满自动转审核确认" in said
