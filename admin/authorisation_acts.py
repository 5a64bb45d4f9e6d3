"""Acts on one authorisation: a signed paper recorded, a refusal noted and decided, a withdrawal told at the window."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import case_frame
from core.access import Permission
from core.authorisations.changes import Signature, decide_refusal, refuse, sign
from core.authorisations.models import (
    Authorisation,
    Decision,
    SignerRole,
    SigningLevel,
)
from core.authorisations.queries import OpenedAuthorisation, open_authorisation
from core.cases import queries as cases
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.encryption import place_of
from core.errors import NotFound, Problem
from core.forms import Choice
from core.sessions import found
from core.verification import worklist
from core.verification.withdrawals import withdraw_authorisation
from core.web.access_gate import access
from core.web.authorising import Reading, reading_of
from core.web.choice_fields import ChoicesField, RadioChoiceField, TickField
from core.web.fields import DateField, LongTextField
from core.web.file_fields import DocumentField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.stored_files import file_store
from core.web.texts import N_, gettext

READ, SCAN = Permission.AUTHORISATION_READ, Permission.AUTHORISATION_SCAN
ONE = "/cases/<uuid:case_id>/authorisations/<uuid:authorisation_id>"


class ScanForm(Form):
    """A signed paper, or a signature given at the window."""

    level = RadioChoiceField(
        N_("怎么签的"),
        required=True,
        choices=(
            Choice(SigningLevel.PAPER, N_("纸上签好交来的")),
            Choice(SigningLevel.WINDOW, N_("在窗口当面签的")),
        ),
    )
    sources = ChoicesField(N_("纸上勾了哪些"), required=True, hint=N_("照纸上的勾，没勾的不要勾。"))
    signed_on = DateField(N_("签字日期"), required=True, hint=N_("照纸上写的，比如 2026-11-22"))
    paper = DocumentField(N_("签好的授权书（扫描件或照片）"), required=True)
    agreed = TickField(N_("已核对签字人的身份证原件，是本人（孩子是监护人）签的"), required=True)


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
    return opened, reading_of(opened.text, opened.row.role, opened.values)


def back_to(case_id: uuid.UUID) -> str:
    """The list of the case."""
    return url_for("staff.case_authorisations", case_id=case_id)


def _done(form: Form, act: Callable[[], object], said: str) -> bool:
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


@blueprint.route(f"{ONE}/scan", methods=["GET", "POST"])
@access(SCAN)
def authorisation_scan(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Record a signed paper: its ticks, its day, its scan."""
    opened, reading = opened_of(case_id, authorisation_id)
    row = opened.row
    form = ScanForm(data={"signed_on": today().isoformat()})
    form.sources.options = [
        Choice(each["code"], gettext(each["body"]), hint=gettext(each["items"])) for each in row.sources_asked
    ]
    if row.role is SignerRole.GUARDIAN:
        form.agreed.label.text = gettext("已核对监护人的身份证原件和监护关系，是监护人签的")
    if request.method == "POST" and _done(form, lambda: _record(row, form), gettext("已录入签好的授权书。")):
        return redirect_to(back_to(case_id))
    frame = case_frame(case_id, "authorisations")
    return page("admin/authorisations/scan.html", frame=frame, opened=opened, reading=reading, form=form)


def _record(row: Authorisation, form: ScanForm) -> None:
    case = found(cases.case(session(), row.case_id))
    belonging = Belonging(
        region_code=case.region_code,
        case_id=row.case_id,
        member_id=row.member_id,
        person_id=row.person_id,
        authorisation_id=row.id,
    )
    paper = form.paper.uploads[0].read() if form.paper.uploads else b""
    try:
        document = store_document(
            session(),
            actor(),
            file_store(),
            paper,
            DocumentKind.PAPER_AUTHORISATION,
            belonging,
            now=now(),
        )
    except Problem as problem:
        form.paper.errors = [*form.paper.errors, str(problem)]
        raise
    signature = Signature(
        SigningLevel(str(form.level.data)),
        form.sources.data or [],
        document.id,
        agreed=bool(form.agreed.data),
    )
    sign(session(), actor(), row.id, signature, now=now(), signed_on=form.signed_on.day)
    settle(row.case_id, row.id)


@blueprint.route(f"{ONE}/refuse", methods=["GET", "POST"])
@access(SCAN)
def authorisation_refuse(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Note that the signer does not agree; the decision is another act."""
    opened, _reading = opened_of(case_id, authorisation_id)
    form = RefusalForm()

    def act() -> None:
        refuse(session(), actor(), authorisation_id, form.reason.data or "", now=now())

    if request.method == "POST" and _done(form, act, gettext("已记下。请作出决定并写明理由。")):
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

    if request.method == "POST" and _done(form, act, gettext("决定已保存。")):
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

    if request.method == "POST" and _done(form, act, gettext("已撤回。没发出的核对已停下。")):
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
