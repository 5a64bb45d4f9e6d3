"""What follows a merger of regions: households, people, staff and offices go to the new place, chunk by chunk (decision 3).

Cases, visits, notices, awards and audit keep the region where they happened. Staff still reach them, because a grant over
a place is one over whatever was merged into it (core/accounts/former_places.py): the former place stays in their switch. A
household that has a case under way there stays with it and moves in a later run, when the case is over.

A run needs no memory: what still lies in a former place is what is left to do. So a killed one goes on, and a second one
changes nothing.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from core import audit
from core.accounts.models import RoleGrant, StaffAccount
from core.accounts.role_words import ROLE_LEVELS
from core.cases.declaration_models import DeclaredMember
from core.cases.models import OPEN_STATES, Case
from core.cases.procedure import beijing_day
from core.households.models import Household, Person
from core.households.moving import move_household, move_people
from core.jobs import Run, Tally, Work, job, start
from core.jobs_values import Small, row_id
from core.regions.changes import bump_all
from core.regions.models import Region, RegionChange, RegionChangeKind, RegionOffice
from core.regions.queries import level_column, merger_of, successor
from core.scopes import LEVELS, region_columns
from core.sessions import ScopedSession, update_rows
from core.translations import N_

MERGE = "regions.merge"
CHUNK = 100
_RUNS = uuid.UUID("0b8f5d1e-3d1c-5b64-9a0e-5f2f5c1f7a10")  # names a day's run; never change it
audit.name_act("household.merge", N_("随区划撤并转到新的区划"))


def follow_mergers(session: ScopedSession, *, now: datetime) -> uuid.UUID | None:
    """Ask for today's run if anything that may move lies in a merged place; returns its job."""
    if not _waiting(session, beijing_day(now), limit=1):
        return None
    return start(session, MERGE, uuid.uuid5(_RUNS, beijing_day(now).isoformat()), now=now)


def follow_merger(session: ScopedSession, code: str, *, now: datetime) -> uuid.UUID:
    """Ask for the run of one merger, that of `code`, as it is entered; returns its job."""
    return start(session, MERGE, merger_of(session, code).id, now=now)


@job(MERGE)
def merge(run: Run) -> None:
    """Staff and offices first, then so many households a step in the order of their ids, then people without one."""
    run.step(move_staff)
    run.expect(run.count(how_many))
    after: Small = None
    while last := run.step(end_of_chunk, after):
        run.step(move_some, after, last)
        after = last
    run.step(move_people_alone)


def how_many(work: Work) -> int:
    """How many households may move now."""
    return len(_waiting(work.session, beijing_day(work.now)))


def end_of_chunk(work: Work, after: Small) -> Small:
    """The id of the last household of the next chunk, or None at the end."""
    ids = _waiting(work.session, beijing_day(work.now), after=row_id(after), limit=CHUNK)
    return str(ids[-1]) if ids else None


def move_some(work: Work, after: Small, last: Small) -> Tally:
    """Move the households of one chunk, each with everybody in it."""
    session, today = work.session, beijing_day(work.now)
    ids = _waiting(session, today, after=row_id(after), up_to=row_id(last))
    deltas: Counter[tuple[str, str]] = Counter()
    homes = session.scalars(select(Household).where(Household.id.in_(ids)).with_for_update()).all()
    for home in homes:
        former = home.region_code
        move_household(session, home, successor(session, former, today).code, deltas)
        told = {"region_code": [former, home.region_code]}
        for place in (former, home.region_code):
            audit.record(session, "household.merge", home, now=work.now, region=place, changes=told)
    bump_all(session, deltas)
    return Tally(done=len(homes))


def move_people_alone(work: Work) -> None:
    """Move people who are on the register without a household."""
    session, today = work.session, beijing_day(work.now)
    for place in merged_places(session, today):
        alone = session.scalars(
            select(Person).where(_in(Person, place), Person.household_id.is_(None), ~_named(place))
        ).all()
        for person in alone:
            move_people(session, [person], successor(session, _lowest(person), today).code)


