"""Families to visit; a visit registered by two workers on the phone, locked once submitted; another province's form (R1-14, R3-31)."""

from __future__ import annotations

import pytest

from core.access import Role
from core.cases.declaration_models import Layer, Section, StatementLine
from core.cases.models import CaseStep, StepCode, StepState
from core.encryption import place_of
from core.scopes import Region
from core.standards.changes import enter_standard
from core.testing.town import (
    OTHER_COUNTY,
    TOWNSHIP,
    catalogue,
    demo_standards,
    law_book,
    staff,
)
from core.visits.models import VisitDraft, VisitPhoto, VisitSurveyor
from tests.admin.visiting_by_phone import (
    VisitPage,
    accepted,
    all_of,
    answers_for,
    village_of,
    visit_answers,
    visits_in,
)
from tests.admin.walking_in import photo

pytestmark = pytest.mark.row("R1-14", "R3-31")
FORM = catalogue().form("guizhou.visit", "1")
OTHER_TOWNSHIP = "441823100000"


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="罗晓梅")


@pytest.fixture
def colleague(site):
    return site.hire("colleague", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="韦志强")


@pytest.fixture
def whole(colleague):
    return answers_for(visit_answers(FORM, colleague), ["neighbours_said", "rigid_costs_detail"])


@pytest.fixture
def family(site, clerk):
    return accepted(site, clerk[1])


# --- what is due ---


def test_families_to_visit_are_listed_masked_and_those_visited_only_when_asked(clerk, family, whole, words):
    browser, _actor = clerk
    listed = browser.get("/staff/visits")
    assert "周* 家" in words(listed)
    assert "周明" not in listed.text
    assert f"/staff/cases/{family}/visit" in listed.text
    VisitPage(browser, family).press("submit", whole)
    assert "周* 家" not in words(browser.get("/staff/visits"))
    assert "周* 家" in words(browser.get("/staff/visits?visited=yes"))


def test_arranging_a_visit_starts_the_survey_and_puts_the_colleague_in(site, clerk, colleague, family, words):
    browser, actor = clerk
    url = f"/staff/cases/{family}/visits"
    browser.get(url)
    both = [str(actor.account_id), str(colleague.account_id)]
    alone = browser.post(url, {"day": "2026-11-17", "surveyors": both[:1]})
    assert alone.status_code == 422
    assert "至少2名" in words(alone)
    gone = browser.post(url, {"day": "2026-11-13", "surveyors": both})
    assert gone.status_code == 422
    assert browser.post(url, {"day": "2026-11-17", "surveyors": both}).status_code == 303
    assert "韦志强" in words(browser.get(url))
    [step] = all_of(site, CaseStep, CaseStep.code == StepCode.SURVEY_START)
    assert step.state is StepState.DONE
    assert VisitPage(browser, family).fields["colleague"] == both[1]


# --- registering ---


def test_a_whole_visit_is_submitted_once_and_read_again(site, clerk, colleague, family, whole, words):
    browser, actor = clerk
    form = VisitPage(browser, family)
    sent = {**form.fields, **whole, "do": "submit"}
    answer = form.press("submit", whole)
    assert answer.status_code == 303, words(answer)
    [visit] = visits_in(site)
    assert answer.headers["Location"] == f"/staff/visits/{visit.id}"
    assert {row.account_id for row in all_of(site, VisitSurveyor)} == {actor.account_id, colleague.account_id}
    assert all_of(site, VisitDraft) == []
    [step] = all_of(site, CaseStep, CaseStep.code == StepCode.VISIT)
    assert step.state is StepState.DONE
    again = browser.post(
        form.url,
        {**sent, "house_photo": photo(), "together_photo": photo()},
        content_type="multipart/form-data",
    )
    assert again.headers["Location"] == answer.headers["Location"]
    assert len(visits_in(site)) == 1
    read = browser.get(answer.headers["Location"])
    assert "接下来等信息核对的结果，出齐以后由镇里提初审意见" in words(read)
    assert "罗晓梅、韦志强" in words(read)
    assert "调查日期 2026年11月16日" in words(read)
    assert "北纬 27.760000，东经 107.480000，误差 18 米" in words(read)


