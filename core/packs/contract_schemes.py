"""The contract of a scheme as a region has it: forms, letters, limits and rules exist, notices keep to the whitelist."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import TemplateError

from core.catalogue import (
    LetterDeclaration,
    LetterKind,
    NoticeField,
    NoticeKind,
    Pack,
    RegionCatalogue,
    Scheme,
)
from core.catalogue.letter_texts import fields_used
from core.law import LawBook, path_of
from core.packs.contract_fault import ContractFault
from core.translations import N_

# what the case cannot go its way without
NEEDED_LETTERS = (
    LetterKind.ACCEPTANCE,
    LetterKind.DEFICIENCY,
    LetterKind.NOT_ACCEPTED,
    LetterKind.CONFIRMATION,
    LetterKind.REFUSAL,
)
DECIDING = frozenset({LetterKind.NOT_ACCEPTED, LetterKind.CONFIRMATION, LetterKind.REFUSAL})
# what each kind of notice may show at most (decision 13)
WHITELIST: dict[str, frozenset[NoticeField]] = {
    "first": frozenset(NoticeField),
    "long_term": frozenset(
        {
            NoticeField.APPLICANT_NAME,
            NoticeField.VILLAGE,
            NoticeField.HOUSEHOLD_SIZE,
            NoticeField.MONTHLY_AMOUNT,
            NoticeField.OFFICE_PHONE,
        }
    ),
    "ending": frozenset(
        {
            NoticeField.APPLICANT_NAME,
            NoticeField.VILLAGE,
            NoticeField.OPENS_ON,
            NoticeField.CLOSES_ON,
            NoticeField.HOW_TO_OBJECT,
            NoticeField.OFFICE_PHONE,
        }
    ),
}


def scheme_faults(view: RegionCatalogue, pack: Pack, book: LawBook) -> Iterator[ContractFault]:
    """Faults of every scheme the pack declares or changes, as it stands in the view's region."""
    touched = {scheme.code for scheme in pack.schemes}
    touched |= {row.code or row.scheme for row in pack.scheme_amendments}
    for row in pack.scheme_amendments:
        if row.region_code == view.region_code and row.scheme not in view.schemes:
            yield ContractFault("scheme", N_("要改动的救助种类“{code}”不存在。"), {"code": row.scheme})
    keys = {declared.key for declared in book.declared(path_of(view.region_code))}
    for code in sorted(touched & view.schemes.keys()):
        scheme = view.schemes[code]
        yield from _forms(scheme, view)
        yield from _steps(scheme, keys)
        yield from _letters(scheme)
        for notice in scheme.notices:
            yield from _notice(scheme, notice, keys)
        yield from _rest(scheme, view, keys)


def _forms(scheme: Scheme, view: RegionCatalogue) -> Iterator[ContractFault]:
    where = {"scheme": scheme.name}
    for name in (scheme.application_form, scheme.visit_form):
        if name not in view.forms:
            yield ContractFault("scheme", N_("“{scheme}”用的表单“{form}”不存在。"), where | {"form": name})
    form = view.forms.get(scheme.application_form)
    question = scheme.related_party_rule.question
    if form is not None and question not in {each.name for each in form.questions}:
        yield ContractFault(
            "scheme", N_("《{form}》没有问近亲属情况（{name}）。"), {"form": form.title, "name": question}
        )


def _steps(scheme: Scheme, keys: set[str]) -> Iterator[ContractFault]:
    where = {"scheme": scheme.name}
    known: set[str] = set()
    limits = {limit.code for limit in scheme.limits}
    for step in scheme.steps:
        if not set(step.after) <= known:
            yield ContractFault(
                "scheme",
                N_("“{scheme}”的步骤“{step}”排在它要等的步骤前面，或者等的步骤不存在。"),
                where | {"step": step.title},
            )
        if step.code in known:
            yield ContractFault(
                "scheme", N_("“{scheme}”的步骤“{step}”写了两次。"), where | {"step": step.title}
            )
        if step.limit and step.limit not in limits:
            yield ContractFault(
                "scheme", N_("“{scheme}”的步骤“{step}”的时限没有声明。"), where | {"step": step.title}
            )
        known.add(step.code)
    if sum(step.starts_clock for step in scheme.steps) != 1:
        yield ContractFault("scheme", N_("“{scheme}”要有且只有一个步骤开始计时。"), where)
    for limit in scheme.limits:
        if limit.key not in keys:
            yield ContractFault(
                "scheme",
                N_("“{scheme}”的时限“{limit}”用到没有声明的参数 {key}。"),
                where | {"limit": limit.title, "key": limit.key},
            )
        if not {limit.starts, limit.ends} <= known:
            yield ContractFault(
                "scheme", N_("“{scheme}”的时限“{limit}”的起止步骤不存在。"), where | {"limit": limit.title}
            )
        if not limit.source:
            yield ContractFault(
                "scheme", N_("“{scheme}”的时限“{limit}”没有写依据。"), where | {"limit": limit.title}
            )


