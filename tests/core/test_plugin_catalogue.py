"""What is in force where: nearest region first, enabled by dated rows, old versions kept (decision 15)."""

import uuid
from datetime import date, timedelta

import pytest

from core.catalogue import (
    CaseFacts,
    Catalogue,
    DecisionFacts,
    Enabling,
    LimitCase,
    MemberFacts,
    VisitFacts,
)
from core.errors import NotFound
from core.law import path_of
from core.plugin_manager import load_packs
from core.settings import load_settings

DAY = date(2026, 11, 16)
MEITAN = "520328103000"
SHENZHEN = "440304001000"
SHIJIAZHUANG = "130102001000"
ENABLED = (
    Enabling("guizhou", "1.0", "520000000000", date(2026, 1, 1)),
    Enabling("guangdong", "1.0", "440000000000", date(2026, 1, 1)),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_packs(load_settings({}))


def _case(region, **member):
    facts = {
        "age": 40,
        "relation": "01",
        "counted": True,
        "working": False,
        "student": False,
        "seriously_ill": False,
    }
    person = MemberFacts(**{**facts, "disability_class": 4, "disability_grade": 1, **member})
    return CaseFacts(uuid.uuid4(), "MT-2026-000123", "dibao", "household", "rural", region, (person,))


def test_a_province_without_a_pack_follows_the_national_text(catalogue):
    view = catalogue.for_region(SHIJIAZHUANG, DAY, ENABLED)
    assert view.packs == {"national"}
    assert view.scheme("dibao").application_form == "national.application"


@pytest.mark.row("R3-20")
def test_guizhous_own_forms_stand_on_the_national_procedure(catalogue):
    scheme = catalogue.for_region(MEITAN, DAY, ENABLED).scheme("dibao")
    assert (scheme.application_form, scheme.visit_form) == ("guizhou.application", "guizhou.visit")
    assert [step.code for step in scheme.steps][:2] == ["application", "acceptance"]
    assert "黔民发〔2023〕2号" in scheme.limit("whole", LimitCase.DELEGATED).source
    assert scheme.limit("whole", LimitCase.HARD).key == "limit.decision_hard"


def test_an_installed_pack_that_nobody_enabled_changes_nothing(catalogue):
    view = catalogue.for_region(MEITAN, DAY)
    assert view.scheme("dibao").application_form == "national.application"
    assert view.book.on(DAY, path_of(MEITAN)).yes("supplement.covers.student") is False


def test_an_enabled_packs_law_comes_into_force_with_it(catalogue):
    law = catalogue.for_region(MEITAN, DAY, ENABLED).book.on(DAY, path_of(MEITAN))
    assert law.yes("supplement.covers.student") is True


def test_a_row_holds_from_its_first_day_to_the_day_before_its_last(catalogue):
    rows = (Enabling("guizhou", "1.0", "520000000000", DAY, DAY + timedelta(days=10)),)
    enabled = [
        "guizhou" in catalogue.enabled(MEITAN, DAY + timedelta(days=offset), rows)
        for offset in (-1, 0, 9, 10)
    ]
    assert enabled == [False, True, True, False]


def test_guizhous_row_says_nothing_about_guangdong(catalogue):
    assert catalogue.enabled(SHENZHEN, DAY, ENABLED[:1]) == {"national"}


def test_a_row_of_a_pack_no_longer_installed_is_passed_over(catalogue):
    rows = (Enabling("atlantis", "1.0", "520000000000", DAY),)
    assert catalogue.enabled(MEITAN, DAY, rows) == {"national"}


def test_a_case_keeps_the_pack_it_began_with_after_it_was_disabled(catalogue):
    ended = (Enabling("guizhou", "1.0", "520000000000", date(2026, 1, 1), DAY),)
    assert catalogue.for_region(MEITAN, DAY, ended).scheme("dibao").visit_form == "national.visit"
    kept = catalogue.for_case(MEITAN, DAY, "guizhou", ended)
    assert kept.scheme("dibao").visit_form == "guizhou.visit"
    assert catalogue.for_case(MEITAN, DAY, "atlantis", ended).packs == {"national"}


def test_an_old_form_version_stays_readable_whatever_is_enabled(catalogue):
    assert catalogue.form("guizhou.visit", "1").region_code == "520000000000"
    with pytest.raises(NotFound):
        catalogue.form("guizhou.visit", "99")


def test_an_old_rule_version_stays_readable(catalogue):
    stored = "information_check_2019@2022-02-14/440000000000"
    assert catalogue.rule(stored).until == date(2025, 12, 31)
    with pytest.raises(NotFound):
        catalogue.rule("dibao@1999-01-01/000000000000")


def test_guizhous_case_never_fires_guangdongs_reaction(catalogue):
    guizhou = catalogue.for_region(MEITAN, DAY, ENABLED)
    refused = DecisionFacts(
        granted=False, monthly_fen=0, per_head_yearly_fen=1, standard_yearly_fen=1, confirmed_by="county"
    )
    law = guizhou.book.on(DAY, path_of(MEITAN))
    sources = {remark.source for remark in guizhou.case_decided(_case(MEITAN), refused, law)}
    assert sources == {"黔民发〔2023〕2号 二（二）一"}
    answers = {"housing": "unsafe", "grain_shortage": True}
    visit = VisitFacts(uuid.uuid4(), None, MEITAN, "guizhou.visit", "1", answers)
    assert [finding.code for finding in guizhou.visit_recorded(visit, law)] == ["grain_shortage"]


@pytest.mark.row("R0-30", "R0-31")
def test_an_unsafe_house_found_in_guangdong_is_a_problem_for_the_housing_department(catalogue):
    guangdong = catalogue.for_region(SHENZHEN, DAY, ENABLED)
    answers = {"housing": "unsafe", "electricity": "yes", "item_2": "lacking"}
    visit = VisitFacts(uuid.uuid4(), None, SHENZHEN, "guangdong.visit", "1", answers)
    found = guangdong.visit_recorded(visit, guangdong.book.on(DAY, path_of(SHENZHEN)))
    assert [(finding.code, finding.department) for finding in found] == [
        ("item_2_lacking", "民政"),
        ("housing_unsafe", "住房城乡建设"),
    ]


def test_a_province_without_packs_has_no_reactions_and_no_panels(catalogue):
    view = catalogue.for_region(SHIJIAZHUANG, DAY, ENABLED)
    law = view.book.on(DAY, path_of(SHIJIAZHUANG))
    assert view.case_accepted(_case(SHIJIAZHUANG), law) == []
    assert view.case_panels(_case(SHIJIAZHUANG), law) == []


def test_guizhou_reminds_of_the_single_person_path_for_an_adult_who_cannot_work(catalogue):
    view = catalogue.for_region(MEITAN, DAY, ENABLED)
    law = view.book.on(DAY, path_of(MEITAN))
    assert len(view.case_accepted(_case(MEITAN), law)) == 1
    assert view.case_accepted(_case(MEITAN, age=17), law) == []
    assert view.case_accepted(_case(MEITAN, working=True), law) == []
    assert view.case_accepted(_case(MEITAN, disability_grade=3), law) == []
    assert len(view.case_accepted(_case(MEITAN, disability_class=6, disability_grade=3), law)) == 1
    assert view.case_accepted(_case(MEITAN, disability_class=7, disability_grade=3), law) == []
    several = _case(MEITAN, disability_class=7, disability_grade=3, mental_part_grade=3)
    assert len(view.case_accepted(several, law)) == 1
    [panel] = view.case_panels(_case(MEITAN), law)
    assert [(line.label, line.text) for line in panel.lines] == [("重度残疾人", "1")]


@pytest.mark.row("R2-07")
def test_a_resident_of_guangdong_reads_of_its_own_channel(catalogue):
    channels = {
        channel.code: channel.label for channel in catalogue.for_region(SHENZHEN, DAY, ENABLED).channels
    }
    assert channels["online"] == "粤省事或本网站"
    assert set(channels) == {"online", "window", "proxy"}


@pytest.mark.row("R2-01", "R2-02", "R2-03", "R2-04", "R2-05")
def test_each_group_of_low_income_people_has_its_name_here_and_its_name_in_law(catalogue):
    groups = {row.code: row for row in catalogue.for_region(SHENZHEN, DAY, ENABLED).categories}
    assert list(groups) == ["dibao", "tekun", "edge_family", "rigid_expense_family", "other"]
    assert groups["rigid_expense_family"].name == "支出型困难人口"
    assert groups["rigid_expense_family"].law_name == "刚性支出困难家庭"


def test_pinned_packs_are_in_force_without_any_row():
    from dataclasses import replace

    pinned = load_packs(replace(load_settings({}), packs=("guizhou",)))
    assert pinned.enabled(MEITAN, DAY, ()) == {"national", "guizhou"}
