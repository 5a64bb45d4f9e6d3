"""Guangdong's household check of 两不愁三保障, as its form of 2020 has it (R0-20…R0-37)."""

from __future__ import annotations

from core.api import (
    N_,
    Choice,
    FormDeclaration,
    FormSubject,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
)
from plugins.guangdong.texts import GUANGDONG, VISITS_2020

CHECK = N_("逐户核查两不愁三保障")
ON_SITE = N_("证明到过现场")
REGISTER = N_("家庭档案")


def _choice(
    name: str,
    label: str,
    *choices: Choice,
    label_key: str = "",
    required: bool = True,
    basis: str = VISITS_2020,
) -> Question:
    return Question(
        name,
        label,
        QuestionKind.CHOICE,
        required=required,
        sensitivity=Sensitivity.PERSONAL,
        purpose=CHECK,
        legal_basis=basis,
        choices=choices,
        label_key=label_key,
    )


def _known(name: str, label: str, kind: QuestionKind, *, asked: bool = False) -> Question:
    """A field the register fills in; `asked`: to be confirmed or corrected on the spot."""
    return Question(
        name,
        label,
        kind,
        required=asked,
        sensitivity=Sensitivity.PERSONAL,
        purpose=CHECK,
        legal_basis=VISITS_2020,
        prefilled=True,
        obtained_from="" if asked else REGISTER,
        minimum=1 if kind is QuestionKind.WHOLE_NUMBER else None,
        maximum=30 if kind is QuestionKind.WHOLE_NUMBER else None,
    )


# items 1 to 3 are not visible in the text at hand: a province words them itself, and nobody cites the text for them (R0-28)
UNSEEN_BASIS = f"{VISITS_2020}（原文缺第1至3项，题目由省里录入）"
_UNSEEN = tuple(
    _choice(
        f"item_{number}",
        label,
        Choice("secured", N_("有保障")),
        Choice("lacking", N_("无保障"), raises=f"item_{number}_lacking"),
        label_key=f"visit.guangdong.item_{number}",
        basis=UNSEEN_BASIS,
    )
    for number, label in ((1, N_("本地配置项一")), (2, N_("本地配置项二")), (3, N_("本地配置项三")))
)

VISIT = FormDeclaration(
    name="guangdong.visit",
    version="1",
    subject=FormSubject.VISIT,
    title=N_("入户调查登记"),
    region_code=GUANGDONG,
    source=VISITS_2020,
    sections=(
        Section(
            "object",
            N_("调查对象"),
            (
                _known("region", N_("所属地区"), QuestionKind.REGION),
                Question(
                    "visit_date",
                    N_("调查日期"),
                    QuestionKind.DATE,
                    required=True,
                    not_future=True,
                    prefilled=True,
                ),
                Question(
                    "surveyor",
                    N_("调查人"),
                    QuestionKind.TEXT,
                    obtained_from=N_("登录账号"),
                    prefilled=True,
                ),
                _known("applicant_name", N_("申请人姓名"), QuestionKind.NAME),
                _known("applicant_id_number", N_("申请人身份证号"), QuestionKind.ID_NUMBER),
                _choice(
                    "visit_category",
                    N_("对象类别"),
                    Choice("urban_dibao", N_("城市低保对象")),
                    Choice("rural_dibao", N_("农村低保对象")),
                    Choice("tekun", N_("特困人员救助供养对象")),
                    Choice("poor_not_civil_affairs", N_("未脱贫非民政对象")),
                    required=False,
                ),
            ),
        ),
        Section(
            "family",
            N_("家庭情况"),
            (
                _known("household_size", N_("家庭人口"), QuestionKind.WHOLE_NUMBER, asked=True),
                _known("registered_address", N_("户籍住址"), QuestionKind.TEXT),
                _known("actual_address", N_("实际居住地址"), QuestionKind.TEXT, asked=True),
                _known("out_of_poverty", N_("是否脱贫"), QuestionKind.YES_NO, asked=True),
                _known("registered_poor", N_("是否建档立卡贫困户"), QuestionKind.YES_NO, asked=True),
            ),
        ),
        Section(
            "guarantees",
            N_("两不愁三保障"),
            (
                *_UNSEEN,
                Question(
                    "medical",
                    N_("基本医疗保障情况"),
                    QuestionKind.CHOICES,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=CHECK,
                    legal_basis=VISITS_2020,
                    hint=N_("可以两样都选；都没有就不选。"),
                    choices=(
                        Choice("subsidised_insurance", N_("享受资助参保")),
                        Choice("medical_aid", N_("享受住院或门诊救助")),
                    ),
                ),
                _choice(
                    "housing",
                    N_("住房安全情况"),
                    Choice("safe", N_("安全住房")),
                    Choice("rebuilt", N_("已危房改造")),
                    Choice("unsafe", N_("住房不安全"), raises="housing_unsafe"),
                ),
                _choice(
                    "electricity",
                    N_("是否通电"),
                    Choice("yes", N_("是")),
                    Choice("no", N_("否"), raises="no_electricity"),
                ),
                _choice(
                    "television",
                    N_("电视信号覆盖"),
                    Choice("covered", N_("已覆盖")),
                    Choice("uncovered", N_("未覆盖")),
                ),
                _choice(
                    "broadband",
                    N_("宽带网络覆盖"),
                    Choice("covered", N_("已覆盖")),
                    Choice("uncovered", N_("未覆盖")),
                ),
            ),
        ),
        Section(
            "photos",
            N_("照片"),
            (
                Question(
                    "house_photo",
                    N_("房屋外观照片"),
                    QuestionKind.PHOTO,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=ON_SITE,
                    legal_basis=VISITS_2020,
                ),
                Question(
                    "together_photo",
                    N_("与受访者合照"),
                    QuestionKind.PHOTO,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=ON_SITE,
                    legal_basis=VISITS_2020,
                    hint=N_("加密保存；对方不愿合照的，写明原因。"),
                    may_decline=True,
                ),
            ),
        ),
        Section(
            "place",
            N_("位置"),
            (
                Question(
                    "position",
                    N_("当前位置"),
                    QuestionKind.LOCATION,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=ON_SITE,
                    legal_basis=VISITS_2020,
                    hint=N_("位置空着或不对，点“取位置”再取一次；取不到的，写明原因。"),
                    may_decline=True,
                ),
            ),
        ),
    ),
)
