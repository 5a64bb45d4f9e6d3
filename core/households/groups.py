"""The five groups of low income (R2-01…R2-05): of whole households, of one person by herself, and nobody in one twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.errors import Blocked
from core.households.models import COVERING, Household, LowIncomeCategory, Membership, Person
from core.regions.changes import bump_all
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_

# what the counters of the regions change by, by (code, name)
Deltas = Counter[tuple[str, str]]


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


def set_own_category(session: ScopedSession, person: Person, category: LowIncomeCategory | None) -> None:
    """Put one person in a group by herself (R2-01), or in none; her household keeps its own, the counters follow."""
    if person.category is category:
        return
    deltas = Deltas()
    for each, delta in ((person.category, -1), (category, 1)):
        if each is not None:
            deltas[place_of_person(person), own_group(each)] += delta
    person.category = category
    session.flush()
    bump_all(session, deltas)


def carry_group(person: Person, region_code: str, deltas: Deltas) -> None:
    """Count whoever is in a group by herself where she lives from now on; her own columns still say where she did."""
    if person.category is not None:
        deltas[place_of_person(person), own_group(person.category)] -= 1
        deltas[region_code, own_group(person.category)] += 1


def place_of_person(person: Person) -> str:
    """The lowest division a person is registered in."""
    return next(code for level in reversed(LEVELS) if (code := str(getattr(person, level))))


def own_group(category: LowIncomeCategory) -> str:
    """The counter of people who are in a group by themselves; `category.…` counts households."""
    return f"person_category.{category}"


@dataclass(frozen=True, slots=True)
class Covered:
    """Somebody who receives continuing help already: `alone`, or with her `home` (None for who has none)."""

    person: Person
    home: Household | None
    group: LowIncomeCategory
    alone: bool


def covered(
    persons: Iterable[Person],
    memberships: Mapping[uuid.UUID, Membership],
    homes: Mapping[uuid.UUID, Household],
    absorbed: LowIncomeCategory | None = None,
) -> Iterator[Covered]:
    """Who of these people receives continuing help, with her home or alone.

    Who is in the group `absorbed` alone may apply for it with her family: hers ends when theirs begins.
    """
    for person in persons:
        row = memberships.get(person.id)
        home = homes[row.household_id] if row is not None else None
        if person.category in COVERING and person.category is not absorbed:
            yield Covered(person, home, person.category, alone=True)
        elif row is not None and row.counted and home is not None and home.category in COVERING:
            yield Covered(person, home, home.category, alone=False)


def require_uncovered(found: Iterable[Covered]) -> None:
    """Raise Blocked for the first who is covered: nobody is covered twice."""
    for each in found:
        if each.alone or each.home is None:
            raise Blocked(
                N_("{name}已经单独享受低保，不能重复受理。情况变了的，先办那一项的停发或者变更。"),
                name=each.person.name_masked,
            )
        raise Blocked(
            N_(
                "家里有人在{number}这一户已经享受低保或者特困供养，不能重复受理。"
                "那一户的人口、收入变了的，先在那一户办变更。"
            ),
            number=each.home.number,
        )
