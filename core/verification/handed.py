"""Which questions are whose: a department officer's are those of the body she was handed them for, the county's are all."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, false, select, true, tuple_

from core.access import Actor
from core.accounts.assignments import end_finished, last_day_of, own_limit
from core.scopes import Assigned, HandedWork
from core.sessions import ScopedSession, across, found
from core.verification.models import OPEN, VerificationRequest


def in_hand(session: ScopedSession) -> ColumnElement[bool]:
    """The condition on requests that who is at work may see and answer; the scope itself is wider by other bodies'."""
    scope = session.scope
    if not isinstance(scope, Assigned):
        return true()
    if not scope.work:
        return false()
    return _of(scope.work)


def _of(work: Collection[HandedWork]) -> ColumnElement[bool]:
    handed = sorted((each.case_id, each.kind) for each in work)
    return tuple_(VerificationRequest.case_id, VerificationRequest.source).in_(handed)


def limit(session: ScopedSession) -> SQLColumnExpression[date]:
    """The day by which a request is to be answered by who is at work."""
    due, _provisional = own_limit(
        session.scope, VerificationRequest.due_on, VerificationRequest.due_provisional, _of
    )
    return due


def limit_of(session: ScopedSession, row: VerificationRequest) -> tuple[date, bool]:
    """The same of one request, and whether that day is provisional."""
    last = last_day_of(session.scope, row.case_id, row.source)
    return (row.due_on, row.due_provisional) if last is None or last >= row.due_on else (last, False)


def request(session: ScopedSession, request_id: uuid.UUID) -> VerificationRequest:
    """One request; NotFound out of scope, and where it is another body's."""
    wanted = select(VerificationRequest).where(VerificationRequest.id == request_id, in_hand(session))
    row: VerificationRequest = found(session.scalar(wanted))
    return row


def give_back_answered(
    session: ScopedSession, actor: Actor, row: VerificationRequest, *, now: datetime
) -> None:
    """With a body's last answer on a case its officer has done what was handed to her, and sees the case no longer."""
    waiting = select(VerificationRequest.id).where(
        VerificationRequest.case_id == row.case_id,
        VerificationRequest.source == row.source,
        VerificationRequest.state.in_(OPEN),
    )
    if session.scalar(waiting.limit(1)) is not None:
        return
    if isinstance(session.scope, Assigned):
        # she sees what was handed to her, not that it was
        with across(session, "assignment-done") as everywhere:
            end_finished(everywhere, actor, row.case_id, row.source, now=now)
    else:
        end_finished(session, actor, row.case_id, row.source, now=now)
