"""Checks of a case: asking, progress by person and body, answers entered line by line, rechecks, beside the declaration."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame
from admin.case_sheet import compared_rows
from core.access import Permission
from core.authorisations.coverage import STANDING_WORDS, PersonCoverage, Standing
from core.cases import queries as cases
from core.cases.comparison import compare
from core.cases.declaration_models import Layer, LineKind, Period
from core.cases.models import Case, StepCode, StepState
from core.errors import Invalid, NotFound, Problem
from core.forms import Choice
from core.translations import N_
from core.verification.asking import coverage_of
from core.verification.changes import (
    conclude_unverified,
    record_result,
    request_checks,
    request_recheck,
    requests_of,
    still_to_ask,
)
from core.verification.findings import KIND_NAMES, PERIOD_NAMES, Finding, Findings, latest
from core.verification.models import OPEN, RequestState, VerificationRequest
from core.verification.queries import Progress, open_answer, progress
from core.verification.queries import request as request_row
from core.web.access_gate import access, may
from core.web.choice_fields import ChoiceField, TickField
from core.web.fields import LongTextField, MoneyField, TextField, WholeNumberField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import gettext, text_of

LINES = 6
_AT = "/cases/<uuid:case_id>/verification"
STATE_WORDS = {
    RequestState.QUEUED: N_("等县里发出"),
    RequestState.SENT: N_("已发出，等结果"),
    RequestState.ANSWERED: N_("已有结果"),
    RequestState.STOPPED: N_("没发出，已停"),
    RequestState.DISCARDED: N_("授权撤回，结果未看即弃"),
    RequestState.MISDIRECTED: N_("证件号更正过，结果不算数"),
}


SHORT_WORDS = {
    RequestState.QUEUED: N_("等发出"),
    RequestState.SENT: N_("等结果"),
    RequestState.STOPPED: N_("已停"),
    RequestState.DISCARDED: N_("未看即弃"),
    RequestState.MISDIRECTED: N_("不算数"),
}

# whoever works on the check, and whoever decides on what it says: nobody decides without a finished check (R3-04)
RESULT_READERS = (
    Permission.VERIFICATION_RECORD,
    Permission.VERIFICATION_REQUEST,
    Permission.OPINION_SIGN,
    Permission.CONFIRMATION_SIGN,
    Permission.DELEGATED_CONFIRMATION_SIGN,
)


class ReasonForm(Form):
    """A reason that is kept with the case."""

    reason = LongTextField(N_("理由"), required=True, max_length=200)


def _line_fields() -> dict[str, Any]:
    kinds = tuple(Choice(str(kind), words) for kind, words in KIND_NAMES.items())
    periods = tuple(Choice(str(period), words) for period, words in PERIOD_NAMES.items())
    fields: dict[str, Any] = {}
    for number in range(1, LINES + 1):
        fields |= {
            f"kind_{number}": ChoiceField(N_("查到什么"), choices=kinds),
            f"amount_{number}": MoneyField(N_("金额（元）"), minimum=0),
            f"period_{number}": ChoiceField(N_("怎么算"), choices=periods),
            f"quantity_{number}": WholeNumberField(N_("房子几处、车几辆"), minimum=0, maximum=9999),
            f"description_{number}": TextField(N_("说明"), max_length=200),
        }
    return fields


class _ResultBase(Form):
    nothing = TickField(N_("没有记录"), hint=N_("这个单位没有查到这个人的任何记录。"))
    note = LongTextField(N_("其他要说明的"), max_length=500)

    def findings(self) -> Findings:
        """What was entered; raises Invalid for a line that is half filled in."""
        lines = []
        for number in range(1, LINES + 1):
            kind, amount = self[f"kind_{number}"].data, self[f"amount_{number}"].data
            if kind is None and amount is None:
                continue
            if kind is None:
                raise Invalid(N_("填了金额，也请选查到的是什么。"), field=f"kind_{number}")
            lines.append(self._line(number, LineKind(kind), amount or 0))
        return Findings(tuple(lines), bool(self.nothing.data), self.note.data or "")

    def _line(self, number: int, kind: LineKind, amount: int) -> Finding:
        period = self[f"period_{number}"].data
        quantity = self[f"quantity_{number}"].data
        return Finding(
            kind,
            amount,
            Period(period) if period else Period.ONCE,
            1 if quantity is None else quantity,
            self[f"description_{number}"].data or "",
        )


# WTForms collects fields with a metaclass of its own
_make: Any = type(_ResultBase)
ResultForm = _make("ResultForm", (_ResultBase,), _line_fields())


@dataclass(frozen=True, slots=True)
class Cell:
    """One body about one person: its request's state, or how the authorisation stands where nothing was asked."""

    request: VerificationRequest | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything the page of a case shows about its checks."""

    rows: list[tuple[str, list[Cell]]]
    progress: Progress
    hindrances: list[tuple[str, Standing]]
    may_request: bool
    may_conclude: bool
    complete: bool
    done: bool
    unverified: int


@blueprint.get(_AT)
@access(Permission.AUTHORISATION_READ)
def case_verification(case_id: uuid.UUID) -> Response:
    """Who is asked about whom, how far it is, and what was found beside what was declared."""
    return _page(case_frame(case_id, "verification"), ReasonForm(formdata=None))


def _page(frame: CaseFrame, form: ReasonForm, problem: str = "", status: int | None = None) -> Response:
    requests = requests_of(session(), frame.case.id)
    lines = [
        line
        for line in compare(session(), frame.case.id)
        if Layer.VERIFIED in line.layers or Layer.DECLARED in line.layers
    ]
    checks = _checks(frame, requests)
    return page(
        "admin/verification/case.html",
        status=status,
        frame=frame,
        checks=checks,
        sources=frame.procedure.scheme.sources,
        compared=compared_rows(lines, frame.people) if requests else [],
        state_words=STATE_WORDS,
        short_words=SHORT_WORDS,
        open_states=OPEN,
        standing_words=STANDING_WORDS,
        older=[row for row in requests if latest(requests)[row.member_id, row.source].id != row.id],
        form=form,
        # whose signature is missing stands below, named as the reader may read it
        problem=gettext("授权没有签齐，缺谁的写在下面。") if problem and checks.hindrances else problem,
        may_open=any(may(each) for each in RESULT_READERS),
    )


def _checks(frame: CaseFrame, requests: Sequence[VerificationRequest]) -> Checks:
    covered = coverage_of(session(), frame.case, frame.procedure, now=now())
    last = latest(requests)
    step = next((each for each in frame.steps if each.code is StepCode.VERIFICATION), None)
    state = step.state if step is not None else StepState.WAITING
    ready = frame.case.accepted_at is not None and state in {StepState.OPEN, StepState.WAITING}
    against = any(person.hindrance in {Standing.REFUSED, Standing.WITHDRAWN} for person in covered.persons)
    may_ask = may(Permission.VERIFICATION_REQUEST) and ready
    return Checks(
        rows=[_cells(frame, person, last) for person in covered.persons],
        progress=progress(requests),
        hindrances=[
            (frame.people.names.get(person.member_id, person.name_masked), person.hindrance)
            for person in covered.persons
            if person.hindrance is not None
        ],
        may_request=may_ask and covered.complete and still_to_ask(session(), frame.case.id, covered),
        may_conclude=may_ask and against and not any(row.state in OPEN for row in last.values()),
        complete=covered.complete,
        done=state is StepState.DONE,
        unverified=int(step.evidence.get("unverified", 0)) if step is not None else 0,
    )


def _cells(
    frame: CaseFrame, person: PersonCoverage, last: dict[tuple[uuid.UUID, str], VerificationRequest]
) -> tuple[str, list[Cell]]:
    name = frame.people.names.get(person.member_id, person.name_masked)
    cells = [
        Cell(last.get((person.member_id, source.code)), person.sources[source.code])
        for source in frame.procedure.scheme.sources
    ]
    return name, cells


@blueprint.post(f"{_AT}/request")
@access(Permission.VERIFICATION_REQUEST)
def verification_request(case_id: uuid.UUID) -> Response:
    """Ask every covered body about every covered person; refused, by name, while a signature is missing."""
    case = cases.case(session(), case_id)
    try:
        rows = request_checks(session(), actor(), case, procedure_of(case), now=now())
    except Problem as problem:
        session().rollback()
        frame = case_frame(case_id, "verification")
        return _page(frame, ReasonForm(formdata=None), text_of(problem), problem.status)
    flash(gettext("已发起 {n} 项核对，县里会收到待办。", n=len(rows)), "success")
    return redirect_to(url_for("staff.case_verification", case_id=case_id))


@blueprint.post(f"{_AT}/conclude")
@access(Permission.VERIFICATION_REQUEST)
def verification_conclude(case_id: uuid.UUID) -> Response:
    """End the check of a family that refuses for good; the opinion sees how many stay unverified."""
    case = cases.case(session(), case_id)
    form = ReasonForm()
    if form.validate():
        try:
            conclude_unverified(
                session(), actor(), case, form.reason.data or "", procedure_of(case), now=now()
            )
        except Problem as problem:
            session().rollback()
            form.mark(problem)
        else:
            flash(gettext("已记明无法核对。初审意见会看到这一条。"), "success")
            return redirect_to(url_for("staff.case_verification", case_id=case_id))
    return _page(case_frame(case_id, "verification"), form)


# --- one request ------------------------------------------------------------------------------------------------


@blueprint.route(f"{_AT}/<uuid:request_id>", methods=["GET", "POST"])
@access(*RESULT_READERS)
def verification_result(case_id: uuid.UUID, request_id: uuid.UUID) -> Response:
    """One body's answer: entered by the county, read by who decides on the case; reading leaves a look."""
    case = cases.case(session(), case_id)
    row = _of_case(case, request_id)
    form = ResultForm() if request.method == "POST" else ResultForm(formdata=None)
    if request.method == "POST":
        actor().require(Permission.VERIFICATION_RECORD)
        if form.validate() and record_answer(case, row, form):
            return redirect_to(_next(case, row))
    frame = case_frame(case_id, "verification")
    return page(
        "admin/verification/result.html",
        frame=frame,
        row=row,
        name=frame.people.names.get(row.member_id, row.name_masked),
        form=form,
        lines=LINES,
        answer=open_answer(session(), row, now=now()),
        may_record=may(Permission.VERIFICATION_RECORD) and row.state in OPEN,
        recheck=ReasonForm(formdata=None) if _may_recheck(row) else None,
        kind_names=KIND_NAMES,
        period_names=PERIOD_NAMES,
        state_words=STATE_WORDS,
    )


