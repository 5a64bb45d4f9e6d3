"""What a family reads where no link may be sent: an adult's guardian, and people who share one phone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.authorisations.models import Authorisation
from core.testing import authorising
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    FAMILY,
    MOTHER,
    SPOUSE,
    drawn_signature,
    submit_and_ask,
)
from core.testing.town import Town
from tests.portal.applying import CHILD_ID, SON_ID, begin

pytestmark = pytest.mark.row("R2-17")
OWN = "19900000001"


@pytest.fixture
def shared(site, monkeypatch):
    """(browser, case): the husband has the applicant's phone, and the grandmother her for a guardian."""
    browser = site.resident(OWN)
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    changed = {SPOUSE: {"phone": OWN}, MOTHER: {"guardian": APPLICANT}}
    family = tuple(replace(each, **changed.get(at, {})) for at, each in enumerate(FAMILY))
    monkeypatch.setattr(authorising, "FAMILY", family)
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town, account=account)
    town.close()
    return browser, asked


def test_the_applicant_is_told_kindly_why_there_is_no_link_and_how_to_sign_instead(shared, words):
    browser, asked = shared
    said = words(browser.get("/my/authorisations"))
    assert "一家人合用手机很平常" in said
    assert "杨兰带身份证到窗口签" in said
    assert "等经办人上门时签" in said
    assert "龙秀已经成年" in said
    assert "监护关系证明" in said
    assert "重新发一个链接" not in said
    text = browser.get("/my/authorisations").text
    # the daughter elsewhere has a phone of her own; her link is the only one
    assert text.count("data:image/svg+xml") == 1
    for position in (SPOUSE, MOTHER):
        url = f"/my/authorisations/{asked.ids[position]}"
        assert f"{url}/paper" in text
        assert "本人签名" in (paper := words(browser.get(f"{url}/paper"))) or "监护人签名" in paper
        assert "怎么签" in words(browser.get(url))


def test_no_crafted_request_of_the_applicant_signs_for_them_or_makes_a_link(site, shared):
    browser, asked = shared
    data = {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    for position in (SPOUSE, MOTHER):
        url = f"/my/authorisations/{asked.ids[position]}"
        browser.get("/my/authorisations")
        assert browser.post(url, data).status_code == 403
        assert browser.post(f"{url}/link").status_code == 409
        with site.session() as session:
            row = session.get(Authorisation, asked.ids[position])
            assert (row.signed_at, row.link_digest) == (None, None)


def test_the_receipt_says_who_signs_on_paper(shared, words):
    browser, asked = shared
    said = words(browser.get(f"/apply/{asked.case_id}/receipt"))
    assert said.count("签在纸上，或者带身份证到窗口签") == 3


def test_the_wizard_offers_the_child_only_and_says_what_an_adults_guardian_brings(site, words):
    walk = begin(site).fill()
    walk.send(
        "people/family/ab12",
        {
            "name": "田志强",
            "id_number": SON_ID,
            "relation": "20",
            "counted": "true",
            "guardian": "0",
            "phone": OWN,
        },
    )
    walk.send(
        "people/family/cd34",
        {
            "name": "田雨欣",
            "id_number": CHILD_ID,
            "relation": "42",
            "counted": "true",
            "student": "true",
            "guardian": "0",
        },
    )
    page = walk.open("authorise")
    said = words(page)
    assert "由监护人周桂兰带监护关系证明到窗口签" in said
    offered = page.text.split('name="as_guardian"')
    son, child = walk.keys()[1:]
    assert len(offered) == 2
    assert child in offered[1][:200]
    signed = {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    answer = walk.browser.post(walk.url("authorise"), {**walk.marks(), **signed, "as_guardian": [son, child]})
    assert answer.status_code == 422
    answer = walk.browser.post(walk.url("authorise"), {**walk.marks(), **signed, "as_guardian": [child]})
    assert answer.status_code == 303
    assert walk.promise().status_code == 303
    with site.session() as session:
        rows = session.scalars(select(Authorisation).order_by(Authorisation.position)).all()
        assert [row.signed_at is not None for row in rows] == [True, False, True]


def test_the_wizard_says_before_submitting_that_a_shared_phone_gets_no_code(site, words):
    walk = begin(site).fill()
    walk.send(
        "people/family/ab12",
        {"name": "田志强", "id_number": SON_ID, "relation": "20", "counted": "true", "phone": OWN},
    )
    said = words(walk.open("authorise"))
    assert "登记的手机和家里别人是同一部" in said
    assert "填本人的号码" in said
    walk.send(
        "people/family/ab12",
        {"name": "田志强", "id_number": SON_ID, "relation": "20", "counted": "true", "phone": "19900000055"},
    )
    assert "同一部" not in words(walk.open("authorise"))
