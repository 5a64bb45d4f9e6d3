"""The case page: the income sheet first, then conditions with articles, the comparison, one next step, and why today."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select

from core.access import Role
from core.audit.models import AuditEntry
from core.cases.declaration_models import Layer, StatementLine
from core.database import new_id
from core.encryption import place_of
from core.standards.models import EnteredStandard
from core.testing.town import COUNTY

TABS = ("", "/members", "/letters", "/history", "/income-sheet", "/notice")


@pytest.mark.row("R3-02")
def test_the_income_sheet_stands_first_with_the_sums_of_the_worked_example(way, reviewer, words):
    way.survey()
    page = reviewer.get(f"/staff/cases/{way.case_id}")
    said = words(page)
    assert said.index("收入核算表") < said.index("条件") < said.index("申报、核对、入户对照")
    for figure in ("15,300.00 ÷ 4", "3,825.00", "5,400.00", "525.00 /月", "795.00 元/月"):
        assert figure in said
    assert "社会救助暂行办法 第九条" in said
    assert "57号 第十四条" in said


@pytest.mark.row("R3-17", "R1-14")
@pytest.mark.row("R3-04")
def test_a_line_of_which_only_the_family_spoke_is_not_said_to_agree(way, reviewer, words):
    way.survey()
    page = reviewer.get(f"/staff/cases/{way.case_id}")
    assert "只有申报" in words(page)
    assert "＝" not in page.text.split('id="_compared"')[1].split("</section>")[0]


def test_the_marks_of_the_file_say_done_and_not_done_rather_than_met_and_not_met(way, reviewer, words):
    way.survey()
    said = words(reviewer.get(f"/staff/cases/{way.case_id}/opinion"))
    assert "✓ 已办 受理通知书" in said
    assert "✗ 还没有办 核对授权" in said
    assert "入户调查表 2 人，达到规定的 2 人" in said


def test_the_next_step_is_one_with_what_is_ready_and_what_lacks(way, reviewer, words):
    way.survey()
    page = reviewer.get(f"/staff/cases/{way.case_id}")
    said = words(page)
    assert "下一步 提出初审意见" in said
    assert "收入核算 4 行" in said
    assert "授权 0 / 4 人" in said
    assert "差异均已说明" in said
    assert page.text.count("dd-b-main") == 1
    assert f'href="/staff/cases/{way.case_id}/opinion"' in page.text
    assert "为什么是这一天" in said


@pytest.mark.row("R1-14")
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"neighbours_asked": True, "neighbours_said": "情况属实"}, "邻里访问 1 次"),
        ({"neighbours_asked": False}, "按需要做，还没有"),
    ],
)
def test_the_file_says_of_the_neighbours_what_the_visit_recorded(way, reviewer, words, answers, told):
    way.submit()
    way.accept()
    way.visit(answers=answers)
    way.verify()
    said = words(reviewer.get(f"/staff/cases/{way.case_id}/opinion"))
    assert f"邻里访问、信函索证 {told}" in said


def test_an_unexplained_difference_is_the_next_thing_to_do(way, reviewer, words):
    way.submit()
    way.accept()
    key = way.found(0, 1_400_000)
    way.visit()
    way.verify()
    page = reviewer.get(f"/staff/cases/{way.case_id}")
    assert "还有 1 项差异未说明" in words(page)
    assert "说明“务工”" in words(page)
    assert f"/staff/cases/{way.case_id}/lines/{key}" in page.text
    assert 'class="dd-num dd-dif"' in page.text
    only = reviewer.get(f"/staff/cases/{way.case_id}?only=differences", headers={"HX-Request": "true"})
    assert only.text.strip().startswith("<section")
    assert "自住房" not in only.text


def test_a_find_that_nobody_put_into_words_is_called_by_its_kind(site, way, reviewer, words):
    way.submit()
    way.accept()
    key = way.found(0, 1_400_000)
    with site.session(writes=True) as session:
        row = session.scalars(
            select(StatementLine).where(StatementLine.line_key == key, StatementLine.layer == Layer.VERIFIED)
        ).one()
        row.line_key = new_id()
        row.details_sealed = session.vault.seal_json(place_of(row, "details_sealed"), {})
        session.commit()
    way.visit()
    way.verify()
    said = words(reviewer.get(f"/staff/cases/{way.case_id}"))
    assert "说明“工资性收入”" in said
    assert "“工资性收入”未说明" in said


def test_who_has_the_case_reads_full_names_everyone_else_masks(way, clerk, confirmer):
    way.submit()
    assert "周明 家" in clerk.get(f"/staff/cases/{way.case_id}").text
    other = confirmer.get(f"/staff/cases/{way.case_id}").text
    assert "周* 家" in other
    assert "周明" not in other
    assert "周明" not in confirmer.get(f"/staff/cases/{way.case_id}/members").text


def test_no_tab_shows_a_whole_number_of_anybody(way, clerk):
    way.survey()
    for tab in TABS:
        page = clerk.get(f"/staff/cases/{way.case_id}{tab}")
        assert page.status_code == 200, tab
        assert not re.search(r"(?<!\d)\d{17}[\dX]", page.text), tab
        assert "周明" not in re.search(r"<title>.*?</title>", page.text)[0]


def test_the_step_of_another_office_is_named_and_has_no_button(way, clerk, confirmer, words):
    way.survey()
    page = confirmer.get(f"/staff/cases/{way.case_id}")
    assert "这一步由镇初审来办，不用您办" in words(page)
    assert "dd-b-main" not in page.text


@pytest.mark.row("R2-28")
def test_other_regions_and_roles_without_the_right_do_not_find_it(site, way, stranger):
    way.survey()
    inspector, _ = site.staff("dudao", Role.PROVINCE_SUPERVISOR, office="520000000000")
    for tab in (*TABS, "/acceptance", "/pause", "/extension"):
        assert stranger.get(f"/staff/cases/{way.case_id}{tab}").status_code == 404, tab
        assert inspector.get(f"/staff/cases/{way.case_id}{tab}").status_code == 403, tab
    assert str(way.case_id) not in stranger.get("/staff/cases").text


def test_looking_is_kept_in_the_trail_and_shown_on_the_case(site, way, clerk, words):
    way.submit()
    clerk.get(f"/staff/cases/{way.case_id}")
    clerk.get(f"/staff/cases/{way.case_id}/members")
    said = words(clerk.get(f"/staff/cases/{way.case_id}/history"))
    assert "谁看过" in said
    # what one did again and again is one line
    assert "查看案件 2 次" in said
    assert "石梅" in said
    with site.session() as session:
        looks = session.scalars(select(AuditEntry.case_id).where(AuditEntry.act == "case.look")).all()
        assert set(looks) == {way.case_id}


def test_a_form_shown_again_with_what_is_wrong_in_it_is_a_look_too(site, way, clerk):
    way.submit()
    answer = clerk.post(f"/staff/cases/{way.case_id}/acceptance", {})
    assert answer.status_code == 422
    with site.session() as session:
        looks = session.scalars(select(AuditEntry.case_id).where(AuditEntry.act == "case.look")).all()
        assert set(looks) == {way.case_id}


def test_the_history_tab_says_how_many_lines_lie_under_it(site, way, clerk):
    way.survey()
    way.opine()
    clerk.get(f"/staff/cases/{way.case_id}/pause")
    clerk.post(f"/staff/cases/{way.case_id}/pause", {"reason": "objection", "note": "等复核"})
    way.hang()
    page = site.sign_in("shouli").get(f"/staff/cases/{way.case_id}/history").text
    counted = re.search(r"操作记录<em>(\d+)</em>", page)[1]
    lines = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert int(counted) == lines.count("<tr>") > 8


def test_a_missing_standard_is_a_sentence_that_says_where_to_enter_it(site, way, reviewer, words):
    way.survey()
    with site.home.engine.begin() as connection:
        connection.execute(
            delete(EnteredStandard.__table__).where(
                EnteredStandard.__table__.c.key == "dibao.standard",
                EnteredStandard.__table__.c.region_code == COUNTY,
            )
        )
    for page in ("", "/opinion", "/income-sheet"):
        said = words(reviewer.get(f"/staff/cases/{way.case_id}{page}"))
        assert "还算不出来" in said
        assert "最低生活保障标准" in said


def test_a_provisional_year_is_said_wherever_the_deadline_stands(site, way, clerk, words):
    way.submit()
    way.accept()
    with site.home.engine.begin() as connection:
        for table in ("cases", "case_steps", "tasks"):
            connection.exec_driver_sql(f"UPDATE {table} SET due_provisional = 1")
    assert "暂定" in words(clerk.get("/staff/"))
    assert "暂定" in words(clerk.get("/staff/cases"))
    assert "暂定" in words(clerk.get(f"/staff/cases/{way.case_id}"))


def test_the_case_list_is_by_progress_newest_first_and_masked(way, clerk, words):
    way.submit()
    way.submit()
    way.accept()
    every = words(clerk.get("/staff/cases"))
    assert every.index("000002") < every.index("000001")
    assert "周明" not in every
    assert "000001" not in words(clerk.get("/staff/cases?state=survey"))
    assert "这里没有申请" in words(clerk.get("/staff/cases?state=ended"))
    assert clerk.get("/staff/cases?state=nonsense&before=garbage").status_code == 200


def test_a_related_family_is_marked_and_its_county_visit_is_named(site, way, reviewer, confirmer, words):
    way.submit()
    way.accept(local_duty=True)
    way.visit()
    way.verify()
    assert "单独登记备案" in words(reviewer.get(f"/staff/cases/{way.case_id}"))
    way.opine()
    way.hang()
    site.at = way.town.now
    confirmer = site.sign_in("queren")
    said = words(confirmer.get(f"/staff/cases/{way.case_id}"))
    assert "县里还没有入户核查" in said
    assert "镇里意见：同意，795.00 元/月" in said


def test_the_sheet_on_paper_names_every_value_it_read(way, reviewer, words):
    way.survey()
    said = words(reviewer.get(f"/staff/cases/{way.case_id}/income-sheet"))
    assert "用到的标准和参数" in said
    assert "450.00 元/月" in said
    assert "演示文件〔2026〕1号" in said
