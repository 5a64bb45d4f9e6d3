"""Checks asked about a number that turned out not to be hers: the open ones end, answers stay on file and count no more."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.cases.models import Case
from core.sessions import ScopedSession
from core.translations import N_
from core.verification.findings import rebuild_verified_lines
from core.verification.models import CLOSED, OPEN, RequestState, VerificationRequest
from core.verification.sending import close_uncovered

audit.name_act("verification.misdirect", N_("证件号更正，原来的核对结果不再算数"))


def end_misdirected(session: ScopedSession, case: Case, member_id: uuid.UUID, *, now: datetime) -> bool:
    """End every check of a case about one member, because it named another number; whether one was answered already.

    She is asked about anew once she has signed for the right number (R2-17): nobody is decided on by another's property
    (R3-04).
    """
    rows = session.scalars(
        select(VerificationRequest)
        .where(VerificationRequest.case_id == case.id, VerificationRequest.member_id == member_id)
        .order_by(VerificationRequest.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    answered = any(row.state is RequestState.ANSWERED for row in rows)
    for row in rows:
        if row.state is RequestState.QUEUED:
            close_uncovered(session, row, now=now)
        elif row.state not in CLOSED:
            row.state, row.closed_at = RequestState.MISDIRECTED, now
            audit.record(session, "verification.misdirect", row, now=now)
    session.flush()
    if answered:
        rebuild_verified_lines(session, case)
    return answered


def rename_open(session: ScopedSession, case_id: uuid.UUID, member_id: uuid.UUID, name_masked: str) -> None:
    """Open checks show the corrected name."""
    rows = session.scalars(
        select(VerificationRequest).where(
            VerificationRequest.case_id == case_id,
            VerificationRequest.member_id == member_id,
            VerificationRequest.state.in_(OPEN),
        )
    )
    for row in rows:
        row.name_masked = name_masked
    session.flush()
