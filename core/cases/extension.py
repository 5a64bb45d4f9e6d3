"""What gives a case the longest limit: a survey that is hard to make, or a complaint, which also brings it to the county.

Sources: 57号 第二十条、第二十二条; decision 10.
"""

from __future__ import annotations

from datetime import datetime

from core import audit
from core.access import Actor, Permission
from core.cases import tasks
from core.cases.changes import authority_of
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.procedure import Procedure
from core.cases.steps import hold, refresh_deadlines, step_of
from core.errors import Blocked, Invalid
from core.sessions import ScopedSession
from core.translations import N_


def extend_case(
    session: ScopedSession, actor: Actor, case: Case, reason: str, procedure: Procedure, *, now: datetime
) -> None:
    """Give the case the limit for hard surveys, once, with a reason that stays in its history (第二十二条)."""
    actor.require(Permission.CASE_PAUSE)
    hold(session, case)
    _check(case, reason)
    if case.hard_survey or case.complaint:
        raise Blocked(N_("这件已经按最长的期限办理，不能再延长。"))
    case.hard_survey = True
    session.flush()
    refresh_deadlines(session, case, procedure, now=now)
    audit.record(session, "case.extend", case, now=now, case_id=case.id, reason=reason.strip())


def register_complaint(
    session: ScopedSession, actor: Actor, case: Case, reason: str, procedure: Procedure, *, now: datetime
) -> None:
    """Note a complaint about the case: from now on the county visits and confirms it (第二十条, decision 10)."""
    actor.require(Permission.OBJECTION_HANDLE)
    hold(session, case)
    _check(case, reason)
    if case.complaint:
        raise Blocked(N_("这件已经登记过投诉举报。"))
    case.complaint = True
    case.authority = authority_of(case, procedure)
    session.flush()
    refresh_deadlines(session, case, procedure, now=now)
    step = step_of(session, case.id, StepCode.CONFIRMATION)
    if step.state is StepState.OPEN:
        # it may have lain with the township: the office that now has the power gets it
        tasks.finish_step_tasks(session, actor, case, StepCode.CONFIRMATION, now=now)
        tasks.open_step_task(session, case, step, now=now)
        session.flush()
    audit.record(session, "case.complaint", case, now=now, case_id=case.id, reason=reason.strip())


def _check(case: Case, reason: str) -> None:
    if case.accepted_at is None or case.state not in OPEN_STATES:
        raise Blocked(N_("受理以后、办结以前才能办这一项。"))
    if not reason.strip():
        raise Invalid(N_("请写明理由，会随案存档。"), field="reason")


audit.name_act("case.extend", N_("延长办理期限"))
audit.name_act("case.complaint", N_("登记投诉举报"))
