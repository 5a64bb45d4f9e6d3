"""A part of a case is handed to a named person: she sees that part and nothing else, until it is done, over or taken back."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import python_calamine
from sqlalchemy import select

from core.access import Role
from core.accounts.models import Assignment
from core.audit.models import AuditEntry
from core.cases.models import StepCode
from core.testing.authorising import BODIES, step_now
from core.testing.town import COUNTY, TOWNSHIP, members_a1
from core.verification.changes import requests_of
from core.verification.models import RequestState, VerificationRequest

pytestmark = pytest.mark.row("R2-28", "R2-17")


@pytest.fixture
def desk(asked):
    return f"/staff/cases/{asked.case_id}/assignments"


@pytest.fixture
def officer(site):
    return site.staff("xian-01", Role.COUNTY_OFFICER, office=COUNTY, name="田志")[0]


@pytest.fixture
def reviewer(site):
    return site.staff("chushen", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP, name="龙海")[0]


@pytest.fixture
def worker(site):
    return site.hire("waipin", Role.CONTRACT_WORKER, office=TOWNSHIP, name="陈芳")


@pytest.fixture
def taxwoman(site):
    return site.hire("shuiwu", Role.DEPARTMENT_OFFICER, office=COUNTY, name="何税")


def hand(browser, desk, account, work, day):
    browser.get(desk)
    return browser.post(desk, {"work": work, "worker": str(account.account_id), "last_day": day.isoformat()})


def asked_of(site, asked, source):
    with site.session() as session:
        return [row for row in requests_of(session, asked.case_id) if row.source == source]


# --- a visit for a bought-in worker -----------------------------------------------------------------------------


def test_a_visit_is_handed_over_done_from_her_worklist_and_taken_back(
    site, reviewer, worker, asked, desk, words
):
    assert "交给别人办" in words(reviewer.get(f"/staff/cases/{asked.case_id}"))
    assert hand(reviewer, desk, worker, "visit", site.at.date()).status_code == 303
    listed = words(reviewer.get(desk))
    assert "陈芳" in listed
    assert "购买服务人员 入户调查" in listed

    hers = site.sign_in("waipin")
    home = hers.get("/staff/")
    assert "入户调查" in words(home)
    assert "录入核对结果" not in words(home)
    way = f"/staff/cases/{asked.case_id}/visit"
    assert f'href="{way}"' in home.text, "the way leads where she may go"
    assert hers.get(way).status_code == 200
    for closed in ("", "/assignments", "/verification", "/visits"):
        assert hers.get(f"/staff/cases/{asked.case_id}{closed}").status_code == 403, closed

    end = re.search(r'action="([^"]+/end)"', reviewer.get(desk).text)[1]
    assert reviewer.post(end).status_code == 303
    assert "没有交给别人办" in words(reviewer.get(desk))
    assert hers.get(way).status_code == 404
    assert reviewer.post(end, follow_redirects=True).status_code == 200, "twice is told, not an error"
    with site.session() as session:
        acts = select(AuditEntry.act, AuditEntry.actor_name).where(AuditEntry.act.like("assignment.%"))
        told = [tuple(row) for row in session.execute(acts.order_by(AuditEntry.id))]
    assert told == [("assignment.give", "龙海"), ("assignment.end", "龙海")]


def test_what_was_handed_until_a_day_is_seen_to_its_end(site, reviewer, worker, asked, desk):
    hand(reviewer, desk, worker, "visit", site.at.date())
    site.at += timedelta(days=1)
    assert site.sign_in("waipin").get(f"/staff/cases/{asked.case_id}/visit").status_code == 404


def test_a_crafted_hand_over_changes_nothing(site, reviewer, worker, taxwoman, asked, desk, words):
    today = site.at.date()
    elsewhere = site.hire("waizhen", Role.CONTRACT_WORKER, office="520328102000", name="外镇的")
    clerk = site.hire("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    for account, work, day in (
        (worker, "tax", today),
        (worker, "verification", today),
        (taxwoman, "visit", today),
        (elsewhere, "visit", today),
        (clerk, "visit", today),
        (worker, "visit", today - timedelta(days=1)),
    ):
        assert hand(reviewer, desk, account, work, day).status_code == 422, (work, day)
    reviewer.get(desk)
    assert reviewer.post(desk, {"work": "visit", "worker": "nobody", "last_day": "x"}).status_code == 422
    with site.session() as session:
        assert session.scalars(select(Assignment)).all() == []
    assert "外镇的" not in words(reviewer.get(desk))


def test_another_office_and_who_may_not_hand_over_reach_none_of_it(site, reviewer, worker, asked, desk):
    hand(reviewer, desk, worker, "visit", site.at.date())
    end = re.search(r'action="([^"]+/end)"', reviewer.get(desk).text)[1]
    stranger = site.staff("waidi", Role.TOWNSHIP_REVIEWER, office="441823105000")[0]
    clerk = site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]
    for browser, status in ((stranger, 404), (clerk, 403)):
        browser.get("/staff/")
        assert browser.get(desk).status_code == status
        assert browser.post(desk, {"work": "visit"}).status_code == status
        assert browser.post(end).status_code == status
    wrong = end.replace(str(asked.case_id), str(worker.account_id))
    assert reviewer.post(wrong).status_code == 404
    with site.session() as session:
        assert session.scalars(select(Assignment.ended_at)).all() == [None]


# --- a body's questions for a department officer ----------------------------------------------------------------


def sheet_of(browser):
    browser.get("/staff/verification")
    answer = browser.post("/staff/verification/sheet")
    assert answer.status_code == 200, answer.text
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return book.get_sheet_by_index(0).to_python()


def filled(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"file": (io.BytesIO(text.getvalue().encode()), "结果.csv")}


@pytest.fixture
def handed(site, officer, taxwoman, desk):
    assert hand(officer, desk, taxwoman, "tax", site.at.date()).status_code == 303
    return site.sign_in("shuiwu")


def test_her_sheet_holds_her_own_bodys_questions_only(site, handed, officer, asked):
    rows = sheet_of(handed)[1:]
    taxes = asked_of(site, asked, "tax")
    assert {row[0] for row in rows} == {row.id.hex for row in taxes}
    assert {row[3] for row in rows} == {taxes[0].body}
    assert len(sheet_of(officer)) > len(rows) + 1, "the county's holds every body's"
    with site.session() as session:
        sent = session.scalars(select(AuditEntry).where(AuditEntry.act == "verification.send"))
        assert len([each for each in sent if each.actor_name == "何税"]) == len(rows)


def test_she_answers_her_bodys_questions_on_screen_and_then_sees_the_case_no_longer(
    site, handed, asked, words
):
    home = handed.get("/staff/")
    assert 'href="/staff/verification"' in home.text
    listed = handed.get("/staff/verification")
    assert f"{len(asked_of(site, asked, 'tax'))} 项" in words(listed)
    assert "/verification/" not in listed.text.replace('"/staff/verification/', "")
    way = re.search(r'href="(/staff/verification/[0-9a-f-]{36})"', listed.text)[1]
    for _each in asked_of(site, asked, "tax"):
        page = handed.get(way)
        assert page.status_code == 200
        answer = handed.post(way, {"nothing": "true"})
        assert answer.status_code == 303, words(answer)
        way = answer.headers["Location"]
    assert way == "/staff/verification"
    assert all(row.state is RequestState.ANSWERED for row in asked_of(site, asked, "tax"))
    assert "没有等结果的核对" in words(handed.get("/staff/verification"))
    assert handed.get(f"/staff/verification/{asked_of(site, asked, 'tax')[0].id}").status_code == 404
    assert str(step_now(asked, StepCode.VERIFICATION).state) == "open", "other bodies still owe theirs"


def test_she_neither_opens_nor_answers_another_bodys_question(site, handed, asked, words):
    bank = asked_of(site, asked, "bank")[0]
    handed.get("/staff/verification")
    assert handed.get(f"/staff/verification/{bank.id}").status_code == 404
    assert handed.post(f"/staff/verification/{bank.id}", {"nothing": "true"}).status_code == 404
    for act in ("", "/recheck"):
        url = f"/staff/cases/{asked.case_id}/verification/{bank.id}{act}"
        assert handed.post(url, {"nothing": "true"}).status_code in {403, 404}
    assert handed.get(f"/staff/cases/{asked.case_id}/verification/{bank.id}").status_code in {403, 404}
    assert asked_of(site, asked, "bank")[0].state is not RequestState.ANSWERED


def test_her_file_answers_for_her_own_body_and_is_hers_to_read(site, handed, officer, asked, words):
    head, *rows = sheet_of(officer)
    done = [
        (*row[:5], "无") for row in rows if row[0] in {each.id.hex for each in asked_of(site, asked, "tax")}
    ]
    bank = [(*row[:5], "无") for row in rows if row[0] == asked_of(site, asked, "bank")[0].id.hex]
    handed.get("/staff/verification")
    answer = handed.post(
        "/staff/verification/import", filled([head, *done, *bank]), content_type="multipart/form-data"
    )
    assert answer.status_code == 303, words(answer)
    report = words(handed.get(answer.headers["Location"]))
    assert "没有这个核对编号，或者不归您这里办" in report
    assert all(row.state is RequestState.ANSWERED for row in asked_of(site, asked, "tax"))
    assert asked_of(site, asked, "bank")[0].state is not RequestState.ANSWERED
    assert "结果.csv" in words(handed.get("/staff/verification"))
    other = site.staff("gongan", Role.DEPARTMENT_OFFICER, office=COUNTY)[0]
    assert other.get(answer.headers["Location"]).status_code == 404


def test_the_last_bodys_answer_completes_the_check_though_she_sees_no_other(
    site, handed, officer, asked, words
):
    head, *rows = sheet_of(officer)
    hers = {each.id.hex for each in asked_of(site, asked, "tax")}
    officer.post(
        "/staff/verification/import",
        filled([head, *[(*row[:5], "无") for row in rows if row[0] not in hers]]),
        content_type="multipart/form-data",
    )
    way = "/staff/verification"
    for row in asked_of(site, asked, "tax"):
        way = f"/staff/verification/{row.id}"
        handed.get(way)
        handed.post(way, {"nothing": "true"})
    assert str(step_now(asked, StepCode.VERIFICATION).state) == "done"
    assert set(BODIES) >= {"tax", "bank"}
    with site.session() as session:
        states = session.scalars(select(VerificationRequest.state)).all()
    assert set(states) == {RequestState.ANSWERED}


def test_who_was_handed_nothing_sees_no_question_at_all(site, taxwoman, asked, words):
    hers = site.sign_in("shuiwu")
    assert "没有等结果的核对" in words(hers.get("/staff/verification"))
    hers.get("/staff/verification")
    assert hers.post("/staff/verification/sheet").status_code == 409


# --- her own last day -------------------------------------------------------------------------------------------


def test_a_worker_reads_her_own_last_day_wherever_a_deadline_stands(
    site, reviewer, worker, asked, desk, words
):
    last = site.at.date() + timedelta(days=1)
    hand(reviewer, desk, worker, "visit", last)
    spoken = f"{last.month}月{last.day}日"
    hers = site.sign_in("waipin")
    home = words(hers.get("/staff/"))
    assert f"{spoken} 星期" in home
    assert f"限 {spoken}" in words(hers.get("/staff/visits"))
    assert f"限 {spoken}" in words(hers.get(f"/staff/cases/{asked.case_id}/visit"))
    mine = words(reviewer.get(f"/staff/cases/{asked.case_id}/visit"))
    assert f"限 {spoken}" not in mine, "the office's deadline stays the law's"


def test_a_later_last_day_does_not_hide_that_the_family_waits_until_the_laws_day(
    site, reviewer, worker, asked, desk, words
):
    before = words(reviewer.get(f"/staff/cases/{asked.case_id}/visit"))
    hand(reviewer, desk, worker, "visit", site.at.date() + timedelta(days=300))
    lawful = re.search(r"限 \d+月\d+日", before)[0]
    assert lawful in words(site.sign_in("waipin").get(f"/staff/cases/{asked.case_id}/visit"))


def test_what_she_must_finish_first_stands_first_and_is_counted_on_that_day(
    site, reviewer, worker, asked, desk, way, words
):
    later = way
    later.submit(members=members_a1(family=1))
    later.accept()
    hand(reviewer, desk, worker, "visit", site.at.date() + timedelta(days=4))
    hand(reviewer, f"/staff/cases/{later.case_id}/assignments", worker, "visit", site.at.date())
    hers = site.sign_in("waipin")
    for address in ("/staff/", "/staff/visits"):
        page = hers.get(address).text
        assert page.index(str(later.case_id)) < page.index(str(asked.case_id)), address
    assert "今天 1" in words(hers.get("/staff/")), "the township has days left, she has only today"


def test_a_department_officer_reads_her_own_last_day_too(site, officer, taxwoman, desk, words):
    last = site.at.date() + timedelta(days=1)
    hand(officer, desk, taxwoman, "tax", last)
    hers = site.sign_in("shuiwu")
    spoken = f"{last.month}月{last.day}日"
    assert f"{spoken} 星期" in words(hers.get("/staff/"))
    listed = hers.get("/staff/verification")
    assert spoken in words(listed)
    way = re.search(r'href="(/staff/verification/[0-9a-f-]{36})"', listed.text)[1]
    assert f"期限 {last.year}年{spoken}" in words(hers.get(way))
