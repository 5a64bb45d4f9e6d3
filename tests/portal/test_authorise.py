"""Signing the authorisation: in the wizard, by one's own link, afterwards; what is never shown and never done."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from core.access import Actor
from core.accounts.models import ResidentAccount
from core.authorisations.links import token_of
from core.authorisations.models import Authorisation, SigningLevel
from core.cases.draft_state import DraftState
from core.cases.drafts import begin_draft, read_draft
from core.documents.models import Document
from core.scopes import Own
from core.testing.authorising import BODIES, FAMILY, SPOUSE, drawn_signature, submit_and_ask
from core.testing.town import TOWNSHIP
from core.verification.asking import signature_of_draft

pytestmark = pytest.mark.row("R2-17")


def account_of(site):
    with site.session() as session:
        return session.scalars(select(ResidentAccount.id).order_by(ResidentAccount.created_at.desc())).first()


def row_of(site, asked, position):
    with site.session() as session:
        return session.get(Authorisation, asked.ids[position])


# --- the wizard -------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(site):
    """A resident at step 6 of her application, with a husband, a child of hers and a daughter elsewhere."""
    browser = site.resident()
    account = account_of(site)
    view = site.home.for_region(TOWNSHIP, site.at.date())
    form = view.form(view.scheme("dibao").application_form)
    people = {"aa": FAMILY[0], "bb": FAMILY[1], "cc": FAMILY[3]}
    fields = {"region": TOWNSHIP}
    for key, person in people.items():
        fields |= {
            f"members/{key}/name": person.name,
            f"members/{key}/id_number": person.id_number,
            f"members/{key}/relation": person.relation,
        }
    fields["members/aa/relation"] = "01"
    supporter = FAMILY[4]
    fields |= {
        "supporters/dd/name": supporter.name,
        "supporters/dd/id_number": supporter.id_number,
        "supporters/dd/relation": supporter.relation,
        "supporters/dd/phone": supporter.phone,
    }
    state = DraftState(fields=fields, rows={"members": list(people), "supporters": ["dd"]})
    with site.session(Own(account), writes=True) as session:
        made = begin_draft(session, Actor("resident", account), "dibao", form, now=site.at, state=state)
        session.commit()
    return browser, account, made.id


def kept(site, account, draft_id):
    with site.session(Own(account)) as session:
        return read_draft(session, draft_id).state.signature


def test_the_page_says_who_asks_what_until_when_and_ticks_nothing_beforehand(site, draft, words):
    browser, _account, draft_id = draft
    answer = browser.get(f"/apply/{draft_id}/authorise")
    assert answer.status_code == 200
    said = words(answer)
    assert "周明本人，520***" in said
    assert "2026年11月16日到2027年11月15日" in said
    assert "湄潭县民政局" in said
    assert FAMILY[0].id_number not in answer.text
    assert not re.search(r"<input[^>]*checkbox[^>]* checked", answer.text)
    assert answer.text.count('name="sources"') == len(BODIES)
    assert "全选" not in said
    assert "周芳" in said
    assert "提交后用自己的链接签" in said


def test_what_is_ticked_and_signed_is_kept_with_the_draft(site, draft):
    browser, account, draft_id = draft
    url = f"/apply/{draft_id}/authorise"
    browser.get(url)
    answer = browser.post(
        url,
        {
            "sources": ["police", "bank"],
            "signature": drawn_signature(),
            "agreed": "true",
            "as_guardian": ["cc"],
        },
    )
    assert answer.status_code == 303, answer.text
    signature = kept(site, account, draft_id)
    assert signature["sources"] == ["police", "bank"]
    assert signature["as_guardian"] == ["cc"]
    read = signature_of_draft(signature, ["aa", "bb", "cc"])
    assert (read.as_guardian, read.signed_at) == (frozenset({2}), site.at)
    with site.session(Own(account)) as session:
        assert session.scalars(select(Document)).one().county == ""
    said = browser.get(url).text
    assert "您已经签了" in said
    browser.post(url, {"act": "again"})
    assert kept(site, account, draft_id) is None


@pytest.mark.parametrize(
    ("left_out", "words_shown"),
    [("sources", "请选择“同意查哪些”"), ("signature", "请签名"), ("agreed", "请先看清楚")],
)
def test_each_missing_part_is_told_beside_its_place_and_the_rest_is_kept(site, draft, left_out, words_shown):
    browser, account, draft_id = draft
    url = f"/apply/{draft_id}/authorise"
    browser.get(url)
    data = {"sources": ["police"], "signature": drawn_signature(), "agreed": "true"}
    del data[left_out]
    answer = browser.post(url, data)
    assert answer.status_code == 422
    assert words_shown in answer.text
    if left_out != "sources":
        assert re.search(r'value="police" checked', answer.text)
    assert kept(site, account, draft_id) is None


def test_a_body_that_was_not_offered_and_a_picture_that_is_none_are_refused(site, draft):
    browser, account, draft_id = draft
    url = f"/apply/{draft_id}/authorise"
    browser.get(url)
    for data in (
        {"sources": ["neighbours"], "signature": drawn_signature(), "agreed": "true"},
        {"sources": ["police"], "signature": "data:image/png;base64,AAAA", "agreed": "true"},
        {
            "sources": ["police"],
            "signature": "",
            "agreed": "true",
            "signature-file": (io.BytesIO(b"MZ\x90 program"), "名字.jpg"),
        },
    ):
        answer = browser.post(url, data, content_type="multipart/form-data")
        assert answer.status_code == 422
    assert kept(site, account, draft_id) is None


def test_a_paper_signed_at_home_is_photographed_instead(site, draft):
    browser, account, draft_id = draft
    url = f"/apply/{draft_id}/authorise"
    assert "□" in browser.get(f"{url}/paper").text
    browser.get(url)
    photo = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(photo, "JPEG")
    photo.seek(0)
    data = {"sources": ["police"], "signature": "", "agreed": "true", "signature-file": (photo, "纸.jpg")}
    answer = browser.post(url, data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert kept(site, account, draft_id)["document_id"]


def test_leaving_it_for_later_goes_on_without_a_signature(site, draft):
    browser, account, draft_id = draft
    url = f"/apply/{draft_id}/authorise"
    browser.get(url)
    answer = browser.post(url, {"act": "later"})
    assert answer.status_code == 303
    assert answer.location.endswith("/account")
    assert kept(site, account, draft_id) is None


def test_nobody_opens_anothers_draft(site, draft):
    _browser, _account, draft_id = draft
    other = site.resident("19900000077")
    assert other.get(f"/apply/{draft_id}/authorise").status_code == 404


# --- afterwards -------------------------------------------------------------------------------------------------


@pytest.fixture
def applicant(site, town):
    """A browser of the account whose case it is."""
    browser = site.resident()
    asked = submit_and_ask(town, account=account_of(site))
    town.close()
    return browser, asked


def test_the_applicant_sees_everyone_sends_links_and_signs_her_own(site, applicant, words):
    browser, asked = applicant
    answer = browser.get("/my/authorisations")
    said = words(answer)
    for name in ("周明", "杨兰", "龙秀", "周涛", "周芳"):
        assert name in said
    assert "还差5个人签" in said
    assert "还没有人查过" in said
    assert answer.text.count("data:image/svg+xml") == 4
    assert answer.text.count("/sign/") >= 4
    url = f"/my/authorisations/{asked.ids[0]}"
    browser.get(url)
    done = browser.post(url, {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"})
    assert "签好了" in done.text
    assert row_of(site, asked, 0).level is SigningLevel.APPLICANT_SESSION
    assert "还差4个人签" in words(browser.get("/my/authorisations"))


def test_she_cannot_sign_or_withdraw_for_another_adult(site, applicant):
    browser, asked = applicant
    browser.get("/my/authorisations")
    other = asked.ids[SPOUSE]
    data = {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"}
    assert browser.post(f"/my/authorisations/{other}", data).status_code == 403
    assert browser.post(f"/my/authorisations/{other}/withdraw").status_code == 403
    assert row_of(site, asked, SPOUSE).signed_at is None


def test_she_withdraws_her_own_in_one_step_that_says_what_follows(site, applicant, words):
    browser, asked = applicant
    url = f"/my/authorisations/{asked.ids[0]}"
    browser.get(url)
    browser.post(url, {"sources": list(BODIES), "signature": drawn_signature(), "agreed": "true"})
    page = browser.get(f"{url}/withdraw")
    assert "结果回来也不看" in words(page)
    assert browser.post(f"{url}/withdraw").status_code == 200
    assert row_of(site, asked, 0).revoked_at is not None


def test_a_fresh_link_kills_the_old_one(site, applicant):
    browser, asked = applicant
    with site.session() as session:
        old = token_of(session, session.get(Authorisation, asked.ids[SPOUSE]), site.at)
    browser.get("/my/authorisations")
    assert browser.post(f"/my/authorisations/{asked.ids[SPOUSE]}/link").status_code == 303
    assert site.browser().get(f"/sign/{old}").status_code == 410


def test_a_neighbour_finds_nothing_of_it(site, applicant):
    _browser, asked = applicant
    neighbour = site.resident("19900000088")
    assert "周明" not in neighbour.get("/my/authorisations").text
    for way in ("", "/withdraw", "/paper"):
        assert neighbour.get(f"/my/authorisations/{asked.ids[0]}{way}").status_code == 404
    nobody = site.browser()
    assert nobody.get("/my/authorisations").status_code == 303
