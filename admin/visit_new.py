"""Registering a visit on the phone: kept as one goes, told what is missing, submitted once, never changed afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from flask import flash, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from admin.addresses import in_words, places_below
from admin.blueprint import blueprint
from admin.visit_lines import Lines, add_found, blank_found, line_values, lines_of, seen_lines
from admin.visit_page import SectionForm, VisitDesk, open_visit
from admin.visit_photos import keep_photos, kept_photos
from core import audit
from core.access import Permission
from core.accounts.assignments import VISIT, last_day_of
from core.accounts.queries import names_of
from core.cases import queries
from core.cases.draft_state import DraftConflict, DraftState
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.steps import steps_of
from core.cases.tasks import COUNTY_VISIT, open_tasks
from core.database import new_id
from core.errors import Blocked, Invalid, Problem
from core.forms import Answers
from core.regions.queries import node
from core.sessions import ScopedSession
from core.translations import N_
from core.visits.changes import Surveyor, VisitAnswer, record_visit
from core.visits.drafts import (
    OpenVisitDraft,
    drop_visit_draft,
    end_visit_draft,
    others_at_work,
    read_visit_draft,
)
from core.visits.models import Visit
from core.visits.plan import by_county
from core.web.access_gate import access, may
from core.web.installation import installation
from core.web.page import page, redirect_to
from core.web.request import actor, is_htmx, now, session, today
from core.web.texts import gettext, message_text


@blueprint.route("/cases/<uuid:case_id>/visit", methods=["GET", "POST"])
@access(Permission.VISIT_RECORD)
def visit_new(case_id: uuid.UUID) -> Response:
    """The visit form of the province on one page; a second visit is a second record."""
    case = queries.case(session(), case_id)
    sent = _sent_id() if request.method == "POST" else None
    if sent is not None and (done := _submitted(session(), sent, case)) is not None:
        return redirect_to(url_for("staff.visit", visit_id=done))
    if case.accepted_at is None or case.state not in OPEN_STATES:
        raise Blocked(N_("受理以后、办结以前才能登记入户。"))
    draft = read_visit_draft(session(), actor(), case_id)
    if draft is None:
        draft = OpenVisitDraft(sent or new_id(), case_id, 0, None, DraftState())
    desk = open_visit(case, draft)
    if request.method == "POST":
        return _act(desk)
    audit.look(session(), "case.look", case, now=now(), case_id=case.id)
    return _show(desk, desk.sections(sent=False), lines_of(desk, sent=False))


def _sent_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("draft", ""))
    except ValueError:
        return None


def _submitted(database: ScopedSession, draft_id: uuid.UUID, case: Case) -> uuid.UUID | None:
    """The visit this draft has become already, at a second press of the button."""
    visit: Visit | None = database.get(Visit, draft_id)
    return visit.id if visit is not None and visit.case_id == case.id else None


def _act(desk: VisitDesk) -> Response:
    """Keep what was sent, then do what the button says."""
    what, _, about = request.form.get("do", "save").partition(":")
    sections, lines = desk.sections(sent=True), lines_of(desk, sent=True)
    for part in sections:
        part.form.validate()
    try:
        desk.keep(desk.values(sections) | line_values(lines))
        failed = keep_photos(desk, sections) if what != "autosave" else None
    except DraftConflict as conflict:
        desk.clash(conflict)
        sections, lines = desk.sections(sent=False), lines_of(desk, sent=False)
        return _state(desk) if what == "autosave" else _show(desk, sections, lines, status=409)
    if what == "autosave":
        desk.choose(sections)
        return _state(desk)
    if failed is not None:
        _forgive_empty(sections)
        return _show(desk, sections, lines, status=failed)
    return _press(desk, sections, lines, what, about)


def _press(desk: VisitDesk, sections: Sequence[SectionForm], lines: Lines, what: str, about: str) -> Response:
    """Everything is kept; do what the pressed button says."""
    here = url_for("staff.visit_new", case_id=desk.case.id)
    match what:
        case "submit":
            return _submit(desk, sections, lines)
        case "add":
            return redirect_to(f"{here}#found/{add_found(desk)}")
        case "remove":
            desk.keep({}, removed=[f"found/{about}"])
            return redirect_to(f"{here}#found")
        case _:
            flash(gettext("草稿存好了。换一部手机登录也能接着填。"), "success")
            return redirect_to(here)


def _submit(desk: VisitDesk, sections: Sequence[SectionForm], lines: Lines) -> Response:
    blank = blank_found(desk)
    if blank:
        desk.keep({}, removed=blank)
        lines.found = [row for row in lines.found if f"found/{row.key}" not in blank]
    canonical, faults = desk.read()
    for fault in faults:
        _mark(sections, fault.path.partition(".")[0], message_text(fault.message, fault.values))
    missing = desk.missing()
    if missing:
        if missing[0][0] == "colleague-row":
            _mark(sections, "colleague", missing[0][2])
        return _show(desk, sections, lines, status=422)
    try:
        visit = _record(desk, canonical, lines)
    except Invalid as problem:
        session().rollback()
        return _show(desk, sections, lines, status=422, refused=problem)
    except IntegrityError:
        # the other press was quicker
        session().rollback()
        return redirect_to(url_for("staff.visit", visit_id=desk.draft.id))
    done = gettext("入户登记已提交，不能再改；要补充的，可以再入户一次。")
    flash(f"{done}{_who_next(desk.case)}", "success")
    return redirect_to(url_for("staff.visit", visit_id=visit.id))


def _who_next(case: Case) -> str:
    """Whose turn it is now, so that who was out there knows whether anything is left to her."""
    open_now = {step.code for step in steps_of(session(), case.id) if step.state is StepState.OPEN}
    if StepCode.VERIFICATION in open_now:
        return gettext("接下来等信息核对的结果，出齐以后由镇里提初审意见，入户这一步不用您再办。")
    if StepCode.OPINION in open_now:
        return gettext("接下来由镇里提初审意见，入户这一步不用您再办。")
    return gettext("入户这一步不用您再办。")


def _record(desk: VisitDesk, canonical: Answers, lines: Lines) -> Visit:
    home = installation()
    day = str(canonical.get("visit_date") or today().isoformat())
    answer = VisitAnswer(
        form=desk.form,
        answers=canonical,
        surveyors=[Surveyor(account, name) for account, name in desk.surveyors],
        visit_day=date.fromisoformat(day),
        seen=seen_lines(desk, lines),
        id=desk.draft.id,
        demo=home.demo or home.settings.testing,
    )
    visit = record_visit(session(), actor(), desk.case, answer, desk.procedure, now=now())
    end_visit_draft(session(), actor(), desk.case.id)
    return visit


def _mark(sections: Sequence[SectionForm], name: str, told: str) -> None:
    for part in sections:
        if name in part.form and not part.form[name].errors:
            part.form[name].errors = [told]


def _forgive_empty(sections: Sequence[SectionForm]) -> None:
    """What is not answered yet is no fault until the visit is submitted."""
    for part in sections:
        for each in part.form:
            tried = getattr(each, "uploads", None) or getattr(each, "image", None) or each.raw_data
            if not tried or each.raw_data in ([""], []):
                each.errors = each.errors if getattr(each, "uploads", None) else []


def _state(desk: VisitDesk) -> Response:
    return page("admin/visits/_visit_state.html", desk=desk, swapped=is_htmx())


def _show(
    desk: VisitDesk,
    sections: Sequence[SectionForm],
    lines: Lines,
    *,
    status: int = 200,
    refused: Problem | None = None,
) -> Response:
    others = others_at_work(session(), actor(), desk.case.id)
    names = names_of(session(), [account for account, _when in others])
    return page(
        "admin/visits/form.html",
        fragment="admin/visits/_visit_state.html",
        status=status,
        desk=desk,
        sections=sections,
        lines=lines,
        photos=kept_photos(desk),
        swapped=is_htmx(),
        tried=status != 200,
        refused=message_text(refused.message, refused.values) if refused is not None else "",
        place=places_below([desk.case.region_code]).get(desk.case.region_code, ""),
        whole_place=node(session(), desk.case.region_code).full_name,
        due=in_words(_due(desk.case)),
        others=[(names.get(account, gettext("一位同事")), when) for account, when in others],
        by_county=by_county(actor()),
        back=url_for("staff.case_visits", case_id=desk.case.id)
        if may(Permission.CASE_READ)
        else url_for("staff.visits"),
    )


def _due(case: Case) -> date | None:
    """The day her worklist gives for this visit: of its task, or of the work handed to her where that comes before.

    Where the worklist has no such task (another visit, a sample): the whole case's last day.
    """
    kinds = [COUNTY_VISIT] if by_county(actor()) else [StepCode.SURVEY_START, StepCode.VISIT]
    owed: list[date | None] = [task.due_on for kind in kinds for task in open_tasks(session(), case, kind)]
    days = [*(owed or [case.due_on]), last_day_of(session().scope, case.id, VISIT)]
    return min((each for each in days if each is not None), default=None)


@blueprint.route("/cases/<uuid:case_id>/visit/drop", methods=["GET", "POST"])
@access(Permission.VISIT_RECORD)
def visit_drop(case_id: uuid.UUID) -> Response:
    """Throw one's own draft away, after saying what goes."""
    case = queries.case(session(), case_id)
    if request.method == "POST":
        drop_visit_draft(session(), actor(), case.id, now=now())
        flash(gettext("没提交的入户草稿已经删掉。"), "info")
        return redirect_to(url_for("staff.visits"))
    return page("admin/visits/drop.html", case=case)
