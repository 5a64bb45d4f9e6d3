"""Papers to photograph, papers nobody has to bring, and the promise with its signature (57号 第九、十条)."""

from __future__ import annotations

from core.api import N_, Question, QuestionKind, Section, Sensitivity
from plugins.national.people_questions import DECIDE, IDENTIFY
from plugins.national.texts import article

DOCUMENTS = Section(
    "documents",
    N_("要拍的材料"),
    (
        Question(
            "identity_photo",
            N_("申请人的身份证或户口本"),
            QuestionKind.DOCUMENT,
            required=True,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=IDENTIFY,
            legal_basis=article("第九条"),
        ),
        Question(
            "illness_photo",
            N_("看病的诊断书或住院收据"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第十三条"),
            hint=N_("家里有人得重病才拍。"),
        ),
        Question(
            "marriage_photo",
            N_("结婚证、离婚证"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第九条"),
            hint=N_("结过婚、离过婚的才拍。"),
        ),
        Question(
            "disability_photo",
            N_("残疾证"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第八条"),
            hint=N_("家里有人有残疾证才拍。"),
        ),
        Question(
            "other_photo",
            N_("别的能说明情况的材料"),
            QuestionKind.DOCUMENT,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=DECIDE,
            legal_basis=article("第九条"),
        ),
        *(
            Question(
                f"platform_{code}",
                label,
                QuestionKind.DOCUMENT,
                sensitivity=Sensitivity.PERSONAL,
                purpose=DECIDE,
                legal_basis=article("第十条"),
                obtained_from=body,
            )
            for code, label, body in (
                ("household_register", N_("户口和家庭关系证明"), N_("公安部门")),
                ("insurance", N_("养老金和社保缴费证明"), N_("人力资源社会保障部门")),
                ("estate", N_("房产证明"), N_("自然资源部门")),
            )
        ),
    ),
    hint=N_("能从别的部门查到的，不用交。"),
)

PROMISE = Section(
    "promise",
    N_("承诺"),
    (
        *(
            Question(
                name,
                label,
                QuestionKind.YES_NO,
                required=True,
                purpose=N_("确认申请人知道自己的义务"),
                legal_basis=article(basis),
                must_agree=True,
            )
            for name, label, basis in (
                ("promise_materials", N_("我按规定交材料"), "第九条第（一）项"),
                ("promise_truth", N_("我写的都是真的，写错了我负责"), "第九条第（二）项"),
                ("promise_authorise", N_("我和家里人会签核对授权书；不签就没法核实"), "第九条第（三）项"),
                (
                    "promise_cooperate",
                    N_("我配合上门调查；家里情况变了，我会告诉镇里"),
                    "第九条第（四）项、第三十条",
                ),
            )
        ),
        Question(
            "promise_signature",
            N_("签名"),
            QuestionKind.SIGNATURE,
            sensitivity=Sensitivity.SENSITIVE,
            purpose=N_("证明承诺是申请人本人作的"),
            legal_basis=article("第九条"),
            hint=N_("在手机上用手指签；在窗口办的，签在打印出来的表上。"),
        ),
    ),
)
