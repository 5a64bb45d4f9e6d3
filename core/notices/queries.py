"""Reading notices: the public's lists by place, and the office's view of a case's notices and objections."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_

from core.encryption import place_of
from core.notices.models import Notice, NoticeState, Objection, ObjectionState, PublicRow
from core.scopes import level_column
from core.sessions import ScopedSession

PAGE_ROWS = 100
COUNT_CAP = 1001


_BY_VILLAGE = (PublicRow.village, PublicRow.listed_name, PublicRow.id)
_BY_DAY = (PublicRow.opens_on, *_BY_VILLAGE)


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Rows of a public list, and the row with which the page after it and the page before it begin (None: there is none).

    A page is named by the random id of its first row, because the order goes by names and no name stands in an address.
    """

    rows: Sequence[PublicRow]
    after: uuid.UUID | None = None
    before: uuid.UUID | None = None


def public_page(
    session: ScopedSession,
    place: str,
    kind: str,
    *,
    start: uuid.UUID | None = None,
    size: int = PAGE_ROWS,
) -> PublicPage:
    """The rows on public notice in a place today, from the row `start` on; a Public session sees no others.

    First notices by their first day, then as every list by village and name. The first page where `start` hangs no more.
    """
    of_list = (getattr(PublicRow, level_column(place)) == place, PublicRow.kind == kind)
    order = _BY_DAY if kind == "first" else _BY_VILLAGE
    statement = select(PublicRow).where(*of_list)
    first = session.scalar(statement.where(PublicRow.id == start)) if start is not None else None
    earlier: Sequence[uuid.UUID] = ()
    if first is not None:
        place_in_order, here = tuple_(*order), tuple_(*(getattr(first, column.key) for column in order))
        back = select(PublicRow.id).where(*of_list, place_in_order < here)
        earlier = session.scalars(back.order_by(*(column.desc() for column in order)).limit(size)).all()
        statement = statement.where(place_in_order >= here)
    rows = session.scalars(statement.order_by(*order).limit(size + 1)).all()
    return PublicPage(
        rows[:size], rows[size].id if len(rows) > size else None, earlier[-1] if earlier else None
    )


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
