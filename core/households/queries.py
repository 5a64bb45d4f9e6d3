"""Reading the register: lists whose cost stays flat, search by number, phone or two characters of a name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Uuid, bindparam, select, tuple_, type_coerce

from core.households.models import Household, LowIncomeCategory, Membership, NameBigram, Person
from core.households.names import bigrams
from core.sessions import ScopedSession, column_rows, found

PAGE = 50
Cursor = tuple[int, uuid.UUID]


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Rows of one page, newest first, and the cursors of its neighbours (None at the ends)."""

    rows: Sequence[Any]
    after: Cursor | None
    before: Cursor | None


# somebody of the household is in a group by herself (单人保): a small index of its own answers
_ALONE = (
    select(Person.category)
    .where(Person.household_id == Household.id, Person.category.is_not(None))
    .limit(1)
    .scalar_subquery()
    .label("alone")
)
_COLUMNS = (
    # as text: it stands in an address
    type_coerce(Household.id, Uuid(as_uuid=False)).label("id"),
    Household.number,
    Household.sort,
    Household.head_masked,
    Household.size,
    Household.area,
    Household.category,
    Household.region_code,
    Household.village_group,
    Household.entered_at,
    _ALONE,
)


@cache
def _page_statement(backwards: bool, after: bool, before: bool, of_category: bool) -> Any:
    """The statement of one kind of page, made once: to put it together costs as much as to run it."""
    key, cursor = (
        tuple_(Household.sort, Household.id),
        tuple_(bindparam("sort"), bindparam("id", type_=Uuid())),
    )
    statement = select(*_COLUMNS).limit(bindparam("size"))
    if of_category:
        statement = statement.where(Household.category == bindparam("category"))
    if after:
        statement = statement.where(key < cursor)
    if before:
        statement = statement.where(key > cursor)
    if backwards:
        return statement.order_by(Household.sort.asc(), Household.id.asc())
    return statement.order_by(Household.sort.desc(), Household.id.desc())


def household_page(
    session: ScopedSession,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    last: bool = False,
    category: LowIncomeCategory | None = None,
    size: int = PAGE,
) -> HouseholdPage:
    """One page of the households in scope by keyset on (sort, id), no OFFSET and no count (architecture 9)."""
    backwards = last or before is not None
    cursor = after or before or (None, None)
    statement = _page_statement(backwards, after is not None, before is not None, category is not None)
    asked = {"category": category, "sort": cursor[0], "id": cursor[1], "size": size + 1}
    rows = column_rows(session, statement, asked)
    more, rows = len(rows) > size, list(rows[:size])
    if backwards:
        rows.reverse()
    first, end = (_cursor_at(rows[0]), _cursor_at(rows[-1])) if rows else (None, None)
    at_start = after is None and not backwards
    at_end = last
    return HouseholdPage(
        rows,
        after=None if at_end or (not backwards and not more) else end,
        before=None if at_start or (backwards and not more) else first,
    )


def _cursor_at(row: Any) -> Cursor:
    return row.sort, uuid.UUID(row.id)


def household(session: ScopedSession, household_id: uuid.UUID) -> Household:
    """The household, or NotFound out of scope."""
    row: Household = found(session.get(Household, household_id))
    return row


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person in a household today, with her relation."""

    person: Person
    membership: Membership


def members(session: ScopedSession, household_id: uuid.UUID) -> list[MemberRow]:
    """Everyone whose membership is open, in the order they were entered."""
    statement = (
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.household_id == household_id, Membership.to_day.is_(None))
        .order_by(Membership.id)
    )
    return [MemberRow(person, membership) for membership, person in session.execute(statement)]


def left_out(session: ScopedSession, household_id: uuid.UUID) -> list[MemberRow]:
    """Who of a household was not declared again, and why: the memberships that ended so (R3-05)."""
    statement = (
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.household_id == household_id, Membership.left_out.is_not(None))
    )
    return [MemberRow(person, membership) for membership, person in session.execute(statement)]


_FOUND = (
    Person.id,
    Person.household_id,
    Person.name_masked,
    Person.id_masked,
    Person.birth_date,
    Person.sex,
    Person.county,
    Person.township,
    Person.village,
)


def find_by_id_number(session: ScopedSession, id_number: str) -> Sequence[Any]:
    """People in scope with that number (normalised); at most one."""
    return session.execute(
        select(*_FOUND).where(Person.id_index.in_(session.vault.index_all("id_number", id_number))).limit(2)
    ).all()


def find_by_phone(session: ScopedSession, phone: str, limit: int = 20) -> Sequence[Any]:
    """People in scope who gave that phone number (normalised)."""
    return session.execute(
        select(*_FOUND).where(Person.phone_index.in_(session.vault.index_all("phone", phone))).limit(limit)
    ).all()


def find_by_name(session: ScopedSession, text: str, county: str, limit: int = 50) -> Sequence[Any]:
    """People of `county` in scope whose name contains `text` (two characters or more), by the bigram index.

    Equal to a full scan for the same characters; names of children under 14 are not searchable (decision 17).
    """
    letters = text.replace(" ", "")
    pairs = list(bigrams(letters))
    if len(letters) < 2:
        return []
    statement = (
        select(*_FOUND)
        .join(NameBigram, NameBigram.person_id == Person.id)
        .where(NameBigram.county == county, NameBigram.bigram == letters[:2])
    )
    if len(pairs) > 1:
        statement = statement.where(Person.name.contains(letters, autoescape=True))
    # in the order of the bigram index, so that a common pair stops after `limit` rows
    return session.execute(statement.order_by(NameBigram.person_id).limit(limit)).all()
