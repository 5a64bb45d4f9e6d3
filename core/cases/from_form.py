"""From the answers of an application form to an Application: the same for the portal, the window and imports."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.cases.application import Application, LineAnswer, MemberAnswer
from core.cases.declaration_models import LineKind, MemberRole, Period, Section
from core.cases.models import WHOLE_HOUSEHOLD, Channel
from core.documents.changes import copy_id
from core.forms import Answers, FieldFault, FormDeclaration, Per, QuestionKind, split_answers
from core.households.models import Area, NotCounted
from core.households.names import age_on
from core.identity_numbers import DisabilityCertificate, parse_disability_certificate, parse_id_number
from core.translations import N_

APPLICANT = "01"
MULTIPLE = 7  # class of the disability certificate
BASIC_PENSION_ITEM = "central_basic_pension"
MONTHS = 12
_LINES = ((Per.INCOME, Section.INCOME), (Per.PROPERTY, Section.PROPERTY), (Per.EXPENSE, Section.EXPENSE))
# what has a column of its own in the declaration is not kept a second time with the sealed answers
_HAS_COLUMN: dict[Per, frozenset[str]] = {
    Per.CASE: frozenset({"region", "area", "variant", "related_party", "village_group"}),
    Per.MEMBER: frozenset(
        {
            "name", "id_number", "relation", "phone", "counted", "not_counted_reason", "working", "student",
            "seriously_ill", "disabled", "disability_certificate", "mental_part", "guardian",
        }
    ),
    Per.SUPPORTER: frozenset({"name", "id_number", "relation", "phone"}),
    Per.INCOME: frozenset({"member", "kind", "description", "amount", "period", "basic_pension", "document"}),
    Per.PROPERTY: frozenset({"member", "kind", "description", "amount", "quantity", "document"}),
    Per.EXPENSE: frozenset({"member", "kind", "description", "amount", "period", "document"}),
}  # fmt: skip
# asked once, and of the applicant alone
_OF_APPLICANT = frozenset({"identity_photo", "promise_signature"})
_FILES = frozenset({QuestionKind.DOCUMENT, QuestionKind.PHOTO, QuestionKind.SIGNATURE})


def application_from(
    form: FormDeclaration,
    answers: Answers,
    *,
    application_id: uuid.UUID,
    scheme: str,
    pack: str,
    channel: Channel,
    today: date,
    demo: bool = False,
    owner_account_id: uuid.UUID | None = None,
    proxy: Mapping[str, str] | None = None,
    origin: str = "application",
) -> Application:
    """The application that faultless answers make (`read_answers` and `whole_faults` found nothing).

    Papers are named by the id their copy will have in the case (`copy_id`). Questions a pack added are kept sealed, or
    plain where they say so. Made-up ID numbers pass only with `demo`.
    """
    plain, sealed = _remaining(form, answers, application_id)
    members = [_member(row, answers, today, demo) for row in answers.get(Per.MEMBER.rows, ())]
    members += [_supporter(row, today, demo) for row in answers.get(Per.SUPPORTER.rows, ())]
    return Application(
        id=application_id,
        scheme=scheme,
        pack=pack,
        form_name=form.name,
        form_version=form.version,
        region_code=answers["region"],
        area=Area(answers["area"]),
        channel=channel,
        members=members,
        lines=[line for per, sheet in _LINES for line in _lines(answers, per, sheet, application_id)],
        variant=answers.get("variant", WHOLE_HOUSEHOLD),
        owner_account_id=owner_account_id,
        answers=plain,
        sensitive_answers=sealed,
        proxy=proxy,
        related_party=bool(answers.get("related_party")),
        origin=origin,
    )


def whole_faults(answers: Answers, today: date, adult_age: int, *, demo: bool = False) -> list[FieldFault]:
    """What is wrong between answers that are each right: paths as in `read_answers`."""
    return [
        *_twice(answers),
        *_certificates(answers, today, demo),
        *_pensions(answers),
        *_guardians(answers, today, adult_age, demo),
    ]


def paper_ids(form: FormDeclaration, answers: Answers) -> dict[uuid.UUID, int | None]:
    """Every paper an answer names, with the number of the member it is of or whose line names it; None: the household's."""
    found: dict[uuid.UUID, int | None] = {}
    applies = next(
        (
            number
            for number, row in enumerate(answers.get(Per.MEMBER.rows, ()))
            if row.get("relation") == APPLICANT
        ),
        None,
    )
    for section in form.sections:
        files = [question.name for question in section.questions if question.kind in _FILES]
        rows = answers.get(section.per.rows, ()) if section.per.rows else (answers,)
        for row in rows:
            for name in files:
                if isinstance(row.get(name), str):
                    member = applies if name in _OF_APPLICANT else row.get("member")
                    found[uuid.UUID(row[name])] = None if member is None else int(member)
    return found


