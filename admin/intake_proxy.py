"""The questions about who stands at the window: the applicant, or somebody with an entrustment (R2-07)."""

from __future__ import annotations

from core.forms import Question, QuestionKind, Section, Sensitivity, ShownIf
from core.web.texts import N_

_BY_PROXY = ShownIf("by_proxy", (True,))
_PURPOSE = N_("写明是谁代为申请")
_BASIS = "《最低生活保障审核确认办法》（民发〔2021〕57号）第六条"


def _of_proxy(
    name: str, label: str, kind: QuestionKind, *, required: bool = True, hint: str = ""
) -> Question:
    return Question(
        name,
        label,
        kind,
        required=required,
        sensitivity=Sensitivity.PERSONAL,
        purpose=_PURPOSE,
        legal_basis=_BASIS,
        hint=hint,
        shown_if=_BY_PROXY,
        max_length=60,
    )


# who stands at the window (R2-07); part of the page, not of the province's form
PROXY = Section(
    "proxy",
    N_("谁来办"),
    (
        Question("by_proxy", N_("是别人代办吗"), QuestionKind.YES_NO, required=True),
        _of_proxy("proxy_name", N_("代办人姓名"), QuestionKind.NAME),
        _of_proxy(
            "proxy_relation", N_("和申请人的关系"), QuestionKind.TEXT, hint=N_("比如：村干部、儿子、邻居。")
        ),
        _of_proxy("proxy_id_number", N_("代办人身份证号码"), QuestionKind.ID_NUMBER),
        _of_proxy("proxy_phone", N_("代办人电话"), QuestionKind.PHONE, required=False),
        _of_proxy(
            "proxy_entrustment",
            N_("委托书"),
            QuestionKind.DOCUMENT,
            hint=N_("扫描或拍照。委托人签字或按手印。"),
        ),
    ),
)
