"""A home visit as two clerks of the made-up town fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.cases.procedure import Procedure
from core.database import new_id
from core.forms import FormDeclaration, Question, QuestionKind, is_shown
from core.testing.town import Town
from core.visits.changes import Surveyor, VisitAnswer


def visit_answer(town: Town, procedure: Procedure, answers: Mapping[str, Any] | None = None) -> VisitAnswer:
    """Every required question of the province's form answered in the plainest way; `answers` replaces some."""
    form = procedure.view.form(procedure.scheme.visit_form)
    day = town.now.date()
    return VisitAnswer(
        form=form,
        answers=plainest_answers(form, day) | dict(answers or {}),
        surveyors=[Surveyor(town.clerk.account_id, "甲"), Surveyor(town.second_clerk.account_id, "乙")],  # type: ignore[arg-type]
        visit_day=day,
    )


def plainest_answers(
    form: FormDeclaration, day: date, known: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Each required question that is asked, answered as `known` has it, else in the plainest way its kind allows."""
    known = known or {}
    filled = {question.name: known[question.name] for question in form.questions if question.name in known}
    for question in form.questions:
        if question.required and question.name not in filled and is_shown(question, filled):
            filled[question.name] = _plainest(question, day)
    return filled


def _plainest(question: Question, day: date) -> Any:
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
            return day.isoformat()
        case _ if question.may_decline:
            return {"declined": "对方不愿合照"}
        case QuestionKind.PHOTO | QuestionKind.SIGNATURE | QuestionKind.DOCUMENT:
            return str(new_id())
        case QuestionKind.LOCATION:
            return {"latitude": "27.76", "longitude": "107.48", "accuracy_m": 18, "confirmed": True}
        case _:
            return "都看过，和申报的一样"
