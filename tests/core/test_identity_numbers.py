"""Numbers people carry: every right one is read, every wrong one is answered humanely, none is repeated."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contact_numbers import (
    is_card_number,
    is_organisation_code,
    parse_bank_account,
    parse_fixed_phone,
    parse_mobile,
    parse_phone,
)
from core.errors import Invalid
from core.identity_numbers import (
    Sex,
    check_character,
    make_demo_id,
    parse_disability_certificate,
    parse_id_number,
    tidy_number,
)

TODAY = date(2026, 1, 31)
births = st.dates(date(1900, 1, 1), TODAY)
orders = st.integers(0, 999)
provinces = st.sampled_from(["5203", "4401", "1308", "6101", "8100", "8200", "8300"])
demo_ids = st.builds(make_demo_id, provinces, births, orders)


def read(text, **options):
    return parse_id_number(text, today=TODAY, demo=True, **options)


def complaint(text, *, today=TODAY, demo=True):
    with pytest.raises(Invalid) as caught:
        parse_id_number(text, today=today, demo=demo)
    assert caught.value.field == "id_number"
    return str(caught.value)


def test_the_two_worked_numbers_of_the_standard_are_right():
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"
    person = parse_id_number("11010519491231002X", today=TODAY)
    assert (person.birth_date, person.sex, person.region6) == (date(1949, 12, 31), Sex.FEMALE, "110105")


@given(demo_ids, births, orders)
def test_every_well_made_number_is_read(number, birth, order):
    person = read(number)
    assert person.number == number
    assert person.birth_date == date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    assert person.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)
    assert not person.converted_from_15


@given(demo_ids, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed_and_never_repeated(number, place, shift):
    digit = str((int(number[place]) + shift) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    said = complaint(wrong)
    assert wrong not in said
    assert number not in said


@given(demo_ids, st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_noticed(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        complaint(swapped)


@pytest.mark.parametrize(
    "dress",
    [
        str.lower,
        lambda number: "".join(chr(ord(char) + 0xFEE0) for char in number),
        lambda number: f" {number[:6]} {number[6:14]} {number[14:]}\u3000",
        lambda number: f"{number[:6]}-{number[6:14]}—{number[14:]}",
        "\u200b".join,
        lambda number: number.replace("X", "×"),
        lambda number: number.replace("X", "Х"),
    ],
)
def test_a_number_is_read_however_it_was_typed(dress):
    number = "52039919900101099"
    number += check_character(number)
    with_x = next(
        made
        for order in range(100, 200)
        if (made := make_demo_id("5203", date(1990, 1, 1), order))[-1] == "X"
    )
    assert read(dress(number)).number == number
    assert read(dress(with_x)).number == with_x


def test_a_15_digit_number_is_converted_and_says_so():
    old = read("520399900101123")
    assert old.converted_from_15
    assert old.number == make_demo_id("5203", date(1990, 1, 1), 123)
    assert old.birth_date == date(1990, 1, 1)


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000", "911156", "944840"])
def test_permits_of_residents_from_elsewhere_pass_the_same_check(prefix):
    body = f"{prefix}19880808002"
    person = parse_id_number(body + check_character(body), today=TODAY)
    assert person.sex is Sex.FEMALE
    complaint(body + ("0" if check_character(body) != "0" else "1"), demo=False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "请填写"),
        ("   ", "请填写"),
        ("没有", "只能有数字"),
        ("5203991990010A1234", "只能有数字"),
        ("52039919900101X234", "只能有数字"),
        ("52039919900101", "14 位"),
        ("5203991990010112345", "19 位"),
        ("52039999022912X", "旧号码"),
        ("00039919900101123X", "地区代码"),
        ("990399199001011234", "地区代码"),
        ("520399199002301234", "出生日期"),
        ("520399990230123", "出生日期"),
        ("520399187001011234", "出生日期"),
        ("520399199013011234", "出生日期"),
        ("52039920260201123X", "晚于今天"),
    ],
)
def test_each_fault_has_its_own_sentence(text, word):
    assert word in complaint(text)


def test_a_child_born_today_is_read_and_one_born_tomorrow_is_not():
    born_today = make_demo_id("5203", TODAY, 1)
    assert read(born_today).birth_date == TODAY
    assert "晚于今天" in complaint(born_today, today=date(2026, 1, 30))


def test_a_made_up_number_is_refused_outside_a_demo():
    assert "演示" in complaint(make_demo_id("5203", date(1990, 1, 1), 123), demo=False)


def test_an_id_number_does_not_show_itself_when_printed():
    number = make_demo_id("5203", date(1990, 1, 1), 123)
    assert number not in repr(read(number))
    certificate = parse_disability_certificate(number + "43", today=TODAY, demo=True)
    assert number not in repr(certificate)


@given(st.text())
def test_any_text_is_read_or_refused_without_being_repeated(text):
    said = ""
    try:
        read(text)
    except Invalid as fault:
        said = str(fault)
    tidy = tidy_number(text)
    assert len(tidy) < 8 or tidy not in said


def test_a_disability_certificate_tells_class_and_grade():
    number = make_demo_id("5203", date(1960, 5, 6), 42)
    plain = parse_disability_certificate(number + "43", today=TODAY, demo=True)
    assert (plain.disability_class, plain.grade, plain.reissue) == (4, 3, "")
    again = parse_disability_certificate(f"{number} 11 b1", today=TODAY, demo=True)
    assert (again.disability_class, again.grade, again.reissue) == (1, 1, "B1")
    assert again.holder.number == number


@pytest.mark.parametrize(
    ("tail", "word"),
    [("", "20 位"), ("4", "20 位"), ("83", "残疾类别"), ("03", "残疾类别"), ("45", "残疾等级")],
)
def test_a_wrong_disability_certificate_is_explained(tail, word):
    number = make_demo_id("5203", date(1960, 5, 6), 42)
    with pytest.raises(Invalid, match=word):
        parse_disability_certificate(number + tail, today=TODAY, demo=True)


def test_a_certificate_of_a_wrong_id_number_is_refused():
    number = make_demo_id("5203", date(1960, 5, 6), 42)
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    with pytest.raises(Invalid, match="前 18 位") as caught:
        parse_disability_certificate(wrong + "43", today=TODAY, demo=True)
    assert wrong not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "19900001234",
        "199 0000 1234",
        "+86 199-0000-1234",
        "008619900001234",
        "１９９００００１２３４",
        " 19900001234\n",
    ],
)
def test_a_mobile_is_read_however_it_was_typed(text):
    assert parse_mobile(text) == "19900001234"
    assert parse_phone(text) == "19900001234"


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "请填写"), ("1990000123", "10 位"), ("12900001234", "13 到 19"), ("1990000123a", "只能有数字")],
)
def test_a_wrong_mobile_is_explained(text, word):
    with pytest.raises(Invalid, match=word):
        parse_mobile(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("0851-0055 0126", "0851-00550126"),
        ("（0851）00550126", "0851-00550126"),
        ("085100550126", "0851-00550126"),
        ("010-82345678", "010-82345678"),
        ("0851-2345678", "0851-2345678"),
        ("+86 0851 00550126 转 801", "0851-00550126转801"),
        ("0851-00550126 ext. 801", "0851-00550126转801"),
    ],
)
def test_a_fixed_phone_is_read_however_it_was_typed(text, stored):
    assert parse_fixed_phone(text) == stored
    assert parse_phone(text) == stored


@pytest.mark.parametrize("text", ["82345678", "0851-1234567", "0851-123", "01-82345678", "", "座机"])
def test_a_wrong_fixed_phone_is_shown_an_example(text):
    with pytest.raises(Invalid, match="0851-12345678"):
        parse_fixed_phone(text)


def test_a_card_that_fails_luhn_is_doubtful_but_kept():
    good = parse_bank_account("6228 4800 0000 0000 003")
    assert is_card_number(good.number) is not good.doubtful
    assert parse_bank_account("4111 1111 1111 1111").warning is None
    passbook = parse_bank_account("4111-1111-1111-1112")
    assert passbook.number == "4111111111111112"
    assert passbook.warning is not None
    assert passbook.number not in repr(passbook)


@pytest.mark.parametrize(("text", "word"), [("", "请填写"), ("62284800A", "只能有数字"), ("1234", "4 位")])
def test_what_cannot_be_an_account_is_refused(text, word):
    with pytest.raises(Invalid, match=word):
        parse_bank_account(text)


@pytest.mark.parametrize(("code", "right"), [("91110000600037341L", True), ("91110000600037341X", False)])
def test_an_organisation_code_is_checked(code, right):
    assert is_organisation_code(code) is right
