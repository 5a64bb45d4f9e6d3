"""How many papers, checks, visits, letters, requests and lines of history a case has: the figures on its tabs."""

from __future__ import annotations

import operator
import uuid
from functools import reduce
from typing import Any

from sqlalchemy import func, select

from core import audit
from core.access import Permission
from core.audit import Alike
from core.audit.models import AuditEntry
from core.cases.message_models import CaseMessage
from core.cases.models import Case, CaseStep, Confirmation, DataRequest, Opinion, Pause
from core.documents.models import Document
from core.letters.models import Letter
from core.sessions import ScopedSession, across
from core.verification.models import VerificationRequest
from core.visits.models import Visit
from core.web.access_gate import may
from core.web.request import session

# no tab: what of the corrections is still owed an answer
UNANSWERED = "unanswered"
# the act by which its dates were counted anew
RECOUNTED = "case.recount"
# the history tells of these by rows of their own; of the last four nothing was done on the case
TOLD_BY_ROWS = frozenset(
    {
        RECOUNTED,
        "case.pause",
        "case.step",
        "case.submit",
        "confirmation.sign",
        "data.answer",
        "data.correct",
        "letter.send",
        "opinion.sign",
        "visit.record",
        "authorisation.code",
        "authorisation.prove",
        "data.copy",
        "data.see",
    }
)
OBJECTIONS = frozenset({"objection.decide", "objection.look", "objection.recheck", "objection.record"})
_COUNTED: dict[str, Any] = {
    "documents": select(func.count(Document.id)).where(
        Document.case_id == Case.id, Document.removed_at.is_(None)
    ),
    "verification": select(func.count(VerificationRequest.id)).where(VerificationRequest.case_id == Case.id),
    "visits": select(func.count(Visit.id)).where(Visit.case_id == Case.id),
    "letters": select(func.count(Letter.id)).where(Letter.case_id == Case.id),
    "corrections": select(func.count(DataRequest.id)).where(DataRequest.case_id == Case.id),
    UNANSWERED: select(func.count(DataRequest.id)).where(
        DataRequest.case_id == Case.id, DataRequest.answered_at.is_(None)
    ),
}
# each of these dates is a line of the history, where there is one
_DATED = (
    (CaseStep.case_id, CaseStep.done_at),
    (Letter.case_id, Letter.issued_at, Letter.delivered_at, Letter.read_at),
    (CaseMessage.case_id, CaseMessage.written_at),
    (Pause.case_id, Pause.from_day),
    (Opinion.case_id, Opinion.signed_at, Opinion.superseded_at),
    (Confirmation.case_id, Confirmation.signed_at),
    (Visit.case_id, Visit.received_at),
    (DataRequest.case_id, DataRequest.asked_at, DataRequest.answered_at),
)
_LINES: list[Any] = [
    select(reduce(operator.add, map(func.count, dates))).where(of == Case.id) for of, *dates in _DATED
]
_STATEMENT = select(
    Case.id,
    *(counted.correlate(Case).scalar_subquery().label(tab) for tab, counted in _COUNTED.items()),
    reduce(operator.add, (lines.correlate(Case).scalar_subquery() for lines in _LINES)).label("history"),
)


def counts_of(case_id: uuid.UUID) -> dict[str, int]:
    """Tab code to number, of what who asks may see; nothing out of scope."""
    row = session().execute(_STATEMENT.where(Case.id == case_id)).first()
    if row is None:
        return {}
    told = {tab: getattr(row, tab) for tab in _COUNTED}
    return told | {"history": row.history + _in_the_trail(case_id)}


def kept_back() -> frozenset[str]:
    """That somebody objected, and who deals with it, is for those who deal with objections."""
    return frozenset() if may(Permission.OBJECTION_HANDLE) else OBJECTIONS


def acts_of(trail: ScopedSession, case_id: uuid.UUID) -> list[Alike]:
    """What the history tells by the trail."""
    return audit.acts_on(trail, case_id, left_out=TOLD_BY_ROWS | kept_back())


def _in_the_trail(case_id: uuid.UUID) -> int:
    # on the page's own connection: one more for every page of a case would exhaust the pool
    with across(session(), "case-history") as trail:
        acts = acts_of(trail, case_id)
        recounts = select(func.count(AuditEntry.id)).where(
            AuditEntry.case_id == case_id, AuditEntry.act == RECOUNTED
        )
        return min(len(acts), audit.MOST_ACTS) + (trail.scalar(recounts) or 0)
