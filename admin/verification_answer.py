"""One body's question without the case around it: for a department officer, who answers her own body's and sees no other."""

from __future__ import annotations

import uuid

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.verification import LINES, STATE_WORDS, ResultForm, record_answer
from core.access import Permission
from core.cases import people
from core.cases import queries as cases
from core.cases.declaration_models import DeclaredMember
from core.sessions import found
from core.verification.models import OPEN, VerificationRequest
from core.verification.queries import limit_of, open_answer, waiting_requests
from core.verification.queries import request as request_row
from core.web.access_gate import access
from core.web.page import page, redirect_to
from core.web.request import now, session


@blueprint.route("/verification/<uuid:request_id>", methods=["GET", "POST"])
@access(Permission.VERIFICATION_RECORD)
def verification_answer(request_id: uuid.UUID) -> Response:
    """What the body is asked about whom, and its answer; opening it leaves a look."""
    row = request_row(session(), request_id)
    case = cases.case(session(), row.case_id)
    member: DeclaredMember = found(session().get(DeclaredMember, row.member_id))
    form = ResultForm() if request.method == "POST" else ResultForm(formdata=None)
    if request.method == "POST" and form.validate() and record_answer(case, row, form):
        return redirect_to(_next(row))
    open_answer(session(), row, now=now())
    due_on, provisional = limit_of(session(), row)
    return page(
        "admin/verification/answer.html",
        row=row,
        due_on=due_on,
        provisional=provisional,
        name=people.full_name(session(), member),
        id_masked=people.masked_number(session(), member),
        form=form,
        lines=LINES,
        may_record=row.state in OPEN,
        state_words=STATE_WORDS,
    )


def _next(answered: VerificationRequest) -> str:
    """Her next question about the same family, else the list of all."""
    left = [row for row in waiting_requests(session()) if row.case_id == answered.case_id]
    if left:
        return url_for("staff.verification_answer", request_id=left[0].id)
    return url_for("staff.verification_desk")
