"""The frame every page of a case stands in: its head, the line of steps, the tabs, the one next step, other actions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.addresses import first_url, places_below
from admin.case_counts import UNANSWERED, counts_of
from admin.case_next import next_step_of
from admin.case_next_survey import may_visit_for_county
from admin.case_people import CasePeople, people_of
from admin.case_timeline import Timeline, plan_of, timeline_of
from admin.next_step import NextStep
from core import audit
from core.access import Permission
from core.awards.queries import is_running
from core.cases import queries
from core.cases.assessment import Assessment, assess
from core.cases.confirmations import confirms_with
from core.cases.models import OPEN_STATES, Case, CaseState, CaseStep, Pause, StepCode, StepState
from core.cases.procedure import Procedure
from core.cases.reactions import facts_of_case
from core.cases.steps import steps_of
from core.cases.tasks import needs_county_visit
from core.catalogue import Panel
from core.errors import Blocked, Problem
from core.households.models import Household
from core.web.access_gate import may
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, message_text, text_of


@dataclass(frozen=True, slots=True)
class CaseTab:
    """A tab of the case page: `pages` are endpoints that take `case_id`, the first one installed is opened.

    `if_any`: left out of a case that has none of its things.
    """

    code: str
    label: str
    pages: tuple[str, ...]
    permission: Permission = Permission.CASE_READ
    if_any: bool = False


# tabs of pages that are not installed are left out
TABS = (
    CaseTab("economy", N_("核算"), ("staff.case_page",)),
    CaseTab("members", N_("成员"), ("staff.case_members",)),
    CaseTab("documents", N_("材料"), ("staff.case_documents",), Permission.DOCUMENT_READ),
    CaseTab("authorisations", N_("核对授权"), ("staff.case_authorisations",), Permission.AUTHORISATION_READ),
    CaseTab("verification", N_("核对报告"), ("staff.case_verification",), Permission.AUTHORISATION_READ),
    CaseTab("visits", N_("入户"), ("staff.case_visits",), Permission.VISIT_READ),
    CaseTab("notice", N_("公示"), ("staff.case_notice",), Permission.NOTICE_READ),
    CaseTab("letters", N_("文书"), ("staff.case_letters",), Permission.LETTER_READ),
    CaseTab("corrections", N_("更正申请"), ("staff.case_corrections",), if_any=True),
    CaseTab("history", N_("操作记录"), ("staff.case_history",)),
)


@dataclass(slots=True)
class CaseFrame:
    """Everything the layout of a case shows. `assessment` is None where a parameter is missing: `blocked` says which.

    `household_id`: the family's file, None before acceptance and where it was transferred to another office.
    """

    case: Case
    title: str
    kind: str
    place: str
    people: CasePeople
    procedure: Procedure
    steps: Sequence[CaseStep]
    timeline: Timeline
    pauses: Sequence[Pause]
    tabs: list[tuple[str, str, int | None, bool]]
    household_id: uuid.UUID | None
    assessment: Assessment | None = None
    blocked: str = ""
    plan: list[tuple[str, str]] = field(default_factory=list)
    next: NextStep | None = None
    actions: list[tuple[str, str]] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def paused(self) -> Pause | None:
        return next((pause for pause in self.pauses if pause.to_day is None), None)


def case_frame(case_id: uuid.UUID, active: str) -> CaseFrame:
    """The frame of a case as who asks may see it; NotFound out of scope. Looking is audited.

    Whatever right a tab asks for, the frame tells of the case, so it asks for the right to read cases too.
    """
    database = session()
    actor().require(Permission.CASE_READ)
    case = queries.case(database, case_id)
    people, procedure = people_of(case), procedure_of(case)
    counts = counts_of(case.id) | {"members": len(people.members)}
    steps, pauses = steps_of(database, case.id), queries.pauses_of(database, case.id)
    frame = CaseFrame(
        case=case,
        title=gettext("{name} 家", name=people.names[people.applicant.id]),
        kind=kind_words(case, procedure),
        place=places_below([case.region_code]).get(case.region_code, ""),
        people=people,
        procedure=procedure,
        steps=steps,
        timeline=timeline_of(case, steps, procedure, pauses),
        pauses=pauses,
        tabs=_tabs(case, counts, active),
        household_id=_file_here(case),
        panels=procedure.view.case_panels(
            facts_of_case(case, people.everyone, today()), procedure_of(case).law
        ),
        remarks=[_remark(row) for row in case.remarks],
    )
    try:
        frame.assessment = assess(database, case, procedure)
    except Problem as problem:
        frame.blocked = text_of(problem)
    if case.accepted_at is not None:
        frame.plan = _plan(frame)
    frame.next = next_step_of(case, steps, procedure, people, frame.assessment, frame.blocked)
    frame.actions = _actions(case, steps, counts)
    audit.look(database, "case.look", case, now=now(), case_id=case.id)
    return frame


def _plan(frame: CaseFrame) -> list[tuple[str, str]]:
    try:
        return plan_of(frame.case, frame.steps, frame.procedure)
    except Blocked:
        return []


def _remark(row: dict[str, Any]) -> tuple[str, str]:
    """(text, source) of what a pack remarked when the case was accepted or decided."""
    return message_text(str(row["text"]), row["values"]), str(row["source"])


def kind_words(case: Case, procedure: Procedure) -> str:
    """`农村低保申请`: the public kind with the area; a variant is not named on a page that may be seen over a shoulder."""
    area = gettext("农村") if str(case.area) == "rural" else gettext("城市")
    return gettext("{area}{kind}申请", area=area, kind=gettext(procedure.scheme.public_kind))


def _file_here(case: Case) -> uuid.UUID | None:
    """A file that was transferred is out of scope, and its page would not be found."""
    if case.household_id is None or session().get(Household, case.household_id) is None:
        return None
    return case.household_id


def _tabs(case: Case, counts: Mapping[str, int], active: str) -> list[tuple[str, str, int | None, bool]]:
    shown = []
    for tab in TABS:
        if tab.if_any and not counts.get(tab.code) and tab.code != active:
            continue
        href = first_url(*tab.pages, case_id=case.id)
        if href is not None and may(tab.permission):
            shown.append((gettext(tab.label), href, counts.get(tab.code) or None, tab.code == active))
    return shown


def _actions(case: Case, steps: Sequence[CaseStep], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """(text, address) of what may also be done now."""
    wanted: list[tuple[str, Permission, tuple[str, ...]]] = []
    if counts.get(UNANSWERED):
        wanted.append((N_("答复本人的更正申请"), Permission.CASE_ACCEPT, ("staff.case_corrections",)))
    if case.state in OPEN_STATES and case.accepted_at is not None:
        wanted.append((N_("暂停或恢复计时（须写原因）"), Permission.CASE_PAUSE, ("staff.case_pause",)))
        text = N_("延长期限、登记投诉举报（须写理由）")
        wanted.append((text, Permission.CASE_PAUSE, ("staff.case_extension",)))
        wanted.append((N_("交给别人办（入户、核对）"), Permission.CASE_ASSIGN, ("staff.case_assignments",)))
    if may_visit_for_county(case):
        text = N_("登记县里入户核查") if needs_county_visit(case) else N_("登记县里抽查入户")
        wanted.append((text, Permission.VISIT_RECORD, ("staff.visit_new",)))
    elif case.state in {CaseState.SURVEY, CaseState.OPINION}:
        visited = any(step.code is StepCode.VISIT and step.state is StepState.DONE for step in steps)
        text = N_("再登记一次入户") if visited else N_("登记入户")
        wanted.append((text, Permission.VISIT_RECORD, ("staff.visit_new", "staff.case_visits")))
    if case.state is CaseState.GRANTED and may(confirms_with(case)) and is_running(session(), case.id):
        wanted.append((N_("停发这项救助"), confirms_with(case), ("staff.award_end",)))
    if case.state is CaseState.SUBMITTED:
        wanted.append((N_("打印受理单"), Permission.CASE_INTAKE, ("staff.acceptance_slip",)))
    wanted.append((N_("打印核算表"), Permission.CASE_READ, ("staff.income_sheet",)))
    found = []
    for text, permission, pages in wanted:
        href = first_url(*pages, case_id=case.id)
        if href is not None and may(permission):
            found.append((gettext(text), href))
    return found


def is_open(frame: CaseFrame, code: StepCode) -> bool:
    """Whether a step is open now."""
    return any(step.code is code and str(step.state) == "open" for step in frame.steps)
