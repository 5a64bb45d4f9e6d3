"""A case as a line: which steps are done, by whom and when, which is due, and why it is due on that day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from admin.addresses import in_words, until_words
from core.accounts.queries import names_of
from core.cases.limits import WHOLE, backward_plan, limit_case, paused_working_days
from core.cases.models import (
    OPEN_STATES,
    Authority,
    Case,
    CaseStep,
    Channel,
    Pause,
    StepCode,
    StepState,
)
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import FINISHED, STEP_NAMES
from core.web import formats
from core.web.request import session, today
from core.web.texts import N_, gettext, language

CHANNEL_WORDS = {
    Channel.ONLINE: N_("网上"),
    Channel.WINDOW: N_("窗口"),
    Channel.PROXY: N_("代办"),
}
OFFICE_WORDS = {
    "applicant": N_("申请人"),
    "village": N_("村（社区）"),
    "township": N_("镇"),
    "county": N_("县"),
}


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step of the line: `state` is done, now, todo or na."""

    state: str
    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The line, "第6步，共9步", and how many working days of the whole limit are used (`limit` 0 before acceptance)."""

    steps: Sequence[TimelineStep]
    summary: str
    used: int = 0
    limit: int = 0
    limit_text: str = ""


def timeline_of(
    case: Case, steps: Sequence[CaseStep], procedure: Procedure, pauses: Sequence[Pause]
) -> Timeline:
    """The case as a line."""
    staff = names_of(session(), [step.done_by for step in steps if step.done_by is not None])
    shown = [_step(case, step, procedure, staff) for step in steps]
    at = sum(1 for step in steps if step.state in FINISHED) + 1
    summary = (
        gettext("第{at}步，共{count}步", at=at, count=len(steps)) if at <= len(steps) else gettext("已办结")
    )
    used, limit = _used(case, procedure, pauses)
    text = ""
    if limit:
        ended = case.state not in OPEN_STATES
        text = gettext("用了 {used} 个工作日，共 {limit} 个", used=used, limit=limit) if ended else gettext(
            "第 {used} 个工作日，共 {limit} 个", used=used, limit=limit
        )  # fmt: skip
    return Timeline(shown, summary, used, limit, text)


def _used(case: Case, procedure: Procedure, pauses: Sequence[Pause]) -> tuple[int, int]:
    if case.accepted_at is None:
        return 0, 0
    calendar, start = procedure.calendar, beijing_day(case.accepted_at)
    end = beijing_day(case.decided_at) if case.decided_at else today()
    limit = procedure.law.days(procedure.scheme.limit(WHOLE, limit_case(case)).key)
    stood = paused_working_days(calendar, pauses, after=start, until=end)
    return max(0, calendar.working_days_between(start, end) - stood), limit


def step_title(code: StepCode, case: Case) -> str:
    """What a step is called on this case: who confirms is part of its name."""
    if code is StepCode.CONFIRMATION:
        if case.authority is Authority.TOWNSHIP:
            return gettext("镇级审核确认")
        return gettext("县级审核确认")
    return gettext(STEP_NAMES[code])


def _step(case: Case, step: CaseStep, procedure: Procedure, staff: dict[uuid.UUID, str]) -> TimelineStep:
    title = step_title(step.code, case)
    if step.state is StepState.NOT_APPLICABLE:
        return TimelineStep("na", title, [gettext("这件不用办")])
    if step.state is StepState.DONE:
        return TimelineStep("done", title, _done_lines(case, step, procedure, staff))
    office = gettext(OFFICE_WORDS.get(_office(case, step), ""))
    if step.state is StepState.OPEN:
        lines = [
            " · ".join(
                part for part in (office, until_words(step.due_on, provisional=step.due_provisional)) if part
            )
        ]
        if step.round > 1:
            lines.append(gettext("第{round}次", round=step.round))
        return TimelineStep("now", title, lines)
    return TimelineStep("todo", title, [office] if office else [])


def _office(case: Case, step: CaseStep) -> str:
    if step.code is StepCode.CONFIRMATION:
        return str(case.authority)
    return step.authority


def _done_lines(case: Case, step: CaseStep, procedure: Procedure, staff: dict[uuid.UUID, str]) -> list[str]:
    if step.done_at is None:
        return []
    if step.code is StepCode.APPLICATION:
        who = gettext(CHANNEL_WORDS[case.channel])
    else:
        who = staff.get(step.done_by, "") if step.done_by else gettext("自动")
    lines = [" · ".join(part for part in (in_words(step.done_at), who) if part)]
    if step.due_on is not None and step.code in {StepCode.SURVEY_START, StepCode.CONFIRMATION}:
        lines.append(until_words(step.due_on, provisional=step.due_provisional))
    if step.code is StepCode.ACCEPTANCE:
        days = procedure.law.days(procedure.scheme.limit(WHOLE, limit_case(case)).key)
        lines.append(gettext("全程 {days} 个工作日，由次日起算", days=days))
    return lines


def plan_of(case: Case, steps: Sequence[CaseStep], procedure: Procedure) -> list[tuple[str, str]]:
    """(day, what) counted back from the last day of the whole limit; empty once the opinion is given."""
    opinion = next((step for step in steps if step.code is StepCode.OPINION), None)
    if case.due_on is None or case.state not in OPEN_STATES or opinion is None or opinion.state in FINISHED:
        return []
    plan = backward_plan(procedure, case, case.due_on)
    last = _day(plan.decide_by)
    rows = [
        (_day(plan.opinion_by), gettext("最迟提出初审意见，村里张贴")),
        (_day(plan.notice_until), gettext("公示期满，末日遇假顺延")),
    ]
    if case.authority is Authority.COUNTY:
        rows.append((_day(plan.report_by), gettext("最迟报县审核")))
    rows.append((last, gettext("全程时限届满（暂定）") if case.due_provisional else gettext("全程时限届满")))
    return rows


def _day(value: date) -> str:
    return formats.short_day(value, language())
