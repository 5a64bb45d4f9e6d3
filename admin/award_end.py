"""Ending the help that a case led to: what follows is read first, then a day and a reason are signed (R3-05, 2.8)."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_forms import CaseForm, attempt
from admin.case_frame import case_frame
from core.access import Permission
from core.accounts.queries import names_of
from core.awards.ending import REASON_LENGTH, earliest_last_day, end_award, what_follows
from core.awards.models import Award
from core.awards.queries import award_of_case
from core.cases import queries
from core.cases.confirmations import confirms_with
from core.cases.models import Case
from core.sessions import found
from core.web.access_gate import access, may
from core.web.choice_fields import TickField
from core.web.fields import DateField, LongTextField
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext


class EndForm(CaseForm):
    """Until when it is paid, and why not longer."""

    last_day = DateField(N_("发到哪一天"), required=True)
    reason = LongTextField(
        N_("停发的理由"),
        required=True,
        max_length=REASON_LENGTH,
        hint=N_("根据哪些核实的情况、哪一条规定。不要写身份证号和电话。"),
    )
    agreed = TickField(N_("上面会发生的都看过了，定了以后不能改"), required=True)


@blueprint.route("/cases/<uuid:case_id>/award/end", methods=["GET", "POST"])
@access(Permission.CONFIRMATION_SIGN, Permission.DELEGATED_CONFIRMATION_SIGN)
def award_end(case_id: uuid.UUID) -> Response:
    """What will follow, then the decision; NotFound where the case led to no help."""
    case = queries.case(session(), case_id)
    award = found(award_of_case(session(), case_id))
    form = EndForm(data={"version": case.version})
    status: int | None = None
    if form.is_submitted():
        answer = attempt(case, form, lambda: _end(case, form))
        if isinstance(answer, Response):
            return answer
        if answer is None:
            flash(gettext("已定停发的日子。停发告知书请写好送到本人手里。"), "success")
            return redirect_to(url_for("staff.award_end", case_id=case_id))
        status = answer
        award = found(award_of_case(session(), case_id))
    frame = case_frame(case_id, "economy")
    return page(
        "admin/cases/award_end.html",
        status=status,
        frame=frame,
        award=award,
        form=form,
        first=earliest_last_day(award, today()),
        following=what_follows(session(), frame.case),
        allowed=may(confirms_with(frame.case)),
        ended_by=_name(award),
    )


def _end(case: Case, form: EndForm) -> None:
    award = found(award_of_case(session(), case.id))
    end_award(session(), actor(), award, found(form.last_day.day), form.reason.data or "", now=now())


def _name(award: Award) -> str:
    return names_of(session(), [award.ended_by]).get(award.ended_by, "") if award.ended_by else ""
