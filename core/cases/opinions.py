"""The township's opinion: a named person's word, with its reason and every value read (57号 第十九条; decision 10).

Rules suggest, a named person decides (PIPL art. 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.assessment import assess
from core.cases.comparison import adopt_agreeing, unexplained
from core.cases.grounds import require_grounds
from core.cases.models import Case, Opinion, StepCode
from core.cases.procedure import Procedure
from core.cases.steps import complete_step, refresh_deadlines, reopen_from, require_open, step_of
from core.database import new_id
from core.errors import Blocked, Invalid
from core.rules import Decision, Result
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_


@dataclass(frozen=True, slots=True)
class OpinionAnswer:
    """What the reviewer says. `grounds`: codes of `grounds_of`, for a negative one."""

    eligible: bool
    reason: str
    grounds: Sequence[str] = ()


def current_opinion(session: ScopedSession, case: Case) -> Opinion | None:
    """The opinion that stands, or None."""
    row: Opinion | None = session.scalar(
        select(Opinion).where(Opinion.case_id == case.id, Opinion.superseded_at.is_(None))
    )
    return row


def sign_opinion(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    answer: OpinionAnswer,
    procedure: Procedure,
    *,
    now: datetime,
) -> Opinion:
    """Sign for or against. A negative one has no notice and goes to the confirmer; a positive one opens the notice.

    The computation is made anew here, from what was adopted, under the law of this day. Raises Blocked while a
    difference is unexplained, Invalid for an opinion the computation does not carry.
    """
    actor.require(Permission.OPINION_SIGN)
    step = require_open(session, case, StepCode.OPINION)
    adopt_agreeing(session, actor, case, now=now)
    assessment = assess(session, case, procedure)
    decision = assessment.decision
    open_differences = unexplained(assessment.lines)
    if open_differences:
        raise Blocked(N_("还有{count}项差异没有说明，说明后再提初审意见。"), count=len(open_differences))
    _check_opinion(answer, decision)
    if answer.eligible and step_of(session, case.id, StepCode.VERIFICATION).evidence.get("unverified"):
        # without a finished check nobody is let in or kept out by judgement alone (R3-04, 57号 第二十九条)
        raise Invalid(
            N_("有家人没有完成核对，不能提“同意”。请先补签授权、完成核对，或者提“不同意”。"), field="eligible"
        )
    opinion = Opinion(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        round=step.round,
        eligible=answer.eligible,
        variant=case.variant,
        monthly_fen=decision.total_monthly_fen if answer.eligible else 0,
        reason=answer.reason.strip(),
        rule_name=decision.rule.name,
        rule_version=decision.rule.version,
        law_day=decision.day,
        computation=decision.as_row() | {"grounds": list(answer.grounds)},
        signed_by=actor.account_id,
        signed_at=now,
    )
    session.add(opinion)
    session.flush()
    evidence = {"opinion_id": str(opinion.id), "eligible": answer.eligible}
    complete_step(session, actor, case, StepCode.OPINION, evidence, procedure, now=now)
    audit.record(session, "opinion.sign", case, now=now, changes={"eligible": [None, answer.eligible]})
    return opinion


def _check_opinion(answer: OpinionAnswer, decision: Decision) -> None:
    if not answer.reason.strip():
        raise Invalid(N_("请写明理由：根据哪些核实的情况、哪一条规定。"), field="reason")
    if answer.eligible:
        if decision.result is Result.NOT_ELIGIBLE:
            raise Invalid(N_("有条件不符合，不能提“同意”。先更正核算，或者提“不同意”。"), field="eligible")
        return
    require_grounds(answer.grounds, decision)


def objection_upheld(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> None:
    """The survey begins anew: visit, opinion and notice get another round, within 45 working days (decision 10)."""
    case.hard_survey = True
    refresh_deadlines(session, case, procedure, now=now)
    supersede_opinion(session, case, now=now)
    reopen_from(session, actor, case, [StepCode.VISIT], procedure, now=now)


def supersede_opinion(session: ScopedSession, case: Case, *, now: datetime) -> None:
    """The standing opinion no longer stands; it is kept."""
    opinion = current_opinion(session, case)
    if opinion is not None:
        opinion.superseded_at = now
        session.flush()
