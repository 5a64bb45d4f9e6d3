"""Entering families on the register: at acceptance, and at a decision that changes who is counted (decision 2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core import audit
from core.database import new_id
from core.households.homes import (
    Deltas,
    held_homes,
    let_go,
    move_within,
    require_uncovered,
    running_memberships,
    settle_left,
    stay_or_join,
)
from core.households.models import (
    COVERING,
    Area,
    Household,
    HouseholdStatus,
    LowIncomeCategory,
    Membership,
    Person,
)
from core.households.persons import NewMember, enter_person, follow_person, held_persons
from core.households.queries import members
from core.regions.changes import bump_all
from core.scopes import region_columns
from core.sessions import ScopedSession
from core.translations import N_

__all__ = ["NewHousehold", "NewMember", "enter_household", "set_category"]
audit.name_act("household.follow", N_("按新受理的申请更新家庭档案"))


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A family as accepted; `head` is the position of its head in `members`. `applies_for`: the group it wants to join."""

    region_code: str
    area: Area
    number: str
    members: Sequence[NewMember]
    head: int
    village_group: str = ""
    case_id: uuid.UUID | None = None
    applies_for: LowIncomeCategory | None = None


def enter_household(
    session: ScopedSession, family: NewHousehold, *, now: datetime, today: date
) -> tuple[Household, list[uuid.UUID]]:
    """Enter an accepted family: a household that is on the register already is followed, else a new one begins.

    Returns the household and its person ids in the order of `family.members`. Raises Conflict when one of them is on
    another place's register, Blocked when one is covered already by what the family applies for.
    """
    numbers = [member.secrets["id_number"] for member in family.members]
    known = held_persons(session, numbers)
    running = running_memberships(session, known.values())
    homes = held_homes(session, running.values())
    if family.applies_for in COVERING:
        require_uncovered(running.values(), homes)
    origins = {each.id: each.region_code for each in homes.values()}
    deltas = Deltas()
    household = _followed(session, known.get(numbers[family.head]), running, homes)
    begun = household is None
    household_id = new_id() if household is None else household.id
    persons = []
    for number, member in zip(numbers, family.members, strict=True):
        person = known.get(number) or enter_person(session, member, family.region_code, now=now, today=today)
        follow_person(person, member, family.region_code, household_id)
        before = running.get(person.id)
        deltas[family.region_code, "persons"] += 1
        if before is not None:
            deltas[origins[before.household_id], "persons"] -= 1
        persons.append(person)
    if household is None:
        household = _new_household(family, household_id, now)
        session.add(household)
        deltas[family.region_code, "households"] += 1
    else:
        move_within(household, family.region_code, deltas)
    household.head_person_id, household.head_masked = (
        persons[family.head].id,
        persons[family.head].name_masked,
    )
    household.size = sum(1 for member in family.members if member.counted)
    household.area, household.village_group = family.area, family.village_group
    session.flush()
    for person, member in zip(persons, family.members, strict=True):
        before = running.get(person.id)
        stay_or_join(session, household, person.id, member, before, today=today, case_id=family.case_id)
    session.flush()
    ids = [person.id for person in persons]
    let_go(session, household, ids, deltas, today=today)
    for home in homes.values():
        if home.id != household.id:
            settle_left(session, home, deltas)
    session.flush()
    bump_all(session, deltas)
    act = "household.create" if begun else "household.follow"
    audit.record(session, act, household, now=now, case_id=family.case_id)
    return household, ids


def _followed(
    session: ScopedSession,
    head: Person | None,
    running: Mapping[uuid.UUID, Membership],
    homes: Mapping[uuid.UUID, Household],
) -> Household | None:
    """The household that this family is: the one with the same head, or one in which nobody would be left behind."""
    for home in homes.values():
        if head is not None and home.head_person_id == head.id:
            return home
    for home in homes.values():
        if all(row.person.id in running for row in members(session, home.id)):
            return home
    return None


def _new_household(family: NewHousehold, household_id: uuid.UUID, now: datetime) -> Household:
    return Household(
        **region_columns(family.region_code),
        id=household_id,
        number=family.number,
        sort=int(now.timestamp() * 1_000_000),
        region_code=family.region_code,
        status=HouseholdStatus.ACTIVE,
        entered_at=now,
    )


def set_category(session: ScopedSession, household: Household, category: LowIncomeCategory | None) -> None:
    """Put the household in one of the five groups (R2-01…R2-05), or in none; counters per region follow."""
    if household.category is category:
        return
    deltas = Deltas()
    for each, delta in ((household.category, -1), (category, 1)):
        if each is not None:
            deltas[household.region_code, f"category.{each}"] += delta
    household.category = category
    session.flush()
    bump_all(session, deltas)
