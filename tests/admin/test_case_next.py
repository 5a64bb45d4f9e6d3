"""The next step of a family that is surveyed: whose turn, what lacks, one name for one act, and a true word for each role."""

from __future__ import annotations

import re

import pytest

from admin.task_words import TASK_WORDS
from core.access import Role
from core.testing.authorising import accept, request_all, sign_at_window, submit_and_ask, wizard_signature
from core.testing.town import COUNTY, TOWNSHIP

pytestmark = pytest.mark.row("R2-17", "R3-17")


@pytest.fixture
def asked(town):
    """An accepted family of which only the applicant signed."""
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    town.close()
    return asked


@pytest.fixture
def clerk(site):
    return site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="石梅")[0]


@pytest.fixture
def officer(site):
    return site.staff("xian-01", Role.COUNTY_OFFICER, office=COUNTY, name="田志")[0]


def box_of(browser, case_id):
    """The next-step box of the case page."""
    page = browser.get(f"/staff/cases/{case_id}")
    assert page.status_code == 200
    return page.text.split('class="dd-next"')[1].split("</section>")[0]


def plan_a_visit(site, browser, case_id):
    address = f"/staff/cases/{case_id}/visits"
    second = site.hire("shouli-02", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗梅")
    me = re.search(r'name="surveyors" value="([^"]+)"', browser.get(address).text)[1]
    sent = {"day": site.at.date().isoformat(), "surveyors": [me, str(second.account_id)]}
    assert browser.post(address, sent).status_code == 303


# --- signatures first -------------------------------------------------------------------------------------------


def test_while_signatures_are_missing_it_says_whose_and_what_to_do_and_asks_for_no_check(
    site, clerk, asked, words
):
    box = box_of(clerk, asked.case_id)
    assert "发起信息核对</a>" not in box
    for name in ("杨兰（等签字）", "龙秀（等签字）", "周芳（等签字）"):
        assert name in box
    assert "签纸" in box
    assert f'href="/staff/cases/{asked.case_id}/visits">约好上门' in box, (
        "the visit may be arranged meanwhile"
    )
    plan_a_visit(site, clerk, asked.case_id)
    box = box_of(clerk, asked.case_id)
    assert f'href="/staff/cases/{asked.case_id}/authorisations">去核对授权' in box
    assert "杨兰（等签字）" in box
    assert "请家里人签核对授权" in words(clerk.get("/staff/"))


def test_the_button_and_the_page_it_leads_to_call_the_act_by_one_name(clerk, asked, words):
    visits = clerk.get(f"/staff/cases/{asked.case_id}/visits")
    assert "约好上门</button>" in visits.text
    home = clerk.get("/staff/").text
    assert "启动调查：发起信息核对或约好上门" in home
    assert "约好上门</a>" in home
    assert "发起信息核对</a>" not in home
    assert "启动调查</a>" not in home
    sign_at_window(asked)
    asked.town.close()
    home = clerk.get("/staff/").text
    assert f'href="/staff/cases/{asked.case_id}/verification"' in home
    assert "发起信息核对</a>" in home
    box = box_of(clerk, asked.case_id)
    assert "<h2>发起信息核对</h2>" in box
    assert (
        f'dd-b-main dd-b-block dd-b-large" href="/staff/cases/{asked.case_id}/verification">发起信息核对'
        in box
    )
    assert "发起信息核对</button>" in clerk.get(f"/staff/cases/{asked.case_id}/verification").text


def test_once_asked_the_visit_is_next_and_the_check_waits_for_the_county(site, clerk, asked, words):
    sign_at_window(asked)
    request_all(asked)
    asked.town.close()
    assert "登记入户调查</a>" in box_of(clerk, asked.case_id)
    home = clerk.get("/staff/")
    assert "等县里登记核对结果" in words(home)
    assert "发起信息核对</a>" not in home.text


def test_what_only_the_opinion_needs_is_not_said_to_fail_while_the_family_is_surveyed(clerk, asked, words):
    sign_at_window(asked)
    asked.town.close()
    box = box_of(clerk, asked.case_id)
    assert "信息核对报告 还没有出齐" in box
    assert "入户调查表 还没有入户" in box
    assert "✗" not in box
    assert "✗" not in clerk.get(f"/staff/cases/{asked.case_id}").text.split('id="_file"')[1]


def test_what_the_check_waits_for_is_marked_while_it_waits(clerk, asked):
    box = box_of(clerk, asked.case_id)
    assert box.count("✗") == 1
    assert box.index("✗") < box.index("核对授权") < box.index("信息核对报告")


# --- names agree ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", ["", "/authorisations", "/verification", "/members", "/visits"])
def test_where_full_names_are_promised_none_of_the_family_is_masked(clerk, asked, words, tab):
    said = words(clerk.get(f"/staff/cases/{asked.case_id}{tab}"))
    assert "所以看得到全名" in said
    assert not re.search(r"[周杨龙]\*", said)


def test_who_does_not_handle_it_reads_masks_and_no_promise(site, asked, words):
    confirmer = site.staff("queren", Role.COUNTY_CONFIRMER, office=COUNTY)[0]
    said = words(confirmer.get(f"/staff/cases/{asked.case_id}"))
    assert "等杨*、龙*、周*签" in said
    assert "看得到全名" not in said


# --- the county beside the township's step ----------------------------------------------------------------------


@pytest.mark.row("R3-19")
def test_the_county_is_told_what_is_true_for_it(site, clerk, officer, asked, words):
    said = words(officer.get(f"/staff/cases/{asked.case_id}"))
    assert "登记县里抽查入户" in said
    assert "这一步由镇经办来办，不用您办；县里要抽查的，可以登记入户" in said
    assert "登记县里抽查入户" in words(officer.get(f"/staff/cases/{asked.case_id}/visits"))


def test_a_case_the_county_must_visit_says_so_beside_the_townships_step(site, way, officer, words):
    site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    way.submit()
    way.accept(local_duty=True)
    said = words(officer.get(f"/staff/cases/{way.case_id}"))
    assert "登记县里入户核查" in said
    assert "县里还要自己入户核查" in said


# --- words ------------------------------------------------------------------------------------------------------


def test_no_row_of_the_worklist_says_its_step_and_what_is_due_in_the_same_words():
    assert [kind for kind, words in TASK_WORDS.items() if words.title == words.group] == []


def test_the_confirmer_is_told_at_the_field_that_her_reason_is_printed_in_the_letter(way, confirmer, words):
    way.survey()
    way.opine()
    way.hang()
    said = words(confirmer.get(f"/staff/cases/{way.case_id}/confirmation"))
    assert "这段话会原样印在给申请人的文书里" in said
    assert said.count("审核确认 审核确认") == 0


def test_a_slip_offers_the_signing_only_while_somebody_has_to_sign(site, way, words):
    browser, way.town.clerk = site.staff("shouli-09", Role.TOWNSHIP_CLERK, office=TOWNSHIP)
    way.submit()
    slip = f"/staff/cases/{way.case_id}/acceptance-slip"
    browser.get(slip)
    browser.post(slip)
    assert "去签核对授权" in words(browser.get(slip))
    way.accept()
    way.visit()
    way.verify()
    way.opine()
    way.hang()
    way.confirm()
    assert "去签核对授权" not in words(browser.get(slip))


def test_a_slip_of_a_family_that_signed_offers_no_signing(clerk, asked, words):
    slip = f"/staff/cases/{asked.case_id}/acceptance-slip"
    clerk.get(slip)
    clerk.post(slip)
    assert "去签核对授权" in words(clerk.get(slip))
    sign_at_window(asked)
    asked.town.close()
    assert "去签核对授权" not in words(clerk.get(slip))


# --- whom to take along, whom to ask ----------------------------------------------------------------------------


@pytest.mark.row("R1-14")
def test_two_colleagues_of_one_name_are_told_apart_by_their_posts(site, clerk, asked, words):
    site.hire("wang-jingban", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="王芳")
    site.hire("wang-chushen", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP, name="王芳")
    site.hire("wang-jingban-2", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="王芳")
    for page in ("visit", "visits"):
        said = words(clerk.get(f"/staff/cases/{asked.case_id}/{page}"))
        assert re.search(r"王芳（镇初审 \S*永兴\S*）", said), page
        assert re.search(r"王芳（镇经办 \S*永兴\S*） wang-jingban\b", said), page
        assert re.search(r"王芳（镇经办 \S*永兴\S*） wang-jingban-2", said), page


@pytest.mark.row("R2-28")
def test_who_cannot_hand_over_reads_who_may_and_who_can_reads_who_makes_the_accounts(
    site, clerk, officer, asked, words
):
    assert "请镇初审、县经办交给购买服务人员" in words(clerk.get(f"/staff/cases/{asked.case_id}/visits"))
    reviewer = site.staff("chushen", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP)[0]
    said = words(reviewer.get(f"/staff/cases/{asked.case_id}/assignments"))
    assert "系统管理员在“设置 › 人员和角色”新建账号" in said
    assert "安全管理员" in said