def move_staff(work: Work) -> None:
    """Grants, accounts and the office's public data follow; where the new place has an office, that one holds."""
    session, today = work.session, beijing_day(work.now)
    for place in merged_places(session, today):
        for account in session.scalars(select(StaffAccount).where(_in(StaffAccount, place))):
            _move_columns(account, successor(session, _lowest(account), today).code)
        for grant in session.scalars(
            select(RoleGrant).where(RoleGrant.revoked_at.is_(None), _in(RoleGrant, place))
        ):
            _move_columns(grant, successor(session, _lowest(grant), today).code)
        for code in session.scalars(select(Region.code).where(_in(Region, place))):
            following = successor(session, code, today).code
            _move_grants(session, code, following)
            _move_office(session, code, following, work.now)
    session.flush()


def _move_grants(session: ScopedSession, code: str, following: str) -> None:
    level = level_column(following)
    # a village assistant of a village that has no successor would else get a whole township
    fitting = [role for role, levels in ROLE_LEVELS.items() if levels and level not in levels]
    update_rows(
        session,
        RoleGrant,
        {"region_code": following},
        RoleGrant.region_code == code,
        RoleGrant.revoked_at.is_(None),
        RoleGrant.role.not_in(fitting),
    )


def _move_office(session: ScopedSession, code: str, following: str, now: datetime) -> None:
    office = session.get(RegionOffice, code)
    if office is None or session.get(RegionOffice, following) is not None:
        return
    session.add(
        RegionOffice(
            **region_columns(following),
            region_code=following,
            office_name=office.office_name,
            window_name=office.window_name,
            phone=office.phone,
            address=office.address,
            opening_hours=office.opening_hours,
            changed_at=now,
        )
    )


def merged_places(session: ScopedSession, today: date) -> Sequence[str]:
    """The places that were merged into another by today."""
    return session.scalars(
        select(RegionChange.region_code)
        .where(RegionChange.kind == RegionChangeKind.MERGED, RegionChange.since <= today)
        .order_by(RegionChange.since, RegionChange.id)
    ).all()


def households_in(session: ScopedSession, place: str) -> int:
    """How many households lie in a place."""
    return session.scalar(select(func.count(Household.id)).where(_in(Household, place))) or 0


def _waiting(
    session: ScopedSession,
    today: date,
    *,
    after: uuid.UUID | None = None,
    up_to: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[uuid.UUID]:
    """Ids of the households in merged places that no case under way holds, in their order."""
    found: set[uuid.UUID] = set()
    for place in merged_places(session, today):
        statement = select(Household.id).where(_in(Household, place), *_free(place)).order_by(Household.id)
        if after is not None:
            statement = statement.where(Household.id > after)
        if up_to is not None:
            statement = statement.where(Household.id <= up_to)
        found.update(session.scalars(statement.limit(limit)))
    return sorted(found)[:limit]


def _free(place: str) -> Iterator[ColumnElement[bool]]:
    under_way = Case.state.in_(sorted(OPEN_STATES))
    yield ~select(Case.id).where(Case.household_id == Household.id, under_way).exists()
    # not yet accepted: the case names people of the household by their numbers alone
    yield ~select(Person.id).where(Person.household_id == Household.id, _named(place)).exists()


def _named(place: str) -> ColumnElement[bool]:
    return (
        select(DeclaredMember.id)
        .join(Case, Case.id == DeclaredMember.case_id)
        .where(
            DeclaredMember.id_index == Person.id_index,
            _in(DeclaredMember, place),
            Case.state.in_(sorted(OPEN_STATES)),
        )
        .exists()
    )


def _in(model: Any, place: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = getattr(model, level_column(place)) == place
    return condition


def _lowest(row: Any) -> str:
    return next(code for level in reversed(LEVELS) if (code := str(getattr(row, level))))


def _move_columns(row: Any, code: str) -> None:
    for level, value in region_columns(code).items():
        setattr(row, level, value)
