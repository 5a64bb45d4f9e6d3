"""The nation's rules: dibao for a household, for a single person, and edge families (民发〔2021〕57号)."""

from __future__ import annotations

from datetime import date

from core.api import (
    N_,
    Condition,
    Facts,
    Group,
    Highest,
    Law,
    Outcome,
    any_of,
    asset_conditions,
    below,
    disability_within,
    edge_line,
    is_not,
    person_rule,
    rule,
)

FROM = date(2021, 7, 1)
BELOW_STANDARD = N_("共同生活的家庭成员人均收入低于当地低保标准")
BELOW_EDGE = N_("共同生活的家庭成员人均收入低于低保边缘家庭标准")


def _group(code: str, text: str, *, declared: bool = False) -> Group:
    return Group(code, text, f"supplement.covers.{code}", f"supplement.rate.{code}", declared)


SEVERELY_DISABLED = _group("severe_disability", N_("重度残疾人"), declared=True)
SERIOUSLY_ILL = _group("serious_illness", N_("重病患者"), declared=True)
ELDERLY = _group("elderly", N_("老年人"))
MINOR = _group("minor", N_("未成年人"))
STUDENT = _group("student", N_("在校学生"), declared=True)


@person_rule(source="民发〔2021〕57号 第二十七条", title=N_("分类施保"))
def category_supplement(person: Facts, home: Facts, law: Law) -> Highest:
    """A share of the standard for the elderly, minors, severely disabled and seriously ill: the highest one only."""
    severe = disability_within(person, law.number("severe.grade"), law.number("severe.mental_grade"))
    return Highest(
        law,
        law.fen("dibao.standard", area=home.area),
        (SEVERELY_DISABLED, severe),
        (SERIOUSLY_ILL, person.seriously_ill),
        (ELDERLY, person.age >= law.number("supplement.elderly_age")),
        (MINOR, person.age < law.number("adult.age")),
        (STUDENT, person.student),
    )


@rule(
    scheme="dibao", source="社会救助暂行办法 第九条；民发〔2021〕57号", since=FROM, title=N_("最低生活保障")
)
def dibao(home: Facts, law: Law) -> Outcome:
    """Whether a household may receive dibao, and how much a year: the difference to the standard (补差)."""
    standard = law.fen("dibao.standard", area=home.area)
    line = standard * home.members
    return Outcome(
        Condition(
            "社会救助暂行办法 第九条",
            BELOW_STANDARD,
            below(
                home.yearly_income,
                line,
                per=home.members,
                key="dibao.standard",
                unless=home.receives_dibao,
            ),
        ),
        *asset_conditions(home, law, standard),
        yearly_fen=line - home.yearly_income,
        each=category_supplement,
        unit_fen=law.number("payment.unit_fen"),
    )


@rule(scheme="edge_family", source="民发〔2021〕57号 第八条", since=FROM, title=N_("低保边缘家庭"))
def edge_family(home: Facts, law: Law) -> Outcome:
    """Whether a household that is not in dibao has less than 1.5 × the standard for each member."""
    line, scale = edge_line(home, law)
    return Outcome(
        Condition("57号 第八条", N_("未享受最低生活保障"), is_not(home.receives_dibao)),
        Condition("57号 第八条", N_("未享受特困人员救助供养"), is_not(home.receives_tekun)),
        Condition(
            "57号 第八条",
            BELOW_EDGE,
            below(
                home.yearly_income * scale,
                line * home.members,
                per=home.members * scale,
                key="dibao.standard",
            ),
        ),
        *asset_conditions(home, law, law.fen("dibao.standard", area=home.area)),
    )


@rule(
    scheme="single_person_dibao",
    source="民发〔2021〕57号 第八条",
    since=FROM,
    title=N_("单人保"),
    subject="person",
)
def single_person_dibao(person: Facts, home: Facts, law: Law) -> Outcome:
    """Whether a severely disabled or seriously ill member of an edge family may receive dibao alone."""
    standard = law.fen("dibao.standard", area=home.area)
    line, scale = edge_line(home, law)
    disabled = disability_within(
        person, law.number("single_person.grade"), law.number("single_person.mental_grade")
    )
    return Outcome(
        Condition("57号 第八条", N_("重度残疾人或重病患者"), any_of(disabled, person.seriously_ill)),
        Condition(
            "57号 第八条",
            BELOW_EDGE,
            below(
                home.yearly_income * scale,
                line * home.members,
                per=home.members * scale,
                key="dibao.standard",
            ),
        ),
        *asset_conditions(home, law, standard),
        Condition(
            "社会救助暂行办法 第九条",
            N_("本人收入低于当地低保标准"),
            below(person.yearly_income, standard, key="dibao.standard"),
        ),
        yearly_fen=standard - person.yearly_income,
        unit_fen=law.number("payment.unit_fen"),
    )


RULES = (dibao, edge_family, single_person_dibao)
