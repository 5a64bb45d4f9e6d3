"""How many papers, checks, visits, letters and requests a case has: the figures on its tabs, in one statement."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select

from core.cases.models import Case, DataRequest
from core.documents.models import Document
from core.letters.models import Letter
from core.verification.models import VerificationRequest
from core.visits.models import Visit
from core.web.request import session

# no tab: what of the corrections is still owed an answer
UNANSWERED = "unanswered"
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
_STATEMENT = select(
    Case.id, *(counted.correlate(Case).scalar_subquery().label(tab) for tab, counted in _COUNTED.items())
)


def counts_of(case_id: uuid.UUID) -> dict[str, int]:
    """Tab code to number, of what who asks may see; nothing out of scope."""
    row = session().execute(_STATEMENT.where(Case.id == case_id)).first()
    return {tab: getattr(row, tab) for tab in _COUNTED} if row else {}
