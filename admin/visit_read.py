"""One visit as it was submitted: who went, every answer, what was found; photos open one by one, each look on record."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from admin.addresses import places_below
from admin.answer_words import said
from admin.blueprint import blueprint
from admin.case_people import people_of
from admin.case_sheet import value_text
from admin.visit_known import ADDRESSES, FILES
from admin.visit_lines import kind_words
from core import audit
from core.access import Permission
from core.cases import queries
from core.cases.comparison import compare
from core.cases.declaration_models import COUNTED, Layer, StatementLine
from core.cases.models import Case
from core.catalogue import with_local_labels
from core.forms import Question, QuestionKind, is_empty
from core.masking import mask_address
from core.visits.models import VisitKind
from core.visits.queries import visit_record
from core.web.access_gate import access, may
from core.web.formats import money
from core.web.installation import installation
from core.web.page import page
from core.web.procedures import procedure_of
from core.web.request import now, session
from core.web.texts import N_, gettext

KIND_WORDS = {
    VisitKind.HOME: N_("上门入户"),
    VisitKind.NEIGHBOUR: N_("邻里访问"),
    VisitKind.LETTER_ENQUIRY: N_("信函索证"),
}


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as answered: (question, answer) rows, and photos as (question, address or "", reason, signature)."""

    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    photos: list[tuple[str, str, str, bool]] = field(default_factory=list)


@blueprint.get("/visits/<uuid:visit_id>")
@access(Permission.VISIT_READ)
def visit(visit_id: uuid.UUID) -> Response:
    """Read one visit; it never changes."""
    record = visit_record(session(), visit_id)
    row = record.visit
    case = queries.case(session(), row.case_id) if row.case_id is not None else None
    audit.look(session(), "visit.look", row, now=now(), case_id=row.case_id)
    declared = installation().catalogue.form(row.form_name, row.form_version)
    form = with_local_labels(declared, procedure_of(case).law) if case is not None else declared
    people = people_of(case) if case is not None else None
    sections = []
    for section in form.sections:
        made = ReadSection(gettext(section.title))
        for question in section.questions:
            value = record.answers.get(question.name)
            if is_empty(value):
                continue
            if question.kind in FILES:
                made.photos.append(_photo(visit_id, question, value))
            else:
                full = people is None or people.full
                made.rows.append((gettext(question.label), _words(question, value, full=full)))
        if made.rows or made.photos:
            sections.append(made)
    return page(
        "admin/visits/read.html",
        visit=row,
        case=case,
        people=people,
        form_title=gettext(form.title),
        kind=gettext(KIND_WORDS[row.kind]),
        source=form.source,
        surveyors=[each.name for each in record.surveyors],
        sections=sections,
        lines_seen=_seen(case, row.received_at) if case is not None else [],
        place=places_below([row.village or row.township]).get(row.village or row.township, ""),
        back=url_for("staff.case_visits", case_id=case.id)
        if case is not None and may(Permission.CASE_READ)
        else url_for("staff.visits"),
    )


def _photo(visit_id: uuid.UUID, question: Question, value: Any) -> tuple[str, str, str, bool]:
    label, signed = gettext(question.label), question.kind is QuestionKind.SIGNATURE
    if isinstance(value, Mapping):
        return label, "", str(value["declined"]), signed
    return label, url_for("staff.visit_photo", visit_id=visit_id, document_id=value), "", signed


def _words(question: Question, value: Any, *, full: bool) -> str:
    if question.kind is QuestionKind.LOCATION:
        return _position(value, full=full)
    if isinstance(value, list):
        return gettext("、").join(said(question, each, ()) for each in value)
    if question.name in ADDRESSES and not full:
        return mask_address(str(value))
    return said(question, value, ())


def _position(value: Mapping[str, Any], *, full: bool) -> str:
    """Where the device was, or why it could not tell; and the place that was written beside it."""
    told = (
        gettext("没有取到：{reason}", reason=value["declined"])
        if "declined" in value
        else gettext(
            "北纬 {latitude}，东经 {longitude}，误差 {accuracy} 米",
            latitude=value["latitude"],
            longitude=value["longitude"],
            accuracy=value["accuracy_m"],
        )
    )
    address = str(value.get("address") or "")
    if not address:
        return told
    return gettext(
        "{told}；受访地点：{address}", told=told, address=address if full else mask_address(address)
    )


def _seen(case: Case, received_at: Any) -> list[tuple[str, str, str, bool]]:
    """(what, declared, seen, differs) of the lines this visit spoke of."""
    kinds = kind_words(case)
    told = []
    for each in compare(session(), case.id):
        line = each.layers.get(Layer.VISITED)
        if line is None or line.entered_at != received_at:
            continue
        declared = each.layers.get(Layer.DECLARED)
        title = f"{kinds.get(str(line.kind), str(line.kind))} {each.description}".strip()
        before = _number(declared) if declared is not None else gettext("没有申报")
        differs = declared is None or each.stated[Layer.DECLARED] != each.stated[Layer.VISITED]
        told.append((title, before, _number(line), differs))
    return told


def _number(line: StatementLine) -> str:
    if line.kind in COUNTED:
        return value_text(line)
    return gettext("{sum} 元", sum=money(line.amount_fen))
