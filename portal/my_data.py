"""What is kept about oneself: see it, take a copy as a file, ask for a correction (PIPL articles 44 to 46)."""

from __future__ import annotations

import json
import uuid

from flask import flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import audit
from core.cases.data_requests import ask_for_correction, my_corrections
from core.cases.models import Case
from core.regions import queries as regions
from core.sessions import found
from core.translations import N_
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.formats import moment
from core.web.page import file_response, page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import gettext, language
from portal.blueprint import blueprint
from portal.own_looks import looks_of
from portal.own_records import corrections_in, records_of


@blueprint.get("/my/data")
@access(RESIDENT)
def my_data() -> Response:
    """Everything of one's own applications, in the words it was given in."""
    cases = session().scalars(select(Case).order_by(Case.submitted_at.desc())).all()
    if cases:
        speak_of(cases[0].region_code)
    for case in cases:
        audit.look(session(), "data.see", case, now=now())
    corrections = my_corrections(session())
    return page(
        "portal/my_data.html",
        cases=[(case, records_of(case)) for case in cases],
        corrections=corrections,
        answered={each.row.case_id for each in corrections if each.answer},
        numbers={case.id: case.number for case in cases},
        offices={case.id: _office_of(case) for case in cases},
        looks=looks_of(cases),
    )


def _office_of(case: Case) -> str:
    office = regions.office(session(), case.region_code)
    return office.office_name if office else regions.node(session(), case.township).name


@blueprint.get("/my/data/<uuid:case_id>/copy")
@access(RESIDENT)
def data_copy(case_id: uuid.UUID) -> Response:
    """The same as a file: a page that opens on any phone, or `?kind=json` for other programs (PIPL art. 45)."""
    case: Case = found(session().get(Case, case_id))
    audit.look(session(), "data.copy", case, now=now())
    looks = looks_of([case]).part
    parts = [*records_of(case), *corrections_in(case), *([looks] if looks.items else [])]
    if request.args.get("kind") == "json":
        told = {part.title: [{"what": what, "value": value} for what, value in part.items] for part in parts}
        text = json.dumps({"number": case.number, **told}, ensure_ascii=False, indent=2)
        return file_response(text.encode(), f"{case.number}.json", "application/json")
    text = render_template(
        "portal/kept_file.html",
        title=gettext("我的资料"),
        number="",
        paragraphs=[],
        parts=parts,
        foot=gettext("%(when)s存的", when=moment(now(), language())),
    )
    return file_response(text.encode(), f"{case.number}.html", "text/html")


class CorrectionForm(Form):
    """What is wrong, and how it should be."""

    wrong = LongTextField(N_("哪里写错了，应该是什么"), required=True)


@blueprint.route("/my/data/<uuid:case_id>/correct", methods=["GET", "POST"])
@access(RESIDENT)
def correct(case_id: uuid.UUID) -> Response:
    """Ask the office to put something right; it answers in writing within the time of the rules."""
    case: Case = found(session().get(Case, case_id))
    speak_of(case.region_code)
    form = CorrectionForm()
    if request.method == "POST" and form.validate():
        ask_for_correction(
            session(), actor(), case, str(form.answers()["wrong"]), procedure_of(case), now=now()
        )
        flash(gettext("更正申请收到了，镇里核实后答复您。"), "success")
        return redirect_to(url_for("portal.my_data"))
    return page("portal/correct.html", case=case, form=form)
