"""The contract of a form: every personal question says why and on which text, and the core finds what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from core.forms import (
    FormDeclaration,
    FormSubject,
    Per,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
)
from core.packs.contract_fault import ContractFault
from core.translations import N_

K = QuestionKind
# what tells of a person by its nature, and what PIPL article 28 calls sensitive by its nature
PERSONAL = frozenset({K.ID_NUMBER, K.NAME, K.PHONE, K.REGION})
SENSITIVE = frozenset({K.BANK_ACCOUNT, K.DISABILITY_CERTIFICATE, K.PHOTO, K.LOCATION, K.SIGNATURE})
CHOOSING = frozenset({K.CHOICE, K.CHOICES})
# what the application room reads out of every application form
NEEDED: dict[Per, tuple[str, ...]] = {
    Per.CASE: ("region", "area", "address", "phone"),
    Per.MEMBER: ("name", "id_number", "relation", "counted"),
    Per.INCOME: ("member", "kind", "amount", "period"),
}


def form_faults(form: FormDeclaration, pack: str) -> Iterator[ContractFault]:
    """Every fault of a whole form (its amendments already applied)."""
    where = {"form": form.title or form.name}
    if not form.name.startswith(f"{pack}."):
        yield ContractFault(
            "form", N_("表单名“{name}”要以包名“{pack}.”开头。"), {"name": form.name, "pack": pack}
        )
    if not form.version.isascii() or not form.version.isdigit():
        yield ContractFault("form", N_("《{form}》的版本要是整数，比如 1、2。"), where)
    if not form.source:
        yield ContractFault("form", N_("《{form}》没有写依据的文件。"), where)
    for per in Per:
        names = [question.name for section in form.sections_per(per) for question in section.questions]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield ContractFault("form", N_("《{form}》里“{name}”问了两次。"), where | {"name": name})
    if form.subject is FormSubject.APPLICATION:
        yield from _needed(form, where)
    for section in form.sections:
        for number, question in enumerate(section.questions):
            yield from _question_faults(form, section, question, number)


def _needed(form: FormDeclaration, where: dict[str, str]) -> Iterator[ContractFault]:
    for per, names in NEEDED.items():
        asked = {question.name for section in form.sections_per(per) for question in section.questions}
        for name in names:
            if name not in asked:
                yield ContractFault("form", N_("《{form}》缺少必须问的“{name}”。"), where | {"name": name})


def _question_faults(
    form: FormDeclaration, section: Section, question: Question, number: int
) -> Iterator[ContractFault]:
    where = {"form": form.title or form.name, "label": question.label or question.name}
    told_of_person = question.sensitivity is not Sensitivity.PLAIN
    if told_of_person and not (question.purpose and question.legal_basis):
        yield ContractFault("form", N_("《{form}》的“{label}”涉及个人信息，没有写用途和法律依据。"), where)
    if question.kind in PERSONAL and not told_of_person:
        yield ContractFault("form", N_("《{form}》的“{label}”是个人信息，不能标为普通。"), where)
    if question.kind in SENSITIVE and question.sensitivity is not Sensitivity.SENSITIVE:
        yield ContractFault("form", N_("《{form}》的“{label}”是敏感个人信息，要标为敏感。"), where)
    if question.kind in CHOOSING and not question.choices and not question.choices_from:
        yield ContractFault("form", N_("《{form}》的“{label}”没有可选的答案。"), where)
    codes = [choice.code for choice in question.choices]
    if len(codes) != len(set(codes)):
        yield ContractFault("form", N_("《{form}》的“{label}”有两个答案用了同一个代码。"), where)
    if question.must_agree and question.kind is not K.YES_NO:
        yield ContractFault("form", N_("《{form}》的“{label}”不是勾选题，不能要求同意。"), where)
    if question.enquiry is not None and question.kind is not K.YES_NO:
        yield ContractFault(
            "form", N_("《{form}》的“{label}”不是勾选题，不能说明做过邻里访问、信函索证。"), where
        )
    if not question.label:
        yield ContractFault("form", N_("《{form}》的“{label}”没有题目。"), where)
    condition = question.shown_if
    if condition is not None and condition.question not in _earlier(form, section, number):
        yield ContractFault(
            "form",
            N_("《{form}》的“{label}”要看“{name}”的答案，但它在前面没有问过。"),
            where | {"name": condition.question},
        )


def _earlier(form: FormDeclaration, section: Section, number: int) -> set[str]:
    """Names of questions answered before this one: earlier in its rows, and all that is asked once before it."""
    before = {question.name for question in section.questions[:number]}
    place = form.sections.index(section)
    for position, other in enumerate(form.sections):
        same_rows = other.per is section.per and position < place
        once = other.per is Per.CASE and (section.per is not Per.CASE)
        if same_rows or once:
            before |= {question.name for question in other.questions}
    return before
