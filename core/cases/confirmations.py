"""The confirmation: another person than who signed the opinion decides, with reasons and every value read.

Sources: 57号 第二十至二十二条; decision 10.
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
from core.cases.grounds import Ground, require_grounds
from core.cases.message_models import MessageEvent
from core.cases.messages import tell
from core.cases.models import Authority, Case, CaseState, Confirmation, Opinion, Outcome, StepCode
from core.cases.opinions import current_opinion, supersede_opinion
from core.cases.procedure import Procedure, beijing_day
from core.cases.reactions import tell_decided
from core.cases.steps import complete_step, reopen_from, require_open
from core.catalogue import LetterKind
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed
from core.letters.changes import issue_letter
from core.rules import Decision, Result
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_


@dataclass(frozen=True, slots=True)
class ConfirmationAnswer:
    """What the confirmer decides. `monthly_fen` is read for a grant; `grounds`, codes of `grounds_of`, for a refusal."""

    outcome: Outcome
    reason: str
    monthly_fen: int = 0
    grounds: Sequence[str] = ()


def confirmation_of(session: ScopedSession, case: Case) -> Confirmation | None:
    """The decision on the case, or None."""
    row: Confirmation | None = session.scalar(select(Confirmation).where(Confirmation.case_id == case.id))
    return row


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
    new opinion and a new notice (decision 10) and returns None; a refusal is final, written, and names its grounds
    (第二十一条, R3-04).
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
    actor.require(confirms_with(case))


def confirms_with(case: Case) -> Permission:
    """The right by which the case is decided."""
    delegated = case.authority is Authority.TOWNSHIP
    return Permission.DELEGATED_CONFIRMATION_SIGN if delegated else Permission.CONFIRMATION_SIGN


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
    against = [] if granted else require_grounds(answer.grounds, decision)
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
        computation=decision.as_row() | {"grounds": [] if granted else list(answer.grounds)},
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
    _send_decision(session, actor, case, confirmation, against, procedure, now)
    tell(session, case, MessageEvent.DECIDED, now=now)
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
    against: Sequence[Ground],
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
        "grounds": [f"{ground.text}（{ground.article}）" for ground in against],
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
