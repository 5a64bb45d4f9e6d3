"""Withdrawing an authorisation, refusing it, and what follows at once for checks and for the worklist (decision 8)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from core.access import Actor, Permission
from core.authorisations.changes import revoke
from core.authorisations.models import Authorisation
from core.cases.models import OPEN_STATES, Case
from core.cases.procedure import beijing_day
from core.sessions import ScopedSession
from core.verification import worklist
from core.verification.models import OPEN, VerificationRequest
from core.verification.sending import close_uncovered


def withdraw_authorisation(
    session: ScopedSession,
    actor: Actor,
    authorisation_id: uuid.UUID,
    *,
    now: datetime,
    ticket: str = "",
    reason: str = "",
) -> Authorisation:
    """Take a signature back and stop every check that has not gone out; one that is out will be discarded unread.

    Works in the signer's own scope (account or link) and at the window. Raises as `revoke` does.
    """
    row = revoke(session, actor, authorisation_id, now=now, ticket=ticket, reason=reason)
    # an answer that is being recorded at this moment is waited for: it came first and stays
    waiting = session.scalars(
        select(VerificationRequest)
        .where(VerificationRequest.authorisation_id == row.id, VerificationRequest.state.in_(OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for request in waiting:
        close_uncovered(session, request, now=now)
    return row


def tell_office(session: ScopedSession, authorisation_id: uuid.UUID, *, now: datetime) -> None:
    """Put a refusal or a withdrawal on the clerk's worklist, to be looked at today. Needs a System or office session.

    A signer's own session sees neither case nor tasks; pages call this after her act is committed. Safe to repeat.
    """
    row = session.get(Authorisation, authorisation_id)
    case = session.get(Case, row.case_id) if row is not None else None
    if row is None or case is None or case.state not in OPEN_STATES:
        return
    if row.revoked_at is not None:
        kind = worklist.WITHDRAWN
    elif row.refused_at is not None and row.decision is None:
        kind = worklist.REFUSED
    else:
        return
    worklist.open_once(
        session,
        case,
        kind,
        Permission.AUTHORISATION_SCAN,
        beijing_day(now),
        now=now,
        subject_id=row.id,
    )
