"""Forms as data: reading, checking, keeping personal answers apart (decision 16)."""

from datetime import date

import pytest

from core.errors import Invalid
from core.forms import (
    Choice,
    FormDeclaration,
    FormSubject,
    Per,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
    ShownIf,
    Today,
    coded_answers,
    join_answers,
    parse_money,
    read_answers,
    read_value,
    split_answers,
    validate_answers,
)
from core.identity_numbers import make_demo_id

TODAY = date(2026, 11, 16)
K = QuestionKind
MOTHER = make_demo_id("5203", date(1958, 3, 1), 2)
SON = make_demo_id("5203", date(1983, 5, 6), 1)


def _question(name, kind, **more):
    return Question(name, name, kind, **more)


FORM = FormDeclaration(
    name="test.application",
    version="1",
    subject=FormSubject.APPLICATION,
    title="申请表",
    region_code="520000000000",
    sections=(
        Section(
            "applicant",
            "申请人",
            (
                _question(
                    "area",
                    K.CHOICE,
                    required=True,
                    choices=(Choice("urban", "城镇"), Choice("rural", "农村")),
                ),
                _question("phone", K.PHONE, required=True, sensitivity=Sensitivity.PERSONAL),
                _question("related", K.YES_NO, required=True),
                _question("related_who", K.TEXT, required=True, shown_if=ShownIf("related", (True,))),
                _question("marriage", K.DOCUMENT, required=True, obtained_from="民政部门"),
            ),
        ),
        Section(
            "members",
            "家里人",
            (
                _question("name", K.NAME, required=True, sensitivity=Sensitivity.PERSONAL),
                _question(
                    "id_number", K.ID_NUMBER, required=True, sensitivity=Sensitivity.PERSONAL, unique=True
                ),
                _question(
                    "relation",
                    K.CHOICE,
                    required=True,
                    choices=(Choice("01", "本人"), Choice("20", "儿子")),
                ),
            ),
            per=Per.MEMBER,
            at_least=1,
            exactly_one=("relation", "01"),
        ),
        Section(
            "incomes",
            "收入",
            (
                _question("member", K.CHOICE, required=True, choices_from="@members"),
                _question("amount", K.MONEY, required=True, sensitivity=Sensitivity.SENSITIVE, minimum=0),
            ),
            per=Per.INCOME,
        ),
    ),
)


def _answers(**changed):
    return {
        "area": "rural",
        "phone": "19900000001",
        "related": False,
        "members": [
            {"name": "周桂兰", "id_number": MOTHER, "relation": "01"},
            {"name": "田志强", "id_number": SON, "relation": "20"},
        ],
        "incomes": [{"member": "1", "amount": 230000}],
        **changed,
    }


def _faults(**changed):
    return {
        fault.path: str(fault)
        for fault in validate_answers(FORM, _answers(**changed), today=TODAY, demo=True)
    }


def test_a_whole_set_of_answers_stands():
    assert _faults() == {}


def test_a_document_that_a_platform_supplies_is_never_asked_of_the_family():
    assert "marriage" not in _faults()


@pytest.mark.row("R1-12")
def test_a_member_counted_twice_is_told_without_repeating_the_number():
    rows = [
        {"name": "周桂兰", "id_number": MOTHER, "relation": "01"},
        {"name": "周桂兰", "id_number": MOTHER, "relation": "20"},
    ]
    faults = _faults(members=rows)
    assert faults == {"members.1.id_number": "和第 1 个填的一样；一个人只填一次"}
    assert MOTHER not in str(faults)


def test_two_applicants_in_one_family_are_refused():
    rows = [
        {"name": "周桂兰", "id_number": MOTHER, "relation": "01"},
        {"name": "田志强", "id_number": SON, "relation": "01"},
    ]
    assert list(_faults(members=rows)) == ["members.1.relation"]


def test_a_family_without_anybody_is_told_what_is_missing():
    faults = _faults(members=[], incomes=[])
    assert faults == {"members": "“家里人”至少要有 1 项"}


def test_an_income_of_somebody_who_is_not_in_the_family_is_refused():
    assert list(_faults(incomes=[{"member": "7", "amount": 1}])) == ["incomes.0.member"]


def test_rows_that_are_no_list_are_told_and_not_taken():
    assert "members" in _faults(members="周桂兰")


def test_a_hidden_question_is_neither_required_nor_stored():
    answers, faults = read_answers(FORM, _answers(related_who="表哥"), today=TODAY, demo=True)
    assert faults == []
    assert "related_who" not in answers
    assert list(_faults(related=True)) == ["related_who"]


def test_answers_nobody_asked_for_are_dropped():
    answers, _ = read_answers(FORM, _answers(religion="x"), today=TODAY, demo=True)
    assert "religion" not in answers


def test_what_tells_of_a_person_is_kept_apart_and_comes_together_again():
    plain, sealed = split_answers(FORM, _answers())
    assert plain["members"] == [{"relation": "01"}, {"relation": "20"}]
    assert plain["incomes"] == [{"member": "1"}]
    assert "周桂兰" not in str(plain)
    assert MOTHER not in str(plain)
    assert "19900000001" not in str(plain)
    assert join_answers(plain, sealed) == _answers()


def test_packs_see_codes_only():
    assert coded_answers(FORM, _answers()) == {"area": "rural", "related": False}


