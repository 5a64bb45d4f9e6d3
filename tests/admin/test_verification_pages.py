"""Authorisations, checks and papers on the staff's screens: who may, what is said, and what crafted requests do not reach."""

from __future__ import annotations

import io
import re

import pytest
import python_calamine
from PIL import Image
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.authorisations.coverage import current
from core.authorisations.models import Authorisation, Decision, SigningLevel
from core.cases.models import StepCode, StepState
from core.cases.steps import step_of
from core.documents.models import Document
from core.testing.authorising import (
    APPLICANT,
    BODIES,
    CHILD,
    DAUGHTER,
    FAMILY,
    MOTHER,
    SPOUSE,
    accept,
    sign_at_window,
    submit_and_ask,
    wizard_signature,
)
from core.testing.town import COUNTY, TOWNSHIP
from core.verification.changes import requests_of
from core.verification.models import RequestState, VerificationRequest
from core.verification.withdrawals import withdraw_authorisation

pytestmark = pytest.mark.row("R2-17", "R1-14")
ELSEWHERE = "441823100000"


@pytest.fixture
def asked(town):
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    town.close()
    return asked


@pytest.fixture
def signed(town, asked):
    sign_at_window(asked)
    town.close()
    return asked


@pytest.fixture
def clerk(site):
    return site.staff("banli-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


@pytest.fixture
def officer(site):
    return site.staff("xian-01", Role.COUNTY_OFFICER, office=COUNTY)[0]


def photo():
    buffer = io.BytesIO()
    Image.new("RGB", (80, 100), "white").save(buffer, "JPEG")
    buffer.seek(0)
    return buffer, "授权书.jpg"


def at(asked, position=None, act="", what="authorisations"):
    part = f"/{asked.ids[position]}" if position is not None else ""
    return f"/staff/cases/{asked.case_id}/{what}{part}{f'/{act}' if act else ''}"


def row(site, asked, position):
    with site.session() as session:
        return session.get(Authorisation, asked.ids[position])


def requests(site, asked):
    with site.session() as session:
        return list(requests_of(session, asked.case_id))


# --- authorisations ---------------------------------------------------------------------------------------------


def test_the_panel_says_who_signed_and_whom_it_waits_for(clerk, asked, words):
    said = words(clerk.get(at(asked)))
    assert "等杨兰、龙秀、周芳签" in said, "the case is on her desk"
    assert "1 / 5 人签齐" in said
    assert "等签字" in said


def test_a_signed_paper_is_recorded_with_its_ticks_its_day_and_its_scan(site, clerk, asked):
    clerk.get(at(asked, SPOUSE, "scan"))
    data = {
        "level": "paper",
        "sources": ["police", "bank"],
        "signed_on": "2026-11-14",
        "agreed": "true",
        "paper": photo(),
    }
    answer = clerk.post(at(asked, SPOUSE, "scan"), data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    found = row(site, asked, SPOUSE)
    assert found.level is SigningLevel.PAPER
    assert (str(found.valid_from), str(found.valid_to)) == ("2026-11-14", "2027-11-13")
    assert found.recorded_by is not None
    shown = clerk.get(f"/staff/documents/{found.signature_document_id}")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store, private"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("left_out", ["level", "sources", "signed_on", "agreed", "paper"])
def test_a_paper_that_lacks_something_is_not_recorded(site, clerk, asked, left_out):
    clerk.get(at(asked, SPOUSE, "scan"))
    data = {
        "level": "paper",
        "sources": ["police"],
        "signed_on": "2026-11-16",
        "agreed": "true",
        "paper": photo(),
    }
    del data[left_out]
    if left_out == "signed_on":
        data["signed_on"] = "2026-11-17"
    answer = clerk.post(at(asked, SPOUSE, "scan"), data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert row(site, asked, SPOUSE).signed_at is None
    with site.session() as session:
        assert session.scalars(select(Document)).all() == []


def test_a_supporters_refusal_is_decided_on_screen_with_a_reason(site, clerk, asked, words):
    clerk.get(at(asked, DAUGHTER, "refuse"))
    assert clerk.post(at(asked, DAUGHTER, "refuse"), {"reason": "多年没有来往"}).status_code == 303
    page = clerk.get(at(asked, DAUGHTER, "decide"))
    assert "多年没有来往" in words(page)
    assert clerk.post(at(asked, DAUGHTER, "decide"), {"decision": "without"}).status_code == 422
    data = {"decision": "without", "reason": "村里证明不来往"}
    assert clerk.post(at(asked, DAUGHTER, "decide"), data).status_code == 303
    assert row(site, asked, DAUGHTER).decision is Decision.WITHOUT
    assert "不查，已说明理由" in words(clerk.get(at(asked)))


def test_a_member_of_the_household_cannot_be_left_out_even_by_a_crafted_form(site, clerk, asked, words):
    clerk.get(at(asked, MOTHER, "refuse"))
    clerk.post(at(asked, MOTHER, "refuse"), {})
    page = clerk.get(at(asked, MOTHER, "decide"))
    assert 'value="without"' not in page.text
    answer = clerk.post(at(asked, MOTHER, "decide"), {"decision": "without", "reason": "年纪大"})
    assert answer.status_code == 422
    assert row(site, asked, MOTHER).decision is None


def test_a_withdrawal_told_at_the_window_needs_who_and_how(site, clerk, signed):
    clerk.get(at(signed, MOTHER, "withdraw"))
    assert clerk.post(at(signed, MOTHER, "withdraw"), {"reason": ""}).status_code == 422
    answer = clerk.post(at(signed, MOTHER, "withdraw"), {"reason": "本人到窗口口头提出"})
    assert answer.status_code == 303
    assert row(site, signed, MOTHER).revoked_at is not None
    clerk.get(at(signed))
    assert clerk.post(at(signed, MOTHER, "again")).status_code == 303
    with site.session() as session:
        assert current(session, signed.case_id)[MOTHER].round == 2


def test_a_fresh_link_is_shown_with_its_picture_and_the_blank_paper_prints(clerk, asked, words):
    clerk.get(at(asked))
    answer = clerk.post(at(asked, SPOUSE, "link"))
    assert "/sign/" in answer.text
    assert "data:image/svg+xml" in answer.text
    paper = clerk.get(at(asked, CHILD, "paper"))
    assert "监护人签名" in words(paper)
    assert paper.text.count("□") == len(BODIES)
    assert "周涛" in words(paper)


def test_who_may_not_scan_sees_the_panel_without_its_acts(site, asked):
    reviewer = site.staff("shenhe-01", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP)[0]
    page = reviewer.get(at(asked))
    assert page.status_code == 200
    assert "录入签好的纸" not in page.text
    for act in ("scan", "refuse", "withdraw", "decide"):
        assert reviewer.get(at(asked, SPOUSE, act)).status_code == 403
    for act in ("again", "link"):
        assert reviewer.post(at(asked, SPOUSE, act)).status_code == 403


def test_another_township_and_another_case_lead_nowhere(site, clerk, asked, town):
    stranger = site.staff("yangshan-01", Role.TOWNSHIP_CLERK, office=ELSEWHERE)[0]
    assert stranger.get(at(asked)).status_code == 404
    assert stranger.get(at(asked, what="verification")).status_code == 404
    assert stranger.get(at(asked, SPOUSE, "scan")).status_code == 404
    assert stranger.post(at(asked, what="verification") + "/request").status_code == 404
    other = submit_and_ask(town)
    town.close()
    crossed = f"/staff/cases/{other.case_id}/authorisations/{asked.ids[SPOUSE]}/scan"
    assert clerk.get(crossed).status_code == 404


# --- checks -----------------------------------------------------------------------------------------------------


def test_the_page_refuses_a_crafted_request_while_a_signature_is_missing(site, clerk, asked, words):
    page = clerk.get(at(asked, what="verification"))
    assert f"{at(asked, what='verification')}/request" not in page.text
    answer = clerk.post(at(asked, what="verification") + "/request")
    assert answer.status_code == 409
    # the reason itself names them masked, as reasons may be logged; the page is on the clerk's own desk
    assert "授权没有签齐，缺谁的写在下面" in words(answer)
    assert "杨兰：等签字" in words(answer)
    assert "杨*" not in words(answer)
    assert requests(site, asked) == []


def request_all(clerk, signed):
    clerk.get(at(signed, what="verification"))
    assert clerk.post(at(signed, what="verification") + "/request").status_code == 303


@pytest.mark.row("R3-04")
def test_from_request_to_the_last_answer(site, clerk, officer, signed, words):
    request_all(clerk, signed)
    rows = requests(site, signed)
    assert len(rows) == len(FAMILY) * len(BODIES)
    assert "40" in words(officer.get("/staff/verification"))
    tax = next(each for each in rows if each.source == "tax" and each.position // 100 == APPLICANT)
    url = f"{at(signed, what='verification')}/{tax.id}"
    officer.get(url)
    data = {
        "kind_1": "wage",
        "amount_1": "1,200",
        "period_1": "month",
        "quantity_1": "",
        "description_1": "劳务",
    }
    assert officer.post(url, data).status_code == 303
    assert "1,200.00" in words(officer.get(url))
    for each in requests(site, signed):
        if each.state is RequestState.QUEUED:
            here = f"{at(signed, what='verification')}/{each.id}"
            assert officer.post(here, {"nothing": "true"}).status_code == 303
    with site.session() as session:
        assert step_of(session, signed.case_id, StepCode.VERIFICATION).state is StepState.DONE
        looks = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "verification.look")).all()
    assert looks
    said = words(clerk.get(at(signed, what="verification")))
    assert "核对结果已出齐" in said
    assert "14,400.00" in said


def test_a_half_filled_line_is_told_beside_it_and_nothing_is_recorded(site, clerk, officer, signed):
    request_all(clerk, signed)
    first = requests(site, signed)[0]
    url = f"{at(signed, what='verification')}/{first.id}"
    officer.get(url)
    for data in (
        {"amount_1": "5"},
        {"kind_1": "wage", "amount_1": "many", "period_1": "year"},
        {"kind_1": "wage", "amount_1": "999999999999万", "period_1": "month"},
        {"nothing": "true", "kind_1": "wage", "amount_1": "5", "period_1": "year"},
        {},
    ):
        assert officer.post(url, data).status_code == 422
    assert requests(site, signed)[0].state is RequestState.QUEUED


def test_who_asks_does_not_answer_and_who_answers_does_not_ask(site, clerk, officer, signed):
    clerk.get(at(signed, what="verification"))
    officer.get(at(signed, what="verification"))
    assert officer.post(at(signed, what="verification") + "/request").status_code == 403
    request_all(clerk, signed)
    first = requests(site, signed)[0]
    url = f"{at(signed, what='verification')}/{first.id}"
    assert clerk.post(url, {"nothing": "true"}).status_code == 403
    assert clerk.get("/staff/verification").status_code == 403


def test_an_answer_after_a_withdrawal_is_said_to_be_thrown_away(site, clerk, officer, signed, town, words):
    request_all(clerk, signed)
    hers = [each for each in requests(site, signed) if each.position // 100 == APPLICANT]
    url = f"{at(signed, what='verification')}/{hers[0].id}"
    officer.get(url)
    session = town.resident(signed.account_id)
    withdraw_authorisation(session, session.actor, signed.ids[APPLICANT], now=site.at)
    session.commit()
    town.close()
    answer = officer.post(url, {"kind_1": "deposit", "amount_1": "98765", "period_1": "once"})
    assert answer.status_code == 303
    assert "没有看、没有存" in words(officer.get(at(signed, what="verification")))
    with site.session() as session:
        late = session.get(VerificationRequest, hers[0].id)
        logged = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "verification.discard")).all()
    assert late.findings_sealed is None
    assert logged


def test_the_sheet_goes_out_audited_and_comes_back_line_by_line(site, clerk, officer, signed, words):
    request_all(clerk, signed)
    officer.get("/staff/verification")
    sheet = officer.post("/staff/verification/sheet")
    assert sheet.headers["Cache-Control"] == "no-store, private"
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet.data))
    table = [[str(cell) for cell in line] for line in book.get_sheet_by_index(0).to_python()]
    assert {line[2] for line in table[1:]} == {each.id_number for each in FAMILY}
    text = ",".join(table[0]) + "\n"
    text += ",".join([*table[1][:5], "无"]) + "\n"
    text += ",".join([*table[2][:5], "也许"]) + "\n"
    officer.get("/staff/verification")
    upload = (io.BytesIO(text.encode("utf-8-sig")), "结果.csv")
    answer = officer.post("/staff/verification/import", {"file": upload}, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = officer.get(answer.location)
    assert "要填“有”或者“无”" in words(page)
    report = officer.get(f"{answer.location}/report.csv")
    assert "3,没有登记" in report.data.decode("utf-8-sig")
    states = [each.state for each in requests(site, signed)]
    assert states.count(RequestState.ANSWERED) == 1
    assert states.count(RequestState.SENT) == len(states) - 1
    stranger = site.staff("yangshan-02", Role.COUNTY_OFFICER, office="441823000000")[0]
    assert stranger.get(answer.location).status_code == 404


def test_a_file_that_is_no_sheet_is_told_beside_the_field(officer):
    officer.get("/staff/verification")
    upload = (io.BytesIO(b"MZ\x90\x00 program\x00"), "结果.xlsx")
    answer = officer.post("/staff/verification/import", {"file": upload}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "读不出来" in answer.text
    officer.get("/staff/verification")
    assert officer.post("/staff/verification/sheet").status_code == 409


def test_a_recheck_needs_a_reason_and_opens_the_request_anew(site, clerk, officer, signed, words):
    request_all(clerk, signed)
    first = requests(site, signed)[0]
    url = f"{at(signed, what='verification')}/{first.id}"
    officer.get(url)
    officer.post(url, {"nothing": "true"})
    clerk.get(url)
    clerk.post(f"{url}/recheck", {"reason": ""})
    assert max(each.round for each in requests(site, signed)) == 1
    assert clerk.post(f"{url}/recheck", {"reason": "同名同姓，弄错了人"}).status_code == 303
    assert max(each.round for each in requests(site, signed)) == 2
    assert "第2次" in words(clerk.get(at(signed, what="verification")))


def test_a_family_that_refuses_for_good_is_concluded_with_a_reason(site, clerk, asked, words):
    clerk.get(at(asked, MOTHER, "refuse"))
    clerk.post(at(asked, MOTHER, "refuse"), {"reason": "不肯"})
    url = at(asked, what="verification")
    clerk.get(url)
    assert clerk.post(f"{url}/conclude", {"reason": ""}).status_code == 422
    assert clerk.post(f"{url}/conclude", {"reason": "上门两次仍不肯签"}).status_code == 303
    assert "1 人不配合，无法核对" in words(clerk.get(url))


# --- papers -----------------------------------------------------------------------------------------------------


def test_the_file_of_a_case_lists_its_papers_and_each_look_is_kept(site, clerk, asked, words):
    clerk.get(at(asked, SPOUSE, "scan"))
    data = {
        "level": "window",
        "sources": ["police"],
        "signed_on": "2026-11-16",
        "agreed": "true",
        "paper": photo(),
    }
    clerk.post(at(asked, SPOUSE, "scan"), data, content_type="multipart/form-data")
    page = clerk.get(at(asked, what="documents"))
    assert "纸质核对授权书" in words(page)
    link = re.search(r'href="(/staff/documents/[^"?]+)"', page.text)[1]
    saved = clerk.get(f"{link}?save=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    with site.session() as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("document.look") == 1
    stranger = site.staff("yangshan-03", Role.TOWNSHIP_CLERK, office=ELSEWHERE)[0]
    assert stranger.get(link).status_code == 404
    supervisor = site.staff("shi-01", Role.CITY_SUPERVISOR, office="520300000000")[0]
    assert supervisor.get(link).status_code == 403
