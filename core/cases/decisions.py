"""The township's opinion and the confirmation: two different people, each with reasons and every value read.

Sources: 57号 第十九至二十二条; decision 10. Rules suggest, a named person decides (PIPL art. 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.authorisations.changes import end_for_case
from core.cases import tasks
from core.cases.assessment import assess
from core.cases.changes import letter_fields, recipient_of
from core.cases.comparison import adopt_agreeing, unexplained
from core.cases.models import (
    Authority,
    Case,
    CaseState,
    Confirmation,
    Opinion,
    Outcome,
    StepCode,
)
from core.cases.procedure import Procedure, beijing_day
from core.cases.reactions import tell_decided
from core.cases.steps import complete_step, refresh_deadlines, reopen_from, require_open, step_of
from core.catalogue import LetterKind
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed
from core.letters.changes import issue_letter
from core.rules import Decision, Result
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_

# reasons for a negative opinion beside a failed condition; occupation or identity is no reason (R3-04)
OTHER_GROUNDS: dict[str, str] = {
    "refuses_verification": N_("不配合核对或入户调查（第二十九条）"),
    "false_declaration": N_("申报不实，经告知仍不更正"),
}


@dataclass(frozen=True, slots=True)
class OpinionAnswer:
    """What the reviewer says. `grounds`: names of failed conditions or keys of OTHER_GROUNDS, for a negative one."""

    eligible: bool
    reason: str
    grounds: Sequence[str] = ()


def current_opinion(session: ScopedSession, case: Case) -> Opinion | None:
    """The opinion that stands, or None."""
    row: Opinion | None = session.scalar(
        select(Opinion).where(Opinion.case_id == case.id, Opinion.superseded_at.is_(None))
    )
    return row


def confirmation_of(session: ScopedSession, case: Case) -> Confirmation | None:
    """The decision on the case, or None."""
    row: Confirmation | None = session.scalar(select(Confirmation).where(Confirmation.case_id == case.id))
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
    failed = {reason.text for reason in decision.reasons if reason.met is not True}
    if not answer.grounds or not set(answer.grounds) <= failed | OTHER_GROUNDS.keys():
        raise Invalid(
            N_("“不同意”要指明是哪一条不符合。不能因为职业、身份就不同意（黔民发〔2023〕2号）。"),
            field="grounds",
        )


def complete_notice(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    evidence: dict[str, object],
    procedure: Procedure,
    *,
    now: datetime,
) -> None:
    """The notice hung its days without an upheld objection: the case goes to the confirmer."""
    complete_step(session, actor, case, StepCode.NOTICE, evidence, procedure, now=now)


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


@dataclass(frozen=True, slots=True)
class ConfirmationAnswer:
    """What the confirmer decides; `monthly_fen` is read for a grant only."""

    outcome: Outcome
    reason: str
    monthly_fen: int = 0


def sign_confirmation(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    answer: ConfirmationAnswer,
    procedure: Procedure,
    *,
    now: datetime,
) -> Confirmation | None:
    """Decide. A grant as proposed is final; a grant against the opinion or of another amount sends the case back for a
    new opinion and a new notice (decision 10) and returns None; a refusal is final and written (第二十一条).
    """
    require_confirmer(actor, case)
    require_open(session, case, StepCode.CONFIRMATION)
    opinion = current_opinion(session, case)
    if opinion is None:
        raise Blocked(N_("还没有初审意见，不能审核确认。"))
    if opinion.signed_by == actor.account_id:
        raise NotAllowed(N_("初审意见是您签的。审核确认要由另一位工作人员办理。"))
    if not answer.reason.strip():
        raise Invalid(N_("请写明理由。"), field="reason")
    _require_county_visit(case)
    decision = assess(session, case, procedure).decision
    if answer.outcome is Outcome.GRANTED:
        if decision.result is Result.NOT_ELIGIBLE:
            raise Invalid(
                N_("按今天的规定有条件不符合，不能确认。请退回核实，或者不予确认。"), field="outcome"
            )
        # the law of this day: a new standard since the notice is another amount too (decisions 10, 12)
        amounts = {answer.monthly_fen, decision.total_monthly_fen, opinion.monthly_fen}
        if not opinion.eligible or len(amounts) > 1:
            send_back(session, actor, case, answer.reason, procedure, now=now)
            return None
    return _decide(session, actor, case, opinion, answer, decision, procedure, now)


def require_confirmer(actor: Actor, case: Case) -> None:
    """The county's confirmer, or the township's where the power is delegated; raises NotAllowed."""
    delegated = case.authority is Authority.TOWNSHIP
    actor.require(Permission.DELEGATED_CONFIRMATION_SIGN if delegated else Permission.CONFIRMATION_SIGN)


def _require_county_visit(case: Case) -> None:
    # 57号 第二十条: separately registered and complaint cases are all visited by the county
    if (case.related_party or case.complaint) and case.county_visited_at is None:
        raise Blocked(N_("单独登记备案或者有投诉举报的，县里要先入户核查，再审核确认。"))


def send_back(
    session: ScopedSession, actor: Actor, case: Case, reason: str, procedure: Procedure, *, now: datetime
) -> None:
    """The confirmer wants another opinion: the step is done anew, with a new notice if it is positive.

    Raises Blocked unless the case waits for the confirmation, Invalid without a reason, NotAllowed.
    """
    require_confirmer(actor, case)
    require_open(session, case, StepCode.CONFIRMATION)
    if not reason.strip():
        raise Invalid(N_("请写明理由。"), field="reason")
    supersede_opinion(session, case, now=now)
    reopen_from(session, actor, case, [StepCode.OPINION], procedure, now=now)
    audit.record(session, "case.send_back", case, now=now, reason=reason)


def _decide(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    opinion: Opinion,
    answer: ConfirmationAnswer,
    decision: Decision,
    procedure: Procedure,
    now: datetime,
) -> Confirmation:
    granted = answer.outcome is Outcome.GRANTED
    today = beijing_day(now)
    confirmation = Confirmation(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        opinion_id=opinion.id,
        outcome=answer.outcome,
        monthly_fen=answer.monthly_fen if granted else 0,
        starts_on=next_month(today) if granted else None,
        reason=answer.reason.strip(),
        law_day=decision.day,
        computation=decision.as_row(),
        signed_by=actor.account_id,
        signed_at=now,
    )
    session.add(confirmation)
    case.state = CaseState.GRANTED if granted else CaseState.REFUSED
    case.decided_at = now
    case.monthly_fen = confirmation.monthly_fen
    session.flush()
    evidence = {"confirmation_id": str(confirmation.id)}
    complete_step(session, actor, case, StepCode.CONFIRMATION, evidence, procedure, now=now)
    tell_decided(session, case, confirmation, decision, procedure)
    _send_decision(session, actor, case, confirmation, procedure, now)
    if not granted:
        # they were given for this application and for the time of assistance alone (PIPL 19)
        end_for_case(session, actor, case.id, now=now)
    return confirmation


def next_month(day: date) -> date:
    """The first of the month after `day`: money begins the next month (57号 第二十一条)."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _send_decision(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    confirmation: Confirmation,
    procedure: Procedure,
    now: datetime,
) -> None:
    granted = confirmation.outcome is Outcome.GRANTED
    kind = LetterKind.CONFIRMATION if granted else LetterKind.REFUSAL
    fields = letter_fields(session, case, procedure, now) | {
        "monthly_fen": confirmation.monthly_fen,
        "starts_on": confirmation.starts_on,
        "reason": confirmation.reason,
        "authority": str(case.authority),
    }
    declared = procedure.scheme.letter(kind)
    letter = issue_letter(session, actor, declared, recipient_of(session, case), fields, now=now)
    if not granted and letter.delivered_at is None:
        # who applied at a window reads it on paper, within three working days (第二十一条)
        due = procedure.deadline("letter", beijing_day(now))
        tasks.open_task(
            session,
            case,
            tasks.REFUSAL_LETTER,
            Permission.LETTER_SEND,
            due.date,
            now=now,
            provisional=due.provisional,
            subject_id=letter.id,
        )
    audit.record(
        session, "confirmation.sign", case, now=now, changes={"outcome": [None, str(confirmation.outcome)]}
    )
