"""The steps of a case as a resident reads them: where it stands, who has it, what happens there, the law's limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.cases.limits import WHOLE, limit_case
from core.cases.models import Case, CaseState, CaseStep, StepCode, StepState
from core.cases.procedure import Procedure
from core.cases.steps import STEP_NAMES
from core.catalogue import Authority, LimitDeclaration, LimitUnit, StepDeclaration
from core.errors import Problem
from core.regions import queries as regions
from core.translations import N_
from core.web.formats import day, local_day
from core.web.request import session
from core.web.texts import gettext, language

WHAT_HAPPENS: dict[StepCode, str] = {
    StepCode.ACCEPTANCE: N_("材料齐了就受理；缺什么，只告诉您一次。"),
    StepCode.VERIFICATION: N_("只查签字同意的那些单位，查一次记一次。"),
    StepCode.VISIT: N_("至少两名工作人员到家里来，来前会打电话。"),
    StepCode.OPINION: N_("按核实的收入和财产算，写明理由。"),
    StepCode.NOTICE: N_("只写申请人姓名、村民组、人数、种类和金额。"),
    StepCode.CONFIRMATION: N_("给您书面通知。同意的，从下个月起发钱；不同意的，写明理由。"),
}
CONFIRMED_BY_TOWNSHIP = N_("镇里确认")
REFUSED = N_("作了决定：没有批准。理由和不服怎么办，都在信里。")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step. `state`: done, against (decided, and not granted), now or todo; `when` the day it was done or reached; `limit` a sentence, or ""."""

    state: str
    title: str
    when: date | None
    who: str
    what: str
    limit: str


def step_lines(case: Case, procedure: Procedure, steps: Sequence[CaseStep]) -> list[StepLine]:
    """Every step that applies. A date is never promised without its legal limit."""
    lines = []
    for step in steps:
        if step.state is StepState.NOT_APPLICABLE:
            continue
        declared = procedure.scheme.step(step.code)
        done = step.state is StepState.DONE
        title, what = _title(case, step, declared), WHAT_HAPPENS.get(step.code, "")
        awaited = step.code is StepCode.ACCEPTANCE and case.state is CaseState.AWAITING_SUPPLEMENT
        if awaited:
            title, what = N_("等您补材料"), N_("补齐了，镇里就受理。")
        told = "" if done or awaited or not declared.limit else _limit(case, procedure, step, declared.limit)
        against = done and step.code is StepCode.CONFIRMATION and case.state is CaseState.REFUSED
        at = step.done_at if done else step.opened_at
        lines.append(
            StepLine(
                state=_state(step, against=against),
                title=gettext(title),
                when=local_day(at) if at else None,
                who=_who(case, declared.authority),
                what=gettext(REFUSED) if against else gettext(what) if what and not done else "",
                limit=told,
            )
        )
    return lines


def _state(step: CaseStep, *, against: bool) -> str:
    if step.state is StepState.DONE:
        return "against" if against else "done"
    return "now" if step.state is StepState.OPEN else "todo"


def whole_limit(case: Case, procedure: Procedure) -> str:
    """The limit of the whole case, or nothing where the place has not entered it yet."""
    return limit_words(procedure, procedure.scheme.limit(WHOLE, limit_case(case)))


def limit_words(procedure: Procedure, limit: LimitDeclaration) -> str:
    """`法定：受理后3个工作日内`; nothing while the place has not entered the number of days."""
    try:
        days = procedure.law.days(limit.key)
    except Problem:
        return ""
    whose = gettext("当地规定") if limit.local else gettext("法定")
    if limit.unit is LimitUnit.DAYS:
        # it hangs so long: no day by which to hang it
        return gettext("%(whose)s：%(what)s%(days)s天", whose=whose, what=gettext(limit.title), days=days)
    after = gettext(STEP_NAMES[StepCode(limit.starts)])
    return gettext(
        "%(whose)s：%(after)s后%(days)s%(unit)s内",
        whose=whose,
        after=after,
        days=days,
        unit=gettext("个工作日"),
    )


def _limit(case: Case, procedure: Procedure, step: CaseStep, code: str) -> str:
    told = limit_words(procedure, procedure.scheme.limit(code, limit_case(case)))
    if not told or step.due_on is None:
        return told
    return told + gettext("，最晚%(day)s", day=day(step.due_on, language()))


def _title(case: Case, step: CaseStep, declared: StepDeclaration) -> str:
    if step.code is StepCode.CONFIRMATION and str(case.authority) == "township":
        return CONFIRMED_BY_TOWNSHIP
    return declared.resident_title or declared.title


def _who(case: Case, authority: Authority) -> str:
    if authority is Authority.APPLICANT:
        return ""
    code = case.county if authority is Authority.COUNTY and str(case.authority) == "county" else case.township
    office = regions.office(session(), code)
    return office.office_name if office else regions.node(session(), code).name
