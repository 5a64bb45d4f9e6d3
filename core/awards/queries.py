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


def is_running(session: ScopedSession, case_id: uuid.UUID) -> bool:
    """Whether a case led to help of which no last day is decided."""
    running = select(Award.id).where(Award.case_id == case_id, Award.ends_on.is_(None))
    return session.scalar(running) is not None
