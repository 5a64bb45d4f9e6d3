"""Stopping and restarting the clock of a case, for a listed reason."""

from __future__ import annotations

import uuid

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_forms import CaseForm, attempt
from admin.case_frame import case_frame
from core.access import Permission
from core.cases import queries
from core.cases.models import OPEN_STATES, Case
from core.cases.pauses import end_pause, open_pause, pause_case
from core.cases.procedure import Procedure
from core.forms import Choice
from core.web.access_gate import access
from core.web.choice_fields import RadioChoiceField
from core.web.fields import LongTextField
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import N_, gettext


class PauseForm(CaseForm):
    """Why the clock stands."""

    reason = RadioChoiceField(N_("为什么暂停"), required=True)
    note = LongTextField(
        N_("说明"), max_length=500, hint=N_("等谁、等什么、预计到哪天。不要写身份证号和电话。")
    )


class ResumeForm(CaseForm):
    """Nothing to say: the clock runs again."""


@blueprint.route("/cases/<uuid:case_id>/pause", methods=["GET", "POST"])
@access(Permission.CASE_PAUSE)
def case_pause(case_id: uuid.UUID) -> Response:
    """The pauses so far, and a form that begins one."""
    case = queries.case(session(), case_id)
    procedure = procedure_of(case)
    form = PauseForm(data={"version": case.version})
    reasons = {each.code: gettext(each.title) for each in procedure.scheme.pause_reasons}
    form.reason.options = [
        Choice(each.code, each.title, hint=each.source) for each in procedure.scheme.pause_reasons
    ]
    status: int | None = None
    if form.is_submitted():
        answer = attempt(
            case, form, lambda: _pause(case, form, procedure), lambda again: _stored(again, reasons)
        )
        if isinstance(answer, Response):
            return answer
        if answer is None:
            flash(gettext("已暂停计时。恢复时，截止日按暂停的工作日顺延。"), "success")
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status = answer
    frame = case_frame(case_id, "economy")
    return page(
        "admin/cases/pause.html",
        status=status,
        frame=frame,
        form=form,
        reasons=reasons,
        may_pause=frame.case.accepted_at is not None and frame.case.state in OPEN_STATES,
    )


def _pause(case: Case, form: PauseForm, procedure: Procedure) -> None:
    pause_case(session(), actor(), case, str(form.reason.data), form.note.data or "", procedure, now=now())


def _stored(case: Case, reasons: dict[str, str]) -> dict[str, str]:
    pause = open_pause(session(), case)
    return {} if pause is None else {"reason": reasons.get(pause.reason, pause.reason), "note": pause.note}


@blueprint.post("/cases/<uuid:case_id>/resume")
@access(Permission.CASE_PAUSE)
def case_resume(case_id: uuid.UUID) -> Response:
    """Let the clock run again."""
    case = queries.case(session(), case_id)
    form = ResumeForm()
    answer = attempt(case, form, lambda: end_pause(session(), actor(), case, procedure_of(case), now=now()))
    if isinstance(answer, Response):
        return answer
    if answer is None:
        flash(gettext("已恢复计时，截止日已经重算。"), "success")
    else:
        flash(" ".join(form.form_errors) or gettext("没有恢复，请再试一次。"), "danger")
    return redirect_to(url_for("staff.case_page", case_id=case_id))
