"""Reading cases: one, those of a household, those in a state, and those found by a number or a name.

Every list is a keyset walk over an index that begins with the scope's level column, so its cost stays flat.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import select

from core.cases.declaration_models import DeclaredMember
from core.cases.models import OPEN_STATES, Case, CaseState, Pause
from core.households.models import Person
from core.sessions import ScopedSession, found

PAGE = 30
CASES_SHOWN = 20


def case(session: ScopedSession, case_id: uuid.UUID) -> Case:
    """The case; NotFound out of scope."""
    row: Case = found(session.get(Case, case_id))
    return row


def pauses_of(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Pause]:
    """Every pause of a case, the first first; the one that runs has no last day."""
    return session.scalars(
        select(Pause).where(Pause.case_id == case_id).order_by(Pause.from_day, Pause.id)
    ).all()


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases newest first, and where the next page begins (None at the end)."""

    rows: Sequence[Any]
    before: uuid.UUID | None


_CASE_COLUMNS = (
    Case.id,
    Case.number,
    Case.scheme,
    Case.area,
    Case.state,
    Case.applicant_masked,
    Case.household_size,
    Case.region_code,
    Case.submitted_at,
    Case.due_on,
    Case.due_provisional,
    Case.monthly_fen,
)


def case_page(
    session: ScopedSession,
    states: Collection[CaseState],
    *,
    before: uuid.UUID | None = None,
    size: int = PAGE,
) -> CasePage:
    """Cases in any of `states`, newest first: one limited walk per state, merged, because an OR of them is not flat."""

    def walk(state: CaseState) -> Sequence[Any]:
        statement = select(*_CASE_COLUMNS).where(Case.state == state)
        if before is not None:
            statement = statement.where(Case.id < before)
        return session.execute(statement.order_by(Case.id.desc()).limit(size + 1)).all()

    walks = [walk(state) for state in sorted(states)]
    rows = list(islice(merge(*walks, key=lambda row: row.id, reverse=True), size + 1))
    return CasePage(rows[:size], rows[size - 1].id if len(rows) > size else None)


def cases_of_household(session: ScopedSession, household_id: uuid.UUID) -> Sequence[Any]:
    """Every application of a household, newest first."""
    return session.execute(
        select(*_CASE_COLUMNS).where(Case.household_id == household_id).order_by(Case.id.desc())
    ).all()


def find_by_number(session: ScopedSession, number: str) -> Sequence[Any]:
    """Cases in scope with that number (MTYX-2026-000123, letters large or small)."""
    wanted = number.strip().upper()
    return session.execute(
        select(*_CASE_COLUMNS).where(Case.number == wanted).order_by(Case.id.desc()).limit(CASES_SHOWN)
    ).all()


def find_by_member_number(session: ScopedSession, id_number: str) -> Sequence[Any]:
    """Cases in scope that name the person with that ID number (normalised), as applicant or member.

    By the number declared, and by the number as the register was corrected since.
    """
    indexes = session.vault.index_all("id_number", id_number)
    registered = select(Person.id).where(Person.id_index.in_(indexes))
    ids: set[uuid.UUID] = set()
    for named in (DeclaredMember.id_index.in_(indexes), DeclaredMember.person_id.in_(registered)):
        ids.update(session.scalars(select(DeclaredMember.case_id).where(named).limit(CASES_SHOWN)))
    return session.execute(select(*_CASE_COLUMNS).where(Case.id.in_(ids)).order_by(Case.id.desc())).all()


def find_open_by_name(session: ScopedSession, text: str) -> Sequence[Any]:
    """Cases under way whose applicant's name contains `text` (two characters or more): not yet on the register."""
    letters = text.replace(" ", "")
    if len(letters) < 2:
        return []
    return session.execute(
        select(*_CASE_COLUMNS)
        .join(DeclaredMember, DeclaredMember.case_id == Case.id)
        .where(
            Case.state.in_(sorted(OPEN_STATES)),
            DeclaredMember.is_applicant,
            DeclaredMember.name.contains(letters, autoescape=True),
        )
        .order_by(Case.id.desc())
        .limit(CASES_SHOWN)
    ).all()
