"""A home visit as two clerks of the made-up town fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases.procedure import Procedure
from core.forms import Question, QuestionKind, is_shown
from core.testing.town import Town
from core.visits.changes import Surveyor, VisitAnswer


def visit_answer(town: Town, procedure: Procedure, answers: Mapping[str, Any] | None = None) -> VisitAnswer:
    """Every required question of the province's form answered in the plainest way; `answers` replaces some."""
    form = procedure.view.form(procedure.scheme.visit_form)
    filled: dict[str, Any] = {}
    for question in form.questions:
        if question.required and is_shown(question, filled):
            filled[question.name] = _plainest(question)
    return VisitAnswer(
        form=form,
        answers=filled | dict(answers or {}),
        surveyors=[Surveyor(town.clerk.account_id, "甲"), Surveyor(town.second_clerk.account_id, "乙")],  # type: ignore[arg-type]
        visit_day=town.now.date(),
    )


def _plainest(question: Question) -> Any:
    match question.kind:
        case QuestionKind.YES_NO:
            return False
        case QuestionKind.CHOICE:
            return question.choices[0].code
        case QuestionKind.CHOICES:
            return [question.choices[0].code]
        case QuestionKind.WHOLE_NUMBER:
            return 4
        case QuestionKind.DATE:
            return "2026-11-16"
        case QuestionKind.PHOTO | QuestionKind.LOCATION | QuestionKind.SIGNATURE | QuestionKind.DOCUMENT:
            return {"declined": "对方不愿合照"}
        case _:
            return "甲"
