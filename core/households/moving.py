"""Moving households to another place: the household, its people, their memberships, names, numbers and counters.

What happened stays where it happened (decision 3): cases, visits, notices, awards and audit are not touched here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from core.accounts.models import VerifiedPhone
from core.households.groups import carry_group
from core.households.homes import move_within
from core.households.models import Household, Identity, Membership, NameBigram, Person
from core.households.names import bigrams
from core.scopes import region_columns
from core.sessions import ScopedSession, update_rows


def move_household(
    session: ScopedSession, household: Household, region_code: str, deltas: Counter[tuple[str, str]]
) -> Sequence[uuid.UUID]:
    """Move a household with everybody in it; returns their ids. Needs a System session; the caller counts `deltas`.

    Its group goes with it: whoever is covered stays covered, and the new place cannot grant the same help again.
    """
    people = session.scalars(select(Person).where(Person.household_id == household.id)).all()
    household.number = _free_number(session, household, region_code)
    if household.region_code != region_code:
        deltas[household.region_code, "persons"] -= len(people)
        deltas[region_code, "persons"] += len(people)
    for person in people:
        carry_group(person, region_code, deltas)
    move_within(household, region_code, deltas)
    move_people(session, people, region_code)
    update_rows(session, Membership, region_columns(region_code), Membership.household_id == household.id)
    session.flush()
    return [person.id for person in people]


def _free_number(session: ScopedSession, household: Household, region_code: str) -> str:
    """The household's own number, or that number with a 2 where the new township has given it to another."""
    township, number, count = region_columns(region_code)["township"], household.number, 1
    while session.scalar(
        select(Household.id).where(
            Household.township == township, Household.number == number, Household.id != household.id
        )
    ):
        count += 1
        number = f"{household.number}-{count}"
    return number


def move_people(session: ScopedSession, people: Sequence[Person], region_code: str) -> None:
    """Move people with what is kept about them: names to search by, the county of their numbers, verified phones."""
    columns = region_columns(region_code)
    for person in people:
        if person.county != columns["county"]:
            _move_index(session, person, columns["county"])
        for level, code in columns.items():
            setattr(person, level, code)
    update_rows(session, VerifiedPhone, columns, VerifiedPhone.person_id.in_([each.id for each in people]))
    session.flush()


def _move_index(session: ScopedSession, person: Person, county: str) -> None:
    pairs = list(bigrams(person.name)) if person.name else []
    update_rows(
        session,
        NameBigram,
        {"county": county},
        NameBigram.county == person.county,
        NameBigram.bigram.in_(pairs),
        NameBigram.person_id == person.id,
    )
    update_rows(session, Identity, {"county": county}, Identity.id_index == person.id_index)
