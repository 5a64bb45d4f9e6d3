"""The order of the procedure: the only place that opens, closes and reopens steps (decision 9).

A step opens when everything its scheme names before it is done or does not apply. Nothing else moves a step, so no
screen and no crafted request can skip one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.cases import tasks
from core.cases.limits import CHECK_START, WHOLE, backward_plan, limit_case, paused_days
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
from core.errors import Blocked, Conflict
from core.scopes import LEVELS
from core.sessions import ScopedSession, write_rows
from core.translations import N_

Follower = Callable[[ScopedSession, Case, Procedure, Collection[date]], object]
_FOLLOWERS: list[Follower] = []
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
CLOCK_SET_BACK = N_(
    "服务器的时间比上一步还早，可能时钟被拨回。请告诉系统管理员校准时间后再办，您填的内容已保留。"
)
FINISHED = frozenset({StepState.DONE, StepState.NOT_APPLICABLE})


def hold(session: ScopedSession, case: Case) -> None:
    """Wait until nobody else is moving this case, and keep it to the end of the transaction.

    On PostgreSQL a visit and a check finished at the same moment would else each see the other still open, and neither
    would open the opinion. On SQLite there is one writer anyway. Raises Conflict when the case was changed since it was
    read: whoever comes second decides anew on what she sees then.
    """
    session.flush()
    seen = case.version
    session.refresh(case, with_for_update=True)
    if case.version != seen:
        raise changed_meanwhile(case)


def changed_meanwhile(case: Case) -> Conflict:
    """What the second of two clerks is told; nothing of the first is overwritten."""
    return Conflict(
        N_("这件申请刚刚被别的同事改过。下面是现在的内容，请核对后再办。"),
        theirs={"state": str(case.state), "version": case.version, "complaint": case.complaint},
    )


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
    done = {StepCode.APPLICATION}
    waits = _row(case)
    rows, waiting = [], []
    for position, declared in enumerate(procedure.scheme.steps):
        code = StepCode(declared.code)
        row = waits | {
            "id": new_id(), "code": code, "position": position, "authority": declared.authority,
        }  # fmt: skip
        if code in done:
            row |= {"state": StepState.DONE, "done_at": now, "done_by": actor.account_id}
        elif done.issuperset(declared.after):
            due_on, provisional = _limit(case, code, procedure, beijing_day(now))
            row |= {
                "state": StepState.OPEN,
                "opened_at": now,
                "due_on": due_on,
                "due_provisional": provisional,
            }
            waiting.append(tasks.row_of_step(case, code, due_on, provisional, now=now))
        rows.append(row)
    write_rows(session, CaseStep, rows)
    write_rows(session, Task, [row for row in waiting if row is not None])


def _row(case: Case) -> dict[str, Any]:
    """What all steps of a case share that wait in their first round."""
    return {
        **{level: getattr(case, level) for level in LEVELS},
        "case_id": case.id,
        "owner_account_id": case.owner_account_id,
        "round": 1,
        "state": StepState.WAITING,
        "opened_at": None,
        "due_on": None,
        "due_provisional": False,
        "done_at": None,
        "done_by": None,
        "evidence": {},
    }


def require_open(session: ScopedSession, case: Case, code: StepCode) -> CaseStep:
    """Hold the case and return the open step; raises Blocked with a sentence that names what is missing first.

    Every act on a case begins here, so two people who press at once act one after the other.
    """
    hold(session, case)
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
) -> CaseStep:
    """Close an open step with its evidence (ids and counts only) and open what it makes ready. Raises Blocked."""
    step = require_open(session, case, code)
    if step.opened_at is not None and now < step.opened_at:
        raise Blocked(CLOCK_SET_BACK)
    _finish(step, actor, evidence, now)
    tasks.finish_step_tasks(session, actor, case, code, now=now)
    audit.record(session, "case.step", case, now=now, case_id=case.id, changes={"step": str(code)})
    _open_ready(session, actor, case, procedure, now)
    return step


def _finish(step: CaseStep, actor: Actor, evidence: Mapping[str, Any], now: datetime) -> None:
    step.state = StepState.DONE
    step.done_at = now
    step.done_by = actor.account_id
    step.evidence = dict(evidence)


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
            _leave_out(old, actor, now, reopened=True)
            tasks.finish_step_tasks(session, actor, case, code, now=now)
        own = {"id": new_id(), "code": code, "position": old.position, "authority": old.authority}
        session.add(CaseStep(**_row(case) | own | {"round": old.round + 1}))
    session.flush()
    audit.record(
        session, "case.reopen", case, now=now, case_id=case.id, changes={"steps": sorted(map(str, again))}
    )
    _open_ready(session, actor, case, procedure, now)


def close_all(session: ScopedSession, actor: Actor, case: Case, state: CaseState, *, now: datetime) -> None:
    """End the case before its last step: every step still to come does not apply, every open task is cancelled."""
    hold(session, case)
    for step in steps_of(session, case.id):
        if step.state not in FINISHED:
            _leave_out(step, actor, now)
    tasks.cancel_all(session, actor, case, now=now)
    case.state = state
    session.flush()


def _open_ready(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, now: datetime
) -> None:
    """Open each waiting step whose predecessors are finished; set its limit, its task and the state of the case.

    One that does not apply to this case is passed over, and what follows it opens at once.
    """
    steps = {step.code: step for step in steps_of(session, case.id)}
    today = beijing_day(now)
    for declared in procedure.scheme.steps:
        step = steps[StepCode(declared.code)]
        ready = all(steps[StepCode(before)].state in FINISHED for before in declared.after)
        if step.state is not StepState.WAITING or not ready:
            continue
        if not _applies(case, steps, step.code):
            _leave_out(step, actor, now)
            continue
        step.state = StepState.OPEN
        step.opened_at = now
        _set_limit(case, step, procedure, today)
        tasks.open_step_task(session, case, step, now=now)
        case.state = _STATE_WHEN_OPEN.get(step.code, case.state)
    session.flush()


def _applies(case: Case, steps: Mapping[StepCode, CaseStep], code: StepCode) -> bool:
    """A negative opinion hangs no notice (decision 10); who is refused is listed nowhere (domain 2.8)."""
    if code is StepCode.NOTICE:
        return steps[StepCode.OPINION].evidence.get("eligible") is not False
    return not (code is StepCode.PUBLICATION and case.state is CaseState.REFUSED)


def _leave_out(step: CaseStep, actor: Actor, now: datetime, **evidence: bool) -> None:
    _finish(step, actor, evidence, now)
    step.state = StepState.NOT_APPLICABLE


def _set_limit(
    case: Case, step: CaseStep, procedure: Procedure, today: date, standing: Collection[date] = ()
) -> None:
    step.due_on, step.due_provisional = _limit(case, step.code, procedure, today, standing)


# what has no limit of its own and comes before the notice is due when the opinion is: later, the case would be late
_BEFORE_THE_NOTICE = frozenset({StepCode.VERIFICATION, StepCode.VISIT, StepCode.OPINION})


def _limit(
    case: Case, code: StepCode, procedure: Procedure, today: date, standing: Collection[date] = ()
) -> tuple[date | None, bool]:
    """The last day of a step opened `today`, its own or the whole case's, and whether it is provisional."""
    limit = procedure.scheme.step(code).limit
    if limit and not (code is StepCode.CONFIRMATION and case.authority is Authority.TOWNSHIP):
        deadline = procedure.deadline(limit, today, standing=standing)
        return deadline.date, deadline.provisional
    if code in _BEFORE_THE_NOTICE and case.due_on is not None:
        plan = backward_plan(procedure, case, case.due_on)
        return max(_first_day(code, procedure, today, standing), plan.opinion_by), case.due_provisional
    return case.due_on, bool(case.due_provisional)


