"""Handing checks to the bodies: the authorisation is looked at again at the last moment, what it no longer covers stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.authorisations.models import Authorisation
from core.cases import people
from core.cases.declaration_models import DeclaredMember
from core.cases.models import OPEN_STATES, Case
from core.cases.procedure import beijing_day
from core.sessions import ScopedSession, found
from core.translations import N_
from core.verification.beginning import note_begun
from core.verification.models import OPEN, RequestState, VerificationRequest

audit.name_act("verification.send", N_("向部门发出核对"))
audit.name_act("verification.stop", N_("授权不再有效，核对没有发出"))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is told to a body: who is asked about, in full, because no body can answer a mask. Never shown on screen."""

    request: VerificationRequest
    name: str
    id_number: str


def send_checks(
    session: ScopedSession, actor: Actor, requests: Sequence[VerificationRequest], *, now: datetime
) -> list[Outgoing]:
    """Hand waiting requests to the bodies. The authorisation is looked at again now; what it no longer covers is stopped.

    Requests already out are handed over once more; answered, stopped and discarded ones are left out.
    """
    actor.require(Permission.VERIFICATION_RECORD)
    outgoing = []
    for row in requests:
        if not still_covered(session, row, now=now):
            continue
        if row.state is RequestState.QUEUED:
            row.state, row.sent_at, row.sent_by = RequestState.SENT, now, actor.account_id
        member: DeclaredMember = found(session.get(DeclaredMember, row.member_id))
        opened = people.secrets(session, member)
        outgoing.append(Outgoing(row, str(opened["name"]), str(opened["id_number"])))
    session.flush()
    for case_id in dict.fromkeys(each.request.case_id for each in outgoing):
        note_begun(session, case_id)
    for each in outgoing:
        audit.record(session, "verification.send", each.request, now=now, actor=actor)
    return outgoing


def hold_request(session: ScopedSession, row: VerificationRequest) -> Authorisation | None:
    """Read a request and its authorisation anew and keep them so to the end of the transaction.

    The authorisation first, as a withdrawal takes them: it comes before this act or after it, never between.
    """
    signed: Authorisation | None = session.scalar(
        select(Authorisation)
        .where(Authorisation.id == row.authorisation_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    session.refresh(row, with_for_update=True)
    return signed


def still_covered(session: ScopedSession, row: VerificationRequest, *, now: datetime) -> bool:
    """Whether an open request may go on; if not (withdrawn, expired, the case is over) it is closed: stopped, or discarded unread."""
    signed = hold_request(session, row)
    if row.state not in OPEN:
        return False
    case: Case | None = session.get(Case, row.case_id)
    running = case is not None and case.state in OPEN_STATES
    if running and signed is not None and signed.revoked_at is None:
        sent = row.state is RequestState.SENT
        # asked in time is asked rightly: an expiry stops only what has not gone out yet
        if sent or signed.allows(row.source, beijing_day(now)):
            return True
    close_uncovered(session, row, now=now)
    return False


def close_uncovered(session: ScopedSession, row: VerificationRequest, *, now: datetime) -> None:
    """Take a request off because its authorisation does not hold any more; nothing that comes for it is read."""
    waiting = row.state is RequestState.QUEUED
    row.state = RequestState.STOPPED if waiting else RequestState.DISCARDED
    row.closed_at = now
    session.flush()
    act = "verification.stop" if waiting else "verification.discard"
    audit.record(session, act, row, now=now)
