"""Guizhou's own rule: an adult without work and with a severe disability applies as a household of one."""

from __future__ import annotations

from datetime import date

from core.api import (
    N_,
    Condition,
    Facts,
    Law,
    MonthBefore,
    Outcome,
    asset_conditions,
    at_least,
    below,
    disability_within,
    is_not,
    rule,
)

SOURCE = "黔民发〔2023〕2号 二（一）二"


@rule(
    scheme="unemployed_disabled_dibao",
    source=f"{SOURCE}；民发〔2022〕83号",
    since=date(2023, 2, 14),
    region="520000000000",
    title=N_("成年无业重度残疾人单人保"),
    subject="person",
)
def unemployed_disabled_dibao(person: Facts, home: Facts, law: Law) -> Outcome:
    """Dibao at the average subsidy of the month before; `home` is the household of one (R3-07, R3-08)."""
    standard = law.fen("dibao.standard", area=home.area)
    severe = disability_within(person, law.number("severe.grade"), law.number("severe.mental_grade"))
    return Outcome(
        Condition(SOURCE, N_("已经成年"), at_least(person.age, law.number("adult.age"), unit=N_("岁"))),
        Condition(SOURCE, N_("没有工作"), is_not(person.works)),
        Condition(SOURCE, N_("重度残疾"), severe),
        Condition(
            "社会救助暂行办法 第九条",
            N_("本人收入低于当地低保标准"),
            below(person.yearly_income, standard, key="dibao.standard", unless=home.receives_dibao),
        ),
        *asset_conditions(home, law, standard),
        yearly_fen=law.fen("dibao.average_subsidy", area=home.area, at=MonthBefore.YES),
        unit_fen=law.number("payment.unit_fen"),
    )


RULES = (unemployed_disabled_dibao,)
