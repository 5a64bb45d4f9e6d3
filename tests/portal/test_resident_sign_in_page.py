"""A resident signs in with her phone alone, sees where she is signed in, and nothing of anyone else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.accounts.models import LoginSession
from core.identity_numbers import is_made_up, parse_id_number

pytestmark = pytest.mark.row("R1-12")


def test_from_the_number_to_the_page_she_wanted(site, words):
    browser = site.browser()
    door = browser.get("/account")
    assert door.headers["Location"] == "/sign-in?next=/account"
    browser.get("/sign-in?next=/account")
    sent = browser.post("/sign-in?next=/account", {"mobile": "199 0000 0001"})
    assert sent.headers["Location"] == "/sign-in/code?next=/account"
    page = browser.get(sent.headers["Location"])
    assert "199****0001" in words(page)
    assert "19900000001" not in page.text
    done = browser.post(sent.headers["Location"], {"code": site.code()})
    assert done.headers["Location"] == "/account"
    mine = browser.get("/account")
    assert "手机号码已核对" in words(mine)
    assert "就是这里" in words(mine)


def test_no_number_stands_in_an_address_or_open_in_the_cookie(site):
    browser = site.browser()
    browser.get("/sign-in")
    sent = browser.post("/sign-in", {"mobile": "19900000001"})
    assert "0001" not in sent.headers["Location"]
    assert "19900000001" not in str(sent.headers)
    with browser.client.session_transaction() as cookie:
        assert "19900000001" not in str(dict(cookie))


@pytest.mark.parametrize("mobile", ["", "123", "0851-00551234", "abcdefghijk"])
def test_what_is_no_number_is_said_beside_the_field(site, mobile):
    browser = site.browser()
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"mobile": mobile})
    assert answer.status_code == 422
    assert 'href="#mobile"' in answer.text


def test_a_wrong_code_is_said_and_the_field_stays_empty(site, words):
    browser = site.browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"mobile": "19900000001"})
    browser.get("/sign-in/code")
    wrong = "000000" if site.code() != "000000" else "111111"
    answer = browser.post("/sign-in/code", {"code": wrong})
    assert answer.status_code == 422
    assert "验证码不对" in words(answer)
    assert wrong not in answer.text


def test_another_code_after_a_minute_and_not_before(site, words):
    browser = site.browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"mobile": "19900000001"})
    browser.get("/sign-in/code")
    assert "请等 60 秒" in words(browser.post("/sign-in/again"))
    site.later(seconds=61)
    assert browser.post("/sign-in/again").status_code == 303


def test_the_code_page_without_a_number_leads_back(site):
    assert site.browser().get("/sign-in/code").headers["Location"].startswith("/sign-in")


def test_a_crafted_next_leads_nowhere_else(site):
    browser = site.browser()
    browser.get("/sign-in?next=//evil.example/")
    sent = browser.post("/sign-in?next=//evil.example/", {"mobile": "19900000001"})
    browser.get("/sign-in/code")
    assert "evil" not in sent.headers["Location"]
    done = browser.post("/sign-in/code?next=https://evil.example/", {"code": site.code()})
    assert done.headers["Location"] == "/"


def test_she_signs_out_another_browser_of_hers_and_then_this_one(site):
    first = site.resident()
    site.later(minutes=2)
    second = site.resident()
    page = second.get("/account")
    action = page.text.split('action="/account/sessions/')[1].split('"')[0]
    assert second.post(f"/account/sessions/{action}").status_code == 303
    assert first.get("/account").status_code == 303
    assert second.post("/sign-out").headers["Location"] == "/"
    assert second.get("/account").status_code == 303


def test_she_cannot_end_a_strangers_sign_in(site):
    stranger = site.resident("19900000002")
    with site.session() as session:
        login = session.scalars(select(LoginSession.id)).one()
    me = site.resident("19900000001")
    assert me.post(f"/account/sessions/{login}/end").status_code == 404
    assert stranger.get("/account").status_code == 200


def test_the_outbox_shows_the_message_in_a_demo(site, words):
    browser = site.browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"mobile": "19900000001"})
    page = browser.get("/outbox")
    assert site.code() in page.text
    assert "19900000001" not in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_a_demo_offers_numbers_of_nobody_that_its_forms_take(site, words):
    page = words(site.browser().get("/outbox"))
    numbers = re.findall(r"\b[0-9]{17}[0-9X]\b", page)
    assert len(numbers) == 6
    today = site.at.date()
    born = [parse_id_number(each, today=today, demo=True).birth_date for each in numbers]
    assert [(today - day).days * 100 // 36525 for day in born] == [46, 44, 74, 20, 12, 5]
    assert all(is_made_up(each) for each in numbers)


@pytest.mark.parametrize("demo", [False])
def test_outside_a_demo_there_is_no_outbox_and_no_pretended_message(site, words):
    browser = site.browser()
    assert browser.get("/outbox").status_code == 404
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"mobile": "19900000001"})
    assert answer.status_code == 409
    assert "还没有开通短信" in words(answer)
