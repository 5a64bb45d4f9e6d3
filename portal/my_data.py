"""What is kept about oneself: see it, take a copy as a file, ask for a correction (PIPL articles 44 to 46)."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import flash, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import audit
from core.cases import people
from core.cases.comparison import compare
from core.cases.data_requests import ask_for_correction, my_requests
from core.cases.declaration_models import Layer
from core.cases.models import Case
from core.documents.queries import papers_of_case, titles
from core.letters.queries import letters_of_case
from core.masking import mask_bank_card
from core.sessions import found
from core.translations import N_
from core.web.access_gate import RESIDENT, access
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.page import file_response, page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import gettext
from portal.blueprint import blueprint


@blueprint.get("/my/data")
@access(RESIDENT, looks=True)
def my_data() -> Response:
    """Everything of one's own applications, in the words it was given in."""
    cases = session().scalars(select(Case).order_by(Case.submitted_at.desc())).all()
    for case in cases:
        audit.look(session(), "data.see", case, now=now())
    return page(
        "portal/my_data.html", cases=[(case, _of(case)) for case in cases], requests=my_requests(session())
    )


@blueprint.get("/my/data/<uuid:case_id>/copy")
@access(RESIDENT, looks=True)
def data_copy(case_id: uuid.UUID) -> Response:
    """The same as a file that other programs can read (PIPL art. 45)."""
    case: Case = found(session().get(Case, case_id))
    audit.look(session(), "data.copy", case, now=now())
    text = json.dumps(_of(case), ensure_ascii=False, indent=2, default=str)
    return file_response(text.encode(), f"{case.number}.json", "application/json")


class CorrectionForm(Form):
    """What is wrong, and how it should be."""

    wrong = LongTextField(N_("哪里写错了，应该是什么"), required=True)


@blueprint.route("/my/data/<uuid:case_id>/correct", methods=["GET", "POST"])
@access(RESIDENT)
def correct(case_id: uuid.UUID) -> Response:
    """Ask the office to put something right; it answers in writing within the time of the rules."""
    case: Case = found(session().get(Case, case_id))
    form = CorrectionForm()
    if request.method == "POST" and form.validate():
        ask_for_correction(
            session(), actor(), case, str(form.answers()["wrong"]), procedure_of(case), now=now()
        )
        flash(gettext("更正申请收到了，镇里核实后答复您。"), "success")
        return redirect_to(url_for("portal.my_data"))
    return page("portal/correct.html", case=case, form=form)


def _of(case: Case) -> dict[str, Any]:
    """One application as plain words and values; numbers in full, because they are her own."""
    database = session()
    members = people.members(database, case.id)
    names = {member.id: people.full_name(database, member) for member in members}
    papers = papers_of_case(database, case.id)
    named = titles(database, papers)
    return {
        "number": case.number,
        "submitted_at": case.submitted_at,
        "members": [
            {
                "name": names[member.id],
                "id_number": people.secrets(database, member)["id_number"]
                if member.is_applicant
                else member.id_masked,
                "birth_date": member.birth_date,
                "relation": member.relation,
            }
            for member in members
        ],
        "lines": [
            {
                "who": names.get(line.any_line.member_id, "") if line.any_line.member_id else "",
                "kind": str(line.any_line.kind),
                "what": line.description,
                "yearly_fen": line.layers[Layer.DECLARED].yearly_fen,
            }
            for line in compare(database, case.id)
            if Layer.DECLARED in line.layers
        ],
        "bank_account": _account(case),
        "papers": [named[paper.id] for paper in papers],
        "letters": [letter.title for letter in letters_of_case(database, case.id)],
    }


def _account(case: Case) -> str:
    number = str(people.sensitive_answers(session(), case).get("bank_account", ""))
    return mask_bank_card(number) if number else ""
