"""The national application form: how to reach the family, and the sections that ask the rest (57号 第四至十一条)."""

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
    ShownIf,
)
from plugins.national.economy_questions import ACCOUNT, EXPENSES, INCOMES, PROPERTIES
from plugins.national.paper_questions import DOCUMENTS, PROMISE
from plugins.national.people_questions import DECIDE, MEMBERS, SUPPORTERS
from plugins.national.texts import article

REACH = N_("联系、上门调查")

APPLICANT = Section(
    "applicant",
    N_("申请人"),
    (
        Question(
            "region",
            N_("户口在哪个村或社区"),
            QuestionKind.REGION,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=N_("确定由哪个乡镇（街道）办理"),
            legal_basis=article("第四条"),
        ),
        Question(
            "area",
            N_("户口在城里还是农村"),
            QuestionKind.CHOICE,
            required=True,
            choices=(Choice("urban", N_("城镇")), Choice("rural", N_("农村"))),
            hint=N_("按户口本上写的；拿不准就先选一个，窗口会核对。"),
        ),
        Question(
            "village_group",
            N_("村民组或楼栋"),
            QuestionKind.TEXT,
            sensitivity=Sensitivity.PERSONAL,
            purpose=REACH,
            legal_basis=article("第十六条"),
            max_length=60,
        ),
        Question(
            "address",
            N_("现在住的地方"),
            QuestionKind.TEXT,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=REACH,
            legal_basis=article("第十六条"),
            hint=N_("写到门牌号，或者邻居一看就明白的地方。"),
        ),
        Question(
            "phone",
            N_("能打通的电话"),
            QuestionKind.PHONE,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=REACH,
            legal_basis=article("第十条"),
            hint=N_("没有电话的，写能转告的人的电话。"),
        ),
        Question(
            "variant",
            N_("替谁申请"),
            QuestionKind.CHOICE,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第四条、第八条"),
            choices=(
                Choice("household", N_("全家一起申请"), N_("住在一起、一起过日子的人都算。")),
                Choice(
                    "single_person",
                    N_("只替一个人申请"),
                    N_("家里有重度残疾或者得了重病的人，全家又不够条件时选这个。"),
                ),
            ),
        ),
        Question(
            "related_party",
            N_("家里有没有人和办低保的工作人员、村（居）委会成员是近亲"),
            QuestionKind.YES_NO,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=N_("是近亲的单独登记，由县里上门调查，不影响享受"),
            legal_basis=article("第十一条"),
            hint=N_("近亲指配偶、父母、子女、兄弟姐妹等。"),
        ),
        Question(
            "related_who",
            N_("是谁，什么关系"),
            QuestionKind.TEXT,
            required=True,
            sensitivity=Sensitivity.PERSONAL,
            purpose=N_("单独登记备案"),
            legal_basis=article("第十一条"),
            shown_if=ShownIf("related_party", (True,)),
        ),
        Question(
            "hardship",
            N_("家里难在哪里"),
            QuestionKind.LONG_TEXT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=N_("让来办的人先了解情况"),
            legal_basis=article("第四条"),
            hint=N_("几句话就行，也可以不写。"),
            max_length=500,
        ),
    ),
)


APPLICATION = FormDeclaration(
    name="national.application",
    version="1",
    subject=FormSubject.APPLICATION,
    title=N_("最低生活保障申请表"),
    sections=(APPLICANT, MEMBERS, SUPPORTERS, INCOMES, EXPENSES, PROPERTIES, ACCOUNT, DOCUMENTS, PROMISE),
    region_code="000000000000",
    scheme="dibao",
    source=article("第四条至第十一条"),
)