def test_what_was_seen_of_a_line_keeps_the_words_of_the_family_and_no_name(site, clerk, family, whole):
    lines = all_of(site, StatementLine, StatementLine.section == Section.INCOME)
    agreed = {f"seen/{line.line_key.hex}/how": "agrees" for line in lines}
    assert VisitPage(clerk[0], family).press("submit", {**whole, **agreed}).status_code == 303
    seen = all_of(site, StatementLine, StatementLine.layer == Layer.VISITED)
    vault = site.home.vault
    said = {
        vault.unseal_json(place_of(row, "details_sealed"), row.details_sealed)["description"] for row in seen
    }
    # a title with her name would stand uncovered wherever lines are shown
    assert said == {"务工", "种植", "土地流转", "养老金"}


def test_a_house_is_a_number_of_houses_and_no_sum(site, clerk, family, whole, words):
    [house] = all_of(site, StatementLine, StatementLine.kind == "dwelling")
    form = VisitPage(clerk[0], family)
    assert "申报：1 处" in words(clerk[0].get(form.url))
    seen = f"seen/{house.line_key.hex}"
    assert "请写实际是多少" in words(form.press("submit", whole | {f"{seen}/how": "other"}))
    done = form.press("submit", {f"{seen}/quantity": "2"})
    assert done.status_code == 303, words(done)
    [found] = all_of(site, StatementLine, StatementLine.layer == Layer.VISITED)
    assert (found.quantity, found.amount_fen) == (2, house.amount_fen)
    assert "1 处 ≠ 不同： 2 处" in words(clerk[0].get(done.headers["Location"]))


