"""The national visit form, for provinces that have not set their own (57号 第十六条)."""

from __future__ import annotations

from core.api import (
    N_,
    Choice,
    Enquiry,
    FormDeclaration,
    FormSubject,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
    ShownIf,
)
from plugins.national.texts import article

BASIS = article("第十六条")
LOOK = N_("核实家里的实际生活情况")


def _yes_no(name: str, label: str, *, enquiry: Enquiry | None = None) -> Question:
    return Question(
        name,
        label,
        QuestionKind.YES_NO,
        required=True,
        sensitivity=Sensitivity.PERSONAL,
        purpose=LOOK,
        legal_basis=BASIS,
        enquiry=enquiry,
    )


VISIT = FormDeclaration(
    name="national.visit",
    version="1",
    subject=FormSubject.VISIT,
    title=N_("入户调查表"),
    region_code="000000000000",
    source=BASIS,
    sections=(
        Section(
            "meeting",
            N_("怎么调查的"),
            (
                Question(
                    "visit_date",
                    N_("调查日期"),
                    QuestionKind.DATE,
                    required=True,
                    not_future=True,
                    prefilled=True,
                ),
                Question(
                    "manner",
                    N_("方式"),
                    QuestionKind.CHOICE,
                    required=True,
                    choices=(
                        Choice("home", N_("上门")),
                        Choice("phone", N_("电话或视频"), N_("只用于重大疫情等突发情况")),
                    ),
                ),
                Question(
                    "manner_reason",
                    N_("为什么没有上门"),
                    QuestionKind.TEXT,
                    required=True,
                    shown_if=ShownIf("manner", ("phone",)),
                ),
                Question(
                    "met",
                    N_("见到了谁"),
                    QuestionKind.TEXT,
                    required=True,
                    sensitivity=Sensitivity.PERSONAL,
                    purpose=LOOK,
                    legal_basis=BASIS,
                ),
            ),
        ),
        Section(
            "family",
            N_("家庭情况"),
            (
                Question(
                    "household_size",
                    N_("家庭人口"),
                    QuestionKind.WHOLE_NUMBER,
                    required=True,
                    minimum=1,
                    maximum=30,
                    prefilled=True,
                ),
                Question(
                    "actual_address",
                    N_("实际居住地址"),
                    QuestionKind.TEXT,
                    required=True,
                    sensitivity=Sensitivity.PERSONAL,
                    purpose=LOOK,
                    legal_basis=BASIS,
                    prefilled=True,
                ),
                Question(
                    "housing",
                    N_("住房安全情况"),
                    QuestionKind.CHOICE,
                    required=True,
                    choices=(
                        Choice("safe", N_("安全住房")),
                        Choice("rebuilt", N_("已危房改造")),
                        Choice("unsafe", N_("住房不安全"), raises="housing_unsafe"),
                    ),
                ),
                _yes_no("declared_members_true", N_("家里的人和申报的一致")),
                _yes_no("declared_income_true", N_("收入和申报的一致")),
                _yes_no("declared_property_true", N_("财产和申报的一致")),
                Question(
                    "differences",
                    N_("哪里不一致"),
                    QuestionKind.LONG_TEXT,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=LOOK,
                    legal_basis=BASIS,
                ),
            ),
        ),
        Section(
            "neighbours",
            N_("邻里访问"),
            (
                _yes_no("neighbours_asked", N_("问过邻居吗"), enquiry=Enquiry.NEIGHBOUR),
                Question(
                    "neighbours_said",
                    N_("邻居怎么说"),
                    QuestionKind.LONG_TEXT,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=LOOK,
                    legal_basis=BASIS,
                    shown_if=ShownIf("neighbours_asked", (True,)),
                ),
            ),
        ),
        Section(
            "evidence",
            N_("照片和位置"),
            (
                Question(
                    "house_photo",
                    N_("房屋外观照片"),
                    QuestionKind.PHOTO,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=N_("证明到过现场"),
                    legal_basis=BASIS,
                    may_decline=True,
                ),
                Question(
                    "together_photo",
                    N_("与受访者合照"),
                    QuestionKind.PHOTO,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=N_("证明见到了本人"),
                    legal_basis=BASIS,
                    may_decline=True,
                ),
                Question(
                    "position",
                    N_("位置"),
                    QuestionKind.LOCATION,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=N_("证明到过现场"),
                    legal_basis=BASIS,
                    may_decline=True,
                ),
            ),
        ),
        Section(
            "conclusion",
            N_("调查结论"),
            (
                Question(
                    "remark",
                    N_("调查人的话"),
                    QuestionKind.LONG_TEXT,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=LOOK,
                    legal_basis=BASIS,
                ),
                Question(
                    "family_signature",
                    N_("家庭成员签字"),
                    QuestionKind.SIGNATURE,
                    required=True,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=N_("确认调查内容"),
                    legal_basis=BASIS,
                    may_decline=True,
                ),
            ),
        ),
    ),
)