def test_a_form_with_local_labels_changes_only_its_labels():
    form = FormDeclaration(
        name="t.v",
        version="1",
        subject=FormSubject.VISIT,
        title="表",
        region_code="440000000000",
        sections=(Section("a", "甲", (_question("item_1", K.YES_NO, label_key="visit.item_1"),)),),
    )
    local = form.with_labels({"visit.item_1": "饮水安全"})
    assert local.question("item_1").label == "饮水安全"
    assert form.question("item_1").label == "item_1"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.50", 123450),
        ("１２３４元", 123400),
        ("2.3万", 2300000),
        ("两千三", 230000),
        ("两千三百", 230000),
        ("一千二百元五角", 120050),
        ("壹仟贰佰叁拾肆元伍角陆分", 123456),
        ("一万零五十", 1005000),
        ("十二", 1200),
        ("十", 1000),
        ("0", 0),
        ("¥ 338", 33800),
        ("三百三十八块", 33800),
        ("-5", None),
        ("1,23", None),
        ("12.345", None),
        ("打工", None),
        ("", None),
        ("百百", None),
        ("一二三", None),
        ("9" * 13, None),
        ("10000000000", 10**12),
        ("999999999999万", None),
        ("九千万亿", None),
        ("10000000000.01", None),
    ],
)
def test_money_is_read_as_people_write_it_or_refused_in_words(typed, fen):
    if fen is None:
        with pytest.raises(Invalid):
            parse_money(typed)
    else:
        assert parse_money(typed) == fen


@pytest.mark.parametrize(
    ("kind", "more", "typed", "stored"),
    [
        (K.YES_NO, {}, "是", True),
        (K.YES_NO, {}, False, False),
        (K.YES_NO, {}, "也许", None),
        (K.YES_NO, {"must_agree": True}, "否", None),
        (K.DATE, {}, "2026年11月3日", "2026-11-03"),
        (K.DATE, {"not_future": True}, "2026-11-17", None),
        (K.DATE, {}, "昨天", None),
        (K.WHOLE_NUMBER, {"minimum": 1}, "３", 3),
        (K.WHOLE_NUMBER, {"minimum": 1}, "0", None),
        (K.WHOLE_NUMBER, {}, "1.5", None),
        (K.NAME, {}, " 阿依古丽•买买提 ", "阿依古丽·买买提"),
        (K.NAME, {}, "𠮷田", "𠮷田"),
        (K.NAME, {}, "张3", None),
        (K.NAME, {}, "😀", None),
        (K.CHOICE, {"choices": (Choice("a", "甲"),)}, "b", None),
        (K.CHOICES, {"choices": (Choice("a", "甲"), Choice("b", "乙"))}, ["b", "a"], ["a", "b"]),
        (K.CHOICES, {"choices": (Choice("a", "甲"),)}, ["c"], None),
        (K.REGION, {}, "520328103000", "520328103000"),
        (K.REGION, {}, "5203", None),
        (K.PHOTO, {}, "../../etc/passwd", None),
        (K.PHOTO, {"may_decline": True}, {"declined": "对方不愿合照"}, {"declined": "对方不愿合照"}),
        (K.PHOTO, {"may_decline": True}, {"declined": "  "}, None),
        (K.PHOTO, {}, {"declined": "不想"}, None),
        (K.TEXT, {"max_length": 5}, "六个字的话哦", None),
        (K.TEXT, {}, "a\x00b", None),
        (K.LOCATION, {}, {"latitude": "27.7", "longitude": "107.5"}, None),
    ],
)
def test_each_kind_reads_into_its_one_stored_value_or_says_why_not(kind, more, typed, stored):
    question = _question("it", kind, **more)
    if stored is None:
        with pytest.raises(Invalid):
            read_value(question, typed, Today(TODAY))
    else:
        assert read_value(question, typed, Today(TODAY)) == stored


@pytest.mark.row("R0-36")
def test_a_position_is_taken_only_when_confirmed():
    position = {
        "latitude": "27.7631234567",
        "longitude": "107.48",
        "accuracy_m": "18.4",
        "fixed_at": "2026-11-16T14:04:00+08:00",
        "address": "红岩村",
    }
    question = _question("position", K.LOCATION)
    with pytest.raises(Invalid, match="我确认"):
        read_value(question, position, Today(TODAY))
    read = read_value(question, {**position, "confirmed": True}, Today(TODAY))
    assert (read["latitude"], read["accuracy_m"], read["confirmed"]) == ("27.763123", 18, True)


def test_beside_the_reason_for_no_position_the_address_stays_and_alone_it_is_none():
    question = _question("position", K.LOCATION, may_decline=True)
    given = {"declined": " 山里没有信号 ", "address": " 岩脚组学堂边 ", "confirmed": True}
    kept = read_value(question, given, Today(TODAY))
    assert kept == {"declined": "山里没有信号", "address": "岩脚组学堂边"}
    assert read_value(question, {"declined": "没有信号"}, Today(TODAY)) == {"declined": "没有信号"}
    with pytest.raises(Invalid, match="还没有取得位置"):
        read_value(question, {"address": "岩脚组学堂边", "confirmed": True}, Today(TODAY))


def test_stored_values_read_again_are_the_same():
    answers, _ = read_answers(FORM, _answers(), today=TODAY, demo=True)
    again, faults = read_answers(FORM, answers, today=TODAY, demo=True)
    assert (again, faults) == (answers, [])
