"""Following one's own application: steps and limits, the one letter and its answer, one's own records and letters as files."""

from __future__ import annotations

import io
import json
import uuid

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import ResidentAccount
from core.cases.changes import send_deficiency_letter
from core.cases.models import Authority, Case, CaseState, DataRequest
from core.documents.models import Document, DocumentKind
from core.letters.models import Letter
from core.testing.authorising import submit_and_ask
from core.testing.town import TOWNSHIP, Town
from tests.portal.applying import photo

pytestmark = pytest.mark.row("R2-07", "R1-14")


@pytest.fixture
def applied(site):
    """A browser of the resident who applied, and her case's id."""
    browser = site.resident()
    town = Town(site.home.engine, site.home.vault, site.at)
    with site.session() as session:
        account = session.scalars(select(ResidentAccount.id)).one()
    case_id = submit_and_ask(town, account=account).case_id
    town.close()
    return browser, case_id


@pytest.fixture
def asked_for_papers(site, applied):
    """The same after the one letter: a wage slip is missing."""
    browser, case_id = applied
    clerk = site.hire("clerk-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    town = Town(site.home.engine, site.home.vault, site.at)
    session = town.at_work(clerk)
    case = town.case(session, case_id)
    send_deficiency_letter(session, clerk, case, ["工资单"], town.procedure(session), now=site.at)
    session.commit()
    town.close()
    return browser, case_id


def state_of(site, case_id):
    with site.session() as session:
        return session.get(Case, case_id).state


def papers(site, case_id):
    with site.session() as session:
        statement = select(Document).where(Document.case_id == case_id, Document.kind == DocumentKind.OTHER)
        return session.scalars(statement).all()


def upload(content, **more):
    return {"papers": (io.BytesIO(content), "工资单.jpg"), **more}


def test_every_step_says_who_has_it_what_happens_and_the_limit(applied, words):
    browser, case_id = applied
    page = words(browser.get(f"/my/cases/{case_id}"))
    assert "镇里看材料齐不齐" in page
    assert "当地规定：申请后5个工作日内，最晚2026年11月23日" in page
    assert "至少两名工作人员到家里来，来前会打电话。" in page
    assert "受理以后开始算。法定：受理后30个工作日内办完。" in page
    for way in ("我的授权", "我的资料", "我的账号", "撤回申请"):
        assert way in page


def test_where_the_township_confirms_nobody_is_told_to_wait_for_the_county(site, applied, words):
    browser, case_id = applied
    assert "县民政局确认" in words(browser.get(f"/my/cases/{case_id}"))
    with site.session(writes=True) as session:
        session.get(Case, case_id).authority = Authority.TOWNSHIP
        session.commit()
    page = words(browser.get(f"/my/cases/{case_id}"))
    assert "镇里确认" in page
    assert "县民政局确认" not in page


def test_the_one_letter_is_answered_by_photo_and_handed_back(site, asked_for_papers, words):
    browser, case_id = asked_for_papers
    page = words(browser.get(f"/my/cases/{case_id}"))
    assert "还差材料，补好就受理" in page
    assert "工资单" in page
    assert "只告诉您这一次" in page
    url = f"/my/cases/{case_id}/supplement"
    kept = browser.post(url, upload(photo()))
    assert kept.status_code == 303
    assert "已收到1份" in words(browser.get(f"/my/cases/{case_id}"))
    assert state_of(site, case_id) is CaseState.AWAITING_SUPPLEMENT
    assert browser.post(url, {"done": "1"}).status_code == 303
    assert state_of(site, case_id) is CaseState.SUBMITTED
    assert len(papers(site, case_id)) == 1
    # pressed once more, or from the page before: told where it stands, nothing is opened again
    assert browser.post(url, {"done": "1"}).status_code in {409, 422}
    assert state_of(site, case_id) is CaseState.SUBMITTED


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "还没有材料"), (b"MZ\x90\x00 a program", "不是照片"), (b"x" * 10, "不是照片")]
)
def test_an_answer_without_a_paper_says_what_to_do(site, asked_for_papers, words, content, told):
    browser, case_id = asked_for_papers
    browser.get(f"/my/cases/{case_id}")
    given = upload(content) if content else {}
    answer = browser.post(f"/my/cases/{case_id}/supplement", {**given, "done": "1"})
    assert answer.status_code == 422
    assert told in words(answer)
    assert state_of(site, case_id) is CaseState.AWAITING_SUPPLEMENT


