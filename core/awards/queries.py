"""Reading awards: what a household, and who of it alone, receives and has received (救助链)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from core.awards.models import Award
from core.sessions import ScopedSession


def awards_of_household(session: ScopedSession, household_id: uuid.UUID) -> Sequence[Award]:
    """All awards of a household and of its people alone, newest first."""
    return session.scalars(
        select(Award).where(Award.household_id == household_id).order_by(Award.starts_on.desc())
    ).all()


def award_of_case(session: ScopedSession, case_id: uuid.UUID) -> Award | None:
    """The award a case led to, or None."""
    row: Award | None = session.scalar(select(Award).where(Award.case_id == case_id))
    return row
