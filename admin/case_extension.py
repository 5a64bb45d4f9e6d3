"""Giving a case its longest limit: a hard survey, or a complaint that brings it to the county."""

from __future__ import annotations

import uuid

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_forms import CaseForm, attempt
from admin.case_frame import case_frame
from core.access import Permission
from core.cases import queries
from core.cases.extension import extend_case, register_complaint
from core.cases.models import OPEN_STATES, Case
from core.forms import Choice
from core.web.access_gate import access, may
from core.web.choice_fields import RadioChoiceField
from core.web.fields import LongTextField
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

HARD, COMPLAINT = "hard", "complaint"


class ExtensionForm(CaseForm):
    """Why the case needs longer."""

    why = RadioChoiceField(N_("哪一种"), required=True)
    reason = LongTextField(
        N_("理由"), required=True, max_length=500, hint=N_("随案存档。不要写身份证号、电话和举报人姓名。")
    )


def ways() -> list[Choice]:
    """What who asks may do."""
    offered = []
    if may(Permission.CASE_PAUSE):
        offered.append(
            Choice(HARD, N_("延长期限"), hint=N_("人户分离、异地核查等情况复杂的，按特殊情况的期限办理。"))
        )
    if may(Permission.OBJECTION_HANDLE):
        offered.append(
            Choice(COMPLAINT, N_("登记投诉举报"), hint=N_("由县里入户核查、审核确认，期限按特殊情况。"))
        )
    return offered


@blueprint.route("/cases/<uuid:case_id>/extension", methods=["GET", "POST"])
@access(Permission.CASE_PAUSE, Permission.OBJECTION_HANDLE)
def case_extension(case_id: uuid.UUID) -> Response:
    """Extend the limit or note a complaint, with a reason."""
    case = queries.case(session(), case_id)
    form = ExtensionForm(data={"version": case.version})
    form.why.options = ways()
    status: int | None = None
    if form.is_submitted():
        answer = attempt(case, form, lambda: _extend(case, form), _stored)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            flash(gettext("已登记，截止日已经重算。"), "success")
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status = answer
    frame = case_frame(case_id, "economy")
    return page(
        "admin/cases/extension.html",
        status=status,
        frame=frame,
        form=form,
        may_extend=frame.case.accepted_at is not None and frame.case.state in OPEN_STATES,
    )


def _extend(case: Case, form: ExtensionForm) -> None:
    act = extend_case if form.why.data == HARD else register_complaint
    act(session(), actor(), case, form.reason.data or "", procedure_of(case), now=now())


def _stored(case: Case) -> dict[str, str]:
    if case.complaint:
        return {"why": gettext("登记投诉举报")}
    return {"why": gettext("延长期限")} if case.hard_survey else {}
