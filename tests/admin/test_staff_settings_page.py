"""Settings, people: the system administrator makes accounts, the security administrator grants and locks, each in her county."""

from __future__ import annotations

import re
import uuid

import pytest

from core.access import Role
from core.accounts.queries import staff_list

GUIZHOU, MEITAN, YONGXING, YANGSHAN = "520000000000", "520328000000", "520328101000", "441823000000"
HERE = "/staff/settings/staff"

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def security(site):
    return site.staff("anquan-01", Role.SECURITY_ADMINISTRATOR, office=MEITAN)[0]


@pytest.fixture
def system(site):
    return site.staff("xitong-01", Role.SYSTEM_ADMINISTRATOR, office=MEITAN)[0]


def one_time_password(answer):
    return re.search(r'dd-secret">([^<]+)<', answer.text)[1]


def test_an_account_is_made_shown_once_and_opens_after_a_role_is_granted(site, system, security, words):
    system.get(f"{HERE}/new?in={YONGXING}")
    made = system.post(f"{HERE}/new?in={YONGXING}", {"full_name": "石梅", "username": "shimei"})
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    password = one_time_password(made)
    assert password not in system.get(HERE).text
    listed = security.get(HERE)
    assert "石梅" in words(listed)
    address = re.search(rf'{HERE}/[0-9a-f-]{{36}}(?=">石梅)', listed.text)[0]
    page = security.get(f"{address}/grant?in={YONGXING}")
    assert "镇经办" in words(page)
    assert "县审核确认" not in words(page)
    sent = security.post(f"{address}/grant?in={YONGXING}", {"role": "township_clerk"})
    assert sent.headers["Location"] == address
    assert "镇经办" in words(security.get(address))
    site.passwords["shimei"] = password
    browser = site.browser()
    browser.get("/staff/sign-in")
    assert browser.post("/staff/sign-in", {"username": "shimei", "password": password}).status_code == 303


def test_who_makes_accounts_grants_nothing_and_who_grants_makes_none(site, system, security):
    clerk = site.hire("shimei", office=YONGXING)
    assert system.get(f"{HERE}/{clerk.account_id}/grant").status_code == 403
    assert (
        system.post(f"{HERE}/{clerk.account_id}/grant?in={YONGXING}", {"role": "township_clerk"}).status_code
        == 403
    )
    assert system.post(f"{HERE}/{clerk.account_id}/close").status_code == 403
    assert security.get(f"{HERE}/new").status_code == 403
    assert security.post(f"{HERE}/new", {"full_name": "x", "username": "xxxx"}).status_code == 403


@pytest.mark.parametrize("role", [Role.TOWNSHIP_CLERK, Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_CONFIRMER])
def test_other_roles_have_no_door_to_people_or_audit(site, role):
    browser, me = site.staff("shimei", role, office=YONGXING)
    for address in (
        HERE,
        f"{HERE}/new",
        f"{HERE}/{me.account_id}",
        f"{HERE}/{me.account_id}/grant",
        "/staff/audit",
    ):
        assert browser.get(address).status_code == 403


def test_another_countys_people_do_not_exist(site, security, words):
    stranger = site.hire("liuyang", Role.COUNTY_OFFICER, office=YANGSHAN, name="刘洋")
    with site.session() as session:
        grant = staff_list(session, now=site.at, text="liuyang")[0].roles[0].grant_id
    assert "刘洋" not in security.get(f"{HERE}?q=刘").text
    known = f"{HERE}/{stranger.account_id}"
    for address in (known, f"{known}/grant", f"{known}/close", f"{known}/reset-password"):
        assert security.get(address).status_code == 404
    for address in (
        f"{known}/close",
        f"{known}/reset-password",
        f"{known}/revoke/{grant}",
        f"{known}/sign-out",
    ):
        assert security.post(address).status_code == 404
    assert security.get(f"{HERE}/{uuid.uuid4()}").status_code == 404
    site.sign_in("liuyang")


def test_a_crafted_place_outside_the_county_is_not_granted(site, security):
    clerk = site.hire("shimei", office=YONGXING)
    security.get(HERE)
    for place in (YANGSHAN, GUIZHOU, "000000000000", "999999999999", "x"):
        security.post(f"{HERE}/{clerk.account_id}/grant?in={place}", {"role": "county_officer"})
    with site.session() as session:
        row = staff_list(session, now=site.at, text="shimei")[0]
    assert {held.region_code for held in row.roles} <= {MEITAN}


