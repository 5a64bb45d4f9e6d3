"""The window: search first, then take a walk-in application down; what an office began and did not submit."""

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_known import Findings, first_state, id_number_in, look_up
from admin.intake_page import SCHEME, draft_id_in
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.cases.window_drafts import (
    OpenWindowDraft,
    begin_window_draft,
    drop_window_draft,
    read_window_draft,
    window_drafts,
)
from core.errors import Invalid, Problem
from core.forms import FormDeclaration
from core.regions.queries import successor
from core.web.access_gate import access, may
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.procedures import procedure_in
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, text_of

MOST_TYPED = 60
add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.intake",
        N_("窗口受理"),
        "pencil-square",
        order=20,
        permissions=frozenset({Permission.CASE_INTAKE}),
    ),
)


@blueprint.route("/intake", methods=["GET", "POST"])
@access(Permission.CASE_INTAKE)
def intake() -> Response:
    """Search before anything is typed twice. What is typed goes by POST and is never part of an address."""
    typed = request.form.get("q", "").strip()[:MOST_TYPED]
    told: Findings | None = None
    if request.method == "POST" and typed:
        told = look_up(typed)
        count = len(told.people) + len(told.open_cases)
        audit.record(
            session(),
            "intake.check",
            None,
            now=now(),
            changes={"by": [None, told.kind], "count": [None, count]},
        )
    return _intake_page(typed, told)


def _intake_page(
    typed: str = "", told: Findings | None = None, fault: str = "", status: int | None = None
) -> Response:
    drafts = window_drafts(session())
    number = id_number_in(typed)
    return page(
        "admin/intake/search.html",
        fragment="admin/intake/_found.html",
        status=status,
        typed=typed,
        told=told,
        fault=fault,
        number=number,
        drafts=drafts,
        clerks=names_of(session(), [row.saved_by for row in drafts]),
        may_open_household=may(Permission.HOUSEHOLD_READ),
    )


@blueprint.post("/intake/begin")
@access(Permission.CASE_INTAKE)
def intake_begin() -> Response:
    """Open a new page: with the number just searched, or after the papers were looked at with what the register holds."""
    typed = request.form.get("q", "").strip()[:MOST_TYPED]
    person_id = draft_id_in(request.form.get("person", ""))
    try:
        draft = _begin(typed, person_id)
    except Invalid as problem:
        told = look_up(typed) if typed else None
        return _intake_page(typed, told, text_of(problem), 422)
    return redirect_to(url_for("staff.intake_desk", draft_id=draft.id))


def _begin(typed: str, person_id: uuid.UUID | None) -> OpenWindowDraft:
    if person_id is not None:
        actor().require(Permission.PERSON_SEARCH)
        if not request.form.get("checked"):
            raise Invalid(
                N_("要带入登记的信息，请先核对本人的身份证件（代办的，核对委托书），再勾上。"),
                field="checked",
            )
    form = form_in_force()
    state = first_state(form, number=id_number_in(typed), person_id=person_id)
    return begin_window_draft(session(), actor(), SCHEME, form, now=now(), state=state)


def form_in_force() -> FormDeclaration:
    """The application form where the clerk works. Raises Invalid where the scheme is not open, or the place is no more."""
    here = successor(session(), actor().node, today())
    if here.code != actor().node:
        raise Invalid(N_("这里已经撤并，新的申请请换到{name}再登记。"), name=here.name)
    try:
        procedure = procedure_in(SCHEME, actor().node, today())
    except Problem as problem:
        raise Invalid(problem.message, field=None, **problem.values) from None
    if not procedure.scheme.open_to_apply:
        raise Invalid(N_("这里还没有开办这项救助。"))
    return procedure.view.form(procedure.scheme.application_form)


@blueprint.route("/intake/<uuid:draft_id>/drop", methods=["GET", "POST"])
@access(Permission.CASE_INTAKE)
def intake_drop(draft_id: uuid.UUID) -> Response:
    """Delete what was begun, after saying what goes."""
    draft = read_window_draft(session(), draft_id)
    if request.method == "POST":
        drop_window_draft(session(), actor(), draft_id, now=now())
        flash(gettext("没提交的登记已经删掉。"), "info")
        return redirect_to(url_for("staff.intake"))
    clerks = names_of(session(), [draft.saved_by])
    return page("admin/intake/drop.html", draft=draft, clerk=clerks.get(draft.saved_by, ""))
