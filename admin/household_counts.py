"""How many visits, papers and authorisations a household's file holds, and lines its record: one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core.access import Permission
from core.authorisations.models import Authorisation
from core.awards.models import Award
from core.cases.models import Case
from core.cases.transfer_queries import moves_counted
from core.documents.models import Document
from core.households.models import Household, Membership
from core.visits.models import Visit
from core.web.access_gate import may
from core.web.request import session

_CASES = select(Case.id).where(Case.household_id == Household.id)
_COUNTED: dict[str, Any] = {
    "visits": select(func.count(Visit.id)).where(Visit.household_id == Household.id),
    "papers": select(func.count(Document.id)).where(
        Document.case_id.in_(_CASES.correlate(Household)), Document.removed_at.is_(None)
    ),
    "checks": select(func.count(Authorisation.id)).where(
        Authorisation.case_id.in_(_CASES.correlate(Household))
    ),
    "awards": select(func.count(Award.id)).where(Award.household_id == Household.id),
    "left": select(func.count(Membership.id)).where(
        Membership.household_id == Household.id, Membership.left_out.is_not(None)
    ),
    "moves": moves_counted(Household.id),
}
_STATEMENT = select(
    *(counted.correlate(Household).scalar_subquery().label(name) for name, counted in _COUNTED.items())
)


def counts_of(household: Household, cases: Sequence[Any]) -> dict[str, int]:
    """Part of the file to number, of what who asks may see. `cases`: the applications she may see."""
    row = session().execute(_STATEMENT.where(Household.id == household.id)).one()
    visits = row.visits if may(Permission.VISIT_READ) else 0
    return {
        "cases": len(cases),
        "visits": visits,
        "papers": row.papers,
        "checks": row.checks,
        # the file itself was opened once
        "record": 1 + len(cases) + row.awards + row.left + row.moves + visits,
    }
