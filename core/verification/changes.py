"""Checks: asked only under an authorisation in force, sent, answered by the county, asked again, concluded (R2-17, R3-04)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.authorisations.coverage import Coverage, PersonCoverage, Standing
from core.cases import tasks
from core.cases.changes import survey_may_start
from core.cases.models import Case, StepCode, StepState
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import complete_step, hold, reopen_from, require_open, step_of
from core.catalogue import SourceRequirement
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked, Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_
from core.verification import handed, worklist
from core.verification.asking import coverage_of, require_covered
from core.verification.beginning import last_day_to_begin, move_task, note_begun
from core.verification.findings import Findings, as_json, hash_of, latest, rebuild_verified_lines
from core.verification.models import CLOSED, OPEN, RequestState, VerificationRequest
from core.verification.sending import hold_request, still_covered
from core.workdays import Deadline

audit.name_act("verification.recheck", N_("要求复查"))
audit.name_act("verification.conclude", N_("记明无法核对"))


def request_checks(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, *, now: datetime
) -> list[VerificationRequest]:
    """Ask every covered body about every covered person; the county has so many working days to begin (57号 第十七条).

    Raises Blocked naming, masked, whose authorisation is missing, withdrawn or expired; and when all was asked already.
    The first request starts the survey (第十五条).
    """
    actor.require(Permission.VERIFICATION_REQUEST)
    hold(session, case)
    covered = require_covered(session, case, procedure, now=now)
    survey_may_start(session, actor, case, procedure, now=now)
    if step_of(session, case.id, StepCode.VERIFICATION).evidence.get("unverified"):
        # who had refused has signed after all (decision 10): the check that was given up begins anew
        _begin_anew(session, actor, case, procedure, now)
    require_open(session, case, StepCode.VERIFICATION)
    asked = latest(requests_of(session, case.id))
    due = last_day_to_begin(procedure, now)
    new = [
        _ask(session, actor, case, person, source, due, now, asked.get((person.member_id, source.code)))
        for person, source in covered.allowed()
        if _is_needed(asked.get((person.member_id, source.code)))
    ]
    if not new:
        raise Blocked(N_("能查的都已经发起过了，等县里登记结果。对结果有疑问的，请发起复查。"))
    session.flush()
    for row in new:
        audit.record(session, "verification.request", row, now=now, actor=actor)
    _tell_county(session, case, due, now)
    return new


def _tell_county(session: ScopedSession, case: Case, due: Deadline, now: datetime) -> None:
    """Answers are due from the county: on its worklist, once a case."""
    worklist.open_once(
        session,
        case,
        worklist.RESULTS,
        Permission.VERIFICATION_RECORD,
        due.date,
        now=now,
        provisional=due.provisional,
    )
    move_task(session, case)


def _is_needed(last: VerificationRequest | None) -> bool:
    return last is None or last.state in CLOSED


def still_to_ask(session: ScopedSession, case_id: uuid.UUID, covered: Coverage) -> bool:
    """Whether a body that may be asked about somebody today was not asked yet, or its request came to nothing."""
    asked = latest(requests_of(session, case_id))
    return any(_is_needed(asked.get((person.member_id, source.code))) for person, source in covered.allowed())


def requests_of(session: ScopedSession, case_id: uuid.UUID) -> Sequence[VerificationRequest]:
    """Every request of a case, all rounds, in the order of people and bodies."""
    return session.scalars(
        select(VerificationRequest)
        .where(VerificationRequest.case_id == case_id)
        .order_by(VerificationRequest.position, VerificationRequest.round)
    ).all()


def _ask(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    person: PersonCoverage,
    source: SourceRequirement,
    due: Deadline,
    now: datetime,
    last: VerificationRequest | None,
    reason: str = "",
) -> VerificationRequest:
    """The one place where a check comes to be; the database refuses the same (core/verification/protection.py)."""
    signed = person.authorisation
    if signed is None or signed.case_id != case.id or not signed.allows(source.code, beijing_day(now)):
        raise Blocked(N_("还不能发起核对：等{names}签核对授权。签齐了再查。"), names=person.waits_for)
    codes = [each["code"] for each in signed.sources_asked]
    row = VerificationRequest(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        case_number=case.number,
        owner_account_id=case.owner_account_id,
        authorisation_id=signed.id,
        member_id=person.member_id,
        person_id=signed.person_id,
        name_masked=person.name_masked,
        source=source.code,
        body=source.body,
        items=source.items,
        position=signed.position * 100 + codes.index(source.code),
        round=last.round + 1 if last else 1,
        reason=reason,
        state=RequestState.QUEUED,
        requested_by=actor.account_id,
        requested_office=str(signed.terms["requester"])[:80],
        requested_at=now,
        due_on=due.date,
        due_provisional=due.provisional,
    )
    session.add(row)
    return row


# --- answers ----------------------------------------------------------------------------------------------------


def record_result(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    request_id: uuid.UUID,
    findings: Findings,
    procedure: Procedure,
    *,
    now: datetime,
) -> VerificationRequest:
    """Enter one body's answer; it stands beside the declaration as verified lines. The last answer completes the step.

    An answer for a withdrawn authorisation is thrown away unread and logged: look at `state` of what is returned. Raises
    Blocked for a request that was answered or closed before, Invalid for an answer that contradicts itself.
    """
    actor.require(Permission.VERIFICATION_RECORD)
    hold(session, case)
    row = handed.request(session, request_id)
    if row.case_id != case.id:
        found(None)
    hold_request(session, row)
    if row.state is RequestState.ANSWERED:
        raise Blocked(N_("这一项已经登记过结果。要更正的，请写明理由发起复查。"))
    if row.state not in OPEN:
        # an answer that comes after the withdrawal: not read, not kept, but noted that it came
        audit.record(session, "verification.discard", row, now=now, actor=actor)
        session.flush()
        return row
    if not still_covered(session, row, now=now):
        return row
    require_open(session, case, StepCode.VERIFICATION)
    keep_answer(session, actor, row, findings.checked(), now=now)
    settle_answers(session, actor, case, [row], procedure, now=now)
    return row


def keep_answer(
    session: ScopedSession,
    actor: Actor,
    row: VerificationRequest,
    findings: Findings,
    *,
    now: datetime,
    together: int = 1,
) -> None:
    """Seal an answer in the open, held and covered request it is for; audited. `together`: how many one act answers."""
    content = as_json(findings)
    row.findings_sealed = session.vault.seal_json(place_of(row, "findings_sealed"), content)
    row.result_hash = hash_of(content)
    row.nothing_found = findings.nothing
    row.state = RequestState.ANSWERED
    row.answered_at, row.operator_id = now, actor.account_id
    row.sent_at = row.sent_at or now
    session.flush()
    told: dict[str, list[Any]] = {"result": [None, row.result_hash.hex()[:16]]}
    if together > 1:
        told["together"] = [None, together]
    audit.record(session, "verification.record", row, now=now, actor=actor, changes=told)


def settle_answers(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    rows: Sequence[VerificationRequest],
    procedure: Procedure,
    *,
    now: datetime,
) -> None:
    """What follows from answers just kept: verified lines, work given back, and with the last one the step is done."""
    rebuild_verified_lines(session, case)
    note_begun(session, case.id)
    for row in rows:
        handed.give_back_answered(session, actor, row, now=now)
    _complete_if_all_answered(session, actor, case, procedure, now)


def _complete_if_all_answered(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, now: datetime
) -> None:
    covered = coverage_of(session, case, procedure, now=now)
    last = latest(requests_of(session, case.id))
    done = {pair for pair, row in last.items() if row.state is RequestState.ANSWERED}
    wanted = {(person.member_id, source.code) for person, source in covered.allowed()}
    if any(row.state in OPEN for row in last.values()) or not wanted <= done or not covered.complete:
        return
    evidence = {"persons": len({member for member, _ in done}), "requests": len(done)}
    tasks.finish_tasks(session, actor, case, worklist.RESULTS, now=now)
    complete_step(session, actor, case, StepCode.VERIFICATION, evidence, procedure, now=now)


def request_recheck(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    request_id: uuid.UUID,
    reason: str,
    procedure: Procedure,
    *,
    now: datetime,
) -> VerificationRequest:
    """Ask one body once more (复查, 57号 第十八条): the family showed proof against an answer, or a mistake was found.

    Needs an authorisation in force like any check. A finished check begins a new round, and so does what follows it.
    """
    actor.require(Permission.VERIFICATION_REQUEST)
    if not reason.strip():
        raise Invalid(N_("请写明复查的理由。"), field="reason")
    hold(session, case)
    row: VerificationRequest = found(session.get(VerificationRequest, request_id))
    if row.case_id != case.id or row.state is not RequestState.ANSWERED:
        raise Blocked(N_("有了结果的才能复查。"))
    last = latest(requests_of(session, case.id))[row.member_id, row.source]
    if last.id != row.id:
        raise Blocked(N_("这一项已经在复查。"))
    covered = coverage_of(session, case, procedure, now=now)
    person = next(each for each in covered.persons if each.member_id == row.member_id)
    source = procedure.scheme.source_requirement(row.source)
    if step_of(session, case.id, StepCode.VERIFICATION).state is StepState.DONE:
        _begin_anew(session, actor, case, procedure, now)
    require_open(session, case, StepCode.VERIFICATION)
    due = last_day_to_begin(procedure, now)
    again = _ask(session, actor, case, person, source, due, now, row, reason.strip()[:200])
    session.flush()
    audit.record(session, "verification.recheck", again, now=now, actor=actor, reason=reason)
    _tell_county(session, case, due, now)
    return again


def _begin_anew(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, now: datetime
) -> None:
    if step_of(session, case.id, StepCode.OPINION).state is StepState.DONE:
        raise Blocked(N_("初审意见已经签了。对结果有异议的，请走公示异议，成立后重新调查。"))
    reopen_from(session, actor, case, [StepCode.VERIFICATION], procedure, now=now)


def conclude_unverified(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    reason: str,
    procedure: Procedure,
    *,
    now: datetime,
) -> None:
    """End the check of a family of which someone refuses or withdraws for good, with a reason (57号 第二十九条).

    Nothing more is asked. The step's evidence says how many persons stay unverified, so that the opinion cannot
    overlook it (R3-04). Raises Blocked while nobody refused or withdrew, or while answers are still out.
    """
    actor.require(Permission.VERIFICATION_REQUEST)
    if not reason.strip():
        raise Invalid(N_("请写明理由，会和案件一起保存。"), field="reason")
    covered = coverage_of(session, case, procedure, now=now)
    against = [each for each in covered.persons if each.hindrance in {Standing.REFUSED, Standing.WITHDRAWN}]
    if not against:
        raise Blocked(N_("没有人拒签或撤回，不能这样结束核对。"))
    survey_may_start(session, actor, case, procedure, now=now)
    require_open(session, case, StepCode.VERIFICATION)
    if any(row.state in OPEN for row in latest(requests_of(session, case.id)).values()):
        raise Blocked(N_("还有发出去的核对没有结果，等结果登记完再办。"))
    audit.record(session, "verification.conclude", case, now=now, actor=actor, case_id=case.id, reason=reason)
    tasks.finish_tasks(session, actor, case, worklist.RESULTS, now=now)
    evidence = {"unverified": len(against), "persons": len(covered.persons)}
    complete_step(session, actor, case, StepCode.VERIFICATION, evidence, procedure, now=now)
