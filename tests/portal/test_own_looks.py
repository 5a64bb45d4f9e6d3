"""She reads who of the staff looked at her data: from where and in what post, at what and what for; no name, nothing of others."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import ResidentAccount
from core.accounts.person_links import check_at_window
from core.cases.declaration_models import DeclaredMember
from core.scopes import System
from core.testing.authorising import APPLICANT, SPOUSE, SPOUSE_PHONE, accept, submit_and_ask
from core.testing.casework import Way
from core.testing.town import COUNTY, TOWNSHIP

pytestmark = pytest.mark.row("R1-14", "R2-28")
NAME = "石梅"


@pytest.fixture
def clerk(site, town):
    browser, town.clerk = site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name=NAME)
    return browser


@pytest.fixture
def way(town):
    """A case that comes from the window."""
    return Way(town)


@pytest.fixture
def applied(site, town, clerk):
    """A resident's browser and the case of her family, which was accepted."""
    browser = site.resident()
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    asked = submit_and_ask(town, account=account)
    accept(asked)
    town.close()
    return browser, asked.case_id


def member(site, case_id, position):
    with site.session() as session:
        return session.scalars(
            select(DeclaredMember).where(
                DeclaredMember.case_id == case_id, DeclaredMember.position == position
            )
        ).one()


def link(site, town, case_id, position, phone):
    """The office checks at its window that the phone is hers."""
    person = member(site, case_id, position).person_id
    with town.session(System("test")) as session:
        check_at_window(session, town.clerk, person, phone, region=TOWNSHIP, now=site.at)
        session.commit()


def show(site, clerk, case_id, position, what, reason):
    address = f"/staff/reveal/members/{member(site, case_id, position).id}/{what}"
    clerk.get(f"/staff/cases/{case_id}/members")
    assert clerk.post(address, {"reason": reason}).status_code == 200


def told(browser, words):
    """The section of her data that tells who looked, in words; "" where there is none."""
    found = re.search(
        r'<section class="dd-sheet" id="looks">.*?</section>', browser.get("/my/data").text, re.DOTALL
    )
    return words(SimpleNamespace(text=found[0])) if found else ""


def test_nobody_looked_is_said(applied, words):
    browser, _case_id = applied
    assert "近一年没有人看过" in told(browser, words)


def test_she_reads_from_where_in_what_post_at_what_and_how_often_but_no_name(applied, clerk, words):
    browser, case_id = applied
    for _ in range(3):
        clerk.get(f"/staff/cases/{case_id}")
    said = told(browser, words)
    assert "永兴镇 镇经办 您的申请，看过3次，最近一次2026年11月16日 10:30" in said
    assert NAME not in said


def test_colleagues_of_one_post_are_one_line_and_another_office_is_another(site, applied, clerk, words):
    browser, case_id = applied
    for username, role, office in (
        ("shouli-02", Role.TOWNSHIP_CLERK, TOWNSHIP),
        ("xian-01", Role.COUNTY_OFFICER, COUNTY),
    ):
        site.staff(username, role, office=office)[0].get(f"/staff/cases/{case_id}")
    clerk.get(f"/staff/cases/{case_id}")
    said = told(browser, words)
    assert "永兴镇 镇经办 您的申请，看过2次" in said
    assert "湄潭县 县经办 您的申请，2026年" in said


def test_a_number_that_was_shown_is_told_with_what_it_was_for(site, applied, clerk, words):
    browser, case_id = applied
    show(site, clerk, case_id, APPLICANT, "id_number", "核对身份")
    assert "您的证件号全号，用途：核对身份" in told(browser, words)


def test_a_purpose_in_the_clerks_own_words_is_not_told_for_it_may_name_who_complained(
    site, applied, clerk, words
):
    browser, case_id = applied
    show(site, clerk, case_id, APPLICANT, "id_number", "邻居李某举报")
    said = told(browser, words)
    assert "您的证件号全号" in said
    assert "邻居" not in said


def test_what_was_shown_of_her_husband_is_his_to_know_and_not_hers(site, town, applied, clerk, words):
    browser, case_id = applied
    show(site, clerk, case_id, SPOUSE, "phone", "打电话联系")
    assert "电话" not in told(browser, words).partition("永兴镇")[2]
    # he is told once the office has checked that the phone is his; of her application he is told nothing
    husband = site.resident(SPOUSE_PHONE)
    assert told(husband, words) == ""
    link(site, town, case_id, SPOUSE, SPOUSE_PHONE)
    his = told(husband, words)
    assert "您的电话全号，用途：打电话联系" in his
    assert "您的申请" not in his.partition("永兴镇")[2]


def test_what_was_taken_down_at_the_window_is_told_once_her_phone_is_checked(site, way, clerk, words):
    way.submit()
    show(site, clerk, way.case_id, APPLICANT, "id_number", "填写文书")
    way.accept()
    browser = site.resident("19900000066")
    assert told(browser, words) == ""
    link(site, way.town, way.case_id, APPLICANT, "19900000066")
    way.town.close()
    said = told(browser, words)
    assert "永兴镇 镇经办 您的申请" in said
    # also what was shown before the office had made her one of its register
    assert "您的证件号全号，用途：填写文书" in said


def test_a_neighbour_is_told_nothing(site, applied, clerk, words):
    _browser, case_id = applied
    clerk.get(f"/staff/cases/{case_id}")
    assert told(site.resident("19900000088"), words) == ""


def test_her_copy_holds_it_too_as_a_page_and_for_programs(applied, clerk, words):
    browser, case_id = applied
    copy = f"/my/data/{case_id}/copy"
    assert "谁看过我的资料" not in words(browser.get(copy))
    clerk.get(f"/staff/cases/{case_id}")
    assert "谁看过我的资料 永兴镇 镇经办 您的申请" in words(browser.get(copy))
    read = json.loads(browser.get(copy, query_string={"kind": "json"}).text)
    [look] = read["谁看过我的资料"]
    assert look["what"] == "永兴镇 镇经办"
    assert look["value"].startswith("您的申请")


def test_a_file_opened_and_its_address_shown_are_told_to_who_heads_it(site, town, applied, clerk, words):
    browser, case_id = applied
    with site.session() as session:
        household = town.case(session, case_id).household_id
    clerk.get(f"/staff/households/{household}")
    assert (
        clerk.post(f"/staff/reveal/households/{household}/address", {"reason": "核实情况"}).status_code == 200
    )
    # by her account alone she is known to be no one on the register
    assert "您家的档案" not in told(browser, words)
    link(site, town, case_id, APPLICANT, "19900000001")
    said = told(browser, words)
    assert "您家的档案" in said
    assert "您家的住址，用途：核实情况" in said
