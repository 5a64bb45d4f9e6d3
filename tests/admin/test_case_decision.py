"""Opinion and confirmation on screen: the file first, the computation second, then a named person's word."""

from __future__ import annotations

import re

import pytest

from core.access import Role
from core.awards.changes import confirm_case
from core.awards.queries import award_of_case
from core.cases.confirmations import ConfirmationAnswer, confirmation_of
from core.cases.models import CaseState, Outcome
from core.cases.opinions import OpinionAnswer, current_opinion
from core.letters.queries import letters_of_case
from core.testing.authorising import accept, sign_at_window, submit_and_ask, wizard_signature
from core.testing.casework import Way
from core.testing.town import TOWNSHIP, Town

pytestmark = pytest.mark.row("R1-13", "R3-04", "R3-17")


def case_of(site, way):
    with site.session() as session:
        return way.town.case(session, way.case_id)


@pytest.mark.row("R1-14")
def test_the_opinion_page_shows_the_file_before_it_asks(way, reviewer, words):
    way.survey()
    said = words(reviewer.get(f"/staff/cases/{way.case_id}/opinion"))
    assert said.index("档案清单") < said.index("不同意的依据")
    for item in (
        "申请书和家庭经济状况申报",
        "受理通知书",
        "核对授权",
        "信息核对报告",
        "入户调查表",
        "邻里访问、信函索证",
    ):
        assert item in said
    assert "等周明" in said, "the case is on her desk"
    assert "规则建议：同意，795.00 元/月" in said


def test_an_opinion_for_is_signed_and_the_notice_opens(site, way, reviewer, fill):
    way.survey()
    answer = fill(reviewer, f"/staff/cases/{way.case_id}/opinion", {"opinion": "agree", "reason": "符合条件"})
    assert answer.status_code == 303
    assert case_of(site, way).state is CaseState.NOTICE
    with site.session() as session:
        opinion = current_opinion(session, way.town.case(session, way.case_id))
        assert (opinion.monthly_fen, opinion.signed_by) == (79_500, way.town.reviewer.account_id)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "请选择“初审意见”"),
        ({"opinion": "agree"}, "请填写“理由”"),
        ({"opinion": "disagree", "reason": "是教师"}, "不能因为职业"),
        ({"opinion": "disagree", "reason": "有工作", "grounds": "occupation"}, "从列出的里面选"),
    ],
)
def test_what_no_opinion_can_stand_on_is_told_and_kept_in_the_form(
    site, way, reviewer, fill, words, sent, told
):
    way.survey()
    answer = fill(reviewer, f"/staff/cases/{way.case_id}/opinion", sent)
    assert answer.status_code == 422
    assert told in words(answer)
    assert case_of(site, way).state is CaseState.OPINION
    if "reason" in sent:
        assert sent["reason"] in answer.text


def test_an_open_difference_blocks_with_a_sentence_and_keeps_what_was_typed(site, way, reviewer, fill, words):
    way.submit()
    way.accept()
    way.found(0, 1_400_000)
    way.visit()
    way.verify()
    answer = fill(reviewer, f"/staff/cases/{way.case_id}/opinion", {"opinion": "agree", "reason": "都看过了"})
    assert answer.status_code == 409
    assert "还有1项差异没有说明" in words(answer)
    assert "都看过了" in answer.text
    assert case_of(site, way).state is CaseState.OPINION


def test_before_its_time_and_to_others_the_opinion_is_closed(way, reviewer, clerk, stranger, words):
    way.submit()
    url = f"/staff/cases/{way.case_id}/opinion"
    assert "现在不能提初审意见" in words(reviewer.get(url))
    assert clerk.get(url).status_code == 403
    assert stranger.get(url).status_code in {403, 404}


@pytest.fixture
def hung(site, way, confirmer):
    way.survey()
    way.opine()
    way.hang()
    site.at = way.town.now
    return site.sign_in("queren"), f"/staff/cases/{way.case_id}/confirmation"


