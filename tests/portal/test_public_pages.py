"""What anyone may read without signing in: the first page, the guide, the five questions, the place, whom to call."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from core.accounts.models import ResidentAccount
from core.audit.models import AuditEntry
from core.cases.declaration_models import Draft
from core.testing.town import TOWNSHIP

pytestmark = pytest.mark.row("R2-27", "R2-07")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
PAGES = (
    "/",
    "/help/dibao",
    "/check",
    "/help-someone",
    "/privacy",
    "/complaints",
    "/accessibility",
    "/place",
    "/sign-in",
)


@pytest.fixture
def at_home(site):
    """A visitor who chose her township on this device."""
    browser = site.browser()
    browser.get("/place")
    assert browser.post("/place", {"code": TOWNSHIP, "next": "/"}).status_code == 303
    return browser


def rows(site):
    """How many rows there are of whatever a visit could leave behind."""
    with site.session() as session:
        return [session.scalar(select(func.count(kind.id))) for kind in (AuditEntry, ResidentAccount, Draft)]


def test_the_five_questions_tell_what_to_ask_for_and_keep_nothing(site, at_home, words):
    before = rows(site)
    page = words(at_home.get("/check"))
    assert "不是决定" in page
    assert re.search(r"城里\d+元，农村\d+元", page)
    given = {
        "sudden": "true",
        "alone": "false",
        "income": "below_line",
        "ill_or_disabled": "false",
        "costs": "false",
    }
    answer = at_home.post("/check", given)
    assert answer.status_code == 200
    said = words(answer)
    assert "临时救助" in said
    assert "可以申请低保" in said
    assert "由镇（街道）核实，县民政局确认" in said
    assert rows(site) == before


def test_a_question_left_out_is_told_once_and_the_answers_stay(at_home, words):
    at_home.get("/check")
    answer = at_home.post("/check", {"sudden": "true", "income": "unknown"})
    assert answer.status_code == 422
    said = words(answer)
    assert "有3处要改" in said
    # its name stands in the sentence; the summary does not say it twice
    assert "有没有干不了活、没有收入，也没人能养的人：" not in said
    assert re.search(r'value="unknown" checked', answer.text)


def test_the_first_page_names_every_help_and_whom_to_call(site, at_home, words):
    stranger = words(site.browser().get("/"))
    assert "12345" in stranger
    page = words(at_home.get("/"))
    for said in (
        "最低生活保障（低保）",
        "特困供养",
        "临时救助",
        "演示社会救助窗口",
        "今天就过不下去，先打电话",
    ):
        assert said in page
    # the standards in force there, not numbers of the code
    assert re.search(r"城里\d+元，农村\d+元", page)


def test_the_place_is_kept_on_the_device_only(site, at_home):
    assert at_home.client.get_cookie("doudi_place").value == TOWNSHIP
    assert "先选您家在哪里" in site.browser().get("/").text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_main_action_at_most_and_is_complete_in_english(at_home, path):
    page = at_home.get(path, query_string={"lang": "en"})
    assert page.status_code == 200
    assert page.text.count("dd-b-main") <= 1
    main = page.text.partition("<main")[2].partition("</main>")[0]
    shown = re.sub(r"<[^>]+>", "\n", re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL))
    # names of places and offices, numbers of documents
    names = ("湄潭县", "永兴", "演示", "省", "市", "自治区", "民发〔")
    left = [line.strip() for line in shown.splitlines() if CHINESE.search(line)]
    assert not [line for line in left if not any(name in line for name in names)], left
