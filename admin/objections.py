"""Objections to a case's notices: answering each, and writing down what the re-check of a listed family came to."""

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core import audit
from core.access import Permission
from core.cases.models import Case
from core.errors import Problem
from core.notices.models import Objection, ObjectionState
from core.notices.objections import decide_objection, record_recheck, waits_for_recheck
from core.notices.queries import OpenedObjection, objections_of_case
from core.sessions import found
from core.translations import N_
from core.web.access_gate import access
from core.web.choice_fields import YesNoField
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import gettext


class AnswerForm(Form):
    """Whether the objection is right, and what was found."""

    upheld = YesNoField(N_("意见属实"), required=True)
    answer = LongTextField(N_("核实情况和答复"), required=True)


class RecheckForm(Form):
    """What the re-check of a family that receives already came to."""

    recheck = LongTextField(
        N_("复查情况和结果"),
        required=True,
        hint=N_("还符不符合条件、金额要不要变；要停发或者变更的，报审核确认的机关办。"),
    )


@blueprint.route("/cases/<uuid:case_id>/objections", methods=["GET", "POST"])
@access(Permission.OBJECTION_HANDLE)
def objections(case_id: uuid.UUID) -> Response:
    """What was said against a case's notices, and answering it; the family never sees who said it."""
    case: Case = found(session().get(Case, case_id))
    about = _objection_of(case) if request.method == "POST" else None
    form = _form_of(about) if about is not None else None
    if about is not None and form is not None and form.validate():
        try:
            _act(case, about, form)
        except Problem as problem:
            form.mark(problem)
        else:
            return redirect_to(url_for("staff.objections", case_id=case.id))
    audit.look(session(), "objection.look", case, now=now())
    rows = objections_of_case(session(), case.id)
    forms = _blank_forms(rows)
    if about is not None and form is not None:
        forms[about.id] = form
    return page(
        "admin/objections.html", status=422 if form else None, case=case, form=form, forms=forms, rows=rows
    )


def _form_of(objection: Objection) -> AnswerForm | RecheckForm:
    """The form of what is due about an objection: what the re-check came to once it was upheld, else its answer."""
    prefix = _prefix(objection)
    return (
        RecheckForm(prefix=prefix) if waits_for_recheck(session(), objection) else AnswerForm(prefix=prefix)
    )


def _blank_forms(rows: list[OpenedObjection]) -> dict[uuid.UUID, AnswerForm | RecheckForm]:
    """One form for each that waits for something: what was typed for one never stands under another."""
    forms: dict[uuid.UUID, AnswerForm | RecheckForm] = {}
    for row in (each.objection for each in rows):
        if row.state is ObjectionState.OPEN:
            forms[row.id] = AnswerForm(None, prefix=_prefix(row))
        elif waits_for_recheck(session(), row):
            forms[row.id] = RecheckForm(None, prefix=_prefix(row))
    return forms


def _prefix(objection: Objection) -> str:
    return f"{objection.id.hex}-"


def _act(case: Case, objection: Objection, form: AnswerForm | RecheckForm) -> None:
    given = form.answers()
    if isinstance(form, RecheckForm):
        record_recheck(session(), actor(), objection, str(given["recheck"]), now=now())
        flash(gettext("复查结果已登记。"), "success")
        return
    decide_objection(
        session(),
        actor(),
        objection,
        procedure_of(case),
        upheld=bool(given["upheld"]),
        answer=str(given["answer"]),
        now=now(),
    )
    if waits_for_recheck(session(), objection):
        flash(gettext("已答复。复查这一户已列入待办，查完在这里登记结果。"), "success")
    else:
        flash(gettext("已答复。"), "success")


def _objection_of(case: Case) -> Objection:
    """The objection that was answered; NotFound for another case's or a crafted one."""
    try:
        row = session().get(Objection, uuid.UUID(request.form.get("objection", "")))
    except ValueError:
        row = None
    mine: Objection = found(row if row is not None and row.case_id == case.id else None)
    return mine


audit.name_act("objection.look", N_("查看异议"))
