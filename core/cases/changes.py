"""What offices do to a case: accept it, ask once for what is missing, refuse acceptance, withdraw."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from core import audit
from core.access import Actor, Permission
from core.authorisations.changes import end_for_case
from core.cases import people, tasks
from core.cases.entering import enter_register
from core.cases.limits import WHOLE, limit_case
from core.cases.message_models import MessageEvent
from core.cases.messages import tell
from core.cases.models import OPEN_STATES, Authority, Case, CaseState, StepCode, StepState
from core.cases.procedure import Procedure, beijing_day
from core.cases.reactions import tell_accepted
from core.cases.steps import (
    changed_meanwhile,
    close_all,
    complete_step,
    hold,
    require_open,
    step_of,
)
from core.catalogue import LetterKind
from core.errors import Blocked, Invalid, NotAllowed
from core.households.models import LeftOut
from core.letters.appeal import appeal_sentence
from core.letters.changes import Recipient, issue_letter, record_delivery
from core.letters.models import Delivery, Letter
from core.letters.queries import letters_of_case
from core.sessions import ScopedSession
from core.translations import N_

NOBODY: Mapping[uuid.UUID, LeftOut] = MappingProxyType({})

# what the worklist says of an application whose missing papers have come
SUPPLIED = N_("申请人已补正，看补齐了没有")


def check_version(case: Case, seen: int) -> None:
    """Raise Conflict when another clerk changed the case since the page was opened; nothing is overwritten silently."""
    if case.version != seen:
        raise changed_meanwhile(case)


def letter_fields(
    session: ScopedSession, case: Case, procedure: Procedure, now: datetime
) -> dict[str, object]:
    """What every letter of a case may fill in; the office's phone, never a person's."""
    applicant = people.applicant(session, case.id)
    return people.place_fields(session, case.region_code) | {
        "kind": procedure.scheme.public_kind,
        "appeal": appeal_sentence(procedure.law),
        "applicant_name": people.full_name(session, applicant),
        "case_number": case.number,
        "household_size": case.household_size,
        "submitted_on": beijing_day(case.submitted_at),
        "today": beijing_day(now),
    }


def recipient_of(session: ScopedSession, case: Case) -> Recipient:
    """The applicant, as the letters' reader."""
    applicant = people.applicant(session, case.id)
    return Recipient(
        name=people.full_name(session, applicant),
        region_code=case.region_code,
        case_id=case.id,
        case_number=case.number,
        owner_account_id=case.owner_account_id,
        person_id=applicant.person_id,
    )


def accept_application(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    procedure: Procedure,
    *,
    now: datetime,
    local_duty: bool = False,
    left_out: Mapping[uuid.UUID, LeftOut] = NOBODY,
) -> Letter:
    """Accept: the family enters the register, the statutory clock starts, survey and checks open (57号 第十条).

    `related_party` and complaint cases always go to the county (第十一、二十条, decision 10). `local_duty`: the clerk
    states that a near relation works for the office or the village committee. `left_out`: why each person of the
    household, by id, is not declared again (第七条, R3-05).
    """
    actor.require(Permission.CASE_ACCEPT)
    require_open(session, case, StepCode.ACCEPTANCE)
    today = beijing_day(now)
    case.related_party = case.related_party or local_duty
    case.authority = authority_of(case, procedure)
    enter_register(session, case, left_out, now=now, today=today)
    case.accepted_at = now
    deadline = procedure.deadline(WHOLE, today, limit_case(case))
    case.due_on, case.due_provisional = deadline.date, deadline.provisional
    complete_step(
        session, actor, case, StepCode.ACCEPTANCE, {"related_party": case.related_party}, procedure, now=now
    )
    tasks.finish_tasks(session, actor, case, "supplement", now=now)
    tell_accepted(session, case, procedure)
    tell(session, case, MessageEvent.ACCEPTED, now=now)
    fields = letter_fields(session, case, procedure, now) | {
        "due_on": case.due_on,
        "due_provisional": case.due_provisional,
        "accepted_on": today,
    }
    return issue_letter(
        session,
        actor,
        procedure.scheme.letter(LetterKind.ACCEPTANCE),
        recipient_of(session, case),
        fields,
        now=now,
    )


def authority_of(case: Case, procedure: Procedure) -> Authority:
    """Who confirms: the township where the law of the day delegates it, but never a related-party or complaint case."""
    if case.related_party or case.complaint:
        return Authority.COUNTY
    scheme = procedure.scheme
    if (
        scheme.delegation_key
        and procedure.law.has(scheme.delegation_key)
        and procedure.law.yes(scheme.delegation_key)
    ):
        return Authority.TOWNSHIP
    return Authority(str(scheme.confirm_authority))


