"""Region codes: levels, ancestors and the three irregular shapes of the real divisions."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from core.regions.codes import (
    Level,
    codes_of,
    contains,
    is_heading,
    level_column,
    level_of,
    parent_of,
    path_codes,
)
from core.regions.divisions import join_names, read_divisions

YONGXING = "520328101000"
DONGGUAN = "441900000000"
DONGCHENG = "441900003000"


@pytest.mark.parametrize(
    ("code", "level", "column"),
    [
        ("000000000000", Level.NATION, ""),
        ("520000000000", Level.PROVINCE, "province"),
        ("520300000000", Level.CITY, "city"),
        ("520328000000", Level.COUNTY, "county"),
        (YONGXING, Level.TOWNSHIP, "township"),
        ("520328101212", Level.VILLAGE, "village"),
    ],
)
def test_a_code_tells_its_level(code, level, column):
    assert level_of(code) is level
    assert level_column(code) == column


@pytest.mark.parametrize(
    "code", ["", "520328", "52032810121X", "5203281012123", "５２０３２８１０１２１２", "52032810121²"]
)
def test_a_code_of_another_shape_is_refused_in_words(code):
    with pytest.raises(Invalid, match="12位"):
        level_of(code)
    with pytest.raises(Invalid, match="12位"):
        codes_of(code)
    with pytest.raises(Invalid, match="12位"):
        contains("520000000000", code)


def test_a_village_knows_every_level_above_it_and_a_county_none_below():
    assert codes_of("520328101212") == {
        "province": "520000000000",
        "city": "520300000000",
        "county": "520328000000",
        "township": YONGXING,
        "village": "520328101212",
    }
    assert codes_of("520328000000")["township"] == codes_of("520328000000")["village"] == ""
    assert path_codes("520328000000") == ("000000000000", "520000000000", "520300000000", "520328000000")


def test_a_place_contains_itself_and_what_lies_below_but_not_its_neighbour():
    assert contains("520328000000", YONGXING)
    assert contains(YONGXING, YONGXING)
    assert contains("000000000000", YONGXING)
    assert not contains(YONGXING, "520328000000")
    assert not contains("520327000000", YONGXING)
    assert not contains(YONGXING, "520328102200")


def test_a_township_of_dongguan_has_the_city_as_its_county():
    assert codes_of(DONGCHENG)["county"] == codes_of(DONGCHENG)["city"] == DONGGUAN
    assert level_of(DONGGUAN) is Level.CITY
    assert parent_of(DONGCHENG) == DONGGUAN
    assert path_codes(DONGCHENG) == ("000000000000", "440000000000", DONGGUAN, DONGCHENG)


def test_the_headings_of_municipalities_and_of_counties_below_a_province_are_no_places():
    assert is_heading("110100000000")
    assert is_heading("500200000000")
    assert is_heading("429000000000")
    assert not is_heading("110101000000")
    assert not is_heading("110000000000")
    assert not is_heading("520300000000")


def test_headings_told_by_code_are_exactly_those_that_the_source_names_so():
    by_name = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
    for code, name, _ in read_divisions():
        if level_of(code) is Level.CITY:
            assert is_heading(code) == (name in by_name), code


def test_every_township_of_the_source_has_a_county_that_is_in_the_source_too():
    codes = {code for code, _, _ in read_divisions()}
    for code in codes:
        if level_of(code) is Level.TOWNSHIP:
            assert codes_of(code)["county"] in codes, code
        assert parent_of(code) is None or parent_of(code) in codes, code


@pytest.mark.parametrize(
    ("parent_full", "parent", "name", "full"),
    [
        ("河南省济源市", "济源市", "济源市沁园街道", "河南省济源市沁园街道"),
        ("甘肃省嘉峪关市", "嘉峪关市", "嘉峪关市", "甘肃省嘉峪关市"),
        ("云南省德宏傣族景颇族自治州芒市", "芒市", "芒市镇", "云南省德宏傣族景颇族自治州芒市芒市镇"),
        ("广西壮族自治区桂林市七星区", "七星区", "七星区街道", "广西壮族自治区桂林市七星区七星区街道"),
        ("贵州省遵义市", "遵义市", "湄潭县", "贵州省遵义市湄潭县"),
    ],
)
def test_a_full_name_says_no_name_twice_and_loses_none(parent_full, parent, name, full):
    assert join_names(parent_full, parent, name) == full