def test_the_counters_count_what_must_be_answered_and_move_with_each_save(clerk, colleague, family, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    assert "谁去的 必答 0 / 1" in words(browser.get(form.url))
    sent = {**form.fields, "colleague": str(colleague.account_id), "do": "autosave"}
    saved = browser.post(form.url, sent, headers={"HX-Request": "true"})
    # a second colleague may go along, but need not
    assert '<span id="answered-who" hx-swap-oob="true">必答 1 / 1</span>' in saved.text


def test_who_goes_reads_where_the_family_lives(clerk, family, words):
    assert "申报的住址 永兴镇流河渡村岩脚组12号" in words(clerk[0].get(VisitPage(clerk[0], family).url))


def test_the_form_and_the_lists_name_one_last_day(clerk, family, words):
    browser, _actor = clerk
    # accepted on the 16th: the survey must begin within three working days, and her visit begins it
    for address in ("/staff/", "/staff/visits", VisitPage(browser, family).url):
        assert "11月19日" in words(browser.get(address)), address


def test_stored_stands_beside_new_and_a_difference_is_marked(clerk, family, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    assert "登记 4" in words(browser.get(form.url))
    assert form.fields["household_size"] == "4"
    form.press("save", {"household_size": "3"})
    assert "1 项与登记不同：" in words(browser.get(form.url))
    assert "本次 ≠" in words(browser.get(form.url))


def test_submitting_leads_to_what_is_missing_and_keeps_everything(site, clerk, family, whole, words):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    whole.pop("house_photo")
    answer = form.press("submit", whole | {"met": ""})
    assert answer.status_code == 422
    assert 'href="#met"' in answer.text
    assert 'href="#house_photo"' in answer.text
    assert visits_in(site) == []
    kept = form.read().fields
    assert kept["income_by_visitors"] == "都看过"
    assert kept["position-latitude"] == "27.760000"


@pytest.mark.parametrize("colleague_id", ["", "self", "stranger", "nonsense"])
def test_one_worker_is_not_enough_nor_one_who_was_not_offered(
    site, clerk, family, whole, words, colleague_id
):
    browser, actor = clerk
    stranger = site.hire("stranger", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    chosen = {"self": str(actor.account_id), "stranger": str(stranger.account_id)}.get(
        colleague_id, colleague_id
    )
    answer = VisitPage(browser, family).press("submit", whole | {"colleague": chosen})
    assert answer.status_code == 422
    assert 'href="#colleague-0"' in answer.text
    assert visits_in(site) == []


def test_a_visit_of_tomorrow_is_refused(site, clerk, family, whole, words):
    answer = VisitPage(clerk[0], family).press("submit", whole | {"visit_date": "2026-11-17"})
    assert answer.status_code == 422
    assert "这一天还没有到" in words(answer)
    assert visits_in(site) == []


def test_a_photo_refused_with_a_reason_is_kept_as_that(site, clerk, family, whole, words):
    whole.pop("together_photo")
    answer = VisitPage(clerk[0], family).press("submit", whole | {"together_photo-declined": "老人不愿合照"})
    assert answer.status_code == 303, words(answer)
    refused = [row for row in all_of(site, VisitPhoto) if row.document_id is None]
    assert [(row.question, row.declined_reason) for row in refused] == [("together_photo", "老人不愿合照")]
    assert "没有：老人不愿合照" in words(clerk[0].get(answer.headers["Location"]))


def test_a_position_that_could_not_be_taken_needs_a_reason_and_one_taken_must_be_confirmed(
    clerk, family, whole, words
):
    browser, _actor = clerk
    without = {name: value for name, value in whole.items() if not name.startswith("position-")}
    unsure = {name: value for name, value in whole.items() if name != "position-confirmed"}
    form = VisitPage(browser, family)
    assert "勾“我确认”" in words(form.press("submit", unsure))
    assert form.read().fields["position-latitude"] == "27.76"
    form.press(
        "save",
        {
            "position-latitude": "",
            "position-longitude": "",
            "house_photo": photo(),
            "together_photo": photo(),
        },
    )
    assert form.press("submit", {}).status_code == 422
    reason = {"position-declined": "山里没有信号", "position-latitude": "", "position-longitude": ""}
    for name in ("house_photo", "together_photo"):
        without.pop(name)
    answer = form.press("submit", without | reason)
    assert answer.status_code == 303, words(answer)
    assert "没有取到：山里没有信号" in words(browser.get(answer.headers["Location"]))


def test_the_address_beside_the_reason_is_kept_and_read_and_masked_to_who_has_no_business_there(
    clerk, family, whole, words, confirmer
):
    browser, _actor = clerk
    form = VisitPage(browser, family)
    nowhere = {"position-latitude": "", "position-longitude": "", "position-address": "岩脚组学堂边第三家"}
    assert "还没有取得位置" in words(form.press("submit", whole | nowhere))
    assert form.read().fields["position-address"] == "岩脚组学堂边第三家"
    photos = {"house_photo": photo(), "together_photo": photo()}
    answer = form.press("submit", whole | nowhere | photos | {"position-declined": "山里没有信号"})
    assert answer.status_code == 303, words(answer)
    record = answer.headers["Location"]
    assert "没有取到：山里没有信号；受访地点：岩脚组学堂边第三家" in words(browser.get(record))
    assert "学堂边第三家" not in words(confirmer.get(record))


def test_what_may_be_left_out_says_so_also_of_a_declared_line(clerk, family):
    text = VisitPage(clerk[0], family).text
    lines = text.split('class="dd-seen"')[1:]
    assert lines
    assert all("（可不填）" in line.split("</legend>")[0] for line in lines)


# --- another province's form ---


@pytest.fixture
def guangdong(site):
    """A clerk of Guangdong and an accepted family there, under made-up local standards."""
    with site.session(Region(OTHER_COUNTY), writes=True) as session:
        officer = staff(Role.COUNTY_OFFICER, OTHER_COUNTY)
        for standard in demo_standards(OTHER_COUNTY):
            enter_standard(session, officer, law_book(), standard, now=site.at)
        session.commit()
    browser, actor = site.staff("yue", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    other = site.hire("yue-second", Role.TOWNSHIP_CLERK, office=OTHER_TOWNSHIP)
    village = village_of(site, OTHER_TOWNSHIP)
    return browser, other, accepted(site, actor, village=village)


@pytest.mark.row("R0-28", "R0-30")
def test_guangdongs_form_filters_by_its_categories_and_puts_problems_on_record(site, guangdong, words):
    browser, colleague, family = guangdong
    listed = browser.get("/staff/visits?category=rural_dibao")
    assert "未脱贫非民政对象" in words(listed)
    assert "周* 家" in words(listed)
    assert "周* 家" not in words(browser.get("/staff/visits?category=urban_dibao"))
    form = VisitPage(browser, family)
    assert "本地配置项一" in words(browser.get(form.url))
    typed = visit_answers(catalogue().form("guangdong.visit", "1"), colleague) | {"housing": "unsafe"}
    answer = browser.post(
        form.url, {**form.fields, "housing": "unsafe", "do": "autosave"}, headers={"HX-Request": "true"}
    )
    assert "将登记：住房不安全，转办住房城乡建设" in words(answer)
    done = form.press("submit", typed)
    assert done.status_code == 303, words(done)
    [visit] = visits_in(site)
    assert [each["code"] for each in visit.findings] == ["housing_unsafe"]
    assert "住房不安全" in words(browser.get(done.headers["Location"]))