def test_a_grant_as_proposed_awards_and_tells_in_writing(site, way, hung, fill, words):
    confirmer, url = hung
    assert 'value="795"' in confirmer.get(url).text
    assert (
        fill(confirmer, url, {"outcome": "grant", "monthly": "795.00", "reason": "同意"}).status_code == 303
    )
    said = words(confirmer.get(f"/staff/cases/{way.case_id}"))
    assert "已确认，每月 795.00 元" in said
    # listing the family is the township's step
    assert "这一步由镇经办来办，不用您办" in said
    with site.session() as session:
        assert award_of_case(session, way.case_id).monthly_fen == 79_500
        assert letters_of_case(session, way.case_id)[0].kind == "confirmation"


def test_another_amount_goes_back_to_the_township(site, way, hung, fill, words):
    confirmer, url = hung
    assert (
        fill(confirmer, url, {"outcome": "grant", "monthly": "700", "reason": "一人不计入"}).status_code
        == 303
    )
    assert "已退回重提意见" in words(confirmer.get(f"/staff/cases/{way.case_id}"))
    assert case_of(site, way).state is CaseState.OPINION


def test_sending_back_by_choice_needs_a_reason(site, way, hung, fill):
    confirmer, url = hung
    assert fill(confirmer, url, {"outcome": "return"}).status_code == 422
    assert fill(confirmer, url, {"outcome": "return", "reason": "再核实存款"}).status_code == 303
    assert case_of(site, way).state is CaseState.OPINION


def test_a_refusal_is_written_and_lists_nobody(site, way, hung, fill, words):
    confirmer, url = hung
    sent = {"outcome": "refuse", "reason": "漏报门面", "grounds": "false_declaration"}
    assert fill(confirmer, url, sent).status_code == 303
    with site.session() as session:
        assert letters_of_case(session, way.case_id)[0].kind == "refusal"
        case = way.town.case(session, way.case_id)
        assert (case.state, award_of_case(session, case.id)) == (CaseState.REFUSED, None)
        letter_id = letters_of_case(session, way.case_id)[0].id
    said = words(confirmer.get(f"/staff/letters/{letter_id}"))
    # in the county's name, with one greeting and one end
    assert "湄潭县民政局 不予确认最低生活保障告知书" in said
    assert "湄潭县民政局 2026年11月24日 依据" in said
    assert said.count("周明：") == 1
    assert said.count("湄潭县民政局") == 2


@pytest.mark.parametrize(("grounds", "told"), [([], "不予确认，都要指明"), ("occupation", "从列出的里面选")])
def test_a_refusal_without_a_named_ground_is_refused_itself_and_its_words_are_kept(
    site, way, hung, fill, words, grounds, told
):
    confirmer, url = hung
    answer = fill(confirmer, url, {"outcome": "refuse", "reason": "家里有教师", "grounds": grounds})
    assert answer.status_code == 422
    assert told in words(answer)
    assert "家里有教师" in answer.text
    assert case_of(site, way).state is CaseState.CONFIRMATION


def test_a_grant_without_an_amount_is_not_a_grant(site, way, hung, fill, words):
    confirmer, url = hung
    answer = fill(confirmer, url, {"outcome": "grant", "monthly": "", "reason": "同意"})
    assert answer.status_code == 422
    assert "请写每月金额" in words(answer)