def send_deficiency_letter(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    items: Sequence[str],
    procedure: Procedure,
    *,
    now: datetime,
) -> Letter:
    """Tell once everything that is missing (一次性告知, 57号 第十条). A second letter for the same case is refused."""
    actor.require(Permission.CASE_ACCEPT)
    require_open(session, case, StepCode.ACCEPTANCE)
    wanted = [item.strip() for item in items if item.strip()]
    if not wanted:
        raise Invalid(N_("请写明还缺什么材料，一次写全。"), field="items")
    if any(letter.kind is LetterKind.DEFICIENCY for letter in letters_of_case(session, case.id)):
        raise Blocked(N_("一次性告知书已经发过，不能再发第二次。请受理，或者书面决定不予受理。"))
    due = procedure.deadline("supplement", beijing_day(now))
    fields = letter_fields(session, case, procedure, now) | {"items": wanted, "due_on": due.date}
    letter = issue_letter(
        session,
        actor,
        procedure.scheme.letter(LetterKind.DEFICIENCY),
        recipient_of(session, case),
        fields,
        now=now,
        due_on=due.date,
    )
    case.state = CaseState.AWAITING_SUPPLEMENT
    tasks.open_task(
        session, case, "supplement", Permission.CASE_ACCEPT, due.date, now=now, provisional=due.provisional
    )
    tasks.finish_tasks(session, actor, case, str(StepCode.ACCEPTANCE), now=now)
    session.flush()
    tell(session, case, MessageEvent.DEFICIENCY, now=now, day=due.date)
    return letter


def require_supplement(session: ScopedSession, case: Case) -> None:
    """Hold the case; raises Blocked unless it waits for what the one letter asked, and so takes papers."""
    hold(session, case)
    if case.state is not CaseState.AWAITING_SUPPLEMENT:
        raise Blocked(N_("这件申请现在不用补材料。"))


def supply_missing(session: ScopedSession, actor: Actor, case: Case, *, now: datetime) -> None:
    """The resident answered the one letter, once; the case waits for the clerk again."""
    _require_applicant(actor, case)
    require_supplement(session, case)
    case.state = CaseState.SUBMITTED
    tasks.finish_tasks(session, actor, case, "supplement", now=now)
    acceptance = step_of(session, case.id, StepCode.ACCEPTANCE)
    tasks.open_step_task(session, case, acceptance, now=now, note=SUPPLIED)
    session.flush()
    audit.record(session, "case.supply", case, now=now)


def deliver_letter(
    session: ScopedSession, actor: Actor, letter: Letter, how: Delivery, *, now: datetime
) -> None:
    """Note how a paper letter reached its reader; once only. The worklist no longer asks for it."""
    actor.require(Permission.LETTER_SEND)
    record_delivery(session, letter, how, now=now)
    if letter.case_id is not None:
        tasks.finish_about(session, actor, letter.case_id, tasks.REFUSAL_LETTER, letter.id, now=now)
        session.flush()


def decline_acceptance(
    session: ScopedSession, actor: Actor, case: Case, reason: str, procedure: Procedure, *, now: datetime
) -> Letter:
    """Refuse acceptance in writing, with a reason (decision 11); the case ends here."""
    actor.require(Permission.CASE_ACCEPT)
    require_open(session, case, StepCode.ACCEPTANCE)
    if not reason.strip():
        raise Invalid(N_("请写明不予受理的原因，申请人会收到。"), field="reason")
    fields = letter_fields(session, case, procedure, now) | {"reason": reason.strip()}
    letter = issue_letter(
        session,
        actor,
        procedure.scheme.letter(LetterKind.NOT_ACCEPTED),
        recipient_of(session, case),
        fields,
        now=now,
    )
    close_all(session, actor, case, CaseState.NOT_ACCEPTED, now=now)
    end_for_case(session, actor, case.id, now=now)
    case.decided_at = now
    audit.record(session, "case.refuse", case, now=now)
    tell(session, case, MessageEvent.DECIDED, now=now)
    return letter


def withdraw_application(session: ScopedSession, actor: Actor, case: Case, *, now: datetime) -> None:
    """The applicant takes the application back; nothing is asked or decided any more."""
    _require_applicant(actor, case)
    hold(session, case)
    if case.state not in OPEN_STATES:
        raise Blocked(N_("这件申请已经办结，不用撤回。"))
    close_all(session, actor, case, CaseState.WITHDRAWN, now=now)
    end_for_case(session, actor, case.id, now=now)
    case.decided_at = now
    audit.record(session, "case.withdraw", case, now=now)


def _require_applicant(actor: Actor, case: Case) -> None:
    """The applicant herself, or for her the office that accepts applications."""
    if actor.kind == "staff":
        actor.require(Permission.CASE_ACCEPT)
    elif actor.account_id is None or actor.account_id != case.owner_account_id:
        raise NotAllowed(N_("只有申请人本人或者受理窗口可以办这一项。"))


def survey_may_start(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> None:
    """The first visit planned or check asked starts the survey (within 3 working days, 57号 第十五条)."""
    step = step_of(session, case.id, StepCode.SURVEY_START)
    if step.state is StepState.OPEN:
        complete_step(session, actor, case, StepCode.SURVEY_START, {}, procedure, now=now)
