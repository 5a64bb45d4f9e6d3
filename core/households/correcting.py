"""Putting right who a registered person is: her row, the ID index, the name index, and what shows her name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.encryption import place_of
from core.errors import Invalid
from core.households.models import Household, Identity, NameBigram, Person
from core.households.names import bigrams, is_young_child
from core.identity_numbers import IdNumber
from core.masking import mask_id_number, mask_name
from core.sessions import ScopedSession, found, update_rows, write_rows
from core.translations import N_


@dataclass(frozen=True, slots=True)
class Papers:
    """Who somebody is by her papers: the name in full and the checked number, which tells birth date and sex."""

    name: str = field(repr=False)
    number: IdNumber

    @property
    def name_masked(self) -> str:
        return mask_name(self.name)

    @property
    def id_masked(self) -> str:
        return mask_id_number(self.number.number)


@dataclass(frozen=True, slots=True)
class Registered:
    """The same as the register holds it today."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)


def registered(session: ScopedSession, person: Person) -> Registered:
    """Name and number in the clear; the caller leaves a look, or shows neither."""
    secrets = session.vault.unseal_json(place_of(person, "secrets_sealed"), found(person.secrets_sealed))
    return Registered(session.vault.read(person, "name_sealed") or person.name, str(secrets["id_number"]))


def hold_person(session: ScopedSession, person_id: uuid.UUID) -> Person:
    """The person as she is now, to the end of the transaction."""
    statement = select(Person).where(Person.id == person_id)
    held: Person | None = session.scalar(
        statement.with_for_update().execution_options(populate_existing=True)
    )
    return found(held)


def set_papers(session: ScopedSession, person: Person, papers: Papers, *, today: date) -> None:
    """Make the register agree with her papers. Needs a System session.

    Raises Invalid (field `id_number`) when the number was entered for somebody else a moment ago.
    """
    number = session.vault.index("id_number", papers.number.number)
    _move_identity(session, person, number)
    _forget_name(session, person)
    child = is_young_child(papers.number.birth_date, today)
    person.name, person.name_masked = "" if child else papers.name, papers.name_masked
    session.vault.seal_into(person, "name_sealed", papers.name if child else None)
    person.id_index, person.id_masked = number, papers.id_masked
    person.birth_date, person.sex = papers.number.birth_date, int(papers.number.sex)
    place = place_of(person, "secrets_sealed")
    secrets = session.vault.unseal_json(place, found(person.secrets_sealed))
    secrets |= {"name": papers.name, "id_number": papers.number.number}
    person.secrets_sealed = session.vault.seal_json(place, secrets)
    if not child:
        rows = [
            {"county": person.county, "bigram": pair, "person_id": person.id} for pair in bigrams(papers.name)
        ]
        write_rows(session, NameBigram, rows)
    for home in session.scalars(select(Household).where(Household.head_person_id == person.id)):
        home.head_masked = papers.name_masked
    session.flush()


def _move_identity(session: ScopedSession, person: Person, number: bytes) -> None:
    if number == person.id_index:
        return
    try:
        with session.begin_nested():
            update_rows(session, Identity, {"id_index": number}, Identity.id_index == person.id_index)
    except IntegrityError:
        raise Invalid(
            N_("这个证件号刚刚登记给了另一个人，没有改。请在“查找”里用这个号码查一查。"), field="id_number"
        ) from None


def _forget_name(session: ScopedSession, person: Person) -> None:
    known = select(NameBigram).where(
        NameBigram.county == person.county,
        NameBigram.bigram.in_(list(bigrams(person.name)) if person.name else []),
        NameBigram.person_id == person.id,
    )
    for row in session.scalars(known):
        session.delete(row)
    session.flush()
