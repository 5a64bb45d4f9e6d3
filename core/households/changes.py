"""Entering families on the register: at acceptance, and at a decision that changes who is counted (decision 2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core import audit
from core.database import new_id
from core.households.groups import Covered, Deltas, carry_group, covered, require_uncovered
from core.households.homes import (
    followed,
    hold_homes,
    homes_of,
    let_go,
    move_within,
    running_memberships,
    settle_left,
    stay_or_join,
)
from core.households.models import (
    COVERING,
    Area,
    Household,
    HouseholdStatus,
    LeftOut,
    LowIncomeCategory,
)
from core.households.persons import NewMember, enter_person, follow_person, known_persons
from core.households.queries import MemberRow, members
from core.regions.changes import bump_all
from core.scopes import region_columns
from core.sessions import ScopedSession
from core.translations import N_

__all__ = ["NewHousehold", "NewMember", "covered_already", "enter_household", "left_behind"]
audit.name_act("household.follow", N_("按新受理的申请更新家庭档案"))


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A family as accepted; `head` is the position of its head in `members`.

    `applies_for`: the group it wants to join, or, with `alone`, the member at that position by herself. `left_out`: why
    each person of the household, by id, is no longer named (57号 第七条).
    """

    region_code: str
    area: Area
    number: str
    members: Sequence[NewMember]
    head: int
    village_group: str = ""
    case_id: uuid.UUID | None = None
    applies_for: LowIncomeCategory | None = None
    alone: int | None = None
    left_out: Mapping[uuid.UUID, LeftOut] = field(default_factory=dict)


def enter_household(
    session: ScopedSession, family: NewHousehold, *, now: datetime, today: date
) -> tuple[Household, list[uuid.UUID]]:
    """Enter an accepted family: a household that is on the register already is followed, else a new one begins.

    Returns the household and its person ids in the order of `family.members`. Raises Conflict when one of them is on
    another place's register, Blocked when one is covered already by what the family applies for, Invalid when somebody
    of the household is left out without a reason.
    """
    numbers = [member.secrets["id_number"] for member in family.members]
    hold_homes(session, known_persons(session, numbers).values())
    known = known_persons(session, numbers, hold=True)
    running = running_memberships(session, known.values())
    homes = homes_of(session, running.values(), hold=True)
    if family.applies_for in COVERING:
        if family.alone is None:
            require_uncovered(covered(known.values(), running, homes, family.applies_for))
        elif numbers[family.alone] in known:
            require_uncovered(covered([known[numbers[family.alone]]], running, homes))
    origins = {each.id: each.region_code for each in homes.values()}
    deltas = Deltas()
    household = followed(session, known.get(numbers[family.head]), running, homes)
    begun = household is None
    household_id = new_id() if household is None else household.id
    persons = []
    for number, member in zip(numbers, family.members, strict=True):
        person = known.get(number) or enter_person(session, member, family.region_code, now=now, today=today)
        carry_group(person, family.region_code, deltas)
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
    let_go(session, household, ids, family.left_out, deltas, today=today)
    for home in homes.values():
        if home.id != household.id:
            settle_left(session, home, deltas)
    session.flush()
    bump_all(session, deltas)
    act = "household.create" if begun else "household.follow"
    audit.record(session, act, household, now=now, case_id=family.case_id)
    return household, ids


def left_behind(session: ScopedSession, id_numbers: Sequence[str], head: str) -> list[MemberRow]:
    """Whoever would leave the household that a family with these (normalised) numbers is, if it were accepted now."""
    known = known_persons(session, id_numbers)
    running = running_memberships(session, known.values())
    home = followed(session, known.get(head), running, homes_of(session, running.values()))
    named = {person.id for person in known.values()}
    return [row for row in members(session, home.id) if row.person.id not in named] if home else []


def covered_already(
    session: ScopedSession, id_numbers: Sequence[str], absorbed: LowIncomeCategory | None = None
) -> list[Covered]:
    """Who of these (normalised numbers) receives continuing help, as an acceptance would find it now."""
    known = known_persons(session, id_numbers)
    running = running_memberships(session, known.values())
    return list(covered(known.values(), running, homes_of(session, running.values()), absorbed))


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
