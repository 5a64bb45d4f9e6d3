"""Reading checks: those of a case, those a resident sees (谁查过您家), and one answer opened, which leaves a look."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, true

from core import audit
from core.authorisations.days import china_day
from core.cases.models import OPEN_STATES, Case
from core.scopes import Assigned
from core.sessions import ScopedSession, across, found
from core.translations import N_
from core.verification import handed
from core.verification.changes import requests_of
from core.verification.findings import Findings, findings_of, latest
from core.verification.handed import in_hand, limit_of, request
from core.verification.models import CLOSED, OPEN, RequestState, ResultImport, VerificationRequest

__all__ = [
    "Progress",
    "by_day",
    "checks_seen_by_resident",
    "import_of",
    "imports",
    "limit_of",
    "open_answer",
    "progress",
    "request",
    "requests_of",
    "requests_of_cases",
    "waiting_cases",
    "waiting_requests",
]


def requests_of_cases(
    session: ScopedSession, case_ids: Collection[uuid.UUID]
) -> Sequence[VerificationRequest]:
    """Every request of several cases, all rounds, in the order of people and bodies."""
    return session.scalars(
        select(VerificationRequest)
        .where(VerificationRequest.case_id.in_(case_ids))
        .order_by(VerificationRequest.position, VerificationRequest.round)
    ).all()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the checks of a case are: of `asked`, so many answered, still out, and closed without an answer."""

    asked: int
    answered: int
    open: int
    closed: int


def progress(requests: Sequence[VerificationRequest]) -> Progress:
    """Counts over the last round of each person and body."""
    states = [row.state for row in latest(requests).values()]
    return Progress(
        len(states),
        sum(state is RequestState.ANSWERED for state in states),
        sum(state in OPEN for state in states),
        sum(state in CLOSED for state in states),
    )


def open_answer(session: ScopedSession, row: VerificationRequest, *, now: datetime) -> Findings | None:
    """The answer in the clear; whoever reads it leaves a look."""
    opened = findings_of(session, row)
    if opened is not None:
        audit.look(session, "verification.look", row, now=now)
    return opened


def first_waiting(session: ScopedSession, case_id: uuid.UUID) -> VerificationRequest | None:
    """The request of the case whose answer is due first; None when all are in."""
    row: VerificationRequest | None = session.scalar(
        select(VerificationRequest)
        .where(VerificationRequest.case_id == case_id, VerificationRequest.state.in_(OPEN))
        .order_by(VerificationRequest.due_on, VerificationRequest.position)
        .limit(1)
    )
    return row


def waiting_cases(session: ScopedSession, case_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of the cases of which an answer is still out."""
    return frozenset(
        session.scalars(
            select(VerificationRequest.case_id)
            .where(VerificationRequest.case_id.in_(case_ids), VerificationRequest.state.in_(OPEN))
            .distinct()
        )
    )


def waiting_requests(session: ScopedSession, limit: int = 500) -> Sequence[VerificationRequest]:
    """What the place's county, or the body at work, has still to send or to record, the most urgent first."""
    return session.scalars(
        select(VerificationRequest)
        .join(Case, Case.id == VerificationRequest.case_id)
        .where(VerificationRequest.state.in_(OPEN), Case.state.in_(OPEN_STATES), in_hand(session))
        .order_by(handed.limit(session), VerificationRequest.id)
        .limit(limit)
    ).all()


def checks_seen_by_resident(
    session: ScopedSession, case_id: uuid.UUID | None = None, limit: int = 200
) -> Sequence[VerificationRequest]:
    """Who asked what and when, newest first: only what really went out. The scope says whose."""
    statement = select(VerificationRequest).where(VerificationRequest.sent_at.is_not(None))
    if case_id is not None:
        statement = statement.where(VerificationRequest.case_id == case_id)
    return session.scalars(statement.order_by(VerificationRequest.sent_at.desc()).limit(limit)).all()


def by_day(
    requests: Sequence[VerificationRequest], names: Mapping[uuid.UUID, str] | None = None
) -> list[tuple[date, str, str, list[VerificationRequest]]]:
    """(day, name, office, requests) of what went out, newest first; `names` by member id, else masked."""
    groups: dict[tuple[date, uuid.UUID, str], list[VerificationRequest]] = {}
    for row in requests:
        if row.sent_at is not None:
            key = (china_day(row.sent_at), row.member_id, row.requested_office)
            groups.setdefault(key, []).append(row)
    known = names or {}
    return [
        (day, known.get(member_id, rows[0].name_masked), office, sorted(rows, key=lambda row: row.position))
        for (day, member_id, office), rows in sorted(
            groups.items(), key=lambda item: (-item[0][0].toordinal(), item[1][0].position)
        )
    ]


def imports(session: ScopedSession, limit: int = 20) -> Sequence[ResultImport]:
    """The last files of answers received in this place, or by who works on what was handed to her."""
    with _own_files(session) as (files, mine):
        return files.scalars(
            select(ResultImport).where(mine).order_by(ResultImport.received_at.desc()).limit(limit)
        ).all()


def import_of(session: ScopedSession, import_id: uuid.UUID) -> ResultImport:
    """One received file; NotFound out of scope, and another's where one works by assignment."""
    with _own_files(session) as (files, mine):
        row: ResultImport = found(
            files.scalar(select(ResultImport).where(ResultImport.id == import_id, mine))
        )
    return row


@contextmanager
def _own_files(session: ScopedSession) -> Iterator[tuple[ScopedSession, ColumnElement[bool]]]:
    """A session that sees files, and which of them: a file is of many cases, so no assignment shows it."""
    if not isinstance(session.scope, Assigned):
        yield session, true()
        return
    with across(session, "verification-files") as everywhere:
        yield everywhere, ResultImport.received_by == session.actor.account_id


audit.name_act("verification.look", N_("查看核对结果"))
