"""Families to visit, and the visits of one case with the plan of the first one."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from datetime import date

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.addresses import in_words, places_below, until_words
from admin.blueprint import blueprint
from admin.case_frame import case_frame
from admin.visit_known import colleagues_of
from core.access import Permission
from core.accounts.assignments import HANDING_VISITS
from core.accounts.role_words import ROLE_WORDS
from core.cases import queries
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.steps import step_of
from core.cases.tasks import needs_county_visit
from core.errors import Invalid, NotFound
from core.forms import Choice
from core.visits.plan import DueCursor, Plan, by_county, plan_of, plan_visit, visits_due
from core.visits.queries import surveyors_of, visits_of_case
from core.web.access_gate import access, may
from core.web.choice_fields import ChoicesField
from core.web.fields import DateField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.procedures import procedure_in, procedure_of
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext

SCHEME = "dibao"
CATEGORY = "visit_category"
add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.visits",
        N_("入户调查"),
        "geo",
        order=120,
        permissions=frozenset({Permission.VISIT_RECORD}),
    ),
)


class PlanForm(Form):
    """Who goes, and when."""

    day = DateField(N_("哪一天去"), required=True)
    surveyors = ChoicesField(N_("谁去"), required=True, hint=N_("至少两名工作人员，包括您自己就勾自己。"))


@blueprint.get("/visits")
@access(Permission.VISIT_RECORD)
def visits() -> Response:
    """Families to visit; not visited yet, unless asked otherwise."""
    visited = request.args.get("visited") == "yes"
    category = request.args.get("category", "")
    offered = _categories()
    if category not in {each.code for each in offered}:
        category = ""
    found = visits_due(
        session(), actor(), visited=visited, category=category, after=_cursor(request.args.get("after", ""))
    )
    return page(
        "admin/visits/list.html",
        fragment="admin/visits/_due_rows.html",
        rows=found.rows,
        places=places_below(row.region_code for row in found.rows),
        limits={row.id: until_words(row.due_on, provisional=row.due_provisional) for row in found.rows},
        left={row.id: (row.due_on - today()).days for row in found.rows},
        visited=visited,
        category=category,
        categories=offered,
        by_county=by_county(actor()),
        more=_more(found.after, visited=visited, category=category),
    )


def _categories() -> tuple[Choice, ...]:
    """The categories of the province's own visit form, where it has them."""
    try:
        procedure = procedure_in(SCHEME, actor().node)
        form = procedure.view.form(procedure.scheme.visit_form)
        return form.question(CATEGORY).choices
    except (NotFound, KeyError):
        return ()


def _cursor(text: str) -> DueCursor | None:
    day, _, step = text.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(step)
    except ValueError:
        return None


def _more(after: DueCursor | None, *, visited: bool, category: str) -> str | None:
    if after is None:
        return None
    return url_for(
        "staff.visits",
        after=f"{after[0]}.{after[1].hex}",
        visited="yes" if visited else None,
        category=category or None,
    )


@blueprint.route("/cases/<uuid:case_id>/visits", methods=["GET", "POST"])
@access(Permission.CASE_READ)
def case_visits(case_id: uuid.UUID) -> Response:
    """The visits of a case, newest first, and arranging the first one."""
    case = queries.case(session(), case_id)
    form = PlanForm()
    colleagues = colleagues_of(case)
    myself = gettext("{name}（您自己）", name=actor().name)
    form.surveyors.options = [
        Choice(str(actor().account_id), myself),
        *(Choice(str(each.account_id), each.label) for each in colleagues),
    ]
    status: int | None = None
    if request.method == "POST":
        actor().require(Permission.VISIT_RECORD)
        if form.validate():
            try:
                chosen = [uuid.UUID(each) for each in form.surveyors.data or ()]
                plan = Plan(date.fromisoformat(str(form.day.data)), chosen)
                plan_visit(session(), actor(), case, plan, procedure_of(case), now=now())
            except Invalid as problem:
                form.mark(problem)
            else:
                flash(gettext("约好了，调查已经启动。去的时候在手机上登记。"), "success")
                return redirect_to(url_for("staff.case_visits", case_id=case_id))
        status = 422
    frame = case_frame(case_id, "visits")
    made = visits_of_case(session(), case_id)
    plan_made = plan_of(session(), case_id)
    names = {actor().account_id: actor().name} | {each.account_id: each.name for each in colleagues}
    return page(
        "admin/visits/of_case.html",
        status=status,
        frame=frame,
        form=form,
        visits=made,
        surveyors=surveyors_of(session(), [visit.id for visit in made]) if made else {},
        plan=plan_made,
        plan_day=in_words(plan_made.day) if plan_made else "",
        plan_names=gettext("、").join(names[each] for each in plan_made.surveyors if each in names)
        if plan_made
        else "",
        may_plan=may(Permission.VISIT_RECORD)
        and case.accepted_at is not None
        and step_of(session(), case_id, StepCode.SURVEY_START).state is StepState.OPEN,
        visit_action=_visit_action(case, again=bool(made)),
        may_hand=may(Permission.CASE_ASSIGN),
        who_may_hand=gettext("、").join(gettext(ROLE_WORDS[role]) for role in HANDING_VISITS),
    )


def _visit_action(case: Case, *, again: bool) -> str:
    """What a visit of who asks would be now; empty where she makes none."""
    if not may(Permission.VISIT_RECORD) or case.accepted_at is None or case.state not in OPEN_STATES:
        return ""
    if by_county(actor()):
        return gettext("登记县里入户核查") if needs_county_visit(case) else gettext("登记县里抽查入户")
    return gettext("再登记一次入户") if again else gettext("登记入户")
