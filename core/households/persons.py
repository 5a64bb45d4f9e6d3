"""People on the register: found by their identity numbers, entered once, followed afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.database import new_id
from core.encryption import place_of
from core.errors import Conflict
from core.households.models import Identity, NameBigram, NotCounted, Person
from core.households.names import bigrams, is_young_child
from core.scopes import region_columns
from core.sessions import ScopedSession, write_rows
from core.translations import N_


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person to enter or to follow. `secrets`: id_number, phone, bank_account, disability_certificate, address."""

    name: str
    name_masked: str
    id_masked: str
    secrets: dict[str, str]
    birth_date: date
    sex: int
    relation: str
    counted: bool = True
    not_counted_reason: NotCounted | None = None
    disability_class: int | None = None
    disability_grade: int | None = None
    seriously_ill: bool | None = None
    student: bool | None = None
    working: bool | None = None


def known_persons(
    session: ScopedSession, id_numbers: Sequence[str], *, hold: bool = False
) -> dict[str, Person]:
    """Who of these (normalised numbers) is on the register here. `hold`: as they are now, to the end of the transaction.

    Two applications that name the same people are then accepted one after the other, and the second sees the first.
    """
    number_of = {
        index: number for number in id_numbers for index in session.vault.index_all("id_number", number)
    }
    statement = select(Person).where(Person.id_index.in_(number_of)).order_by(Person.id)
    if hold:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    rows = session.scalars(statement)
    return {number_of[person.id_index]: person for person in rows}


def enter_person(
    session: ScopedSession, member: NewMember, region_code: str, *, now: datetime, today: date
) -> Person:
    """Write a person nobody knows yet. Raises Conflict when she is on the register of another place."""
    columns = region_columns(region_code)
    child = is_young_child(member.birth_date, today)
    phone = member.secrets.get("phone", "")
    person = Person(
        **columns,
        id=new_id(),
        name="" if child else member.name,
        name_masked=member.name_masked,
        id_index=session.vault.index("id_number", member.secrets["id_number"]),
        id_masked=member.id_masked,
        phone_index=session.vault.index("phone", phone) if phone else None,
        sex=member.sex,
        birth_date=member.birth_date,
        entered_at=now,
    )
    session.vault.seal_into(person, "name_sealed", member.name if child else None)
    person.secrets_sealed = session.vault.seal_json(place_of(person, "secrets_sealed"), member.secrets)
    session.add(person)
    _enter_identity(session, person, columns["county"], now)
    if not child:
        rows = [
            {"county": columns["county"], "bigram": pair, "person_id": person.id}
            for pair in bigrams(member.name)
        ]
        write_rows(session, NameBigram, rows)
    return person


def follow_person(person: Person, member: NewMember, region_code: str, household_id: uuid.UUID) -> None:
    """Set down where she lives now and what was accepted about her.

    Her phone stays what it was: whoever answers it is taken for her (decision 1), and an application proves no phone.
    """
    for level, code in region_columns(region_code).items():
        setattr(person, level, code)
    person.household_id = household_id
    person.disability_class, person.disability_grade = member.disability_class, member.disability_grade
    person.seriously_ill, person.student, person.working = (
        member.seriously_ill,
        member.student,
        member.working,
    )


def _enter_identity(session: ScopedSession, person: Person, county: str, now: datetime) -> None:
    row = {"id_index": person.id_index, "person_id": person.id, "county": county, "entered_at": now}
    try:
        with session.begin_nested():
            write_rows(session, Identity, [row])
    except IntegrityError:
        raise Conflict(
            N_(
                "其中一位家人已经登记在别的地方，现在不能受理。请在“窗口受理”用身份证号查出这个人，"
                "点“请求转入”；那边的档案转过来以后再受理。"
            )
        ) from None
