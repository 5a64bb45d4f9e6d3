"""Handing a part of a case to a bought-in worker or a department officer by name, and taking it back (R2-28)."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame
from core.access import Permission
from core.accounts.assignments import (
    VISIT,
    assign,
    assignments_of,
    doer_of,
    end_assignment,
    permission_of,
    workers_for,
)
from core.accounts.models import Assignment
from core.accounts.role_words import ROLE_WORDS
from core.cases import queries
from core.cases.models import OPEN_STATES, Case, CaseState
from core.cases.steps import hold
from core.errors import Problem
from core.forms import Choice
from core.sessions import found
from core.verification.models import OPEN
from core.verification.queries import requests_of
from core.web.access_gate import access, may
from core.web.choice_fields import RadioChoiceField
from core.web.fields import DateField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext

VISITED = frozenset({CaseState.SURVEY, CaseState.OPINION})
_AT = "/cases/<uuid:case_id>/assignments"


class HandForm(Form):
    """What, to whom, until when."""

    work = RadioChoiceField(N_("交办什么"), required=True)
    worker = RadioChoiceField(N_("交给谁"), required=True)
    last_day = DateField(N_("办到哪一天"), required=True, hint=N_("过了这一天，这件申请对方就看不到了。"))


@blueprint.route(_AT, methods=["GET", "POST"])
@access(Permission.CASE_ASSIGN)
def case_assignments(case_id: uuid.UUID) -> Response:
    """Who has a part of the case, and handing over another."""
    case = queries.case(session(), case_id)
    form = HandForm()
    form.work.options = _works(case)
    form.worker.options = _workers(case, form.work.options)
    if form.validate_on_submit() and _hand(case, form):
        return redirect_to(url_for("staff.case_assignments", case_id=case_id))
    frame = case_frame(case_id, "economy")
    return page(
        "admin/cases/assignments.html",
        frame=frame,
        form=form,
        handed=assignments_of(session(), case_id, today()),
        words=_work_words(frame),
        role_words={each: gettext(ROLE_WORDS[doer_of(each)]) for each in _work_words(frame)},
        may_end={each for each in _work_words(frame) if may(permission_of(each))},
    )


def _works(case: Case) -> Sequence[Choice]:
    """What there is to hand over: the visit, and each body with questions still open that the reader might answer herself."""
    offered = []
    if case.state in VISITED and may(permission_of(VISIT)):
        offered.append(Choice(VISIT, N_("入户调查"), hint=N_("交给购买服务人员")))
    if case.state in OPEN_STATES and may(Permission.VERIFICATION_RECORD):
        waiting = {row.source: row.body for row in requests_of(session(), case.id) if row.state in OPEN}
        offered += [
            Choice(source, gettext("{body}的核对", body=gettext(body)), hint=N_("交给部门协办"))
            for source, body in waiting.items()
        ]
    return offered


def _workers(case: Case, works: Sequence[Choice]) -> Sequence[Choice]:
    roles = {doer_of(each.code) for each in works}
    able = workers_for(session(), roles, case.region_code, now=now()) if roles else []
    return [
        Choice(str(account), name, hint=gettext(ROLE_WORDS[role]))
        for account, name, role in {row[0]: row for row in able}.values()
    ]


def _work_words(frame: CaseFrame) -> dict[str, str]:
    """Code of a work to its words, those of bodies that were asked and those of the scheme."""
    bodies = {each.code: each.body for each in frame.procedure.scheme.sources}
    bodies |= {row.source: row.body for row in requests_of(session(), frame.case.id)}
    return {VISIT: gettext("入户调查")} | {
        code: gettext("{body}的核对", body=gettext(body)) for code, body in bodies.items()
    }


def _hand(case: Case, form: HandForm) -> bool:
    try:
        # two offices handing it over at once wait for each other here
        hold(session(), case)
        assign(
            session(),
            actor(),
            uuid.UUID(str(form.worker.data)),
            str(form.work.data),
            found(form.last_day.day),
            case_id=case.id,
            region=case.region_code,
            now=now(),
        )
    except Problem as problem:
        session().rollback()
        form.mark(problem)
        return False
    flash(gettext("已经交办，对方的待办里有了。"), "success")
    return True


@blueprint.post(f"{_AT}/<uuid:assignment_id>/end")
@access(Permission.CASE_ASSIGN)
def assignment_end(case_id: uuid.UUID, assignment_id: uuid.UUID) -> Response:
    """Take it back."""
    case = queries.case(session(), case_id)
    given = session().get(Assignment, assignment_id)
    if given is None or given.case_id != case.id:
        found(None)
    if end_assignment(session(), actor(), assignment_id, now=now()):
        flash(gettext("已经收回，对方看不到这件申请了。"), "success")
    else:
        flash(gettext("这一项已经收回或者办完了。"), "info")
    return redirect_to(url_for("staff.case_assignments", case_id=case_id))
