"""A registered person has another name or number than was entered: the register follows her papers, and all that hangs on it."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from core.access import Role
from core.accounts.models import Assurance, ResidentAccount, VerifiedPhone
from core.accounts.person_links import link, open_account
from core.audit.models import AuditEntry
from core.cases.declaration_models import DeclaredMember
from core.cases.models import Case
from core.cases.queries import find_by_member_number
from core.corrections.changes import Wish, correct_identity
from core.corrections.queries import corrections_of
from core.database import new_id
from core.errors import Conflict, Invalid, NotAllowed
from core.households.identities import Standing, standing_of
from core.households.models import Household, Identity, NameBigram, Person
from core.households.queries import find_by_id_number, find_by_name
from core.identity_numbers import parse_id_number
from core.scopes import Region, System, region_columns
from core.testing.casework import Way
from core.testing.town import A1_MEMBERS, COUNTY, made_up_id, staff

pytestmark = pytest.mark.row("R1-14", "R2-28")
HEAD = A1_MEMBERS[0]
RIGHT = made_up_id(date(1981, 5, 1), 12)
PAPER = UUID(int=7)


@pytest.fixture
def way(town):
    """A family on the register, its case under way."""
    way = Way(town)
    way.submit(members=A1_MEMBERS, lines=())
    way.accept()
    return way


def head_of(session):
    return session.get(Person, session.scalars(select(Household.head_person_id)).one())


def wish(person, *, number=RIGHT, name="", seen=None, reason="看错一位"):
    read = parse_id_number(number, today=date(2026, 11, 16), demo=True) if number else None
    return Wish(person.version if seen is None else seen, PAPER, reason, name, read)


def correct(town, actor=None, **changes):
    actor = actor or town.clerk
    for each in town.opened:
        each.rollback()
    session = town.at_work(actor)
    person = head_of(town.session(System("test")) if actor.node != town.township else session)
    correct_identity(
        session, actor, person, wish(person, **changes), lambda _: town.procedure(session), now=town.now
    )
    session.commit()


def everything(town, model):
    with town.session(System("look")) as session:
        return session.scalars(select(model)).all()


def test_the_register_follows_her_papers_in_every_place_that_copies_them(town, way):
    correct(town, name="周铭")
    session = town.at_work(town.clerk)
    person = head_of(session)
    assert (person.name, person.name_masked, person.birth_date, person.sex) == (
        "周铭",
        "周*",
        date(1981, 5, 1),
        2,
    )
    assert person.id_masked == f"{RIGHT[:3]}***********{RIGHT[-4:]}"
    secrets = session.vault.unseal_json(("persons", "secrets_sealed", person.id.hex), person.secrets_sealed)
    assert (secrets["name"], secrets["id_number"]) == ("周铭", RIGHT)
    assert session.scalars(select(Household.head_masked)).one() == "周*"
    assert [row.id for row in find_by_id_number(session, RIGHT)] == [person.id]
    assert find_by_id_number(session, HEAD.id_number) == []
    assert [row.id for row in find_by_name(session, "周铭", COUNTY)] == [person.id]
    assert person.id not in {row.id for row in find_by_name(session, HEAD.name, COUNTY)}
    assert standing_of(session, town.clerk, RIGHT, now=town.now).standing is Standing.KNOWN_HERE
    assert standing_of(session, town.clerk, HEAD.id_number, now=town.now).standing is Standing.NEW


def test_what_she_declared_stays_and_the_case_is_called_by_the_right_name(town, way):
    before = {
        row.id: (row.name, row.id_masked, row.secrets_sealed) for row in everything(town, DeclaredMember)
    }
    correct(town, name="周铭")
    rows = everything(town, DeclaredMember)
    assert {row.id: (row.name, row.id_masked, row.secrets_sealed) for row in rows} == before
    [corrected] = [row for row in rows if row.corrected_sealed]
    assert corrected.is_applicant
    assert corrected.born == date(1981, 5, 1)
    assert (corrected.birth_date, corrected.sex, corrected.known_sex) == (HEAD.birth_date, HEAD.sex, 2)
    [case] = everything(town, Case)
    assert case.applicant_masked == "周*"
    for number in (RIGHT, HEAD.id_number):
        assert [row.id for row in find_by_member_number(town.at_work(town.clerk), number)] == [case.id]


def test_a_child_by_her_papers_leaves_the_name_index_and_her_name_is_sealed(town, way):
    correct(town, number=made_up_id(date(2016, 5, 1), 12))
    session = town.at_work(town.clerk)
    person = head_of(session)
    assert person.name == ""
    assert session.vault.read(person, "name_sealed") == HEAD.name
    assert person.id not in {row.person_id for row in everything(town, NameBigram)}


def test_what_was_and_what_is_are_kept_sealed_and_shown_masked(town, way):
    correct(town, name="周铭", reason=f"原来是{HEAD.id_number}，看错一位")
    session = town.at_work(town.clerk)
    [shown] = corrections_of(session, head_of(session).id)
    assert (shown.names[1], shown.numbers[1][-4:]) == ("周*", RIGHT[-4:])
    assert shown.numbers[0][-4:] == HEAD.id_number[-4:]
    assert HEAD.id_number not in shown.reason
    assert (shown.row.document_id, shown.row.corrected_by) == (PAPER, town.clerk.account_id)
    [entry] = [row for row in everything(town, AuditEntry) if row.act == "person.correct"]
    assert entry.person_id == head_of(session).id
    assert entry.changes["id_number"] == [
        HEAD.id_number[:3] + "*" * 11 + HEAD.id_number[-4:],
        shown.numbers[1],
    ]
    written = repr([vars(row) for row in everything(town, AuditEntry)])
    assert not any(word in written for word in (HEAD.id_number, RIGHT, "周铭"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "", "name": HEAD.name}, "name"),
        ({"number": HEAD.id_number}, "id_number"),
        ({"reason": "  "}, "reason"),
        ({"number": A1_MEMBERS[1].id_number}, "id_number"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_changes(town, way, changes, field):
    with pytest.raises(Invalid) as refused:
        correct(town, **changes)
    assert refused.value.field == field
    assert A1_MEMBERS[1].name not in str(refused.value)
    assert head_of(town.at_work(town.clerk)).birth_date == HEAD.birth_date


def test_a_number_that_is_registered_elsewhere_tells_nobody_who_or_where(town, way):
    with town.session(System("test")) as session:
        session.add(
            Identity(
                id_index=session.vault.index("id_number", RIGHT),
                person_id=new_id(),
                county=region_columns("441823000000")["county"],
                entered_at=town.now,
            )
        )
        session.commit()
    with pytest.raises(Invalid, match="已经登记在别处") as refused:
        correct(town)
    assert not re.search(r"\d{6}", str(refused.value))


def test_who_comes_second_overwrites_nothing_and_a_second_press_is_no_second_correction(town, way):
    seen = head_of(town.at_work(town.clerk)).version
    correct(town)
    with pytest.raises(Conflict):
        correct(town, number=made_up_id(date(1982, 5, 1), 12), seen=seen)
    correct(town, seen=seen)
    session = town.at_work(town.clerk)
    assert len(corrections_of(session, head_of(session).id)) == 1
    assert head_of(session).birth_date == date(1981, 5, 1)


@pytest.mark.parametrize("role", [Role.TOWNSHIP_REVIEWER, Role.VILLAGE_ASSISTANT])
def test_only_who_accepts_people_on_the_register_corrects_them(town, way, role):
    with pytest.raises(NotAllowed):
        correct(town, actor=staff(role, town.township))


def test_a_clerk_of_another_place_neither_corrects_nor_sees_what_was_corrected(town, way):
    with pytest.raises(NotAllowed):
        correct(town, actor=town.stranger)
    correct(town)
    person = head_of(town.at_work(town.clerk)).id
    assert corrections_of(town.session(Region(town.stranger.node), town.stranger), person) == []


@pytest.mark.parametrize(
    ("level", "left"),
    [
        (Assurance.WINDOW_CHECKED, Assurance.PHONE_VERIFIED),
        (Assurance.IDENTITY_PROVIDER, Assurance.IDENTITY_PROVIDER),
    ],
)
def test_an_account_checked_by_the_old_number_opens_the_file_no_more(town, way, level, left):
    with town.session(System("test")) as session:
        person, account = head_of(session), open_account(session, "19900000066", now=town.now)
        link(session, account, person.id, level, town.clerk, town.now)
        session.add(
            VerifiedPhone(
                id=new_id(), person_id=person.id, phone_index=account.phone_index, phone_masked="199****0066",
                evidence="身份证原件", verified_at=town.now, **region_columns(town.township),
            )
        )  # fmt: skip
        session.commit()
    correct(town, number="", name="周铭")
    assert everything(town, ResidentAccount)[0].person_id is not None
    assert everything(town, VerifiedPhone)[0].ended_at is None
    correct(town)
    [account] = everything(town, ResidentAccount)
    assert (account.person_id, account.assurance) == (None, left)
    assert everything(town, VerifiedPhone)[0].ended_at == town.now