def _first_day(code: StepCode, procedure: Procedure, today: date, standing: Collection[date]) -> date:
    """The earliest day a step opened `today` can be due, however late the case: not on a day on which the clock stood.

    The county has its days to begin a check (57号 第十七条).
    """
    if code is StepCode.VERIFICATION:
        return procedure.deadline(CHECK_START, today, standing=standing).date
    while today in standing:
        today += timedelta(days=1)
    return today


def refresh_deadlines(session: ScopedSession, case: Case, procedure: Procedure, *, now: datetime) -> None:
    """Compute the deadlines of an accepted case anew (a pause, a complaint, a confirmed calendar); tasks follow.

    While a pause runs they are what they would be if it ended today.
    """
    if case.accepted_at is None:
        return
    pauses = session.scalars(select(Pause).where(Pause.case_id == case.id)).all()
    standing = paused_days(pauses, until=beijing_day(now))
    deadline = procedure.deadline(WHOLE, beijing_day(case.accepted_at), limit_case(case), standing)
    case.due_on, case.due_provisional = deadline.date, deadline.provisional
    for step in steps_of(session, case.id):
        if step.state is StepState.OPEN and step.opened_at is not None:
            _set_limit(case, step, procedure, beijing_day(step.opened_at), standing)
            tasks.move_step_task(session, case, step)
    for pause in pauses:
        pause.counted_on = beijing_day(now)
    session.flush()
    for follow in _FOLLOWERS:
        follow(session, case, procedure, standing)


def follow_refreshed(follower: Follower) -> None:
    """Let what hangs on the steps' days (checks that are out) be counted anew after them."""
    _FOLLOWERS.append(follower)