def _letters(scheme: Scheme) -> Iterator[ContractFault]:
    kinds = {letter.kind for letter in scheme.letters}
    for kind in NEEDED_LETTERS:
        if kind not in kinds:
            yield ContractFault(
                "letter", N_("“{scheme}”缺少文书 {kind}。"), {"scheme": scheme.name, "kind": kind.value}
            )
    for letter in scheme.letters:
        yield from _letter(letter)


def _letter(letter: LetterDeclaration) -> Iterator[ContractFault]:
    where = {"letter": letter.title}
    if not letter.legal_basis:
        yield ContractFault("letter", N_("《{letter}》没有写法律依据。"), where)
    if letter.kind in DECIDING and not letter.tells_appeal:
        yield ContractFault("letter", N_("《{letter}》是决定，要告诉复议和诉讼的权利。"), where)
    try:
        used = fields_used(letter)
    except (OSError, UnicodeDecodeError, TemplateError) as broken:
        yield ContractFault(
            "letter", N_("《{letter}》的模板读不了（{error}）。"), where | {"error": type(broken).__name__}
        )
        return
    if letter.tells_appeal and "appeal" not in used:
        yield ContractFault("letter", N_("《{letter}》的模板里没有复议和诉讼的权利（appeal）。"), where)
    if used - set(letter.fields):
        yield ContractFault(
            "letter",
            N_("《{letter}》的模板用到没有声明的内容：{names}。"),
            where | {"names": "、".join(sorted(used - set(letter.fields)))},
        )


def _notice(scheme: Scheme, notice: NoticeKind, keys: set[str]) -> Iterator[ContractFault]:
    where = {"notice": notice.title}
    allowed = WHITELIST.get(notice.code, frozenset())
    for field in notice.fields:
        if field not in allowed:
            yield ContractFault(
                "notice", N_("《{notice}》不能公开“{field}”。"), where | {"field": str(field)}
            )
    if notice.code == "ending" and scheme.code != "tekun":
        yield ContractFault("notice", N_("只有特困供养可以公示终止。"))
    if notice.days_key and notice.days_key not in keys:
        yield ContractFault(
            "notice", N_("《{notice}》的天数参数 {key} 没有声明。"), where | {"key": notice.days_key}
        )
    if not notice.source:
        yield ContractFault("notice", N_("《{notice}》没有写依据。"), where)


def _rest(scheme: Scheme, view: RegionCatalogue, keys: set[str]) -> Iterator[ContractFault]:
    where = {"scheme": scheme.name}
    rules = {rule.scheme for rule in view.rules}
    for variant in scheme.variants:
        if variant.rule not in rules:
            yield ContractFault(
                "rule",
                N_("“{scheme}”的“{variant}”用到的规则 {rule} 不存在。"),
                where | {"variant": variant.title, "rule": variant.rule},
            )
    for key in (scheme.income_window_key, scheme.visitors_key, scheme.delegation_key):
        if key and key not in keys:
            yield ContractFault("scheme", N_("“{scheme}”用到没有声明的参数 {key}。"), where | {"key": key})
    if scheme.public_kind != "低保" and scheme.code == "dibao":
        yield ContractFault("notice", N_("低保不论哪种情形，公示时都只写“低保”。"))
    if not scheme.sources or not scheme.source:
        yield ContractFault("scheme", N_("“{scheme}”没有写要核对的部门或依据的文件。"), where)
