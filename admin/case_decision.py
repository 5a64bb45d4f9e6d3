"""The township's opinion and the confirmation: forms that show first what the computation says, then ask for a name's word."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_file import file_of
from admin.case_forms import CaseForm, attempt
from admin.case_frame import CaseFrame, case_frame, is_open
from admin.case_next import suggestion_of
from admin.case_sheet import condition_rows
from core.access import Permission
from core.accounts.queries import names_of
from core.awards.changes import confirm_case
from core.cases import queries
from core.cases.confirmations import ConfirmationAnswer, confirmation_of, send_back
from core.cases.grounds import NO_GROUND, OTHER_GROUNDS, grounds_of
from core.cases.models import Case, Opinion, Outcome, StepCode
from core.cases.opinions import OpinionAnswer, current_opinion, sign_opinion
from core.errors import Invalid
from core.forms import Choice, ShownIf
from core.web.access_gate import access, may
from core.web.choice_fields import ChoicesField, RadioChoiceField
from core.web.fields import LongTextField, MoneyField
from core.web.formats import money
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

AGREE, DISAGREE = "agree", "disagree"
GRANT, REFUSE, RETURN = "grant", "refuse", "return"


class GroundsField(ChoicesField):
    """What a decision against a family rests on; who names none is told with everything else that is missing."""

    def missing(self) -> str:
        return gettext(NO_GROUND)


class OpinionForm(CaseForm):
    """For or against; against needs a ground, and occupation or identity is none."""

    opinion = RadioChoiceField(
        N_("初审意见"),
        required=True,
        choices=(
            Choice(AGREE, N_("同意"), hint=N_("在村里公示，期满没有异议的报审核确认。")),
            Choice(DISAGREE, N_("不同意"), hint=N_("不公示，直接报审核确认。")),
        ),
    )
    grounds = GroundsField(
        N_("不同意的依据"),
        required=True,
        hint=N_("不能因为职业、身份就不同意。"),
        shown_if=ShownIf("opinion", (DISAGREE,)),
    )
    reason = LongTextField(
        N_("理由"), required=True, max_length=1000, hint=N_("根据哪些核实的情况、哪一条规定。")
    )


@blueprint.route("/cases/<uuid:case_id>/opinion", methods=["GET", "POST"])
@access(Permission.OPINION_SIGN)
def case_opinion(case_id: uuid.UUID) -> Response:
    """Sign the opinion."""
    case = queries.case(session(), case_id)
    form = OpinionForm(data={"version": case.version})
    frame = case_frame(case_id, "economy")
    form.grounds.options = _grounds(frame)
    status: int | None = None
    if form.is_submitted():
        answer = attempt(case, form, lambda: _sign_opinion(case, form), _stored_opinion)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            flash(gettext("初审意见已签署。"), "success")
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status, frame = answer, case_frame(case_id, "economy")
    file = file_of(frame.case, frame.steps, frame.procedure, frame.people)
    return page(
        "admin/cases/opinion.html",
        status=status,
        frame=frame,
        form=form,
        file=file,
        open=is_open(frame, StepCode.OPINION),
        suggestion=suggestion_of(frame.assessment) if frame.assessment else "",
        conditions=condition_rows(frame.assessment, file, frame.people) if frame.assessment else [],
    )


def _grounds(frame: CaseFrame) -> list[Choice]:
    """What a decision against the family may rest on today; none where nothing can be computed."""
    if frame.assessment is None:
        return []
    possible = grounds_of(frame.assessment.decision)
    return [Choice(code, ground.text, hint=ground.article) for code, ground in possible.items()]


def _sign_opinion(case: Case, form: OpinionForm) -> None:
    answer = OpinionAnswer(
        eligible=form.opinion.data == AGREE,
        reason=form.reason.data or "",
        grounds=() if form.opinion.data == AGREE else tuple(form.grounds.data or ()),
    )
    try:
        sign_opinion(session(), actor(), case, answer, procedure_of(case), now=now())
    except Invalid as problem:
        # core names the field by what it decides
        problem.field = {"eligible": "opinion"}.get(problem.field or "", problem.field)
        raise


def _stored_opinion(case: Case) -> dict[str, str]:
    opinion = current_opinion(session(), case)
    if opinion is None:
        return {}
    word = gettext("同意") if opinion.eligible else gettext("不同意")
    return {"opinion": word, "reason": opinion.reason}


# --- confirmation ------------------------------------------------------------------------------------------------


class ConfirmationForm(CaseForm):
    """Grant as proposed, refuse, or send back for another opinion."""

    outcome = RadioChoiceField(
        N_("审核确认"),
        required=True,
        choices=(
            Choice(GRANT, N_("确认"), hint=N_("同镇里意见和公示的金额一致，从下个月起发放。")),
            Choice(REFUSE, N_("不予确认"), hint=N_("书面告知，写明理由和怎么复议、诉讼；不公布姓名。")),
            Choice(RETURN, N_("退回，重提初审意见"), hint=N_("意见或金额要改，改后重新公示。")),
        ),
    )
    monthly = MoneyField(
        N_("每月金额"),
        minimum=0,
        hint=N_("和公示的金额不同，会自动退回重提意见、重新公示。"),
        shown_if=ShownIf("outcome", (GRANT,)),
    )
    grounds = GroundsField(
        N_("不予确认的依据"),
        required=True,
        hint=N_("不能因为职业、身份就不同意。"),
        shown_if=ShownIf("outcome", (REFUSE,)),
    )
    reason = LongTextField(
        N_("理由"),
        required=True,
        max_length=1000,
        hint=N_(
            "确认或不予确认的，这段话会原样印在给申请人的文书里，请写给本人看，不写别人的情况和证件号。退回的只给镇里看。"
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/confirmation", methods=["GET", "POST"])
@access(Permission.CONFIRMATION_SIGN, Permission.DELEGATED_CONFIRMATION_SIGN)
def case_confirmation(case_id: uuid.UUID) -> Response:
    """Sign the confirmation; not for who signed the opinion."""
    case = queries.case(session(), case_id)
    opinion = current_opinion(session(), case)
    form = ConfirmationForm(data={"version": case.version} | _proposed(opinion))
    frame = case_frame(case_id, "economy")
    form.grounds.options = _grounds(frame)
    form.outcome.options = _outcomes(form.outcome.question.choices, opinion)
    status: int | None = None
    if form.is_submitted():
        answer = attempt(case, form, lambda: _confirm(case, form), _stored_confirmation)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status, frame = answer, case_frame(case_id, "economy")
    opinion = current_opinion(session(), frame.case)
    file = file_of(frame.case, frame.steps, frame.procedure, frame.people)
    return page(
        "admin/cases/confirmation.html",
        status=status,
        frame=frame,
        form=form,
        file=file,
        opinion=opinion,
        signer=_signer(opinion),
        against=gettext("；").join(_grounds_named(opinion)),
        mine=opinion is not None and opinion.signed_by == actor().account_id,
        allowed=_allowed(frame.case),
        open=is_open(frame, StepCode.CONFIRMATION),
        conditions=condition_rows(frame.assessment, file, frame.people) if frame.assessment else [],
    )


def _proposed(opinion: Opinion | None) -> dict[str, Any]:
    """What the township proposes for the form: the amount, or the grounds; the confirmer may change either."""
    if opinion is None:
        return {}
    return {"monthly": opinion.monthly_fen} if opinion.eligible else {"grounds": _grounds_in(opinion)}


def _outcomes(offered: Sequence[Choice], opinion: Opinion | None) -> Sequence[Choice]:
    """Where the township said no, nothing hung: nobody grants before another opinion and its notice (decision 10)."""
    if opinion is None or opinion.eligible:
        return offered
    again = Choice(
        RETURN,
        N_("退回，重提初审意见"),
        hint=N_("不同意镇里意见的选这一项：改为同意的，先公示再来审核确认。"),
    )
    return [again if choice.code == RETURN else choice for choice in offered if choice.code != GRANT]


def _signer(opinion: Opinion | None) -> str:
    if opinion is None:
        return ""
    return names_of(session(), [opinion.signed_by]).get(opinion.signed_by, "")


def _grounds_named(opinion: Opinion | None) -> list[str]:
    """What a negative opinion rests on, in words."""
    named = _grounds_in(opinion) if opinion is not None else []
    return [gettext(OTHER_GROUNDS[code].text if code in OTHER_GROUNDS else code) for code in named]


def _grounds_in(opinion: Opinion) -> list[str]:
    return list(opinion.computation["grounds"])


def _allowed(case: Case) -> bool:
    delegated = str(case.authority) == "township"
    return may(Permission.DELEGATED_CONFIRMATION_SIGN if delegated else Permission.CONFIRMATION_SIGN)


def _confirm(case: Case, form: ConfirmationForm) -> None:
    database, procedure = session(), procedure_of(case)
    reason = form.reason.data or ""
    if form.outcome.data == RETURN:
        send_back(database, actor(), case, reason, procedure, now=now())
        flash(gettext("已退回，等镇里重提初审意见。"), "success")
        return
    granted = form.outcome.data == GRANT
    if granted and form.monthly.data is None:
        raise Invalid(N_("请写每月金额。"), field="monthly")
    answer = ConfirmationAnswer(
        outcome=Outcome.GRANTED if granted else Outcome.REFUSED,
        reason=reason,
        monthly_fen=int(form.monthly.data or 0) if granted else 0,
        grounds=() if granted else tuple(form.grounds.data or ()),
    )
    confirmation = confirm_case(database, actor(), case, answer, procedure, now=now())
    if confirmation is None:
        flash(gettext("和镇里意见或公示的金额不同，已退回重提意见、重新公示。"), "warning")
    elif granted:
        text = gettext("已确认，每月 {sum} 元。确认通知书已发出。", sum=money(confirmation.monthly_fen))
        flash(text, "success")
    else:
        flash(gettext("已决定不予确认，告知书已发出。"), "success")


def _stored_confirmation(case: Case) -> dict[str, str]:
    confirmation = confirmation_of(session(), case)
    if confirmation is None:
        return {}
    granted = confirmation.outcome is Outcome.GRANTED
    return {
        "outcome": gettext("确认") if granted else gettext("不予确认"),
        "monthly": money(confirmation.monthly_fen),
        "reason": confirmation.reason,
    }
