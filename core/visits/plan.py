"""Which families are still to be visited, and the plan of a first visit: who goes, and when."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from core import audit
from core.access import Actor, Permission
from core.accounts.assignments import VISIT, own_limit
from core.cases.message_models import MessageEvent
from core.cases.messages import tell
from core.cases.models import OPEN_STATES, Case, CaseStep, StepCode, StepState
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import complete_step, step_of
from core.cases.worklist import COUNTY_ROLES
from core.errors import Blocked, Invalid
from core.households.models import Area
from core.scopes import HandedWork
from core.sessions import ScopedSession
from core.translations import N_

PAGE = 30
DueCursor = tuple[date, uuid.UUID]
# what a province's form calls its objects (R0-24), as kinds of cases; codes of other kinds find nothing yet
CATEGORIES: dict[str, tuple[str, Area | None]] = {
    "urban_dibao": ("dibao", Area.URBAN),
    "rural_dibao": ("dibao", Area.RURAL),
    "tekun": ("tekun", None),
}
audit.name_act("visit.plan", N_("约好上门"))


@dataclass(frozen=True, slots=True)
class DuePage:
    """Families by deadline of the visit, and where the next page begins (None at the end)."""

    rows: Sequence[Any]
    after: DueCursor | None


_COLUMNS = (
    Case.id,
    Case.number,
    Case.area,
    Case.applicant_masked,
    Case.household_size,
    Case.region_code,
    Case.related_party,
    Case.complaint,
    Case.county_visited_at,
    CaseStep.done_at,
)
_start = aliased(CaseStep)
# the survey must be started before a visit has a limit of its own; a case without any limit comes last
_DUE: ColumnElement[date] = func.coalesce(
    CaseStep.due_on,
    select(func.min(_start.due_on))
    .where(
        _start.case_id == CaseStep.case_id,
        _start.code == StepCode.SURVEY_START,
        _start.state == StepState.OPEN,
    )
    .scalar_subquery(),
    Case.due_on,
    date(9999, 12, 31),
)


def visits_due(
    session: ScopedSession,
    actor: Actor,
    *,
    visited: bool = False,
    category: str = "",
    after: DueCursor | None = None,
    size: int = PAGE,
) -> DuePage:
    """Accepted families in scope, the nearest deadline first: those not visited yet, or those visited and still open.

    At a county's desk: the families that the county itself must visit (related parties, complaints; 57号 第十一条).
    """
    later = aliased(CaseStep)
    latest = select(func.max(later.round)).where(
        later.case_id == CaseStep.case_id, later.code == StepCode.VISIT
    )
    # by the open cases of the place, which an index gives, to their steps: steps alone are not found by place
    under_way = select(Case.id).where(Case.state.in_(sorted(OPEN_STATES)), Case.accepted_at.is_not(None))
    due, provisional = own_limit(session.scope, _DUE, CaseStep.due_provisional, _visits_of)
    statement = (
        select(
            *_COLUMNS,
            due.label("due_on"),
            provisional.label("due_provisional"),
            CaseStep.id.label("step_id"),
        )
        .join(Case, Case.id == CaseStep.case_id)
        .where(
            CaseStep.case_id.in_(under_way),
            CaseStep.code == StepCode.VISIT,
            CaseStep.round == latest.scalar_subquery(),
            _mine(actor, visited),
        )
    )
    if category:
        statement = statement.where(*_category(category))
    if after is not None:
        statement = statement.where(tuple_(due, CaseStep.id) > tuple_(*after))
    rows = session.execute(statement.order_by(due, CaseStep.id).limit(size + 1)).all()
    shown = rows[:size]
    more = len(rows) > size
    return DuePage(shown, (shown[-1].due_on, shown[-1].step_id) if more else None)


def _visits_of(work: Collection[HandedWork]) -> ColumnElement[bool]:
    return CaseStep.case_id.in_([each.case_id for each in work if each.kind == VISIT])


def _mine(actor: Actor, visited: bool) -> ColumnElement[bool]:
    if by_county(actor):
        special = or_(Case.related_party, Case.complaint)
        seen = Case.county_visited_at
        return and_(special, seen.is_not(None) if visited else seen.is_(None))
    # a visit waits until the survey is started, and may itself start it
    states = (StepState.DONE,) if visited else (StepState.WAITING, StepState.OPEN)
    return CaseStep.state.in_(states)


def _category(code: str) -> list[ColumnElement[bool]]:
    scheme, area = CATEGORIES.get(code, (code, None))
    wanted: list[ColumnElement[bool]] = [Case.scheme == scheme]
    return [*wanted, Case.area == area] if area is not None else wanted


def category_of(case: Case) -> str:
    """The code of a case's kind in the province's form, or ""."""
    for code, (scheme, area) in CATEGORIES.items():
        if case.scheme == scheme and (area is None or area is case.area):
            return code
    return ""


def by_county(actor: Actor) -> bool:
    """Whether a visit of this actor is the county's own: an officer of the county, or of a city without counties."""
    return bool(actor.node) and bool(actor.roles_at(actor.node) & COUNTY_ROLES)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who will go (account ids) and when; `by` made it."""

    day: date
    surveyors: Sequence[uuid.UUID]


def plan_visit(
    session: ScopedSession, actor: Actor, case: Case, plan: Plan, procedure: Procedure, *, now: datetime
) -> None:
    """Arrange the first visit, which starts the survey (within 3 working days of acceptance, 57号 第十五条).

    Raises Blocked when the survey has started already, Invalid for too few workers or a day that is over.
    """
    actor.require(Permission.VISIT_RECORD)
    if step_of(session, case.id, StepCode.SURVEY_START).state is not StepState.OPEN:
        raise Blocked(N_("调查已经启动，不用再约。去了就直接登记入户。"))
    least = procedure.law.number(procedure.scheme.visitors_key)
    if len(set(plan.surveyors)) < least:
        raise Invalid(
            N_("入户要有至少{least}名工作人员，请选全（57号第十六条）。"), field="surveyors", least=least
        )
    if plan.day < beijing_day(now):
        raise Invalid(N_("约的日子已经过去，请改成今天或以后。"), field="day")
    evidence = {"visit_day": plan.day.isoformat(), "surveyors": [str(each) for each in plan.surveyors]}
    complete_step(session, actor, case, StepCode.SURVEY_START, evidence, procedure, now=now)
    audit.record(session, "visit.plan", case, now=now, case_id=case.id)
    tell(session, case, MessageEvent.VISIT, now=now, day=plan.day)


def plan_of(session: ScopedSession, case_id: uuid.UUID) -> Plan | None:
    """What was arranged, if anything."""
    evidence = step_of(session, case_id, StepCode.SURVEY_START).evidence
    if "visit_day" not in evidence:
        return None
    return Plan(
        date.fromisoformat(evidence["visit_day"]), [uuid.UUID(each) for each in evidence["surveyors"]]
    )
