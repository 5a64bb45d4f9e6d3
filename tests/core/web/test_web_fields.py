"""Fields: what people really type is read, what cannot stand gets a sentence, what was typed is never lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity_numbers import make_demo_id
from core.web.choice_fields import ChoiceField, ChoicesField, RegionField, TickField, YesNoField
from core.web.fields import (
    BankAccountField,
    DateField,
    DisabilityCertificateField,
    IdNumberField,
    LongTextField,
    MoneyField,
    NameField,
    PhoneField,
    TextField,
    WholeNumberField,
)  # fmt: skip
from core.web.formats import money

A_PERSON = make_demo_id("5203", date(1962, 3, 4), 28)


def sentence(field):
    return "；".join(field.errors)


# --- numbers of people -------------------------------------------------------------------------------------------


@pytest.mark.row("R3-31")
@pytest.mark.parametrize(
    "typed",
    [
        A_PERSON,
        f" {A_PERSON.lower()} ",
        " ".join(A_PERSON),
        A_PERSON.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ],
)
def test_an_id_number_is_read_as_people_type_it(asked, typed):
    assert asked(IdNumberField("身份证号码"), typed).data == A_PERSON


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (A_PERSON[:-1] + ("0" if A_PERSON[-1] != "0" else "1"), "最后一位"),
        (A_PERSON[:-1], "17 位"),
        ("520399203001010013", "晚于今天"),
        ("0" * 18, "地区代码"),
        ("张三", "只能有数字"),
    ],
)
def test_a_wrong_id_number_is_told_without_repeating_it(asked, typed, says):
    field = asked(IdNumberField("身份证号码"), typed)
    assert says in sentence(field)
    assert typed not in sentence(field)
    assert field._value() == typed


def test_a_made_up_id_number_passes_only_in_demo_and_tests(asked, home):
    home.demo = False
    assert "演示" in sentence(asked(IdNumberField("身份证号码"), A_PERSON))


def test_a_disability_certificate_is_checked_like_the_id_number_it_holds(asked):
    assert asked(DisabilityCertificateField("残疾人证号"), A_PERSON + "43").data == A_PERSON + "43"
    assert "残疾类别" in sentence(asked(DisabilityCertificateField("残疾人证号"), A_PERSON + "93"))


@pytest.mark.parametrize("typed", ["199 0000 1234", "+86 19900001234", "１９９００００１２３４"])
def test_a_phone_is_read_as_people_type_it(asked, typed):
    assert asked(PhoneField("电话"), typed).data == "19900001234"


def test_an_odd_bank_account_is_warned_of_and_taken(asked):
    field = asked(BankAccountField("银行账号"), "6222020000000000001")
    assert not field.errors
    assert field.warning
    assert "存折" in field.warning


def test_a_card_that_passes_its_check_is_not_warned_of(asked):
    assert asked(BankAccountField("银行账号"), "6222 0200 0000 0000 000").warning is None


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["𠮷田", "买买提·阿不都", "欧阳明月", "Anna Li", "㛃", "龘龘"])
def test_rare_characters_and_the_dot_of_minority_names_pass(asked, typed):
    assert asked(NameField("姓名"), typed).data == typed


def test_the_dot_of_a_name_is_written_one_way(asked):
    assert asked(NameField("姓名"), "买买提•阿不都").data == "买买提·阿不都"


@pytest.mark.parametrize(
    ("typed", "says"),
    [("张😀", "表情"), ("😀", "表情"), ("张3", "数字"), ("···", "证件"), ("张\x00三", "控制字符")],
)
def test_what_is_no_name_is_told(asked, typed, says):
    assert says in sentence(asked(NameField("姓名"), typed))


# --- amounts, counts, days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.5", 123450), ("1234.50", 123450), ("１２３４", 123400), ("￥2300", 230000), ("2300元", 230000), ("0", 0),
        ("两千三百", 230000), ("一万二", 1_200_000), ("两千三", 230000), ("一百零五", 10500), ("十二", 1200), ("三千块", 300000),
        ("1.2万", 1_200_000), ("一万零二", 1_000_200),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(asked, typed, fen):
    field = asked(MoneyField("每月收入"), typed)
    assert (field.data, sentence(field)) == (fen, "")


@pytest.mark.parametrize(
    "typed", ["两千多", "大概3000", "1.234", "1,23", "三千左右", "--5", "1e5", "NaN", "∞"]
)
def test_an_amount_nobody_could_add_up_is_refused_with_an_example(asked, typed):
    field = asked(MoneyField("每月收入"), typed)
    assert "比如 2300" in sentence(field)
    assert field._value() == typed


def test_a_negative_amount_is_refused(asked):
    assert "负数" in sentence(asked(MoneyField("每月收入"), "-5"))


@given(fen=st.integers(min_value=0, max_value=10**11))
def test_an_amount_as_we_write_it_is_read_back(fen):
    from core.forms import parse_money

    assert parse_money(money(fen)) == fen


@pytest.mark.parametrize(("typed", "count"), [("3", 3), ("３", 3), ("0", 0)])
def test_a_count_is_read(asked, typed, count):
    assert asked(WholeNumberField("人数"), typed).data == count


@pytest.mark.parametrize("typed", ["三个半", "2.5", "1e3", "9" * 20])
def test_a_count_that_is_none_is_told(asked, typed):
    assert asked(WholeNumberField("人数"), typed).errors


@pytest.mark.parametrize(
    "typed", ["2026-11-02", "2026年11月2日", "20261102", "2026/11/2", "２０２６-11-02", "2026.11.2"]
)
def test_a_day_is_read_as_people_write_it(asked, typed):
    field = asked(DateField("哪一天"), typed)
    assert (field.data, field.day) == ("2026-11-02", date(2026, 11, 2))


@pytest.mark.parametrize("typed", ["2026-02-30", "昨天", "11月2日", "1202-01-01"])
def test_a_day_that_is_none_is_told(asked, typed):
    assert asked(DateField("哪一天"), typed).errors


def test_a_day_to_come_is_refused_where_it_must_have_been(asked):
    assert "还没有到" in sentence(asked(DateField("哪一天", not_future=True), "2026-11-17"))
    assert not asked(DateField("哪一天", not_future=True), "2026-11-16").errors


def test_a_limit_is_told_in_yuan(asked):
    assert "不能大于 100" in sentence(asked(MoneyField("金额", maximum=10_000), "100.01"))


# --- required, optional, long ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "   ", "\u3000"])
def test_a_question_that_must_be_answered_says_which(asked, typed):
    assert sentence(asked(TextField("单位", required=True), typed)) == "请填写“单位”"
    assert asked(TextField("单位"), typed).data is None


def test_a_long_text_has_a_limit_it_names(asked):
    assert "2000" in sentence(asked(LongTextField("说明"), "长" * 2001))
    assert not asked(LongTextField("说明"), "长" * 2000).errors


# --- choices -----------------------------------------------------------------------------------------------------


def test_a_choice_outside_the_list_is_refused(asked):
    field = ChoiceField("地区类型", choices=[("urban", "城镇"), ("rural", "农村")])
    assert asked(field, "rural").data == "rural"
    assert asked(field, "moon").errors


@pytest.mark.parametrize("typed", [None, "", "moon"])
def test_a_list_shows_no_line_as_the_answer_of_who_gave_none(asked, typed):
    field = ChoiceField("地区类型", choices=[("urban", "城镇"), ("rural", "农村")], required=True)
    field = asked(field) if typed is None else asked(field, typed)
    assert next((option.value, option.selected) for option in field.iter_choices()) == ("", True)


def test_an_answer_that_need_not_be_given_can_be_taken_back(asked):
    field = asked(ChoiceField("地区类型", choices=[("urban", "城镇"), ("rural", "农村")]), "rural")
    assert [(option.value, option.selected) for option in field.iter_choices()] == [
        ("", False),
        ("urban", False),
        ("rural", True),
    ]


def test_choices_keep_the_order_they_are_offered_in(asked):
    field = ChoicesField("来源", choices=[("a", "甲"), ("b", "乙"), ("c", "丙")])
    assert asked(field, "c", "a").data == ["a", "c"]
    assert asked(field, "a", "x").errors
    assert asked(field).data is None


def test_yes_and_no_are_both_answers_and_neither_is_chosen_beforehand(asked):
    assert asked(YesNoField("有车吗", required=True), "false").data is False
    field = asked(YesNoField("有车吗", required=True))
    assert "有车吗" in sentence(field)
    assert not [choice for choice in field.iter_choices() if choice.selected]


def test_a_statement_must_be_ticked_and_is_never_ticked_beforehand(asked):
    assert asked(TickField("以上属实", required=True)).errors
    assert asked(TickField("以上属实", required=True), "y").data is True
    assert asked(TickField("以上属实")).data is False
    with_default = asked(TickField("以上属实"))
    assert "checked" not in str(with_default())


@pytest.mark.row("R2-28")
def test_a_region_must_lie_where_it_may(asked):
    class Within(RegionField):
        within = ("520328000000",)

    assert asked(Within("村"), "520328103201").data == "520328103201"
    assert "范围" in sentence(asked(Within("村"), "441823100200"))
    assert asked(Within("村"), "永兴镇").errors
