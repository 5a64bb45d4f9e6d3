"""The applicant enters or corrects a relative's phone on her own pages, which say who has none and what else can be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.authorisations.models import Authorisation
from core.testing import authorising
from core.testing.authorising import FAMILY, MOTHER, SPOUSE, submit_and_ask
from core.testing.town import Town
from tests.portal.applying import SON_ID, begin

pytestmark = pytest.mark.row("R2-17")
OWN = "19900000001"
NEW = "19900000077"


@pytest.fixture
def family(site, monkeypatch):
    """(browser, case): of the grandmother no phone is known."""
    browser = site.resident(OWN)
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    members = [replace(each, phone="") if at == MOTHER else each for at, each in enumerate(FAMILY)]
    monkeypatch.setattr(authorising, "FAMILY", tuple(members))
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town, account=account)
    town.close()
    return browser, asked


def phone_page(asked, position):
    return f"/my/authorisations/{asked.ids[position]}/phone"


def test_receipt_and_list_name_who_has_no_phone_and_the_ways_there_are(family, words):
    browser, asked = family
    for address in (f"/apply/{asked.case_id}/receipt", "/my/authorisations"):
        answer = browser.get(address)
        assert answer.text.count(f'href="{phone_page(asked, MOTHER)}"') == 1
        assert "填龙秀的手机号" in words(answer)
    said = words(browser.get("/my/authorisations"))
    assert "没有登记龙秀的手机号，发不了签字链接" in said
    assert "龙秀带身份证到窗口签" in said
    assert "没有自己的手机" in words(browser.get(phone_page(asked, MOTHER)))


def test_the_number_entered_gives_a_link_that_takes_codes(site, family, words):
    browser, asked = family
    page = browser.get(phone_page(asked, MOTHER))
    assert "noindex" in page.text
    answer = browser.post(phone_page(asked, MOTHER), {"mobile": "199 0000 0077"})
    assert answer.headers["Location"].endswith(f"/my/authorisations#signer-{asked.ids[MOTHER].hex}")
    said = words(browser.get("/my/authorisations"))
    assert "龙秀的手机号存好了" in said
    assert "没有登记" not in said
    assert "验证码发到199****0077" in said
    assert NEW not in said


def test_what_is_wrong_with_a_number_stands_beside_it_and_nothing_typed_is_lost(family, words):
    browser, asked = family
    browser.get(phone_page(asked, MOTHER))
    for typed, told in ((OWN, "分不清是谁在签"), ("1990000", "应为 11 位"), ("", "请填写")):
        answer = browser.post(phone_page(asked, MOTHER), {"mobile": typed})
        assert answer.status_code == 422
        assert told in words(answer)
        assert f'value="{typed}"' in answer.text


def test_a_neighbour_and_a_crafted_request_enter_nothing(site, family):
    browser, asked = family
    neighbour = site.resident("19900000088")
    neighbour.get("/my/authorisations")
    for ask in (neighbour.get, neighbour.post):
        assert ask(phone_page(asked, MOTHER)).status_code == 404
    # the applicant signs on her own page; there is no phone to enter for herself
    browser.get("/my/authorisations")
    assert browser.get(phone_page(asked, 0)).status_code == 409
    assert browser.post(phone_page(asked, 0), {"mobile": NEW}).status_code in {409, 422}
    with site.session() as session:
        rows = [session.get(Authorisation, each) for each in asked.ids]
    assert [row.phone_changed_at for row in rows] == [None] * 5


def test_she_who_signs_by_a_link_is_told_how_she_comes_back_to_it(site, family, words):
    browser, _asked = family
    text = browser.get("/my/authorisations").text
    link = text.split("/sign/")[1].split('"')[0]
    signer = site.browser()
    signer.get(f"/sign/{link}")
    signer.post(f"/sign/{link}/code")
    spouse = FAMILY[SPOUSE].id_number
    assert signer.post(f"/sign/{link}/prove", {"id_number": spouse, "code": site.code()}).status_code == 303
    said = words(signer.get(f"/sign/{link}"))
    assert "再打开这个链接，核对身份以后点“撤回授权”" in said
    assert "在“我的授权”里" not in said
    assert "到窗口说一声" in words(signer.get(f"/sign/{link}/paper"))


def test_in_a_demo_the_link_page_says_where_the_code_lies(site, family, words):
    browser, _asked = family
    link = browser.get("/my/authorisations").text.split("/sign/")[1].split('"')[0]
    said = site.browser().get(f"/sign/{link}")
    assert ("打开“短信和证件号”" in words(said)) is site.home.demo


def test_the_wizard_says_before_submitting_who_has_no_phone(site, words):
    walk = begin(site).fill()
    son = {"name": "田志强", "id_number": SON_ID, "relation": "20", "counted": "true"}
    walk.send("people/family/ab12", son)
    assert "没有填手机号，收不到验证码" in words(walk.open("authorise"))
    walk.send("people/family/ab12", {**son, "phone": "19900000055"})
    assert "没有填手机号" not in words(walk.open("authorise"))
