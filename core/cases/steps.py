"""The order of the procedure: the only place that opens, closes and reopens steps (decision 9).

A step opens when everything its scheme names before it is done or does not apply. Nothing else moves a step, so no
screen and no crafted request can skip one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.cases import tasks
from core.cases.limits import backward_plan, whole_deadline
from core.cases.models import (
    OPEN_STATES,
    Authority,
    Case,
    CaseState,
    CaseStep,
    Pause,
    StepCode,
    StepState,
    Task,
)
from core.cases.procedure import Procedure, beijing_day
from core.database import new_id
from core.errors import Blocked
from core.scopes import LEVELS
from core.sessions import ScopedSession, write_rows
from core.translations import N_

STEP_NAMES: dict[StepCode, str] = {
    StepCode.APPLICATION: N_("申请"),
    StepCode.ACCEPTANCE: N_("受理"),
    StepCode.SURVEY_START: N_("启动调查"),
    StepCode.VERIFICATION: N_("信息核对"),
    StepCode.VISIT: N_("入户调查"),
    StepCode.OPINION: N_("初审意见"),
    StepCode.NOTICE: N_("初审公示"),
    StepCode.CONFIRMATION: N_("审核确认"),
    StepCode.PUBLICATION: N_("公布与发放"),
}
_STATE_WHEN_OPEN = {
    StepCode.ACCEPTANCE: CaseState.SUBMITTED,
    StepCode.SURVEY_START: CaseState.SURVEY,
    StepCode.VERIFICATION: CaseState.SURVEY,
    StepCode.VISIT: CaseState.SURVEY,
    StepCode.OPINION: CaseState.OPINION,
    StepCode.NOTICE: CaseState.NOTICE,
    StepCode.CONFIRMATION: CaseState.CONFIRMATION,
}
FINISHED = frozenset({StepState.DONE, StepState.NOT_APPLICABLE})


def hold(session: ScopedSession, case: Case) -> None:
    """Wait until nobody else is moving this case, to the end of the transaction.

    On PostgreSQL a visit and a check finished at the same moment would else each see the other still open, and neither
    would open the opinion. On SQLite there is one writer anyway.
    """
    session.scalar(select(Case.id).where(Case.id == case.id).with_for_update())


def steps_of(session: ScopedSession, case_id: uuid.UUID) -> list[CaseStep]:
    """The steps of the case in order, each in its latest round, as the database has them now."""
    rows = session.scalars(
        select(CaseStep)
        .where(CaseStep.case_id == case_id)
        .order_by(CaseStep.position, CaseStep.round)
        .execution_options(populate_existing=True)
    )
    latest: dict[StepCode, CaseStep] = {}
    for row in rows:
        latest[row.code] = row
    return list(latest.values())


def step_of(session: ScopedSession, case_id: uuid.UUID, code: StepCode) -> CaseStep:
    """One step in its latest round."""
    return next(step for step in steps_of(session, case_id) if step.code is code)


def begin_steps(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> None:
    """Lay out all steps of a case just submitted: the application is done, what follows it is open with its task.

    The case is new, so nothing is read back: the steps go in one statement, the tasks in another.
    """
    steps = {
        StepCode(declared.code): _new_step(case, StepCode(declared.code), position, declared.authority, 1)
        for position, declared in enumerate(procedure.scheme.steps)
    }
    _finish(steps[StepCode.APPLICATION], actor, {}, now)
    opened = []
    for declared in procedure.scheme.steps:
        step = steps[StepCode(declared.code)]
        if step.state is StepState.WAITING and all(
            steps[StepCode(each)].state in FINISHED for each in declared.after
        ):
            step.state, step.opened_at = StepState.OPEN, now
            _set_limit(case, step, procedure, beijing_day(now))
            opened.append(step)
    write_rows(session, CaseStep, [_row_of(step) for step in steps.values()])
    waiting = [task for step in opened if (task := tasks.task_of_step(case, step, now=now)) is not None]
    write_rows(session, Task, [_row_of(task) for task in waiting])


def _row_of(row: CaseStep | Task) -> dict[str, Any]:
    """The columns of a row not yet written, by name; None where nothing was said and the model has no default."""
    return {
        attribute.key: row.__dict__.get(attribute.key)
        for attribute in row.__mapper__.column_attrs
        if attribute.key in row.__dict__ or attribute.columns[0].default is None
    }


def _new_step(case: Case, code: StepCode, position: int, authority: str, round_: int) -> CaseStep:
    return CaseStep(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        code=code,
        round=round_,
        position=position,
        authority=authority,
        state=StepState.WAITING,
        evidence={},
    )


def require_open(session: ScopedSession, case: Case, code: StepCode) -> CaseStep:
    """The open step, or Blocked with a sentence that names what is missing first."""
    steps = steps_of(session, case.id)
    step = next(each for each in steps if each.code is code)
    if step.state is StepState.OPEN:
        return step
    if step.state in FINISHED:
        raise Blocked(N_("“{step}”已经办完，不用再办。请刷新页面看看现在到哪一步。"), step=STEP_NAMES[code])
    missing = next((each for each in steps if each.state is StepState.OPEN), None)
    raise Blocked(
        N_("还不能办“{step}”：先办完“{missing}”。"),
        step=STEP_NAMES[code],
        missing=STEP_NAMES[missing.code] if missing else STEP_NAMES[StepCode.ACCEPTANCE],
    )


def complete_step(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    code: StepCode,
    evidence: Mapping[str, Any],
    procedure: Procedure,
    *,
    now: datetime,
    not_applicable: bool = False,
) -> CaseStep:
    """Close an open step with its evidence (ids and counts only) and open what it makes ready. Raises Blocked."""
    hold(session, case)
    step = require_open(session, case, code)
    if step.opened_at is not None and now < step.opened_at:
        raise Blocked(
            N_("服务器的时间比上一步还早，可能时钟被拨回。请告诉系统管理员校准时间后再办，您填的内容已保留。")
        )
    _finish(step, actor, evidence, now)
    if not_applicable:
        step.state = StepState.NOT_APPLICABLE
    tasks.finish_step_tasks(session, actor, case, code, now=now)
    audit.record(session, "case.step", case, now=now, case_id=case.id, changes={"step": str(code)})
    _open_ready(session, case, procedure, now)
    return step


def _finish(step: CaseStep, actor: Actor, evidence: Mapping[str, Any], now: datetime) -> None:
    step.state = StepState.DONE
    step.done_at = now
    step.done_by = actor.account_id
    step.evidence = dict(evidence)


def skip_step(
    session: ScopedSession, actor: Actor, case: Case, code: StepCode, procedure: Procedure, *, now: datetime
) -> None:
    """Mark a waiting or open step as not applicable (a negative opinion has no notice, decision 10)."""
    step = step_of(session, case.id, code)
    if step.state in FINISHED:
        raise Blocked(N_("“{step}”已经办完，不用再办。请刷新页面看看现在到哪一步。"), step=STEP_NAMES[code])
    _finish(step, actor, {}, now)
    step.state = StepState.NOT_APPLICABLE
    tasks.finish_step_tasks(session, actor, case, code, now=now)
    _open_ready(session, case, procedure, now)


def reopen_from(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    codes: Sequence[StepCode],
    procedure: Procedure,
    *,
    now: datetime,
) -> None:
    """Begin a new round of `codes` and of everything after them (an upheld objection, another amount: decision 10).

    Raises Blocked for a case that has ended: nothing brings a withdrawn or refused application back to life.
    """
    hold(session, case)
    if case.state not in OPEN_STATES:
        raise Blocked(N_("这件申请已经办结，不能重新调查。要再办的，请重新申请。"))
    steps = {step.code: step for step in steps_of(session, case.id)}
    again = set(codes)
    for declared in procedure.scheme.steps:
        if any(StepCode(before) in again for before in declared.after):
            again.add(StepCode(declared.code))
    for code in again:
        old = steps[code]
        if old.state is StepState.WAITING:
            continue
        if old.state is StepState.OPEN:
            _finish(old, actor, {"reopened": True}, now)
            old.state = StepState.NOT_APPLICABLE
            tasks.finish_step_tasks(session, actor, case, code, now=now)
        session.add(_new_step(case, code, old.position, old.authority, old.round + 1))
    session.flush()
    audit.record(
        session, "case.reopen", case, now=now, case_id=case.id, changes={"steps": sorted(map(str, again))}
    )
    _open_ready(session, case, procedure, now)


def close_all(session: ScopedSession, actor: Actor, case: Case, state: CaseState, *, now: datetime) -> None:
    """End the case before its last step: every step still to come does not apply, every open task is cancelled."""
    for step in steps_of(session, case.id):
        if step.state not in FINISHED:
            _finish(step, actor, {}, now)
            step.state = StepState.NOT_APPLICABLE
    tasks.cancel_all(session, actor, case, now=now)
    case.state = state
    session.flush()


def _open_ready(session: ScopedSession, case: Case, procedure: Procedure, now: datetime) -> None:
    """Open each waiting step whose predecessors are finished; set its limit, its task and the state of the case."""
    steps = {step.code: step for step in steps_of(session, case.id)}
    today = beijing_day(now)
    for declared in procedure.scheme.steps:
        step = steps[StepCode(declared.code)]
        ready = all(steps[StepCode(before)].state in FINISHED for before in declared.after)
        if step.state is not StepState.WAITING or not ready:
            continue
        step.state = StepState.OPEN
        step.opened_at = now
        _set_limit(case, step, procedure, today)
        tasks.open_step_task(session, case, step, now=now)
        case.state = _STATE_WHEN_OPEN.get(step.code, case.state)
    session.flush()


def _set_limit(case: Case, step: CaseStep, procedure: Procedure, today: date) -> None:
    limit = procedure.scheme.step(step.code).limit
    if limit and not (step.code is StepCode.CONFIRMATION and case.authority is Authority.TOWNSHIP):
        deadline = procedure.deadline(limit, today)
        step.due_on, step.due_provisional = deadline.date, deadline.provisional
        return
    step.due_on, step.due_provisional = case.due_on, case.due_provisional
    if step.code is StepCode.OPINION and case.due_on is not None:
        step.due_on = max(today, backward_plan(procedure, case, case.due_on).opinion_by)


def refresh_deadlines(session: ScopedSession, case: Case, procedure: Procedure) -> None:
    """Compute the whole deadline anew (at acceptance, after a pause, when a calendar is confirmed); tasks follow."""
    pauses = session.scalars(select(Pause).where(Pause.case_id == case.id)).all()
    deadline = whole_deadline(case, procedure, pauses)
    if deadline is None:
        return
    case.due_on, case.due_provisional = deadline.date, deadline.provisional
    for step in steps_of(session, case.id):
        if step.state is StepState.OPEN and step.opened_at is not None:
            _set_limit(case, step, procedure, beijing_day(step.opened_at))
            tasks.move_step_task(session, case, step)
    session.flush()
