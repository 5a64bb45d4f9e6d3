"""Signing by one's own link: proof first, then the same words; strangers learn nothing, crafted requests reach nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.authorisations.links import token_of
from core.authorisations.models import Authorisation, SigningLevel
from core.cases.models import Task
from core.documents.models import Document
from core.scopes import Region
from core.testing.authorising import BODIES, CHILD, DAUGHTER, FAMILY, SPOUSE, drawn_signature, submit_and_ask
from core.testing.town import TOWNSHIP

pytestmark = pytest.mark.row("R2-17")


@pytest.fixture
def asked(town):
    asked = submit_and_ask(town)
    town.close()
    return asked


@pytest.fixture
def token(site, asked):
    """The link of one signer, as the applicant would send it."""

    def give(position):
        with site.session() as session:
            return token_of(session, session.get(Authorisation, asked.ids[position]), site.at)

    return give


def row_of(site, asked, position):
    with site.session() as session:
        return session.get(Authorisation, asked.ids[position])


def prove(site, browser, token, position):
    browser.get(f"/sign/{token}")
    assert browser.post(f"/sign/{token}/code").status_code == 303
    browser.get(f"/sign/{token}")
    answer = browser.post(
        f"/sign/{token}/prove", {"id_number": FAMILY[position].id_number, "code": site.code()}
    )
    assert answer.status_code == 303, answer.text
    return browser.get(f"/sign/{token}")


def test_a_link_shows_nothing_of_anyone_before_code_and_number_are_given(site, token):
    answer = site.browser().get(f"/sign/{token(DAUGHTER)}")
    assert answer.status_code == 200
    for person in FAMILY:
        assert person.name not in answer.text
        assert person.id_number[-4:] not in answer.text
        assert not person.phone or person.phone[-4:] not in answer.text
    assert "noindex" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_supporter_reads_ticks_and_signs_by_her_link(site, asked, token, words):
    browser = site.browser()
    link = token(DAUGHTER)
    said = prove(site, browser, link, DAUGHTER)
    assert "周芳本人" in words(said)
    assert "不会由电脑自动作决定" in words(said)
    assert not re.search(r"<input[^>]*checkbox[^>]* checked", said.text)
    answer = browser.post(
        f"/sign/{link}", {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    )
    assert "签好了" in answer.text
    row = row_of(site, asked, DAUGHTER)
    assert row.level is SigningLevel.LINK_AND_CODE
    assert row.sources_ticked == list(BODIES)
    with site.session(Region(TOWNSHIP)) as desk:
        assert desk.get(Document, row.signature_document_id).case_id == asked.case_id


def test_a_number_typed_before_a_code_is_asked_for_once_more_stays_and_stands_in_no_address(site, token):
    browser = site.browser()
    link = token(DAUGHTER)
    first = browser.get(f"/sign/{link}")
    assert 'name="id_number"' not in first.text
    sent = browser.post(f"/sign/{link}/code")
    assert 'name="id_number"' in browser.get(sent.headers["Location"]).text
    site.later(minutes=2)
    typed = FAMILY[DAUGHTER].id_number
    again = browser.post(f"/sign/{link}/code", {"id_number": typed, "code": ""})
    assert again.status_code == 200
    assert f'value="{typed}"' in again.text
    assert "no-store" in again.headers["Cache-Control"]
    # too soon: told beside the code, the number still there
    hasty = browser.post(f"/sign/{link}/code", {"id_number": typed})
    assert hasty.status_code == 422
    assert f'value="{typed}"' in hasty.text


def test_a_guardian_says_so_when_she_signs_for_the_child(site, token, words):
    browser = site.browser()
    said = words(prove(site, browser, token(CHILD), SPOUSE))
    assert "由监护人杨兰代签" in said
    assert "我是监护人" in said


def test_a_wrong_number_a_wrong_code_and_a_strangers_number_are_told_alike(site, token):
    browser = site.browser()
    link = token(DAUGHTER)
    browser.get(f"/sign/{link}")
    browser.post(f"/sign/{link}/code")
    right = site.code()
    told = set()
    for number, code in (
        (FAMILY[SPOUSE].id_number, right),
        ("520399199001011234", "000000"),
        ("完全不是号码", "000000"),
    ):
        answer = browser.post(f"/sign/{link}/prove", {"id_number": number, "code": code})
        assert answer.status_code == 422
        told.add(re.search(r"身份证号码或者验证码不对[^<]*", answer.text)[0])
        assert FAMILY[DAUGHTER].name not in answer.text
    assert len(told) == 1


def test_unknown_tampered_expired_and_replaced_links_are_told_alike(site, asked, token):
    link = token(SPOUSE)
    browser = site.browser()
    unknown = browser.get("/sign/abcdefghijklmnop")
    tampered = browser.get(f"/sign/{link[:-1]}{'A' if link[-1] != 'A' else 'B'}")
    site.later(days=8)
    expired = browser.get(f"/sign/{link}")
    assert {answer.status_code for answer in (unknown, tampered, expired)} == {410}
    assert (
        len({re.search(r"这个链接不能用了[^<]*", each.text)[0] for each in (unknown, tampered, expired)}) == 1
    )
    assert browser.post(f"/sign/{link}/code").status_code in {400, 410}


def test_no_crafted_request_signs_refuses_or_withdraws_without_proof(site, asked, token):
    browser = site.browser()
    link = token(SPOUSE)
    browser.get(f"/sign/{link}")
    data = {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    for path in ("", "/refuse", "/withdraw"):
        answer = browser.post(f"/sign/{link}{path}", data)
        assert answer.status_code == 303
    row = row_of(site, asked, SPOUSE)
    assert (row.signed_at, row.refused_at, row.revoked_at) == (None, None, None)


def test_the_proof_for_one_link_opens_no_other(site, asked, token):
    browser = site.browser()
    prove(site, browser, token(SPOUSE), SPOUSE)
    other = browser.get(f"/sign/{token(DAUGHTER)}")
    assert "先核对身份" in other.text


def test_refusing_is_said_plainly_recorded_and_put_before_the_clerk(site, asked, token):
    browser = site.browser()
    link = token(DAUGHTER)
    prove(site, browser, link, DAUGHTER)
    assert "不同意是您的权利" in browser.get(f"/sign/{link}/refuse").text
    answer = browser.post(f"/sign/{link}/refuse", {"reason": "多年没有来往"})
    assert "记下了" in answer.text
    row = row_of(site, asked, DAUGHTER)
    assert row.refused_at is not None
    assert "来往".encode() not in row.refusal_sealed
    with site.session(Region(TOWNSHIP)) as desk:
        kinds = desk.scalars(select(Task.kind).where(Task.subject_id == row.id)).all()
    assert kinds == ["authorisation_refused"]


def test_a_used_link_signs_no_second_time_but_shows_and_withdraws(site, asked, token, words):
    browser = site.browser()
    link = token(SPOUSE)
    prove(site, browser, link, SPOUSE)
    data = {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    browser.post(f"/sign/{link}", data)
    signed_at = row_of(site, asked, SPOUSE).signed_at
    site.later(days=20)
    said = words(prove(site, browser, link, SPOUSE))
    assert "您的核对授权" in said
    assert "签字的期限过了，这个链接还能用" in said
    again = browser.post(f"/sign/{link}", data)
    assert again.status_code in {409, 422}
    assert row_of(site, asked, SPOUSE).signed_at == signed_at
    assert "从这一刻起不再查" in words(browser.get(f"/sign/{link}/withdraw"))
    assert "撤回了" in words(browser.post(f"/sign/{link}/withdraw"))
    assert row_of(site, asked, SPOUSE).revoked_at is not None
    with site.session(Region(TOWNSHIP)) as desk:
        kinds = desk.scalars(select(Task.kind).where(Task.subject_id == asked.ids[SPOUSE])).all()
    assert kinds == ["authorisation_withdrawn"]
