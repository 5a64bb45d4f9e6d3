"""Masked values as domain 3.5 says, for every shape of name and number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity_numbers import make_demo_id
from core.masking import (
    Kind,
    changed_letters,
    mask,
    mask_address,
    mask_bank_card,
    mask_birth_date,
    mask_disability_certificate,
    mask_fixed_phone,
    mask_id_number,
    mask_mobile,
    mask_name,
    mask_name_for_web,
    mask_phone,
)


@pytest.mark.parametrize(
    ("name", "screen", "web"),
    [
        ("张三", "张*", "张*"),
        ("张小三", "张*三", "张**"),
        ("欧阳小明", "欧**明", "欧***"),
        ("阿依古丽·买买提", "阿依古丽**", "阿依古丽**"),
        ("阿依古丽•买买提•艾力", "阿依古丽**", "阿依古丽**"),
        ("阿依古丽．买买提", "阿依古丽**", "阿依古丽**"),
        ("𠮷野", "𠮷*", "𠮷*"),
        ("张𠮷三", "张*三", "张**"),
        ("葛\U000e0100城", "葛\U000e0100*", "葛\U000e0100*"),
        ("张 三", "张*", "张*"),
        (" 张三 ", "张*", "张*"),
        ("Maria da Silva", "Maria**", "Maria**"),
        ("张", "*", "*"),
        ("张😀三", "张*三", "张**"),
    ],
)
def test_a_name_shows_its_family_name_and_little_more(name, screen, web):
    assert mask_name(name) == screen
    assert mask_name_for_web(name) == web
    assert mask(Kind.NAME, name) == screen


@given(st.text(alphabet="张王李欧阳小明𠮷娜", min_size=1, max_size=8))
def test_a_plain_name_never_shows_more_than_two_letters(name):
    assert sum(char != "*" for char in mask_name(name)) <= 2
    assert sum(char != "*" for char in mask_name_for_web(name)) <= 1
    assert len(mask_name(name)) == max(len(name), 1)


def test_numbers_keep_only_their_ends():
    number = make_demo_id("5203", date(1990, 1, 1), 123)
    assert mask_id_number(number) == f"520***********{number[-4:]}"
    assert mask_id_number("52039919900101123x") == "520***********123X"
    assert mask_id_number("520399900101123") == "520********1123"
    assert mask_id_number("5203") == "****"
    assert mask_mobile("+86 138 1234 5678") == "138****5678"
    assert mask_mobile("13812") == "*****"
    assert mask_fixed_phone("0851-00550126") == "0851-******26"
    assert mask_fixed_phone("010-8234567转801") == "010-*****67"
    assert mask_fixed_phone("123") == "***"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("085100550126") == "0851-******26"
    assert mask_bank_card("6228480000000000003") == "**** **** **** 0003"
    assert mask_bank_card("1234") == "****"
    assert mask_disability_certificate(number + "43") == f"520***********{number[-4:]}**"
    assert mask_disability_certificate(number + "43B1") == f"520***********{number[-4:]}**"
    assert mask_disability_certificate("43") == "**"
    assert mask_birth_date(date(1990, 1, 2)) == "1990"
    assert mask(Kind.BIRTH_DATE, "1990-01-02") == "1990"
    assert mask(Kind.BIRTH_DATE, "？") == "****"


@given(st.dates(date(1900, 1, 1), date(2025, 1, 1)), st.integers(0, 999))
def test_a_masked_id_number_tells_no_birth_date(birth, order):
    shown = mask_id_number(make_demo_id("5203", birth, order))
    assert shown[3:14] == "*" * 11
    assert len(shown) == 18


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("贵州省遵义市湄潭县永兴镇茅坝村三组12号", "贵州省遵义市湄潭县永兴镇茅坝村***"),
        ("永兴镇茅坝村民委员会旁", "永兴镇茅坝村民委员会***"),
        ("永兴镇茅坝村村民委员会旁", "永兴镇茅坝村***"),
        ("广州市越秀区洪桥街道三眼井社区2栋301", "广州市越秀区洪桥街道三眼井社区***"),
        ("湄潭县永兴镇人民路12号", "湄潭县永兴镇***"),
        ("湄潭县永兴镇人民路12号茅坝村", "湄潭县永兴镇***"),
        ("遵义市湄潭县人民路十二号", "遵义市湄潭县***"),
        ("北京市海淀区中关村街道科育社区5号楼", "北京市海淀区中关村街道科育社区***"),
        ("人民路12号", "***"),
        ("", "***"),
    ],
)
def test_an_address_ends_at_the_village(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("赵新梅", "赵欣梅", (2,)),
        ("赵新梅", "赵新梅", ()),
        ("吉克·阿木", "吉克·阿牧", (5,)),
        ("赵梅", "赵新梅", None),
        ("𠮷田明", "吉田名", (1, 3)),
        ("520399198106020128", "520399198106020136", (17, 18)),
    ],
)
def test_two_values_that_a_mask_shows_alike_are_told_apart_by_place(before, after, changed):
    assert changed_letters(before, after) == changed


def test_an_empty_value_stays_empty():
    assert [mask(kind, "") for kind in Kind] == [""] * len(Kind)


@given(st.sampled_from(list(Kind)), st.text())
def test_every_kind_masks_any_text_without_failing(kind, text):
    assert isinstance(mask(kind, text), str)