def _member(row: Answers, answers: Answers, today: date, demo: bool) -> MemberAnswer:
    identity = parse_id_number(row["id_number"], today=today, demo=demo)
    number = row.get("disability_certificate", "")
    certificate = parse_disability_certificate(number, today=today, demo=demo) if number else None
    applies = row["relation"] == APPLICANT
    counted = bool(row.get("counted", True))
    return MemberAnswer(
        name=row["name"],
        id_number=identity.number,
        birth_date=identity.birth_date,
        sex=int(identity.sex),
        relation=row["relation"],
        is_applicant=applies,
        phone=row.get("phone", "") or (answers.get("phone", "") if applies else ""),
        student=row.get("student"),
        working=row.get("working"),
        seriously_ill=row.get("seriously_ill"),
        disability_certificate=number,
        disability_class=certificate.disability_class if certificate else None,
        disability_grade=certificate.grade if certificate else None,
        mental_part_grade=_mental_part(row, certificate),
        counted=counted,
        not_counted_reason=None if counted else NotCounted(row["not_counted_reason"]),
        guardian=int(row["guardian"]) if "guardian" in row else None,
    )


def _mental_part(row: Answers, certificate: DisabilityCertificate | None) -> int | None:
    """The grade of the intellectual or mental part of a multiple disability; the number of the certificate does not tell it."""
    multiple = certificate is not None and certificate.disability_class == MULTIPLE
    return int(row["mental_part"]) if multiple and "mental_part" in row else None


def _supporter(row: Answers, today: date, demo: bool) -> MemberAnswer:
    identity = parse_id_number(row["id_number"], today=today, demo=demo)
    return MemberAnswer(
        name=row["name"],
        id_number=identity.number,
        birth_date=identity.birth_date,
        sex=int(identity.sex),
        relation=row["relation"],
        role=MemberRole.SUPPORTER,
        phone=row.get("phone", ""),
    )


def _lines(answers: Answers, per: Per, sheet: Section, case_id: uuid.UUID) -> Iterator[LineAnswer]:
    for row in answers.get(per.rows, ()):
        period = Period(row.get("period", Period.ONCE))
        paper = row.get("document")
        pension = row.get("basic_pension", 0)
        shared: dict[str, Any] = {
            "section": sheet,
            "kind": LineKind(row["kind"]),
            "period": period,
            "member": int(row["member"]) if "member" in row else None,
            "description": row.get("description", ""),
            "document_id": copy_id(case_id, uuid.UUID(paper)) if isinstance(paper, str) else None,
        }
        part = _pension_in(period, pension)
        yield LineAnswer(amount_fen=row["amount"] - part, quantity=row.get("quantity", 1), **shared)
        if part:
            # a line of its own, because the law may leave just this part out of the income
            yield LineAnswer(amount_fen=part, item=BASIC_PENSION_ITEM, **shared)


def _pension_in(period: Period, monthly_fen: int) -> int:
    return monthly_fen if period is Period.MONTH else monthly_fen * MONTHS


