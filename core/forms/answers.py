"""Answer sets of a form: reads and checks them whole, and keeps what tells of persons apart from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import Invalid
from core.forms.declarations import (
    MEMBER_ROWS,
    FormDeclaration,
    Per,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
)
from core.forms.values import Today, is_empty, read_value
from core.translations import N_

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one answer: `path` as in `members.0.id_number`; `message` a msgid filled from `values`."""

    path: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


def read_answers(
    declaration: FormDeclaration, given: Mapping[str, Any], *, today: date, demo: bool = False
) -> tuple[Answers, list[FieldFault]]:
    """The canonical answers in `given` (typed text or stored values) and every fault found.

    Answers to questions that are not asked (hidden, or of no such form) are dropped: nothing is stored that nobody asked.
    """
    reading = _Reading(Today(today, demo=demo))
    answers: Answers = {}
    for section in declaration.sections_per(Per.CASE):
        answers |= reading.row(section, given, answers)
    for per in Per:
        sections = declaration.sections_per(per)
        if per.rows and sections:
            answers[per.rows] = reading.rows(per, sections, given.get(per.rows), answers)
    reading.faults.extend(_pointing_nowhere(declaration, answers))
    return answers, reading.faults


def validate_answers(
    declaration: FormDeclaration, answers: Mapping[str, Any], *, today: date, demo: bool = False
) -> list[FieldFault]:
    """Every fault of an answer set; empty when it can stand. Imports and screens go through the same checks."""
    return read_answers(declaration, answers, today=today, demo=demo)[1]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass over an answer set: the day it happens on and the faults found so far."""

    clock: Today
    faults: list[FieldFault] = field(default_factory=list)

    def rows(self, per: Per, sections: Sequence[Section], given: object, case: Answers) -> list[Answers]:
        rows = given if isinstance(given, list) and all(isinstance(row, Mapping) for row in given) else []
        if given not in (None, []) and not rows:
            self.faults.append(FieldFault(per.rows, N_("没有读懂这一组；请重新填写")))
        read: list[Answers] = []
        for number, row in enumerate(rows):
            answers: Answers = {}
            for section in sections:
                answers |= self.row(section, row, case | answers, f"{per.rows}.{number}.")
            read.append(answers)
        for section in sections:
            self.faults.extend(_row_faults(section, read))
        return read

    def row(
        self, section: Section, given: Mapping[str, Any], known: Mapping[str, Any], prefix: str = ""
    ) -> Answers:
        answers: Answers = {}
        for question in section.questions:
            if not is_shown(question, {**known, **answers}):
                continue
            path, value = prefix + question.name, given.get(question.name)
            if is_empty(value):
                if question.required and question.asked:
                    message = N_("请填写“{label}”")
                    self.faults.append(FieldFault(path, message, {"label": question.label}))
                continue
            try:
                answers[question.name] = read_value(question, value, self.clock)
            except Invalid as fault:
                self.faults.append(FieldFault(path, fault.message, fault.values))
        return answers


def is_shown(question: Question, known: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the answers of its row and of the case so far."""
    condition = question.shown_if
    if condition is None:
        return True
    answer = known.get(condition.question)
    given = answer if isinstance(answer, list) else [answer]
    return any(value in condition.values for value in given)


def _row_faults(section: Section, rows: Sequence[Answers]) -> Iterator[FieldFault]:
    name = section.per.rows
    if len(rows) < section.at_least:
        yield FieldFault(
            name, N_("“{title}”至少要有 {count} 项"), {"title": section.title, "count": section.at_least}
        )
    if len(rows) > section.at_most:
        yield FieldFault(
            name, N_("“{title}”最多 {count} 项"), {"title": section.title, "count": section.at_most}
        )
    for question in section.questions:
        if question.unique:
            yield from _repeated(question, name, rows)
    if section.exactly_one and rows:
        asked, wanted = section.exactly_one
        matching = [number for number, row in enumerate(rows) if row.get(asked) == wanted]
        if not matching:
            yield FieldFault(f"{name}.0.{asked}", N_("“{title}”里还没有申请人本人"), {"title": section.title})
        for number in matching[1:]:
            yield FieldFault(f"{name}.{number}.{asked}", N_("申请人本人只能有一个；请改这个人和申请人的关系"))


def _repeated(question: Question, name: str, rows: Sequence[Answers]) -> Iterator[FieldFault]:
    seen: dict[Any, int] = {}
    for number, row in enumerate(rows):
        value = row.get(question.name)
        if value is None:
            continue
        if value in seen:
            # the number itself is never repeated in a message
            yield FieldFault(
                f"{name}.{number}.{question.name}",
                N_("和第 {first} 个填的一样；一个人只填一次"),
                {"first": seen[value] + 1},
            )
        else:
            seen[value] = number


def _pointing_nowhere(declaration: FormDeclaration, answers: Answers) -> Iterator[FieldFault]:
    members = len(answers.get(Per.MEMBER.rows, ()))
    for section in declaration.sections:
        pointing = [question for question in section.questions if question.choices_from == MEMBER_ROWS]
        for number, row in enumerate(
            answers.get(section.per.rows, ()) if pointing and section.per.rows else ()
        ):
            for question in pointing:
                if question.name in row and int(row[question.name]) >= members:
                    yield FieldFault(f"{section.per.rows}.{number}.{question.name}", N_("请选是家里哪个人"))


# --- apart and together ------------------------------------------------------------------------------------------


def split_answers(declaration: FormDeclaration, answers: Mapping[str, Any]) -> tuple[Answers, Answers]:
    """(plain, sealed): the first may be stored as JSON, the second tells of persons and is stored encrypted.

    Rows keep their number in both, so `join_answers` puts them together again.
    """
    plain: Answers = {}
    sealed: Answers = {}
    for section in declaration.sections:
        rows = section.per.rows
        given = answers.get(rows, []) if rows else [answers]
        if rows:
            plain.setdefault(rows, [{} for _ in given])
            sealed.setdefault(rows, [{} for _ in given])
        for number, row in enumerate(given):
            for question in section.questions:
                if question.name in row:
                    side = plain if question.sensitivity is Sensitivity.PLAIN else sealed
                    (side[rows][number] if rows else side)[question.name] = row[question.name]
    return plain, sealed


def join_answers(plain: Mapping[str, Any], sealed: Mapping[str, Any]) -> Answers:
    """The whole answer set from its two parts."""
    whole: Answers = {**plain, **sealed}
    for name, rows in plain.items():
        if (
            isinstance(rows, list)
            and isinstance(sealed.get(name), list)
            and name in {per.rows for per in Per}
        ):
            whole[name] = [{**one, **other} for one, other in zip(rows, sealed[name], strict=True)]
    return whole


_CODED = frozenset(
    {
        QuestionKind.YES_NO,
        QuestionKind.CHOICE,
        QuestionKind.CHOICES,
        QuestionKind.WHOLE_NUMBER,
        QuestionKind.DATE,
    }
)


def coded_answers(declaration: FormDeclaration, answers: Mapping[str, Any]) -> Answers:
    """The case-wide answers that are codes, counts or days: what packs may see of an answer set."""
    return {
        question.name: answers[question.name]
        for section in declaration.sections_per(Per.CASE)
        for question in section.questions
        if question.kind in _CODED and question.name in answers
    }
