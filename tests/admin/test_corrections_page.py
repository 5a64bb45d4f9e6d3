"""A resident says that her data are wrong: the office finds it, puts right what it may, and answers each request in writing."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import ResidentAccount
from core.audit.models import AuditEntry
from core.cases.changes import withdraw_application
from core.cases.data_requests import ask_for_correction, requests_of_case
from core.cases.models import Task, TaskState
from core.regions.queries import children
from core.testing.authorising import accept, request_all, sign_at_window, submit_and_ask
from core.testing.authorising import answer as finding
from core.testing.town import A1_MEMBERS, COUNTY, TOWNSHIP
from core.verification.findings import Findings

pytestmark = pytest.mark.row("R2-17")
NUMBER = A1_MEMBERS[0].id_number
WRONG = f"女儿叫周小桃，不叫周涛。我的身份证号是{NUMBER}"
ANSWER = "查过户口本：名字以户口本为准，随案存档。"
NEW_TOWN = "441823105000"


@pytest.fixture
def mine(site, way, clerk):
    """The resident who applied; the township has accepted."""
    browser = site.resident()
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    way.submit(account)
    way.accept()
    way.account = account
    return browser


def ask(way, text=WRONG):
    """She asks; returns where the office answers."""
    session = way.town.resident(way.account)
    case = way.town.case(session, way.case_id)
    row = ask_for_correction(
        session, session.actor, case, text, way.town.procedure(session), now=way.town.now
    )
    session.commit()
    way.town.close()
    return f"/staff/cases/{way.case_id}/corrections/{row.id}"


def withdraw(way):
    session = way.town.resident(way.account)
    withdraw_application(session, session.actor, way.town.case(session, way.case_id), now=way.town.now)
    session.commit()
    way.town.close()


def answer(browser, address, text=ANSWER):
    browser.get(address)
    return browser.post(address, {"answer": text})


def acts(site, act):
    with site.session() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.act == act)).all()


def test_from_the_worklist_straight_to_the_page_and_the_answer_to_her(site, way, mine, clerk, words):
    url = "/my/data"
    mine.get(f"{url}/{way.case_id}/correct")
    mine.post(f"{url}/{way.case_id}/correct", {"wrong": "老公的工资写多了"})
    assert "等答复" in words(mine.get(url))
    worklist = clerk.get("/staff/")
    assert "答复本人的更正申请" in words(worklist)
    [address] = re.findall(rf'href="(/staff/cases/{way.case_id}/corrections/[^"]+)"', worklist.text)
    page = clerk.get(address)
    assert "老公的工资写多了" in words(page)
    assert "最晚什么时候答复 2026年12月16日" in words(page)
    assert page.text.count("dd-b-main") == 1
    assert answer(clerk, address).status_code == 303
    assert "答复本人的更正申请" in words(clerk.get("/staff/")).partition("今天已办")[2]
    read = words(mine.get(url))
    assert "答复了" in read
    assert ANSWER in read
    assert "演示民政办公室 2026年11月16日答复" in read
    assert "对您更正申请的答复" in words(mine.get(f"/my/cases/{way.case_id}"))
    assert ANSWER in words(mine.get(f"{url}/{way.case_id}/copy"))


def test_each_request_is_answered_by_itself(site, way, mine, clerk, words):
    first, second = ask(way, "生日写错了"), ask(way, "工资写多了")
    assert answer(clerk, second).status_code == 303
    told = words(clerk.get(f"/staff/cases/{way.case_id}/corrections"))
    assert "2 条，1 条没有答复" in told
    assert "石梅 2026年11月16日 10:30答复" in told
    with site.session() as session:
        states = session.scalars(
            select(Task.state).where(Task.kind == "data_correction").order_by(Task.state)
        ).all()
    assert states == [TaskState.DONE, TaskState.OPEN]
    assert "发出答复" in words(clerk.get(first))
    assert "发出答复" not in words(clerk.get(second))


@pytest.mark.parametrize(("typed", "told"), [("  ", "不更正的，写明理由"), ("改" * 2001, "最多写 2000 个字")])
def test_what_cannot_be_sent_is_told_and_stays_typed(way, mine, clerk, words, typed, told):
    address = ask(way)
    page = answer(clerk, address, typed)
    assert page.status_code == 422
    assert told in words(page)
    assert typed.strip() in page.text
    session, case, _procedure = way.at(way.town.clerk)
    assert requests_of_case(session, case.id)[0].answered_at is None


def test_a_colleague_was_first_and_nothing_typed_is_lost(site, way, mine, clerk, words):
    address = ask(way)
    other = site.staff("shouli2", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦秋")[0]
    clerk.get(address)
    other.get(address)
    assert other.post(address, {"answer": "不改，材料齐全"}).status_code == 303
    page = clerk.post(address, {"answer": ANSWER})
    assert page.status_code == 409
    told = words(page)
    assert "有同事先答复了，您写的没有发出" in told
    assert "韦秋" in told
    assert "不改，材料齐全" in told
    assert ANSWER in page.text
    assert ANSWER not in words(mine.get("/my/data"))


def test_a_button_pressed_twice_answers_once(site, way, mine, clerk):
    address = ask(way)
    assert answer(clerk, address).status_code == 303
    assert clerk.post(address, {"answer": f" {ANSWER} "}).status_code == 303
    assert len(acts(site, "data.answer")) == 1


def test_numbers_are_masked_until_a_reason_is_given(site, way, mine, clerk, words):
    address = ask(way)
    page = clerk.get(address)
    assert NUMBER not in page.text
    assert "520***********" in words(page)
    [href] = re.findall(r'hx-post="(/staff/reveal/corrections/[^"]+)"', page.text)
    assert clerk.post(href, {"reason": " "}).status_code == 422
    shown = clerk.post(href, {"reason": "核实情况"})
    assert NUMBER in shown.text
    assert shown.headers["Refresh"].startswith("30;")
    [entry] = acts(site, "person.reveal")
    assert (entry.reason, entry.subject_type, entry.case_id) == ("核实情况", "data_requests", way.case_id)
    assert clerk.post(href.replace("/asked", "/id_number"), {"reason": "核实情况"}).status_code == 404


def test_who_has_not_the_case_on_her_desk_reads_it_for_a_reason_alone(way, mine, clerk, confirmer, words):
    address = ask(way)
    answer(clerk, address, f"已更正：{ANSWER}")
    all_of_them = f"/staff/cases/{way.case_id}/corrections"
    page = confirmer.get(all_of_them)
    assert "含个人信息，填用途后显示" in words(page)
    assert not any(word in page.text for word in ("周小桃", "女儿", ANSWER, NUMBER))
    asked, answered = re.findall(r'hx-post="(/staff/reveal/corrections/[^"]+)"', page.text)
    shown = confirmer.post(asked, {"reason": "核实情况"}, headers={"HX-Request": "true"})
    assert "周小桃" in shown.text
    assert 'data-mask="含个人信息' in shown.text
    assert ANSWER in confirmer.post(answered, {"reason": "核实情况"}).text


def test_looking_and_answering_stand_in_the_trail_and_on_the_cases_own_page(
    site, way, mine, clerk, confirmer, words
):
    address = ask(way)
    answer(clerk, address)
    confirmer.get(f"/staff/cases/{way.case_id}/corrections")
    # who was shown nothing has not looked
    assert {each.actor_name for each in acts(site, "data.look")} == {"石梅"}
    told = words(clerk.get(f"/staff/cases/{way.case_id}/history"))
    for line in ("本人要求更正资料", "答复本人的更正申请", "更正申请"):
        assert line in told
    auditor = site.staff("shenji", Role.AUDIT_ADMINISTRATOR, office="520000000000")[0]
    trail = words(auditor.get("/staff/audit"))
    assert "查看更正申请" in trail
    assert "答复更正申请 更正申请" in trail
    assert not any(word in trail for word in (ANSWER, "周小桃", NUMBER))


def test_the_case_page_leads_there_and_a_case_without_requests_shows_no_such_tab(way, mine, clerk, words):
    case_page = f"/staff/cases/{way.case_id}"
    assert f'href="{case_page}/corrections"' not in clerk.get(case_page).text
    assert "没有更正申请" in words(clerk.get(f"{case_page}/corrections"))
    address = ask(way)
    assert clerk.get(case_page).text.count(f'href="{case_page}/corrections"') == 2
    answer(clerk, address)
    assert clerk.get(case_page).text.count(f'href="{case_page}/corrections"') == 1


def test_the_ways_to_put_it_right_follow_the_stage_of_the_case(site, way, clerk, words):
    site.resident()
    with site.session() as session:
        way.account = session.scalars(select(ResidentAccount.id)).one()
    way.submit(way.account)
    address = ask(way)
    assert "还没受理：请本人撤回，写对了再交" in words(clerk.get(address))
    way.accept()
    page = clerk.get(address)
    assert "家庭关系 系统里改不了：对照证件原件核实" in words(page)
    members = f"/staff/cases/{way.case_id}/members?next={address}"
    assert f'href="{members}">去更正' in page.text
    # from the person's page she comes back to the request, which is still to be answered
    assert re.search(rf'href="/staff/persons/[^"]+/correct\?next={address}"', clerk.get(members).text)
    assert f'href="/staff/cases/{way.case_id}/visit"' in page.text
    withdraw(way)
    told = words(clerk.get(address))
    assert "登记一次入户" not in told
    assert "随新的申请更新" in told


def test_what_was_checked_or_is_to_be_adopted_is_put_right_where_that_is_done(site, way, clerk):
    site.resident()
    with site.session() as session:
        way.account = session.scalars(select(ResidentAccount.id)).one()
    asked = submit_and_ask(way.town, account=way.account)
    way.case_id = asked.case_id
    accept(asked)
    sign_at_window(asked)
    request_all(asked)
    checks = f'href="/staff/cases/{way.case_id}/verification"'
    address = ask(way)
    before = clerk.get(address).text.count(checks)
    finding(asked, Findings(nothing=True))
    way.visit()
    page = clerk.get(address)
    assert page.text.count(checks) == before + 1
    assert f'href="/staff/cases/{way.case_id}#_compared"' in page.text
    assert 'id="_compared"' in clerk.get(f"/staff/cases/{way.case_id}").text


def test_a_day_in_a_year_nobody_has_announced_is_told_to_both_sides(site, way, mine, clerk, words):
    way.town.now = site.at = site.at + timedelta(days=24)
    mine, browser = site.resident(), site.sign_in("shouli")
    address = ask(way)
    assert "2027年1月11日（暂定）" in words(browser.get(address))
    assert "2027年1月11日（暂定）前书面答复" in words(browser.get(address.rpartition("/")[0]))
    assert "暂定，节假日安排公布后再算准" in words(mine.get("/my/data"))
    assert date(2027, 1, 11).weekday() < 5


def test_an_answer_is_owed_after_the_case_has_ended_and_late_ones_are_marked(site, way, mine, clerk, words):
    address = ask(way)
    withdraw(way)
    site.at += timedelta(days=31)
    browser = site.sign_in("shouli")
    assert "已逾期" in words(browser.get("/staff/"))
    assert "逾期" in words(browser.get(address))
    assert answer(browser, address).status_code == 303
    told = words(browser.get(address))
    # nothing of the case is due from her any more: her own answer, too, is covered again
    assert ANSWER not in told
    assert "含个人信息，填用途后显示" in told
    assert ANSWER in words(site.resident().get("/my/data"))


def test_where_the_file_went_to_another_office_the_one_that_was_asked_still_answers(
    site, way, mine, clerk, words
):
    address = ask(way)
    _session, case, _procedure = way.at(way.town.clerk)
    household = f"/staff/households/{case.household_id}"
    way.town.close()
    withdraw(way)
    clerk.get(f"{household}/transfer?in={NEW_TOWN}")
    assert clerk.post(f"{household}/transfer?in={NEW_TOWN}", {"reason": "全家搬走"}).status_code == 303
    taker = site.staff("jieshou", Role.TOWNSHIP_CLERK, office=NEW_TOWN, name="王芳")[0]
    transfer = re.search(r"/staff/transfers/[0-9a-f-]{36}", taker.get("/staff/").text)[0]
    village = re.findall(r'<option[^>]*value="(\d{12})"', taker.get(transfer).text)[0]
    assert taker.post(transfer, {"act": "accept", "village": village}).status_code == 303
    page = clerk.get(address)
    assert "已经转到别处，由那边的乡镇（街道）更正" in words(page)
    assert household not in page.text
    assert taker.get(address).status_code == 404
    assert taker.post(address, {"answer": ANSWER}).status_code == 404
    assert answer(clerk, address).status_code == 303
    assert ANSWER in words(mine.get("/my/data"))


@pytest.mark.parametrize(
    ("role", "office"),
    [
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.TOWNSHIP_CONFIRMER, TOWNSHIP),
        (Role.COUNTY_OFFICER, COUNTY),
        (Role.VILLAGE_ASSISTANT, ""),
        (Role.CONTRACT_WORKER, TOWNSHIP),
        (Role.AUDIT_ADMINISTRATOR, "520000000000"),
    ],
)
def test_only_who_accepts_applications_has_the_page_of_the_answer(site, way, mine, role, office):
    address = ask(way)
    with site.session() as session:
        office = office or children(session, TOWNSHIP)[0].code
    browser = site.staff("bieren", role, office=office)[0]
    assert browser.get(address).status_code in {403, 404}
    assert browser.post(address, {"answer": ANSWER}).status_code in {403, 404}
    with site.session() as session:
        assert requests_of_case(session, way.case_id)[0].answered_at is None


def test_another_region_and_another_case_have_no_such_page(way, mine, clerk, stranger):
    address = ask(way)
    own = way.case_id
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"answer": ANSWER}).status_code == 404
    way.submit()
    assert clerk.get(address.replace(str(own), str(way.case_id))).status_code == 404
    assert clerk.get(f"/staff/cases/{own}/corrections/{own}").status_code == 404


def test_in_english_the_pages_hold_no_chinese_of_their_own(way, mine, clerk):
    address = ask(way, "wrong")
    clerk.client.set_cookie("doudi_language", "en")
    mine.client.set_cookie("doudi_language", "en")
    assert "Written answer" in clerk.get(address).text
    answer(clerk, address, "right")
    for page in (clerk.get(address), clerk.get(address.rpartition("/")[0])):
        main = page.text.partition('aria-label="This application"')[2].partition("<aside")[0]
        assert main
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", main).replace("石梅", ""))
    assert "What you asked to correct" in mine.get("/my/data").text
