"""Guizhou's forms: the national application with what the province asks besides, and its own visit form (黔民发〔2023〕2号)."""

from __future__ import annotations

from core.api import (
    N_,
    Asks,
    Choice,
    FormAmendment,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
    ShownIf,
)
from plugins.guizhou.texts import GUIZHOU, part

DECIDE = N_("按省里规定核算收入、确定待遇")
GROUPS = N_("对照省里要求走访的八类家庭，不漏一户")


def _yes_no(
    name: str, label: str, basis: str, *, purpose: str = DECIDE, hint: str = "", required: bool = True
) -> Question:
    return Question(
        name,
        label,
        QuestionKind.YES_NO,
        required=required,
        sensitivity=Sensitivity.SENSITIVE,
        purpose=purpose,
        legal_basis=basis,
        hint=hint,
    )


RELOCATED = _yes_no(
    "relocated",
    N_("是不是易地扶贫搬迁来的"),
    part("二（一）一"),
    purpose=N_("搬迁家庭在新家这边办，防止漏办和重复享受"),
)

APPLICATION = FormAmendment(
    name="guizhou.application",
    version="1",
    region_code=GUIZHOU,
    extends=("national.application", "1"),
    title=N_("贵州省最低生活保障申请表"),
    source=part("二（一）、二（二）"),
    asks=(
        Asks("applicant", (RELOCATED,), after="variant"),
        Asks(
            "members",
            (
                _yes_no(
                    "kept_by_others",
                    N_("是不是靠兄弟姐妹或60岁以上的老人养着"),
                    part("二（一）二"),
                    purpose=N_("成年无业的重度残疾人，别人给的供养费可以视情况不算收入"),
                    hint=N_("只有成年、没活干、重度残疾的人要答。"),
                    required=False,
                ),
            ),
            after="disability_certificate",
        ),
    ),
)

_HARDSHIP = Section(
    "guizhou",
    N_("省里要核实的情况"),
    (
        Question(
            "visit_group",
            N_("属于哪一类走访家庭"),
            QuestionKind.CHOICES,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=GROUPS,
            legal_basis=part("二（二）一"),
            choices=(
                Choice("dibao", N_("在册低保对象")),
                Choice("monitored", N_("防止返贫监测对象")),
                Choice("relocated", N_("易地扶贫搬迁困难移民")),
                Choice("former_fisher", N_("退捕渔民")),
                Choice("disaster", N_("因疫因灾导致基本生活严重困难家庭")),
                Choice("new_applicant", N_("新申请家庭")),
                Choice("left_last_year", N_("近一年退出低保的家庭")),
                Choice("refused_last_year", N_("近一年申请未获确认的家庭")),
            ),
        ),
        _yes_no(
            "whole_family_listed",
            N_("共同生活的人都列上了，没有户内漏保"),
            part("二（一）一"),
            purpose=N_("按户保障，防止户内漏保"),
        ),
        _yes_no("income_item_by_item", N_("四类收入已逐项问过"), part("二（二）二")),
        Question(
            "income_by_visitors",
            N_("调查人看到的收入情况"),
            QuestionKind.LONG_TEXT,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=part("二（二）二"),
            hint=N_("种了什么、养了什么、谁在外打工、子女给不给钱。不压低，也不抬高。"),
        ),
        _yes_no("rigid_costs", N_("有看病、残疾康复、上学等刚性支出"), part("二（二）二")),
        Question(
            "rigid_costs_detail",
            N_("刚性支出有哪些，看到什么凭据"),
            QuestionKind.LONG_TEXT,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=part("二（二）二"),
            shown_if=ShownIf("rigid_costs", (True,)),
        ),
        _yes_no(
            "grain_shortage",
            N_("季节性缺粮吗"),
            part("二（一）四"),
            purpose=N_("认定救助粮对象"),
        ),
        _yes_no(
            "care_needed",
            N_("有没有生活不能自理、需要人照料的人"),
            part("二（五）"),
            purpose=N_("落实照料护理"),
        ),
    ),
)

VISIT = FormAmendment(
    name="guizhou.visit",
    version="1",
    region_code=GUIZHOU,
    extends=("national.visit", "1"),
    title=N_("贵州省低保入户核查表"),
    source=part("二（二）一"),
    sections=(_HARDSHIP,),
    place_after="family",
)
