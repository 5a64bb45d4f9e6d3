"""Reading visits: those of a case with who was there, and one with its sealed answers opened."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.encryption import place_of
from core.forms import Enquiry, FormDeclaration
from core.sessions import ScopedSession, found
from core.visits.models import Visit, VisitKind, VisitPhoto, VisitSurveyor


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A visit with all its parts; `answers` joins the plain and the opened sealed ones."""

    visit: Visit
    surveyors: Sequence[VisitSurveyor]
    photos: Sequence[VisitPhoto]
    answers: dict[str, Any]


def visits_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Visit]:
    """The visits of a case, newest first."""
    return session.scalars(
        select(Visit).where(Visit.case_id == case_id).order_by(Visit.visit_day.desc(), Visit.id.desc())
    ).all()


def visits_of_household(session: ScopedSession, household_id: uuid.UUID) -> Sequence[Visit]:
    """Every visit to a household, newest first; none is ever overwritten."""
    return session.scalars(
        select(Visit)
        .where(Visit.household_id == household_id)
        .order_by(Visit.visit_day.desc(), Visit.id.desc())
    ).all()


def surveyors_of(session: ScopedSession, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Names of those who were there, by visit."""
    names: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        select(VisitSurveyor.visit_id, VisitSurveyor.name).where(VisitSurveyor.visit_id.in_(visit_ids))
    )
    for visit_id, name in rows:
        names.setdefault(visit_id, []).append(name)
    return names


def visit_record(session: ScopedSession, visit_id: uuid.UUID) -> VisitRecord:
    """One visit opened; NotFound out of scope. The caller audits the look."""
    visit: Visit = found(session.get(Visit, visit_id))
    return VisitRecord(
        visit=visit,
        surveyors=session.scalars(select(VisitSurveyor).where(VisitSurveyor.visit_id == visit_id)).all(),
        photos=session.scalars(select(VisitPhoto).where(VisitPhoto.visit_id == visit_id)).all(),
        answers=_answers(session, visit),
    )


def enquiries_made(
    session: ScopedSession, visits: Sequence[Visit], form_of: Callable[[str, str], FormDeclaration]
) -> Counter[Enquiry]:
    """How often neighbours and letters were asked: visits of that kind, and home visits whose form says so (R1-14)."""
    made: Counter[Enquiry] = Counter()
    for visit in visits:
        if visit.kind is not VisitKind.HOME:
            made[Enquiry(visit.kind)] += 1
            continue
        answers = _answers(session, visit)
        for question in form_of(visit.form_name, visit.form_version).questions:
            if question.enquiry is not None and answers.get(question.name) is True:
                made[question.enquiry] += 1
    return made


def _answers(session: ScopedSession, visit: Visit) -> dict[str, Any]:
    if visit.answers_sealed is None:
        return dict(visit.answers)
    sealed = session.vault.unseal_json(place_of(visit, "answers_sealed"), visit.answers_sealed)
    return {**visit.answers, **sealed}
