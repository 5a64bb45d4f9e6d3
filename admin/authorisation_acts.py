"""Acts on one authorisation: a refusal noted and decided, a withdrawal told at the window."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import case_frame
from core.access import Permission
from core.authorisations.changes import decide_refusal, refuse
from core.authorisations.models import (
    Authorisation,
    Decision,
    SignerRole,
)
from core.authorisations.queries import OpenedAuthorisation, open_authorisation
from core.authorisations.texts import ReadingWay
from core.cases import queries as cases
from core.encryption import place_of
from core.errors import NotFound, Problem
from core.forms import Choice
from core.verification import worklist
from core.verification.withdrawals import withdraw_authorisation
from core.web.access_gate import access
from core.web.authorising import Reading, reading_of
from core.web.choice_fields import RadioChoiceField
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

READ, SCAN = Permission.AUTHORISATION_READ, Permission.AUTHORISATION_SCAN
ONE = "/cases/<uuid:case_id>/authorisations/<uuid:authorisation_id>"


class RefusalForm(Form):
    """A refusal told at the window or on the phone."""

    reason = LongTextField(
        N_("对方说的原因"), max_length=500, hint=N_("没有说原因的空着。加密保存，只有经办人看得到。")
    )


class WithdrawalForm(Form):
    """A withdrawal told at the window."""

    reason = LongTextField(N_("谁、怎样提出撤回"), required=True, max_length=200)


class DecisionForm(Form):
    """What to do after a refusal; a person decides and says why."""

    decision = RadioChoiceField(N_("怎么办"), required=True)
    reason = LongTextField(
        N_("理由"), required=True, max_length=500, hint=N_("和案件一起保存，审核时看得到。")
    )


# --- acts on one ------------------------------------------------------------------------------------------------


def opened_of(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> tuple[OpenedAuthorisation, Reading]:
    """One authorisation of that case, with its words; NotFound for another case's."""
    opened = open_authorisation(session(), authorisation_id, now())
    if opened.row.case_id != case_id:
        raise NotFound(N_("没有找到。可能已经办结、已经转走，或者不在您负责的地方。"))
    return opened, reading_of(opened.text, opened.row.role, opened.values, ReadingWay.PAPER)


def back_to(case_id: uuid.UUID) -> str:
    """The list of the case."""
    return url_for("staff.case_authorisations", case_id=case_id)


def done(form: Form, act: Callable[[], object], said: str) -> bool:
    """Whether `act` was done; what it refuses is told beside the field, and nothing of it stays."""
    if not form.validate():
        return False
    try:
        act()
    except Problem as problem:
        session().rollback()
        form.mark(problem)
        return False
    flash(said, "success")
    return True


def settle(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> None:
    """Take it off the worklist."""
    worklist.settle(session(), actor(), cases.case(session(), case_id), authorisation_id, now=now())


@blueprint.route(f"{ONE}/refuse", methods=["GET", "POST"])
@access(SCAN)
def authorisation_refuse(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Note that the signer does not agree; the decision is another act."""
    opened, _reading = opened_of(case_id, authorisation_id)
    form = RefusalForm()

    def act() -> None:
        refuse(session(), actor(), authorisation_id, form.reason.data or "", now=now())

    if request.method == "POST" and done(form, act, gettext("已记下。请作出决定并写明理由。")):
        return redirect_to(
            url_for("staff.authorisation_decide", case_id=case_id, authorisation_id=authorisation_id)
        )
    frame = case_frame(case_id, "authorisations")
    return page(
        "admin/authorisations/note.html",
        frame=frame,
        opened=opened,
        form=form,
        title=gettext("记下不同意核对"),
        text=gettext("只是记下来，不会自动作任何决定。"),
        action=gettext("记下不同意"),
    )


@blueprint.route(f"{ONE}/decide", methods=["GET", "POST"])
@access(SCAN)
def authorisation_decide(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Decide after a refusal: ask again, or for a supporter go on without; always with a reason."""
    opened, reading = opened_of(case_id, authorisation_id)
    row = opened.row
    form = DecisionForm()
    form.decision.options = _decisions(row)

    def act() -> None:
        decide_refusal(
            session(),
            actor(),
            authorisation_id,
            Decision(str(form.decision.data)),
            form.reason.data or "",
            now=now(),
        )
        settle(case_id, authorisation_id)

    if request.method == "POST" and done(form, act, gettext("决定已保存。")):
        return redirect_to(back_to(case_id))
    told = ""
    if row.refusal_sealed is not None:
        told = session().vault.unseal(place_of(row, "refusal_sealed"), row.refusal_sealed)
    frame = case_frame(case_id, "authorisations")
    return page(
        "admin/authorisations/decide.html",
        frame=frame,
        opened=opened,
        reading=reading,
        form=form,
        told=told,
    )


def _decisions(row: Authorisation) -> list[Choice]:
    choices = [Choice(Decision.ASK_AGAIN, N_("再请本人签"), hint=N_("发一个新的链接，或者打印给本人。"))]
    if row.role is SignerRole.SUPPORTER:
        choices.insert(
            0,
            Choice(
                Decision.WITHOUT,
                N_("不查这个人，其他人照查"),
                hint=N_("赡养费按村里证明、当地规定认定。理由会一直跟着案件。"),
            ),
        )
    return choices


@blueprint.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@access(SCAN)
def authorisation_withdraw(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Note a withdrawal told at the window; it holds from this moment."""
    opened, _reading = opened_of(case_id, authorisation_id)
    form = WithdrawalForm()

    def act() -> None:
        withdraw_authorisation(session(), actor(), authorisation_id, now=now(), reason=form.reason.data or "")

    if request.method == "POST" and done(form, act, gettext("已撤回。没发出的核对已停下。")):
        return redirect_to(back_to(case_id))
    frame = case_frame(case_id, "authorisations")
    return page(
        "admin/authorisations/note.html",
        frame=frame,
        opened=opened,
        form=form,
        title=gettext("记下撤回授权"),
        text=gettext("从这一刻起不再查：没发出的停下，发出去的结果回来也不看。"),
        action=gettext("撤回授权"),
    )