@pytest.mark.row("R2-17")
def test_after_a_refusal_nobody_is_asked_to_sign_what_ended_with_the_case(site, words):
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    sign_at_window(asked)
    way = Way(town, asked.case_id)
    way.visit()
    way.verify()
    way.opine(OpinionAnswer(False, "不配合核对", ("refuses_verification",)))
    with way.acting(town.confirmer) as (session, case, procedure):
        answer = ConfirmationAnswer(Outcome.REFUSED, "不配合", grounds=("refuses_verification",))
        confirm_case(session, town.confirmer, case, answer, procedure, now=town.now)
    town.close()
    clerk = site.staff("banli-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]
    said = words(clerk.get(f"/staff/cases/{asked.case_id}"))
    assert "5 / 5 人" in said
    assert "请还没签的人签核对授权" not in said


def test_a_refusal_is_told_at_once_everything_it_lacks(hung, fill, words):
    confirmer, url = hung
    said = words(fill(confirmer, url, {"outcome": "refuse"}))
    assert "有2处要改" in said
    assert "请填写“理由”" in said
    assert "都要指明是哪一条不符合" in said


def test_two_confirmers_decide_once(site, way, hung, words):
    confirmer, url = hung
    page = confirmer.get(url)
    version = page.text.split('name="version" value="')[1].split('"')[0]
    confirmer.post(url, {"version": version, "outcome": "grant", "monthly": "795", "reason": "同意"})
    against = {"outcome": "refuse", "reason": "不同意", "grounds": "false_declaration"}
    late = confirmer.post(url, {"version": version, **against})
    assert late.status_code == 409
    assert "审核确认 确认 ≠ 不同： 不予确认" in words(late)
    with site.session() as session:
        assert confirmation_of(session, way.town.case(session, way.case_id)).outcome == "granted"


def test_a_negative_opinion_reaches_the_confirmer_without_a_notice(site, way, confirmer, words):
    way.survey()
    way.opine(OpinionAnswer(False, "不配合核对", ("refuses_verification",)))
    said = words(confirmer.get(f"/staff/cases/{way.case_id}/confirmation"))
    assert "意见 不同意 依据" in said
    assert "依据 不配合核对或入户调查" in said


def test_where_nothing_was_published_nothing_is_offered_to_be_granted(site, way, confirmer, fill, words):
    way.survey()
    way.opine(OpinionAnswer(False, "不配合核对", ("refuses_verification",)))
    url = f"/staff/cases/{way.case_id}/confirmation"
    page = confirmer.get(url)
    said = words(page)
    assert 'value="grant"' not in page.text
    assert 'name="monthly"' not in page.text
    assert "同镇里意见和公示的金额一致" not in said
    assert said.count("要同意的，退回重提意见") == 1
    # a crafted grant is no answer to this form
    assert fill(confirmer, url, {"outcome": "grant", "monthly": "795", "reason": "同意"}).status_code == 422
    assert case_of(site, way).state is CaseState.CONFIRMATION
    assert fill(confirmer, url, {"outcome": "return", "reason": "再上门一次"}).status_code == 303
    assert case_of(site, way).state is CaseState.OPINION


def test_the_ground_that_the_township_named_is_proposed_and_stays_the_confirmers_own_act(
    site, way, confirmer, fill
):
    way.survey()
    way.opine(OpinionAnswer(False, "不配合核对", ("refuses_verification",)))
    url = f"/staff/cases/{way.case_id}/confirmation"
    [ticked] = [tag for tag in re.findall(r"<input[^>]*>", confirmer.get(url).text) if " checked" in tag]
    assert 'value="refuses_verification"' in ticked
    assert fill(confirmer, url, {"outcome": "refuse", "reason": "不配合"}).status_code == 422
    sent = {"outcome": "refuse", "reason": "不实", "grounds": "false_declaration"}
    assert fill(confirmer, url, sent).status_code == 303
    with site.session() as session:
        case = way.town.case(session, way.case_id)
        assert confirmation_of(session, case).computation["grounds"] == ["false_declaration"]


def test_the_notice_is_read_word_for_word_before_it_hangs(way, clerk, reviewer, words):
    way.survey()
    way.opine()
    said = words(clerk.get(f"/staff/cases/{way.case_id}/notice"))
    assert "将要公示的全部内容" in said
    assert "795.00 元" in said
    assert "张贴初审公示" in said
    assert "到日子自动期满" in said
    assert "由镇里经办人员张贴" in words(reviewer.get(f"/staff/cases/{way.case_id}/notice"))


@pytest.mark.row("R3-18")
def test_the_long_term_list_is_previewed_with_its_own_fields_and_what_is_true_of_it(site, way, clerk, words):
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    site.at = way.town.now
    said = words(site.sign_in("shouli").get(f"/staff/cases/{way.case_id}/notice"))
    assert "家庭人口 4 人 每月金额 795.00 元" in said
    assert "救助种类" not in said
    assert "村民组" not in said
    assert "享受期间一直公布" in said
    assert "救助停止后自动撤下" in said
    assert "到日子自动期满" not in said
