"""Entering families on the register: at acceptance, and at a decision that changes who is counted (decision 2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core import audit
from core.database import new_id
from core.encryption import place_of
from core.errors import Conflict
from core.households.models import (
    Area,
    Household,
    HouseholdStatus,
    Identity,
    LowIncomeCategory,
    Membership,
    NameBigram,
    NotCounted,
    Person,
)
from core.households.names import bigrams, is_young_child
from core.regions.changes import bump
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
    seriously_ill: bool = False
    student: bool = False
    working: bool = False


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A family as accepted; `head` is the position of its head in `members`."""

    region_code: str
    area: Area
    number: str
    members: Sequence[NewMember]
    head: int
    village_group: str = ""
    case_id: uuid.UUID | None = None


def enter_household(
    session: ScopedSession, family: NewHousehold, *, now: datetime, today: date
) -> tuple[Household, list[uuid.UUID]]:
    """Write the household, its people and dated memberships; a person already here joins, one elsewhere is a conflict.

    Returns the household and its person ids in the order of `family.members`.
    """
    columns = region_columns(family.region_code)
    household_id = new_id()
    person_ids = [_person(session, family, member, household_id, now, today) for member in family.members]
    household = Household(
        **columns,
        id=household_id,
        number=family.number,
        sort=int(now.timestamp() * 1_000_000),
        region_code=family.region_code,
        area=family.area,
        status=HouseholdStatus.ACTIVE,
        head_person_id=person_ids[family.head],
        head_masked=family.members[family.head].name_masked,
        size=sum(1 for member in family.members if member.counted),
        village_group=family.village_group,
        entered_at=now,
    )
    session.add(household)
    write_rows(
        session,
        Membership,
        [
            {
                **columns,
                "id": new_id(),
                "household_id": household_id,
                "person_id": person_id,
                "relation": member.relation,
                "counted": member.counted,
                "not_counted_reason": member.not_counted_reason,
                "from_day": today,
                "reason": "accepted",
                "case_id": family.case_id,
            }
            for member, person_id in zip(family.members, person_ids, strict=True)
        ],
    )
    bump(session, family.region_code, "households", 1)
    bump(session, family.region_code, "persons", len(person_ids))
    session.flush()
    audit.record(
        session,
        "household.create",
        ("household", household_id),
        now=now,
        case_id=family.case_id,
        region=family.region_code,
    )
    return household, person_ids


def _person(
    session: ScopedSession,
    family: NewHousehold,
    member: NewMember,
    household_id: uuid.UUID,
    now: datetime,
    today: date,
) -> uuid.UUID:
    indexes = session.vault.index_all("id_number", member.secrets["id_number"])
    known: Person | None = session.scalar(select(Person).where(Person.id_index.in_(indexes)))
    if known is not None:
        _leave_household(session, known, today)
        known.household_id = household_id
        known.disability_class, known.disability_grade = member.disability_class, member.disability_grade
        known.seriously_ill, known.student, known.working = (
            member.seriously_ill,
            member.student,
            member.working,
        )
        return known.id
    person = _new_person(session, family, member, household_id, now, today)
    return person.id


def _leave_household(session: ScopedSession, person: Person, today: date) -> None:
    for membership in session.scalars(
        select(Membership).where(Membership.person_id == person.id, Membership.to_day.is_(None))
    ):
        membership.to_day = today


def _new_person(
    session: ScopedSession,
    family: NewHousehold,
    member: NewMember,
    household_id: uuid.UUID,
    now: datetime,
    today: date,
) -> Person:
    columns = region_columns(family.region_code)
    child = is_young_child(member.birth_date, today)
    phone = member.secrets.get("phone", "")
    person = Person(
        **columns,
        id=new_id(),
        household_id=household_id,
        name="" if child else member.name,
        name_masked=member.name_masked,
        id_index=session.vault.index("id_number", member.secrets["id_number"]),
        id_masked=member.id_masked,
        phone_index=session.vault.index("phone", phone) if phone else None,
        sex=member.sex,
        birth_date=member.birth_date,
        disability_class=member.disability_class,
        disability_grade=member.disability_grade,
        seriously_ill=member.seriously_ill,
        student=member.student,
        working=member.working,
        entered_at=now,
    )
    session.vault.seal_into(person, "name_sealed", member.name if child else None)
    person.secrets_sealed = session.vault.seal_json(place_of(person, "secrets_sealed"), member.secrets)
    session.add(person)
    identity = {
        "id_index": person.id_index,
        "person_id": person.id,
        "county": columns["county"],
        "entered_at": now,
    }
    _enter_identity(session, identity)
    if not child:
        rows = [
            {"county": columns["county"], "bigram": pair, "person_id": person.id}
            for pair in bigrams(member.name)
        ]
        write_rows(session, NameBigram, rows)
    return person


def _enter_identity(session: ScopedSession, identity: dict[str, object]) -> None:
    try:
        with session.begin_nested():
            write_rows(session, Identity, [identity])
    except Exception as error:
        if "unique" not in str(error).lower():
            raise
        raise Conflict(
            N_("其中一位家人已经登记在别的地方。请先在“转入”里办理，由对方镇（街道）确认后再受理。")
        ) from None


def set_category(session: ScopedSession, household: Household, category: LowIncomeCategory | None) -> None:
    """Put the household in one of the five groups (R2-01…R2-05), or in none; counters per region follow."""
    if household.category is category:
        return
    if household.category is not None:
        bump(session, household.region_code, f"category.{household.category}", -1)
    if category is not None:
        bump(session, household.region_code, f"category.{category}", 1)
    household.category = category
    session.flush()
