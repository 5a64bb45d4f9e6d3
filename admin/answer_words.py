"""A stored answer as a colleague would say it; numbers of people masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.errors import NotFound
from core.forms import MEMBER_ROWS, Question, QuestionKind
from core.masking import mask_bank_card, mask_disability_certificate, mask_id_number, mask_phone
from core.regions import queries as regions
from core.web.formats import day_or_text
from core.web.request import session
from core.web.texts import gettext, language

MASKS = {
    QuestionKind.ID_NUMBER: mask_id_number,
    QuestionKind.PHONE: mask_phone,
    QuestionKind.BANK_ACCOUNT: mask_bank_card,
    QuestionKind.DISABILITY_CERTIFICATE: mask_disability_certificate,
}


def said(question: Question, value: Any, members: Sequence[tuple[str, str]]) -> str:
    """A stored value as a colleague would say it; numbers of people masked."""
    if value is None or value == "":
        return gettext("（空着）")
    match question.kind:
        case kind if kind in _SAYING:
            return _SAYING[kind](str(value))
        case QuestionKind.YES_NO:
            return gettext("是") if value in (True, "true") else gettext("否")
        case QuestionKind.MONEY if isinstance(value, int):
            return gettext("{yuan} 元", yuan=f"{value // 100:,}.{value % 100:02d}")
        case _:
            labels = {each.code: gettext(each.label) for each in question.choices}
            if question.choices_from == MEMBER_ROWS:
                labels = dict(members)
            return labels.get(str(value), str(value))


def _place(code: str) -> str:
    try:
        return regions.node(session(), code).name
    except NotFound:
        return code


_SAYING: dict[QuestionKind, Callable[[str], str]] = MASKS | {
    QuestionKind.REGION: _place,
    QuestionKind.DATE: lambda typed: day_or_text(typed, language()),
}
