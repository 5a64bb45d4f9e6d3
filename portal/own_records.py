"""One application in its giver's own words, part by part: for reading on a page and for taking away as a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.cases import people
from core.cases.comparison import compare
from core.cases.data_requests import corrections_of_case
from core.cases.declaration_models import COUNTED, DeclaredMember, Layer, LineKind, MemberRole, StatementLine
from core.cases.models import Case
from core.documents.queries import papers_of_case, titles
from core.forms import Answers, FormDeclaration, Per, QuestionKind, join_answers
from core.identity_numbers import Sex
from core.letters.queries import letters_of_case
from core.masking import mask_id_number
from core.regions import queries as regions
from core.regions.names import spoken
from core.web.formats import day, moment, money, short_day
from core.web.installation import installation
from core.web.procedures import procedure_of
from core.web.request import session
from core.web.texts import N_, gettext, language
from portal.apply_answers import answered
from portal.apply_rows import labels_of

_FILES = {QuestionKind.PHOTO, QuestionKind.DOCUMENT, QuestionKind.SIGNATURE}
_PROMISES = "promise"
_TITLES = {"applicant": N_("怎么找到您家")}


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One heading with what stands under it: (what, value)."""

    title: str
    items: Sequence[tuple[str, str]]


def records_of(case: Case) -> list[RecordPart]:
    """Everything the application holds, as it was given; numbers of other people and accounts stay masked."""
    form = installation().catalogue.form(case.form_name, case.form_version)
    rows = people.members(session(), case.id)
    names = {row.id: str(people.declared(session(), row)["name"]) for row in rows}
    parts = [
        RecordPart(gettext("这次申请"), list(_head(case))),
        RecordPart(gettext("家里人"), [_person(form, row, names[row.id]) for row in rows]),
        *_answers(case, form, [names[row.id] for row in rows if row.role is MemberRole.MEMBER]),
        RecordPart(gettext("收入、花销和财产"), list(_lines(case, form, names))),
        RecordPart(gettext("材料"), list(_papers(case))),
        RecordPart(gettext("给您的信"), list(_letters(case))),
    ]
    return [part for part in parts if part.items]


def corrections_in(case: Case) -> list[RecordPart]:
    """What she asked to have put right and what the office answered, for the copy; the page shows it by itself."""
    items: list[tuple[str, str]] = []
    for each in corrections_of_case(session(), case.id):
        items.append((gettext("%(day)s要求更正", day=day(each.row.asked_at, language())), each.text))
        if each.answer:
            items.append((gettext("%(day)s答复", day=day(each.row.answered_at, language())), each.answer))
    return [RecordPart(gettext("您要求更正的"), items)] if items else []


def _head(case: Case) -> Iterator[tuple[str, str]]:
    yield gettext("编号"), case.number
    yield gettext("申请"), gettext(procedure_of(case).scheme.public_kind)
    yield gettext("交的日子"), moment(case.submitted_at, language())
    yield gettext("户口所在地"), spoken(regions.node(session(), case.region_code).full_name)


def _person(form: FormDeclaration, row: DeclaredMember, name: str) -> tuple[str, str]:
    per = Per.MEMBER if row.role is MemberRole.MEMBER else Per.SUPPORTER
    codes = {each.code: each.label for each in form.question("relation", per).choices}
    relation = gettext("您本人") if row.is_applicant else gettext(codes.get(row.relation, ""))
    number = people.declared(session(), row)["id_number"] if row.is_applicant else row.id_masked
    sex = gettext("男") if row.sex == Sex.MALE else gettext("女")
    born = gettext("%(birth)s生", birth=day(row.birth_date, language()))
    told = gettext("，").join((relation, sex, born, number))
    told = told if row.counted else told + gettext("，") + gettext("不算一起过日子")
    return name, gettext("；").join(filter(None, (told, registered_words(row))))


def registered_words(row: DeclaredMember) -> str:
    """What the register says of her since it was corrected, beside what she declared; "" where she may not see it."""
    known = people.registered_now(session(), row)
    if known is None:
        return ""
    number = mask_id_number(str(known["id_number"]))
    return gettext("现在登记的：%(name)s，%(number)s", name=known["name"], number=number)


def _answers(case: Case, form: FormDeclaration, members: Sequence[str]) -> Iterator[RecordPart]:
    sealed = people.sensitive_answers(session(), case)
    known: Answers = join_answers(dict(case.answers), sealed) | {"area": str(case.area)}
    for section in form.sections_per(Per.CASE):
        asked = [each for each in section.questions if each.kind not in _FILES and each.name != "region"]
        if section.name != _PROMISES:
            title = _TITLES.get(section.name, section.title)
            yield RecordPart(gettext(title), answered(asked, known, known, members))


def _lines(case: Case, form: FormDeclaration, names: Mapping[uuid.UUID, str]) -> Iterator[tuple[str, str]]:
    kinds: dict[str, str] = {}
    owned: dict[str, str] = {}
    for per in (Per.INCOME, Per.EXPENSE, Per.PROPERTY):
        for section in form.sections_per(per):
            found = labels_of(section.questions, "kind")
            kinds |= found
            owned |= found if per is Per.PROPERTY else {}
    for line in compare(session(), case.id):
        if Layer.DECLARED not in line.layers:
            continue
        kind, declared = str(line.any_line.kind), line.layers[Layer.DECLARED]
        member_id = line.any_line.member_id
        who = names.get(member_id, "") if member_id else ""
        what = gettext("，").join(each for each in (who, kinds.get(kind, ""), line.description) if each)
        yield what, _declared(declared, owned=kind in owned)


def _declared(line: StatementLine, *, owned: bool) -> str:
    if line.kind in COUNTED:
        if line.kind is LineKind.VEHICLE:
            return gettext("%(n)s辆", n=line.quantity)
        return gettext("%(n)s处", n=line.quantity)
    told = money(line.yearly_fen)
    return gettext("%(sum)s元", sum=told) if owned else gettext("一年%(sum)s元", sum=told)


def _papers(case: Case) -> Iterator[tuple[str, str]]:
    papers = papers_of_case(session(), case.id)
    named = titles(session(), papers)
    for paper in papers:
        yield gettext(named[paper.id]), gettext("%(day)s交的", day=short_day(paper.given_at, language()))


def _letters(case: Case) -> Iterator[tuple[str, str]]:
    for letter in letters_of_case(session(), case.id):
        yield gettext(letter.title), short_day(letter.issued_at, language())
