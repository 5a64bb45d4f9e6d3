"""Guangdong's own rules: the information check an application must pass, before 2026 and from 2026 on."""

from __future__ import annotations

from datetime import date

from core.api import N_, Condition, Facts, Law, Outcome, asset_conditions, at_most, rule

REGION = "440000000000"


@rule(
    scheme="information_check",
    source="粤民规字〔2019〕9号",
    since=date(2022, 2, 14),
    until=date(2025, 12, 31),
    region=REGION,
    title=N_("经济状况信息化核对"),
)
def information_check_2019(home: Facts, law: Law) -> Outcome:
    """Per-capita income not over the dibao standard, assets within the rule, nobody registered as a business."""
    standard = law.fen("dibao.standard", area=home.area)
    businesses = law.number("assets.businesses", where=home.businesses > 0)
    return Outcome(
        Condition(
            "粤民规字〔2019〕9号",
            N_("人均收入不超过低保标准"),
            at_most(home.yearly_income, standard * home.members, per=home.members, key="dibao.standard"),
        ),
        *asset_conditions(home, law, standard),
        Condition(
            "粤民规字〔2019〕9号", N_("没有经营主体登记"), at_most(home.businesses, businesses, unit=N_("家"))
        ),
    )


@rule(
    scheme="information_check",
    source="广东省最低生活保障家庭经济状况核对和生活状况综合评估办法",
    since=date(2026, 1, 1),
    region=REGION,
    title=N_("经济状况信息化核对"),
)
def information_check_2026(home: Facts, law: Law) -> Outcome:
    """Monthly per-capita income not over the local minimum wage; whoever passes goes on to the assessment at home."""
    return Outcome(
        Condition(
            "经济状况信息化核对",
            N_("月人均收入不超过当地最低工资标准"),
            at_most(
                home.yearly_income,
                law.fen("minimum_wage") * home.members,
                per=home.members,
                key="minimum_wage",
            ),
        ),
    )


RULES = (information_check_2019, information_check_2026)