def _of_case(case: Case, request_id: uuid.UUID) -> VerificationRequest:
    row = request_row(session(), request_id)
    if row.case_id != case.id:
        raise NotFound(N_("没有找到。可能已经办结、已经转走，或者不在您负责的地方。"))
    return row


def _may_recheck(row: VerificationRequest) -> bool:
    return may(Permission.VERIFICATION_REQUEST) and row.state is RequestState.ANSWERED


def record_answer(case: Case, row: VerificationRequest, form: _ResultBase) -> bool:
    """Enter what the form says as the body's answer and tell it; False where the form is to be shown again."""
    try:
        answered = record_result(
            session(), actor(), case, row.id, form.findings(), procedure_of(case), now=now()
        )
    except Problem as problem:
        session().rollback()
        form.mark(problem)
        return False
    if answered.state is RequestState.ANSWERED:
        flash(gettext("结果已登记。"), "success")
    else:
        flash(gettext("本人已经撤回授权：结果没有看、没有存，已经记下。"), "warning")
    return True


def _next(case: Case, row: VerificationRequest) -> str:
    """The next request of the case that waits for an answer, else the case's checks."""
    waiting = [each for each in requests_of(session(), case.id) if each.state in OPEN]
    after = [each for each in waiting if each.position > row.position] or waiting
    if after:
        return url_for("staff.verification_result", case_id=case.id, request_id=after[0].id)
    return url_for("staff.case_verification", case_id=case.id)


@blueprint.post(f"{_AT}/<uuid:request_id>/recheck")
@access(Permission.VERIFICATION_REQUEST)
def verification_recheck(case_id: uuid.UUID, request_id: uuid.UUID) -> Response:
    """Ask the same body once more, with a reason (57号 第十八条)."""
    case = cases.case(session(), case_id)
    row = _of_case(case, request_id)
    form = ReasonForm()
    if not form.validate():
        flash(gettext("请写明复查的理由。"), "danger")
        return redirect_to(url_for("staff.verification_result", case_id=case_id, request_id=row.id))
    request_recheck(session(), actor(), case, row.id, form.reason.data or "", procedure_of(case), now=now())
    flash(gettext("已要求复查，县里会收到待办。"), "success")
    return redirect_to(url_for("staff.case_verification", case_id=case_id))
