"""The packs of the house keep their own contract, and the contract finds what a pack does wrong."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from core.catalogue import (
    Catalogue,
    CategoryDeclaration,
    Guide,
    LetterKind,
    LimitDeclaration,
    NoticeField,
    NoticeKind,
    Pack,
    PackInfo,
    RegionDeclaration,
    Scheme,
    SchemeAmendment,
    StepDeclaration,
    VariantDeclaration,
)
from core.forms import (
    Enquiry,
    FormDeclaration,
    FormSubject,
    Per,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
    ShownIf,
)
from core.packs.contract import check_pack
from core.packs.english import texts_of
from core.packs.preview import changes_when_disabled, changes_when_enabled
from core.plugin_manager import load_packs
from core.rules import Condition, Outcome, rule
from core.settings import load_settings
from core.testing.contract import PackContract

HEBEI = "130000000000"
DAY = date(2026, 11, 16)
CATALOGUE = load_packs(load_settings({}))
NATIONAL = CATALOGUE.pack("national")
DIBAO = NATIONAL.schemes[0]


class TestNational(PackContract):
    pack_name = "national"


class TestGuizhou(PackContract):
    pack_name = "guizhou"


class TestGuangdong(PackContract):
    pack_name = "guangdong"


def test_every_installed_pack_passes():
    for pack in CATALOGUE.packs.values():
        assert [str(fault) for fault in check_pack(pack, CATALOGUE)] == []


# --- what the contract finds -------------------------------------------------------------------------------------


@pytest.fixture
def faults_of(tmp_path):
    """`faults_of(forms=…)`: the sentences for a Hebei pack with these parts."""

    def check(**parts):
        (tmp_path / "parameters").mkdir(exist_ok=True)
        region = RegionDeclaration(HEBEI, "河北省", tmp_path / "parameters")
        info = parts.pop("info", PackInfo("hebei", "河北省", "1.0", "试的"))
        pack = Pack(info, None, tmp_path, **{"shipped": True, "regions": (region,), **parts})
        return [str(fault) for fault in check_pack(pack, Catalogue([NATIONAL, pack], None))]

    return check


def _form(*questions, per=Per.CASE, **more):
    return FormDeclaration(
        **{
            "name": "hebei.visit",
            "version": "1",
            "subject": FormSubject.VISIT,
            "title": "入户表",
            "region_code": HEBEI,
            "source": "冀民发",
            "sections": (Section("all", "全部", questions, per=per),),
            **more,
        }
    )


def _asked(name, kind, **more):
    return Question(name, name, kind, **more)


CITED = {"purpose": "联系", "legal_basis": "57号"}
PLAIN_PHONE = _asked("phone", QuestionKind.PHONE)


def test_a_sound_pack_has_no_faults(faults_of):
    assert faults_of(forms=(_form(_asked("roof", QuestionKind.YES_NO)),)) == []


def test_a_pack_needs_a_plain_name_a_version_and_a_title(faults_of):
    found = faults_of(info=PackInfo("He-Bei", "", "neu", ""))
    assert len(found) == 3


def test_a_pack_for_no_real_province_is_told(faults_of):
    assert faults_of(forms=(_form(region_code="990000000000"),)) == ["地区代码 990000000000 不存在。"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (_form(PLAIN_PHONE), "不能标为普通"),
        (
            _form(_asked("phone", QuestionKind.PHONE, sensitivity=Sensitivity.PERSONAL)),
            "没有写用途和法律依据",
        ),
        (
            _form(_asked("card", QuestionKind.BANK_ACCOUNT, sensitivity=Sensitivity.PERSONAL, **CITED)),
            "要标为敏感",
        ),
        (_form(_asked("photo", QuestionKind.PHOTO, sensitivity=Sensitivity.PERSONAL, **CITED)), "要标为敏感"),
        (_form(_asked("kind", QuestionKind.CHOICE)), "没有可选的答案"),
        (_form(_asked("a", QuestionKind.TEXT), _asked("a", QuestionKind.TEXT)), "问了两次"),
        (_form(_asked("a", QuestionKind.TEXT, must_agree=True)), "不能要求同意"),
        (_form(_asked("a", QuestionKind.TEXT, enquiry=Enquiry.NEIGHBOUR)), "不能说明做过邻里访问"),
        (_form(_asked("a", QuestionKind.TEXT, shown_if=ShownIf("b", (True,)))), "在前面没有问过"),
        (_form(name="guizhou.visit"), "开头"),
        (_form(version="neu"), "要是整数"),
        (_form(source=""), "没有写依据"),
        (_form(subject=FormSubject.APPLICATION), "缺少必须问的"),
    ],
)
def test_a_form_that_asks_wrongly_is_told(faults_of, form, words):
    assert any(words in fault for fault in faults_of(forms=(form,)))


def _amended(**changes):
    return SchemeAmendment(scheme="dibao", region_code=HEBEI, source="冀民发", **changes)


def _letter(kind, **changes):
    return replace(next(letter for letter in DIBAO.letters if letter.kind is kind), **changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_amended(visit_form="hebei.nothing"), "表单“hebei.nothing”不存在"),
        (_amended(income_window_key="no.such.key"), "没有声明的参数 no.such.key"),
        (
            _amended(
                limits=(LimitDeclaration("whole", "全程", "no.such", "acceptance", "moon", source="x"),)
            ),
            "起止步骤",
        ),
        (
            _amended(steps=(StepDeclaration("opinion", "初审", "township", after=("moon",)),)),
            "等的步骤不存在",
        ),
        (
            _amended(steps=(StepDeclaration("visit", "入户", "township", starts_clock=True),)),
            "有且只有一个步骤",
        ),
        (_amended(steps=(StepDeclaration("visit", "入户", "township", limit="moon"),)), "时限没有声明"),
        (_amended(letters=(_letter(LetterKind.REFUSAL, tells_appeal=False),)), "复议和诉讼"),
        (_amended(letters=(_letter(LetterKind.REFUSAL, template=Path("/no/letter.txt")),)), "读不了"),
        (_amended(letters=(_letter(LetterKind.REFUSAL, fields=("appeal",)),)), "没有声明的内容"),
        (_amended(letters=(_letter(LetterKind.PROMISE, legal_basis=""),)), "没有写法律依据"),
        (_amended(variants=(VariantDeclaration("x", "试", "", "x", rule="no_rule"),)), "规则 no_rule 不存在"),
        (replace(_amended(), scheme="moon"), "救助种类“moon”不存在"),
    ],
)
def test_a_scheme_that_does_not_hold_together_is_told(faults_of, change, words):
    assert any(words in fault for fault in faults_of(scheme_amendments=(change,)))


@pytest.mark.row("R3-18")
@pytest.mark.parametrize("field", ["id_number", "bank_account", "phone", "members", "illness", "reason"])
def test_a_notice_that_would_show_more_than_the_whitelist_is_told(faults_of, field):
    notice = NoticeKind("first", "初审公示", (*NoticeField, field), "notice.days", "surname_only", source="x")
    assert f"《初审公示》不能公开“{field}”。" in faults_of(scheme_amendments=(_amended(notices=(notice,)),))


def test_the_long_term_list_shows_less_than_the_first_notice(faults_of):
    notice = NoticeKind("long_term", "长期公布", (NoticeField.VILLAGE_GROUP,), "", "surname_only", source="x")
    assert any(
        "village_group" in fault for fault in faults_of(scheme_amendments=(_amended(notices=(notice,)),))
    )


def test_only_tekun_may_announce_an_ending(faults_of):
    notice = NoticeKind("ending", "终止公示", (NoticeField.APPLICANT_NAME,), "", "surname_only", source="x")
    assert any("终止" in fault for fault in faults_of(scheme_amendments=(_amended(notices=(notice,)),)))


def test_a_single_persons_dibao_is_never_called_that_in_public(faults_of):
    scheme = replace(DIBAO, region_code=HEBEI, public_kind="单人保")
    assert "低保不论哪种情形，公示时都只写“低保”。" in faults_of(schemes=(scheme,))


def test_a_rule_that_branches_on_a_fact_is_told(faults_of):
    @rule(scheme="dibao", source="冀民发", since=DAY, region=HEBEI)
    def branching(home, law):
        return Outcome(Condition("一", "收入低", bool(home.yearly_income)))

    assert len(faults_of(rules=(branching,))) == 1


def test_a_rule_that_reads_an_unknown_parameter_is_told(faults_of):
    @rule(scheme="dibao", source="冀民发", since=DAY, region=HEBEI)
    def guessing(home, law):
        return Outcome(Condition("一", "收入低", home.yearly_income < law.fen("no.such.key")))

    assert any("no.such.key" in fault for fault in faults_of(rules=(guessing,)))


def test_guides_and_groups_must_be_known(faults_of, tmp_path):
    guide = Guide("x", "说明", "简介", "给什么", (), "bowl", "", scheme="moon")
    group = CategoryDeclaration("rich", "富人", "富人", "household", "")
    region = RegionDeclaration(HEBEI, "河北省", tmp_path, guides=(guide,), categories=(group,))
    found = faults_of(regions=(region,))
    assert len(found) == 4, found


def test_a_third_party_pack_without_english_is_told(faults_of):
    found = faults_of(shipped=False, forms=(_form(_asked("屋顶", QuestionKind.YES_NO)),))
    assert len(found) == 1
    assert "没有英文" in found[0]


# --- what enabling would change ----------------------------------------------------------------------------------


def test_the_screen_tells_what_enabling_guizhou_changes():
    lines = [str(line) for line in changes_when_enabled(CATALOGUE, "guizhou", "520000000000", DAY)]
    assert any(line.startswith("申请表：由《最低生活保障申请表》") for line in lines)
    assert any("权限下放" in line and "20个工作日" in line for line in lines)
    assert "政策参数：“分类施保包括在校学生”由“否”变为“是”，依据黔民发〔2023〕2号" in lines
    assert any(line.startswith("计算规则：增加“成年无业重度残疾人单人保”") for line in lines)


def test_disabling_tells_the_same_the_other_way_round():
    lines = [str(line) for line in changes_when_disabled(CATALOGUE, "guizhou", "520000000000", DAY)]
    assert any("换成《最低生活保障申请表》" in line for line in lines)
    assert "政策参数：“分类施保包括在校学生”由“是”变为“否”，依据民发〔2021〕57号" in lines


def test_enabling_guizhou_in_guangdong_would_change_nothing():
    assert changes_when_enabled(CATALOGUE, "guizhou", "440000000000", DAY) == []


@pytest.mark.row("R0-20", "R0-24", "R0-25", "R0-28", "R0-29", "R0-32", "R0-33", "R0-34", "R0-35", "R0-36")
def test_guangdongs_visit_form_has_every_field_of_the_paper():
    form = CATALOGUE.form("guangdong.visit", "1")
    names = [question.name for question in form.questions]
    assert names[names.index("item_1") :][:8] == [
        "item_1", "item_2", "item_3", "medical", "housing", "electricity", "television", "broadband",
    ]  # fmt: skip
    assert {"region", "visit_date", "surveyor", "registered_address", "actual_address", "position"} <= set(
        names
    )
    assert all(form.question(f"item_{n}").label_key for n in (1, 2, 3))
    assert form.question("together_photo").may_decline
    assert not form.question("house_photo").may_decline
    assert not form.question("applicant_id_number").asked


@pytest.mark.row("R2-27")
@pytest.mark.row("R2-03", "R2-19")
def test_residents_read_no_threshold_of_guangdongs_unpublished_plan():
    texts = texts_of(CATALOGUE.pack("guangdong"))
    assert "粤省事或本网站" in texts
    assert [text for text in texts if any(word in text for word in ("1.5", "四级", "60%"))] == []


def test_the_self_check_asks_five_questions_and_leads_to_guides_only():
    check = CATALOGUE.for_region("130102001000", DAY).self_check
    assert len(list(check.form.questions)) == 5
    assert all(question.sensitivity is Sensitivity.PLAIN for question in check.form.questions)


def test_the_application_is_as_long_as_ten_minutes_allow():
    form = CATALOGUE.form("guizhou.application", "1")
    assert len(form.sections) == 9
    assert sum(question.required and question.asked for question in form.questions) < 45


def test_schemes_carry_no_number_of_their_own():
    numbers = [
        value
        for row in (*DIBAO.limits, *DIBAO.steps, *DIBAO.notices)
        for value in (getattr(row, name) for name in row.__slots__)
        if isinstance(value, int) and not isinstance(value, bool)
    ]
    assert numbers == []
    assert isinstance(DIBAO, Scheme)


def citations(value: object) -> Iterator[str]:
    """Every source and legal basis that a pack's declarations name."""
    if isinstance(value, tuple | list):
        for each in value:
            yield from citations(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            inside = getattr(value, each.name)
            if isinstance(inside, str) and each.name in {"source", "legal_basis"}:
                yield inside
            yield from citations(inside)


@pytest.mark.parametrize("name", CATALOGUE.packs)
def test_a_citation_is_followed_by_its_full_stop_without_a_gap(name: str):
    found = list(citations(CATALOGUE.packs[name]))
    assert [each for each in found if each != each.strip()] == []
