"""Dibao by the national text: who is asked what, notices, pauses (民发〔2021〕57号)."""

from __future__ import annotations

from core.api import (
    N_,
    AreaKind,
    ChildNameRule,
    NoticeField,
    NoticeKind,
    PauseReason,
    PersonKind,
    RelatedPartyRule,
    Scheme,
    SourceRequirement,
    VariantDeclaration,
)
from plugins.national.letters import LETTERS
from plugins.national.steps import LIMITS, STEPS
from plugins.national.texts import NOTICE_83, article

NATION = "000000000000"

SOURCES = (
    SourceRequirement("police", N_("公安局"), N_("户口、家里人关系、名下车辆"), source=article("第十七条")),
    SourceRequirement(
        "social_security",
        N_("人力资源和社会保障局"),
        N_("养老金、失业金、社保缴费"),
        source=article("第十七条"),
    ),
    SourceRequirement("tax", N_("税务局"), N_("工资、劳务的纳税记录"), source=article("第十七条")),
    SourceRequirement("market", N_("市场监督管理局"), N_("开店、办厂、入股"), source=article("第十七条")),
    SourceRequirement("estate", N_("自然资源局"), N_("房子和土地的不动产登记"), source=article("第十七条")),
    SourceRequirement(
        "housing_fund",
        N_("住房公积金管理中心"),
        N_("公积金缴存和余额"),
        required=False,
        source=article("第十七条"),
    ),
    SourceRequirement("bank", N_("银行"), N_("存款、理财、近12个月往来"), source=article("第十七条")),
    SourceRequirement(
        "securities_insurance",
        N_("证券公司、保险公司"),
        N_("股票、基金、商业保险"),
        required=False,
        source=article("第十七条"),
    ),
)

_FIRST = (
    NoticeField.APPLICANT_NAME,
    NoticeField.VILLAGE,
    NoticeField.VILLAGE_GROUP,
    NoticeField.HOUSEHOLD_SIZE,
    NoticeField.KIND,
    NoticeField.MONTHLY_AMOUNT,
    NoticeField.OPENS_ON,
    NoticeField.CLOSES_ON,
    NoticeField.HOW_TO_OBJECT,
    NoticeField.OFFICE_PHONE,
)

NOTICES = (
    NoticeKind(
        "first",
        N_("初审公示"),
        _FIRST,
        "notice.days",
        ChildNameRule.SURNAME_ONLY,
        source=article("第十九条"),
    ),
    NoticeKind(
        "long_term",
        N_("长期公布"),
        (
            NoticeField.APPLICANT_NAME,
            NoticeField.VILLAGE,
            NoticeField.HOUSEHOLD_SIZE,
            NoticeField.MONTHLY_AMOUNT,
            NoticeField.OFFICE_PHONE,
        ),
        "",
        ChildNameRule.SURNAME_ONLY,
        source=article("第二十四条"),
    ),
)

VARIANTS = (
    VariantDeclaration(
        "household", N_("整户"), N_("共同生活的家人一起享受"), article("第四条、第七条"), rule="dibao"
    ),
    VariantDeclaration(
        "single_person",
        N_("单人"),
        N_("低保边缘家庭中的重度残疾人、重病患者，单独享受"),
        article("第八条"),
        rule="single_person_dibao",
    ),
)

PAUSES = (
    PauseReason("waiting_family", N_("等家人补签授权或补充说明"), NOTICE_83),
    PauseReason("objection", N_("公示有异议，正在调查或民主评议"), f"{article('第十九条')}；{NOTICE_83}"),
    PauseReason("split_registration", N_("户口不在一地，等外地协查"), NOTICE_83),
    PauseReason("hard_survey", N_("调查难度大，等外地或部门回复"), NOTICE_83),
)

RELATED = RelatedPartyRule(
    "related_party", N_("经办人员和村（居）委会成员近亲属备案"), source=article("第十一条、第二十条")
)

DIBAO = Scheme(
    code="dibao",
    name=N_("最低生活保障"),
    region_code=NATION,
    public_kind=N_("低保"),
    areas=(AreaKind.URBAN, AreaKind.RURAL),
    steps=STEPS,
    limits=LIMITS,
    income_window_key="income.window_months",
    visitors_key="visit.least_surveyors",
    sources=SOURCES,
    required_persons=(PersonKind.MEMBERS, PersonKind.SUPPORTERS),
    letters=LETTERS,
    notices=NOTICES,
    application_form="national.application",
    visit_form="national.visit",
    related_party_rule=RELATED,
    variants=VARIANTS,
    pause_reasons=PAUSES,
    delegation_key="confirm.delegated",
    source=article(""),
)
