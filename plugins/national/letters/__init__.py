"""The national letters of the dibao procedure: title, template, legal basis, and every field a template fills in."""

from __future__ import annotations

from pathlib import Path

from core.api import N_, LetterDeclaration, LetterKind
from plugins.national.texts import ASSISTANCE_RULES, article

FOLDER = Path(__file__).parent
_CASE = ("applicant_name", "case_number", "office_name", "office_phone", "today")


def _letter(
    kind: LetterKind, title: str, basis: str, *fields: str, tells_appeal: bool = False
) -> LetterDeclaration:
    return LetterDeclaration(
        kind=kind,
        title=title,
        template=FOLDER / f"{kind}.txt",
        legal_basis=basis,
        fields=fields,
        tells_appeal=tells_appeal,
    )


LETTERS = (
    _letter(
        LetterKind.ACCEPTANCE,
        N_("受理通知书"),
        article("第十条"),
        *_CASE,
        "submitted_on",
        "accepted_on",
        "due_on",
        "due_provisional",
    ),
    _letter(LetterKind.ACCEPTANCE_SLIP, N_("收件回执"), article("第十条"), *_CASE, "household_size", "items"),
    _letter(
        LetterKind.DEFICIENCY,
        N_("一次性告知书"),
        article("第十条"),
        *_CASE,
        "submitted_on",
        "items",
        "due_on",
        "office_address",
    ),
    _letter(
        LetterKind.NOT_ACCEPTED,
        N_("不予受理通知书"),
        article("第十条"),
        "applicant_name",
        "case_number",
        "office_name",
        "today",
        "submitted_on",
        "reason",
        "appeal",
        tells_appeal=True,
    ),
    _letter(
        LetterKind.AUTHORISATION,
        N_("家庭经济状况核对授权书"),
        f"{ASSISTANCE_RULES}第五十八条；{article('第九条、第十七条')}",
        "signer_name",
        "guardian_relation",
        "applicant_name",
        "kind",
        "county_name",
        "sources",
        "valid_from",
        "valid_to",
        "today",
    ),
    _letter(LetterKind.PROMISE, N_("承诺书"), article("第九条"), "applicant_name", "office_name", "today"),
    _letter(
        LetterKind.ENTRUSTMENT,
        N_("委托书"),
        article("第六条"),
        "applicant_name",
        "proxy_name",
        "proxy_relation",
        "kind",
        "today",
    ),
    _letter(
        LetterKind.VERIFICATION_RESULT,
        N_("家庭经济状况核对结果告知书"),
        article("第十八条"),
        *_CASE,
        "kind",
        "result",
    ),
    _letter(
        LetterKind.RECHECK_RESULT,
        N_("复查结果告知书"),
        article("第十八条"),
        "applicant_name",
        "case_number",
        "office_name",
        "today",
        "result",
        "reason",
    ),
    _letter(
        LetterKind.CONFIRMATION,
        N_("最低生活保障审核确认通知书"),
        article("第二十一条"),
        "applicant_name",
        "case_number",
        "office_name",
        "today",
        "submitted_on",
        "household_size",
        "monthly_fen",
        "starts_on",
        "reason",
        "county_name",
        "township_name",
        "authority",
        "appeal",
        tells_appeal=True,
    ),
    _letter(
        LetterKind.REFUSAL,
        N_("不予确认最低生活保障告知书"),
        article("第二十一条"),
        *_CASE,
        "submitted_on",
        "grounds",
        "reason",
        "county_name",
        "township_name",
        "authority",
        "appeal",
        tells_appeal=True,
    ),
)
