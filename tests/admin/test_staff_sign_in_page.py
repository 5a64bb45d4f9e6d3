"""Staff go through the door with name, password and, where the role asks, a second factor; and see their own account."""

from __future__ import annotations

import re
import time

import pyotp
import pytest

from core.access import Role, job_actor
from core.accounts.changes import create_first_administrators, create_staff
from core.accounts.passwords import PASSWORD_RULES
from core.accounts.signed_in import end_other_sessions

YONGXING, MEITAN = "520328101000", "520328000000"

pytestmark = pytest.mark.row("R2-28", "R0-14")


def test_the_door_leads_where_she_was_going(site):
    site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    browser = site.browser()
    assert browser.get("/staff/account").headers["Location"] == "/staff/sign-in?next=/staff/account"
    browser.get("/staff/sign-in?next=/staff/account")
    sent = {"username": "shimei", "password": site.passwords["shimei"]}
    answer = browser.post("/staff/sign-in?next=/staff/account", sent)
    assert answer.headers["Location"] == "/staff/account"
    assert browser.get("/staff/account").status_code == 200
    assert browser.get("/staff/sign-in").status_code == 303


def test_a_wrong_password_is_told_plainly_and_never_shown_again(site, words):
    site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    browser = site.browser()
    browser.get("/staff/sign-in")
    answer = browser.post("/staff/sign-in", {"username": "shimei", "password": "falsch-1234"})
    assert answer.status_code == 422
    assert "用户名或密码不对" in words(answer)
    assert "falsch-1234" not in answer.text
    assert 'value="shimei"' in answer.text


def test_after_five_the_lock_says_until_when_in_local_time(site, words):
    site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    browser = site.browser()
    browser.get("/staff/sign-in")
    for _ in range(5):
        answer = browser.post("/staff/sign-in", {"username": "shimei", "password": "falsch"})
    assert "锁定到 2026年11月16日 10:45" in words(answer)
    english = browser.post("/staff/sign-in?lang=en", {"username": "nobody-here", "password": "falsch"})
    assert english.status_code == 422


def test_without_a_form_token_nothing_happens_and_the_password_is_not_kept(site):
    site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    browser = site.browser()
    answer = browser.client.post(
        "/staff/sign-in", data={"username": "shimei", "password": site.passwords["shimei"]}
    )
    assert answer.status_code == 400
    assert site.passwords["shimei"] not in answer.text


def test_the_first_sign_in_opens_nothing_but_the_change_of_the_password(site, words):
    with site.session(writes=True) as session:
        made = create_staff(
            session, session.actor, username="shimei", full_name="石梅", office=YONGXING, now=site.at
        )
        session.commit()
    site.passwords["shimei"] = made.password
    browser = site.browser()
    browser.get("/staff/sign-in")
    browser.post("/staff/sign-in", {"username": "shimei", "password": made.password})
    for address in ("/staff/account", "/staff/settings/staff", "/staff/audit"):
        assert browser.get(address).headers["Location"] == "/staff/password"
    page = browser.get("/staff/password")
    assert "先换成只有您自己知道的密码" in words(page)
    # nobody is refused for a rule that she could not read before
    for rule in PASSWORD_RULES:
        assert rule.words.format(**rule.values) in words(page)
    typed = {"old_password": made.password, "new_password": "kurz", "repeated_password": "kurz"}
    assert browser.post("/staff/password", typed).status_code == 422
    typed |= {"new_password": "Tea-Garden-77", "repeated_password": "Tea-Garden-78"}
    assert "两遍新密码不一样" in words(browser.post("/staff/password", typed))
    typed["repeated_password"] = "Tea-Garden-77"
    wrong = browser.post("/staff/password", {**typed, "old_password": "falsch"})
    assert "现在的密码不对" in words(wrong)
    assert "Tea-Garden-77" not in wrong.text
    assert browser.post("/staff/password", typed).headers["Location"] == "/staff/"
    assert browser.get("/staff/account").status_code == 200


@pytest.mark.parametrize("demo", [False])
def test_an_administrator_sets_up_her_second_factor_before_anything_opens(site, words):
    with site.session(writes=True) as session:
        (username, password), *_ = create_first_administrators(session, site.at)
        session.commit()
    browser = site.browser()
    browser.get("/staff/sign-in")
    browser.post("/staff/sign-in", {"username": username, "password": password})
    assert browser.get("/staff/settings/staff").headers["Location"] == "/staff/second-factor"
    # a password alone does not even change the password
    assert browser.get("/staff/password").headers["Location"] == "/staff/second-factor"
    page = browser.get("/staff/second-factor")
    assert "<svg" in page.text
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", page.text)
    secret = re.search(r'dd-secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")
    wrong = browser.post("/staff/second-factor", {"code": "12"})
    assert wrong.status_code == 422
    assert browser.post("/staff/second-factor", {"code": pyotp.TOTP(secret).at(site.at)}).status_code == 303
    assert browser.get("/staff/settings/staff").headers["Location"] == "/staff/password"
    assert secret not in browser.get("/staff/password").text
    again = browser.get("/staff/second-factor")
    assert again.status_code == 303


def test_idle_for_half_an_hour_leads_back_to_the_door(site, words):
    browser, _ = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    site.later(minutes=31)
    assert browser.get("/staff/account").status_code == 303
    assert "自动退出" in words(browser.get("/staff/sign-in"))


def test_my_account_lists_my_browsers_and_ends_the_others(site, words):
    first, _ = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    site.later(minutes=1)
    second = site.sign_in("shimei")
    page = second.get("/staff/account")
    assert "镇经办" in words(page)
    assert page.text.count("就是这里") == 1
    assert second.post("/staff/account/sessions/end-others").status_code == 303
    assert first.get("/staff/account").status_code == 303
    assert second.get("/staff/account").status_code == 200


def at_the_door(browser, where):
    answer = browser.get(where)
    return browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer


@pytest.mark.parametrize("where", ["/staff/account", "/staff/sign-in"])
def test_who_was_signed_out_by_somebody_else_is_told_so_and_a_stranger_is_not(site, words, where):
    browser, actor = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    with site.session(writes=True) as session:
        end_other_sessions(session, job_actor("renewing"), actor.account_id, now=site.at)
        session.commit()
    assert "您的登录已被结束，请重新登录" in words(at_the_door(browser, where))
    told = words(at_the_door(site.browser(), where))
    assert "结束" not in told
    assert "退出" not in told


def test_who_ended_her_other_browser_herself_reads_so_there(site, words):
    first, _ = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    second = site.sign_in("shimei")
    second.get("/staff/account")
    second.post("/staff/account/sessions/end-others")
    assert "您在别处结束了这里的登录" in words(first.get("/staff/sign-in"))


def test_signing_out_closes_the_door(site):
    browser, _ = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    assert browser.post("/staff/sign-out").headers["Location"] == "/staff/sign-in"
    assert browser.get("/staff/account").status_code == 303


def test_an_unknown_name_takes_as_long_as_a_known_one(site, monkeypatch):
    """Both hash once: the ratio of the fastest tries stays near one, however busy the machine is."""
    # a real password's cost
    monkeypatch.undo()
    site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    browser = site.browser()
    browser.get("/staff/sign-in")

    def fastest(username):
        spent = []
        for _ in range(4):
            began = time.process_time()
            browser.post("/staff/sign-in", {"username": username, "password": "falsch"})
            spent.append(time.process_time() - began)
        return min(spent)

    assert 0.4 < fastest("shimei") / fastest("nemo-nobody") < 2.5
