"""Reading notices: the public's lists by place, and the office's view of a case's notices and objections."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.encryption import place_of
from core.notices.models import Notice, NoticeState, Objection, ObjectionState, PublicRow
from core.scopes import level_column
from core.sessions import ScopedSession

MOST_ROWS = 200
COUNT_CAP = 1001


def public_rows(
    session: ScopedSession, place: str, kind: str, *, limit: int = MOST_ROWS
) -> Sequence[PublicRow]:
    """The rows on public notice in a place today, by village and name; a Public session sees no others."""
    level = getattr(PublicRow, level_column(place))
    return session.scalars(
        select(PublicRow)
        .where(level == place, PublicRow.kind == kind)
        .order_by(PublicRow.village, PublicRow.closes_on, PublicRow.listed_name, PublicRow.id)
        .limit(limit)
    ).all()


def public_count(session: ScopedSession, place: str, kind: str) -> int:
    """How many rows, at most 1,001."""
    level = getattr(PublicRow, level_column(place))
    capped = select(PublicRow.id).where(level == place, PublicRow.kind == kind).limit(COUNT_CAP).subquery()
    return int(session.scalar(select(func.count()).select_from(capped)) or 0)


def villages_on_notice(session: ScopedSession, township: str) -> dict[str, int]:
    """Village code → number of rows of first notices that hang today."""
    rows = session.execute(
        select(PublicRow.village, func.count(PublicRow.id))
        .where(PublicRow.township == township, PublicRow.kind == "first")
        .group_by(PublicRow.village)
    )
    return {village: int(count) for village, count in rows}


def notices_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Notice]:
    """All notices of a case, newest first."""
    return session.scalars(
        select(Notice).where(Notice.case_id == case_id).order_by(Notice.published_at.desc())
    ).all()


def open_objections(session: ScopedSession, case_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of the objections to any notice of a case that nobody has answered yet."""
    return list(
        session.scalars(
            select(Objection.id).where(Objection.case_id == case_id, Objection.state == ObjectionState.OPEN)
        )
    )


def hanging_cases(session: ScopedSession, case_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Which of these cases have a first notice that hangs, or waits for its first day."""
    rows = session.scalars(
        select(Notice.case_id).where(
            Notice.case_id.in_(case_ids), Notice.kind == "first", Notice.state == NoticeState.PUBLISHED
        )
    )
    return frozenset(rows)


@dataclass(frozen=True, slots=True)
class OpenedObjection:
    """An objection with what was said and answered, for the office that handles it; never for the family."""

    objection: Objection
    said: str
    name: str
    phone: str
    answer: str
    recheck: str = ""


def objections_of_case(session: ScopedSession, case_id: uuid.UUID) -> list[OpenedObjection]:
    """Every objection on a case's notices, oldest first."""
    rows = session.scalars(
        select(Objection).where(Objection.case_id == case_id).order_by(Objection.received_at)
    ).all()
    return [_opened(session, row) for row in rows]


def _opened(session: ScopedSession, row: Objection) -> OpenedObjection:
    said = session.vault.unseal_json(place_of(row, "said_sealed"), row.said_sealed)
    answer = ""
    if row.answer_sealed is not None:
        answer = session.vault.unseal_json(place_of(row, "answer_sealed"), row.answer_sealed)["text"]
    recheck = ""
    if row.recheck_sealed is not None:
        recheck = session.vault.unseal_json(place_of(row, "recheck_sealed"), row.recheck_sealed)["text"]
    return OpenedObjection(row, said["text"], said["name"], said["phone"], answer, recheck)
