"""Texts that a place fills in: amounts in guides, labels a province words itself."""

from __future__ import annotations

from core.catalogue.regional import Guide
from core.errors import Blocked
from core.forms import FormDeclaration
from core.law import Area, Law


def guide_summary(guide: Guide, law: Law) -> tuple[str, dict[str, str]]:
    """(msgid, values) of a guide's summary: with the amounts in force there, or without where one is not entered yet."""
    values: dict[str, str] = {}
    for figure in guide.figures:
        area = Area[figure.area.upper()]
        if not law.has(figure.key, area):
            return guide.summary, {}
        yearly = law.fen(figure.key, area=area)
        # whole yuan read better on a home page; a standard is seldom finer
        fen = yearly // 12
        values[figure.name] = f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")
    return (guide.summary_with_figures, values) if values else (guide.summary, {})


def with_local_labels(form: FormDeclaration, law: Law) -> FormDeclaration:
    """The form with every `label_key` replaced by the text in force there; without one, the form's own label stays."""
    labels: dict[str, str] = {}
    for question in form.questions:
        if question.label_key and law.has(question.label_key):
            try:
                labels[question.label_key] = law.text(question.label_key)
            except Blocked:
                continue
    return form.with_labels(labels) if labels else form
