"""The words of standards: units, groups and levels as people say them; a value written out, and read back as typed."""

from __future__ import annotations

from fractions import Fraction

from core.forms import parse_money
from core.law import Area, Declaration, Unit, Value, read_value
from core.web.formats import money
from core.web.texts import N_, gettext

MONEY = frozenset({Unit.FEN_PER_MONTH, Unit.FEN_PER_YEAR, Unit.FEN})
# what the first word of a key is about, in the order of the page; other words come last
GROUPS = {
    "dibao": N_("低保标准和发放"),
    "payment": N_("低保标准和发放"),
    "supplement": N_("分类施保"),
    "income": N_("收入核算"),
    "assets": N_("家庭财产"),
    "edge": N_("对象认定"),
    "single_person": N_("对象认定"),
    "severe": N_("对象认定"),
    "adult": N_("对象认定"),
    "confirm": N_("办理程序和时限"),
    "limit": N_("办理程序和时限"),
    "visit": N_("办理程序和时限"),
    "notice": N_("办理程序和时限"),
    "review": N_("核查和退出"),
    "gradual_exit": N_("核查和退出"),
    "death": N_("核查和退出"),
    "authorisation": N_("授权、资料和申诉"),
    "privacy": N_("授权、资料和申诉"),
    "appeal": N_("授权、资料和申诉"),
}
OTHERS = N_("其他")
LEVEL_WORDS = {"province": N_("由省里录入"), "city": N_("由市里或省里录入"), "county": N_("由县里或上级录入")}
AREA_WORDS = {Area.URBAN: N_("城镇"), Area.RURAL: N_("农村")}
UNIT_WORDS = {
    Unit.FEN_PER_MONTH: N_("元/月"),
    Unit.FEN_PER_YEAR: N_("元/年"),
    Unit.FEN: N_("元"),
    Unit.RATIO: "%",
    Unit.DAYS: N_("天"),
    Unit.WORKING_DAYS: N_("个工作日"),
    Unit.MONTHS: N_("个月"),
    Unit.YEARS: N_("岁"),
    Unit.COUNT: "",
    Unit.GRADE: N_("级"),
    Unit.YES_NO: "",
    Unit.TEXT: "",
}


def in_words(value: Value, unit: Unit) -> str:
    """A value as people write it: 450.00 元/月, 30 %, 3 个工作日, 是."""
    word = gettext(UNIT_WORDS[unit]) if UNIT_WORDS[unit] else ""
    if unit in MONEY:
        return f"{money(int(value))} {word}"
    if unit is Unit.YES_NO:
        return gettext("是") if value else gettext("否")
    if unit is Unit.RATIO:
        share = Fraction(value) * 100
        return f"{share.numerator}%" if share.denominator == 1 else str(Fraction(value))
    return f"{value} {word}".strip()


def hint_of(declaration: Declaration) -> str:
    """How to write a value of its unit, as a msgid."""
    unit = declaration.units[0]
    if unit is Unit.RATIO:
        return N_("写百分数，比如 30%")
    return N_("只写数字") if unit is not Unit.TEXT else ""


def typed_value(text: str, unit: Unit) -> Value:
    """What was typed, as its unit stores it. Raises Invalid."""
    if unit in MONEY:
        return parse_money(text)
    if unit is Unit.YES_NO:
        return int(text == "yes")
    return read_value(text, unit)
