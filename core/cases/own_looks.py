"""Who of the staff looked at a resident's own data: her cases and herself, never what is about another of her household."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from core import audit
from core.audit import LOOKS, Alike
from core.audit.models import AuditEntry
from core.cases.declaration_models import DeclaredMember
from core.documents.models import Document, DocumentKind
from core.sessions import ScopedSession

# that somebody asked about an objection to her notice is not hers to know before it is answered
_LOOKS = (LOOKS - {"objection.look"}) | {"household.look", "person.look", "resident.look"}
# what of a case is about the household as a whole; all else is told by whom it is about
# what neighbours and offices said is not what she gave
_OF_THE_SURVEY = frozenset({DocumentKind.VISIT_PHOTO, DocumentKind.VISIT_FORM, DocumentKind.PROOF_LETTER})
_WHOLE = ("cases", "data_requests", "letters", "visits")


def looks_at_own(
    trail: ScopedSession, case_ids: Collection[uuid.UUID], person_id: uuid.UUID | None, *, since: datetime
) -> list[Alike]:
    """What she may be told, the last first, up to MOST_LOOKS + 1 lines. `trail`: a System session, for no resident reads the
    trail itself.

    `case_ids`: the cases of her account. `person_id`: she herself on the register, where her sign-in opens that; then the cases
    that others took down for her at the window are hers too.
    """
    mine = _members(trail, case_ids, person_id)
    cases = {row.case_id for row in mine}
    found = _told(trail, _in_cases(trail, mine), since) if mine else []
    if person_id is not None:
        elsewhere = or_(AuditEntry.case_id.is_(None), AuditEntry.case_id.not_in(cases)) if cases else true()
        found += _told(trail, and_(AuditEntry.person_id == person_id, elsewhere), since)
    return sorted(found, key=lambda row: row.at, reverse=True)[: audit.MOST_LOOKS + 1]


def _told(trail: ScopedSession, wanted: ColumnElement[bool], since: datetime) -> list[Alike]:
    # two reads rather than one with OR: each walks one index on either database
    return audit.looks(trail, and_(wanted, AuditEntry.actor_kind == "staff"), since=since, acts=_LOOKS)


def _in_cases(trail: ScopedSession, mine: Sequence[Any]) -> ColumnElement[bool]:
    """Of the cases she is named in: what is about her, and of those she applied in what is about the household."""
    whole = [row.case_id for row in mine if row.is_applicant]
    people = [row.person_id for row in mine if row.person_id is not None]
    subjects = [*(str(row.id) for row in mine), *_papers(trail, whole, mine)]
    hers: list[ColumnElement[bool]] = [AuditEntry.subject_id.in_(subjects)]
    if whole:
        hers.append(and_(AuditEntry.case_id.in_(whole), AuditEntry.subject_type.in_(_WHOLE)))
    if people:
        hers.append(AuditEntry.person_id.in_(people))
    return and_(AuditEntry.case_id.in_({row.case_id for row in mine}), or_(*hers))


def _members(
    trail: ScopedSession, case_ids: Collection[uuid.UUID], person_id: uuid.UUID | None
) -> Sequence[Any]:
    """Her own rows on declarations: as the applicant of her cases, and wherever she is known to be the one."""
    hers = [and_(DeclaredMember.case_id.in_(case_ids), DeclaredMember.is_applicant)] if case_ids else []
    if person_id is not None:
        hers.append(DeclaredMember.person_id == person_id)
    if not hers:
        return []
    columns = (
        DeclaredMember.id,
        DeclaredMember.case_id,
        DeclaredMember.person_id,
        DeclaredMember.is_applicant,
    )
    return trail.execute(select(*columns).where(or_(*hers))).all()


def _papers(trail: ScopedSession, case_ids: Collection[uuid.UUID], mine: Sequence[Any]) -> list[str]:
    """The papers of her cases that are about nobody in particular or about her."""
    if not case_ids:
        return []
    about = or_(Document.member_id.is_(None), Document.member_id.in_([row.id for row in mine]))
    given = Document.kind.not_in(_OF_THE_SURVEY)
    wanted = select(Document.id).where(Document.case_id.in_(case_ids), about, given)
    return [str(each) for each in trail.scalars(wanted)]