def test_a_role_that_must_stay_apart_is_named_and_a_crafted_one_refused(site, security, words):
    reviewer = site.hire("wangli", Role.TOWNSHIP_REVIEWER, office=YONGXING)
    address = f"{HERE}/{reviewer.account_id}/grant?in={YONGXING}"
    page = security.get(address)
    assert "和已有的“镇初审”不能由同一个人担任" in words(page)
    assert security.post(address, {"role": "township_confirmer"}).status_code == 422


def test_she_is_offered_nothing_about_her_own_account(site, words):
    security, me = site.staff("anquan-01", Role.SECURITY_ADMINISTRATOR, office=MEITAN)
    page = security.get(f"{HERE}/{me.account_id}")
    assert "请另一位安全管理员办理" in words(page)
    assert "停用账号" not in words(page)
    for act in ("close", "reset-password", "unlock"):
        assert security.post(f"{HERE}/{me.account_id}/{act}").status_code == 403


def test_closing_says_what_will_happen_and_puts_her_out_at_once(site, security, words):
    clerk_browser, clerk = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING, name="石梅")
    address = f"{HERE}/{clerk.account_id}"
    asked = security.get(f"{address}/close")
    assert "停用 石梅 的账号" in words(asked)
    assert "马上从所有设备退出" in words(asked)
    assert clerk_browser.get("/staff/account").status_code == 200
    assert security.post(f"{address}/close").status_code == 303
    assert clerk_browser.get("/staff/account").status_code == 303
    assert "已停用" in words(security.get(f"{HERE}?closed=1"))
    assert "石梅" not in words(security.get(HERE))
    assert security.post(f"{address}/open").status_code == 303
    site.sign_in("shimei")


def test_a_locked_account_shows_it_and_is_unlocked(site, security, words):
    clerk = site.hire("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    door = site.browser()
    door.get("/staff/sign-in")
    for _ in range(5):
        door.post("/staff/sign-in", {"username": "shimei", "password": "falsch"})
    assert "锁定到 10:45" in words(security.get(HERE))
    security.post(f"{HERE}/{clerk.account_id}/unlock")
    site.sign_in("shimei")


def test_a_reset_password_is_shown_once_and_her_browsers_are_out(site, security):
    browser, clerk = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    security.get(f"{HERE}/{clerk.account_id}/reset-password")
    answer = security.post(f"{HERE}/{clerk.account_id}/reset-password")
    site.passwords["shimei"] = one_time_password(answer)
    assert browser.get("/staff/account").status_code == 303
    door = site.browser()
    door.get("/staff/sign-in")
    door.post("/staff/sign-in", {"username": "shimei", "password": site.passwords["shimei"]})
    assert door.get("/staff/account").headers["Location"] == "/staff/password"


def test_one_browser_of_hers_is_signed_out_from_the_settings(site, security):
    browser, clerk = site.staff("shimei", Role.TOWNSHIP_CLERK, office=YONGXING)
    page = security.get(f"{HERE}/{clerk.account_id}")
    action = re.search(rf"{HERE}/[0-9a-f-]+/sessions/[0-9a-f-]+/end", page.text)[0]
    assert security.post(action).status_code == 303
    assert browser.get("/staff/account").status_code == 303


def test_an_act_that_does_not_exist_is_not_found(site, security):
    clerk = site.hire("shimei", office=YONGXING)
    assert security.get(f"{HERE}/{clerk.account_id}/promote").status_code == 404
    assert security.post(f"{HERE}/{clerk.account_id}/promote").status_code == 404


def test_a_username_that_is_taken_is_said_beside_its_field(site, system):
    site.hire("shimei", office=YANGSHAN)
    system.get(f"{HERE}/new?in={YONGXING}")
    answer = system.post(f"{HERE}/new?in={YONGXING}", {"full_name": "石梅", "username": "shimei"})
    assert answer.status_code == 422
    assert 'href="#username"' in answer.text


def test_the_list_costs_the_same_few_statements_for_one_and_for_thirty(site, security, count_statements):
    security.get(HERE)
    count_statements.clear()
    security.get(HERE)
    few = len(count_statements)
    for number in range(6):
        site.hire(f"clerk-{number}", Role.TOWNSHIP_CLERK, office=YONGXING)
    count_statements.clear()
    security.get(HERE)
    assert len(count_statements) == few