def test_the_letter_is_read_and_kept_as_a_file_of_its_own(site, asked_for_papers, words):
    browser, case_id = asked_for_papers
    assert "还没看" in words(browser.get(f"/my/cases/{case_id}"))
    with site.session() as session:
        letter_id = session.scalars(select(Letter.id).where(Letter.case_id == case_id)).one()
    kept = browser.get(f"/my/letters/{letter_id}/copy")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert "工资单" in words(kept)
    assert "<link" not in kept.text
    assert "<script" not in kept.text
    assert "工资单" in words(browser.get(f"/my/letters/{letter_id}"))
    assert "还没看" not in words(browser.get(f"/my/cases/{case_id}"))


def test_all_that_is_held_is_seen_and_taken_along(site, applied, words):
    browser, case_id = applied
    page = words(browser.get("/my/data"))
    for part in ("这次申请", "家里人", "收入、花销和财产"):
        assert part in page
    assert "您本人，" in page
    # a house is told by how many there are, not as worth nothing
    assert "自住房 1处" in page
    assert " 0.00元" not in page
    copy = browser.get(f"/my/data/{case_id}/copy")
    assert "attachment" in copy.headers["Content-Disposition"]
    assert "家里人" in words(copy)
    read = json.loads(browser.get(f"/my/data/{case_id}/copy", query_string={"kind": "json"}).text)
    assert read["家里人"][0]["what"] in page
    with site.session() as session:
        assert read["number"] == session.get(Case, case_id).number


def test_a_correction_is_asked_for_in_her_words_with_a_day_for_the_answer(site, applied, words):
    browser, case_id = applied
    url = f"/my/data/{case_id}/correct"
    browser.get(url)
    assert browser.post(url, {"wrong": " "}).status_code == 422
    assert browser.post(url, {"wrong": "孙女的生日是3月8日"}).status_code == 303
    page = words(browser.get("/my/data"))
    assert "孙女的生日是3月8日" in page
    assert "前答复" in page
    with site.session() as session:
        assert session.scalars(select(DataRequest)).one().case_id == case_id


def test_it_is_taken_back_after_saying_what_follows(site, applied, words):
    browser, case_id = applied
    url = f"/my/cases/{case_id}/withdraw"
    assert "以后随时可以再申请" in words(browser.get(url))
    assert state_of(site, case_id) is CaseState.SUBMITTED
    browser.post(url)
    assert "您撤回了申请" in words(browser.get(f"/my/cases/{case_id}"))


def test_another_resident_sees_none_of_it(site, asked_for_papers):
    _browser, case_id = asked_for_papers
    with site.session() as session:
        letter_id = session.scalars(select(Letter.id).where(Letter.case_id == case_id)).one()
    neighbour = site.resident("19900000088")
    for path in (
        f"/my/cases/{case_id}",
        f"/my/cases/{case_id}/withdraw",
        f"/my/data/{case_id}/copy",
        f"/my/data/{case_id}/correct",
        f"/my/letters/{letter_id}",
        f"/my/letters/{letter_id}/copy",
        f"/my/cases/{uuid.uuid4()}",
    ):
        assert neighbour.get(path).status_code == 404, path
    assert neighbour.post(f"/my/cases/{case_id}/withdraw").status_code == 404
    assert state_of(site, case_id) is CaseState.AWAITING_SUPPLEMENT


def test_papers_are_taken_only_while_they_are_waited_for(site, applied, words):
    browser, case_id = applied
    url = f"/my/cases/{case_id}/supplement"
    browser.get(f"/my/cases/{case_id}")
    answer = browser.post(url, upload(photo()))
    assert answer.status_code == 409
    assert "现在不用补材料" in words(answer)
    browser.get(f"/my/cases/{case_id}/withdraw")
    browser.post(f"/my/cases/{case_id}/withdraw")
    browser.get(f"/my/cases/{case_id}")
    assert browser.post(url, upload(photo())).status_code == 409
    assert papers(site, case_id) == []


def test_a_correction_pressed_three_times_is_one_request(site, applied):
    browser, case_id = applied
    url = f"/my/data/{case_id}/correct"
    browser.get(url)
    for _ in range(3):
        assert browser.post(url, {"wrong": "孙女的生日是3月8日"}).status_code == 303
    assert browser.post(url, {"wrong": "名字也错了"}).status_code == 303
    with site.session() as session:
        assert len(session.scalars(select(DataRequest)).all()) == 2
