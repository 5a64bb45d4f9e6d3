"""Answers in words, for the page of all answers and for telling what another device holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import NotFound
from core.forms import Answers, Question, QuestionKind, is_shown
from core.masking import mask_bank_card, mask_id_number
from core.regions import queries as regions
from core.regions.names import spoken
from core.web.formats import day_or_text, money
from core.web.request import session
from core.web.texts import gettext, language

_MASKED = {QuestionKind.BANK_ACCOUNT: mask_bank_card, QuestionKind.ID_NUMBER: mask_id_number}


def answer_text(  # noqa: PLR0911  (one line per kind of answer)
    question: Question, value: Any, members: Sequence[str] = (), *, masked: bool = False
) -> str:
    """One stored or typed value as its giver would say it; nothing for no answer. `masked` hides numbers of people."""
    if value is None or value == "":
        return ""
    match question.kind:
        case QuestionKind.YES_NO:
            return gettext("是") if value in (True, "true") else gettext("否")
        case QuestionKind.CHOICE if question.choices_from:
            return members[int(value)] if str(value).isdigit() and int(value) < len(members) else ""
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            return _choices(question, value)
        case QuestionKind.MONEY:
            return gettext("%(sum)s元", sum=money(value)) if isinstance(value, int) else str(value)
        case QuestionKind.DATE:
            return day_or_text(str(value), language())
        case QuestionKind.REGION:
            return _place(str(value))
        case QuestionKind.DOCUMENT | QuestionKind.PHOTO | QuestionKind.SIGNATURE:
            return gettext("已交")
        case kind if masked and kind in _MASKED:
            return _MASKED[kind](str(value))
        case _:
            return str(value)


def _choices(question: Question, value: Any) -> str:
    codes = value if isinstance(value, list) else [value]
    labels = {each.code: each.label for each in question.choices}
    return gettext("、").join(gettext(labels.get(str(code), str(code))) for code in codes)


def _place(code: str) -> str:
    try:
        return spoken(regions.node(session(), code).full_name)
    except NotFound:
        return code


def answered(
    questions: Sequence[Question], row: Answers, known: Answers, members: Sequence[str]
) -> list[tuple[str, str]]:
    """(question, answer) of what is asked and was answered, in order."""
    whole = {**known, **row}
    shown = [
        (gettext(question.label), answer_text(question, row.get(question.name), members, masked=True))
        for question in questions
        if question.asked and is_shown(question, whole)
    ]
    return [(label, text) for label, text in shown if text]