def _remaining(form: FormDeclaration, answers: Answers, case_id: uuid.UUID) -> tuple[Answers, Answers]:
    """(plain, sealed) of what has no column of its own; the village group is public and stays readable."""
    rest = dict(answers)
    for section in form.sections:
        names = _HAS_COLUMN.get(section.per, frozenset())
        files = {question.name for question in section.questions if question.kind in _FILES}
        if section.per.rows:
            rest[section.per.rows] = [
                {name: value for name, value in row.items() if name not in names}
                for row in answers.get(section.per.rows, ())
            ]
            continue
        for name in names & rest.keys():
            del rest[name]
        for name in files & rest.keys():
            if isinstance(rest[name], str):
                rest[name] = str(copy_id(case_id, uuid.UUID(rest[name])))
    plain, sealed = split_answers(form, rest)
    for per in Per:
        for part in (plain, sealed):
            if per.rows and not any(part.get(per.rows, ())):
                part.pop(per.rows, None)
    if answers.get("village_group"):
        plain["village_group"] = answers["village_group"]
    return plain, sealed


# --- faults between answers -------------------------------------------------------------------------------------


def _twice(answers: Answers) -> Iterator[FieldFault]:
    """Somebody who is both of the family and a supporter elsewhere; within one list the form itself sees it."""
    family = {row.get("id_number") for row in answers.get(Per.MEMBER.rows, ())} - {None}
    for number, row in enumerate(answers.get(Per.SUPPORTER.rows, ())):
        if row.get("id_number") in family:
            yield FieldFault(
                f"{Per.SUPPORTER.rows}.{number}.id_number", N_("这个人已经写在“家里人”里了，一个人只写一次")
            )


def _certificates(answers: Answers, today: date, demo: bool) -> Iterator[FieldFault]:
    for number, row in enumerate(answers.get(Per.MEMBER.rows, ())):
        if "disability_certificate" in row and "id_number" in row:
            holder = parse_disability_certificate(
                row["disability_certificate"], today=today, demo=demo
            ).holder
            if holder.number != row["id_number"]:
                yield FieldFault(
                    f"{Per.MEMBER.rows}.{number}.disability_certificate",
                    N_("残疾证号码的前18位和这个人的身份证号码不一样；请对照证件核对"),
                )


def _pensions(answers: Answers) -> Iterator[FieldFault]:
    for number, row in enumerate(answers.get(Per.INCOME.rows, ())):
        whole = row.get("amount")
        if whole is None or not row.get("basic_pension"):
            continue
        if _pension_in(Period(row.get("period", Period.MONTH)), row["basic_pension"]) > whole:
            yield FieldFault(
                f"{Per.INCOME.rows}.{number}.basic_pension",
                N_("基础养老金是上面那笔钱里的一部分，不能比它多"),
            )


def _guardians(answers: Answers, today: date, adult_age: int, demo: bool) -> Iterator[FieldFault]:
    rows: Sequence[Answers] = answers.get(Per.MEMBER.rows, ())
    for number, row in enumerate(rows):
        if "guardian" not in row:
            continue
        path, guardian = f"{Per.MEMBER.rows}.{number}.guardian", int(row["guardian"])
        if guardian == number:
            yield FieldFault(path, N_("监护人要选别人，不能是自己"))
        elif _under_age(rows[guardian : guardian + 1], today, adult_age, demo):
            yield FieldFault(path, N_("监护人要选满{age}岁的人"), {"age": adult_age})


def _under_age(rows: Sequence[Answers], today: date, adult_age: int, demo: bool) -> bool:
    """Whether the numbers in the rows are of somebody under age; who has written none yet is not."""
    numbers = [row["id_number"] for row in rows if "id_number" in row]
    return any(
        age_on(parse_id_number(each, today=today, demo=demo).birth_date, today) < adult_age
        for each in numbers
    )
