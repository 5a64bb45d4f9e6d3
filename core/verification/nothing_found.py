"""One act for all that is still asked of a family: none of these bodies has any record. Each stays an answer of its own."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.access import Actor, Permission
from core.authorisations.models import Authorisation
from core.cases.models import Case, StepCode
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import hold, require_open
from core.errors import Invalid
from core.sessions import ScopedSession, found
from core.translations import N_
from core.verification import handed
from core.verification.changes import keep_answer, requests_of, settle_answers
from core.verification.findings import Findings
from core.verification.models import OPEN, RequestState, VerificationRequest
from core.verification.sending import still_covered

NOTHING = Findings(nothing=True)


@dataclass(frozen=True, slots=True)
class Remaining:
    """The open requests of a case: those one act may answer, and those whose authorisation is not in force today."""

    covered: Sequence[VerificationRequest]
    uncovered: Sequence[VerificationRequest]


@dataclass(slots=True)
class NothingFound:
    """What became of each request: recorded; answered by somebody else before; not covered, so nothing was recorded."""

    recorded: list[VerificationRequest] = field(default_factory=list)
    answered_before: list[VerificationRequest] = field(default_factory=list)
    uncovered: list[VerificationRequest] = field(default_factory=list)


def remaining(session: ScopedSession, case_id: uuid.UUID, *, now: datetime) -> Remaining:
    """What waits for an answer, in the order of people and bodies."""
    waiting = [row for row in requests_of(session, case_id) if row.state in OPEN]
    covered = {row.id: _allows(session, row, beijing_day(now)) for row in waiting}
    return Remaining(
        [row for row in waiting if covered[row.id]], [row for row in waiting if not covered[row.id]]
    )


def _allows(session: ScopedSession, row: VerificationRequest, day: date) -> bool:
    signed: Authorisation | None = session.get(Authorisation, row.authorisation_id)
    return signed is not None and signed.allows(row.source, day)


def record_nothing_found(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    request_ids: Collection[uuid.UUID],
    procedure: Procedure,
    *,
    now: datetime,
) -> NothingFound:
    """Record for each of these requests that the body has no record: those still open, signed, in scope and in force today.

    What another colleague answered meanwhile stays as she entered it. What is no longer covered gets no answer; a request
    that was withdrawn is closed. All in the caller's transaction. Raises Invalid (`requests`) for none, NotFound for
    another case's, Blocked when the check is over, Conflict when the case was changed at this moment.
    """
    actor.require(Permission.VERIFICATION_RECORD)
    if not request_ids:
        raise Invalid(N_("请至少勾一项。都有记录的，回去逐项录入。"), field="requests")
    hold(session, case)
    rows = [handed.request(session, each) for each in set(request_ids)]
    outcome = NothingFound()
    for row in sorted(rows, key=lambda each: (each.position, each.round)):
        if row.case_id != case.id:
            found(None)
        _sort_out(session, row, outcome, now)
    if outcome.recorded:
        require_open(session, case, StepCode.VERIFICATION)
        for row in outcome.recorded:
            keep_answer(session, actor, row, NOTHING, now=now, together=len(outcome.recorded))
        settle_answers(session, actor, case, outcome.recorded, procedure, now=now)
    return outcome


def _sort_out(session: ScopedSession, row: VerificationRequest, outcome: NothingFound, now: datetime) -> None:
    covered = still_covered(session, row, now=now)
    if row.state is RequestState.ANSWERED:
        outcome.answered_before.append(row)
    elif covered and _allows(session, row, beijing_day(now)):
        outcome.recorded.append(row)
    else:
        outcome.uncovered.append(row)
