"""The register: entered at acceptance and not before, one household once, nobody covered twice, memberships dated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.awards.changes import award
from core.awards.ending import end_award
from core.awards.queries import award_of_case
from core.cases.changes import withdraw_application
from core.cases.confirmations import ConfirmationAnswer, sign_confirmation
from core.cases.models import Case, CaseState, Outcome
from core.errors import Blocked, Conflict, Invalid
from core.households.groups import set_category
from core.households.identities import Standing, standing_of
from core.households.models import (
    Household,
    HouseholdStatus,
    Identity,
    LeftOut,
    LowIncomeCategory,
    Membership,
    Person,
)
from core.households.queries import members
from core.regions.models import RegionCounter
from core.scopes import System
from core.testing.casework import Way
from core.testing.town import A1_MEMBERS, made_up_id, member, members_a1, staff

pytestmark = pytest.mark.row("R3-05")
OTHER_TOWNSHIP = "520328102000"


def accepted(town, people=A1_MEMBERS, *, left_out=None, variant="household"):
    way = Way(town)
    way.submit(members=tuple(people), lines=(), variant=variant)
    way.accept(left_out=left_out)
    return way


def give_up(town, way):
    session, case, _procedure = way.at(town.clerk)
    withdraw_application(session, town.clerk, case, now=town.now)
    session.commit()


def counted(town, name):
    with town.session(System("count")) as session:
        return session.scalar(
            select(RegionCounter.value).where(
                RegionCounter.region_code == town.township, RegionCounter.name == name
            )
        )


def homes(town):
    with town.session(System("count")) as session:
        return {
            home.id: (home.status, home.size, [row.person.name_masked for row in members(session, home.id)])
            for home in session.scalars(select(Household).order_by(Household.id))
        }


def home_of(town, way):
    session, case, _procedure = way.at(town.clerk)
    return session.get(Household, case.household_id)


def test_before_acceptance_there_is_no_household_no_person_and_no_identity(town, way):
    way.submit()
    with town.session(System("count")) as session:
        for model in (Household, Person, Membership, Identity):
            assert session.scalars(select(model)).all() == []
    way.accept()
    assert (counted(town, "households"), counted(town, "persons")) == (1, 4)


def test_a_family_that_applies_again_is_the_same_household_with_its_history(town):
    first = accepted(town)
    give_up(town, first)
    town.now += timedelta(days=30)
    son_left = A1_MEMBERS[:3]
    again = Way(town)
    again.submit(members=(replace(son_left[0], relation="01"), *son_left[1:]), lines=())
    # who is left out of the whole household is left out for a reason, or nothing is accepted (R3-05)
    with pytest.raises(Invalid, match=r"周\*没有写进这次申请.*第七条") as told:
        again.accept()
    assert told.value.field == "left_out"
    again.accept(left_out=LeftOut.LIVES_APART)
    assert home_of(town, again).id == home_of(town, first).id
    assert (counted(town, "households"), counted(town, "persons")) == (1, 3)
    with town.session(System("count")) as session:
        rows = session.scalars(select(Membership).order_by(Membership.from_day, Membership.id)).all()
        ends = [
            (row.relation, str(row.to_day or ""), str(row.end_reason or ""), row.left_out) for row in rows
        ]
        assert ends == [
            ("02", "2026-12-16", "changed", None),
            ("10", "", "", None),
            ("52", "", "", None),
            ("20", "2026-12-16", "not_declared", LeftOut.LIVES_APART),
            ("01", "", "", None),
        ]
        assert (
            session.scalar(select(Person.household_id).where(Person.birth_date == date(2010, 8, 4))) is None
        )


def test_who_joins_another_home_leaves_her_own_and_an_empty_one_is_closed(town):
    first = accepted(town)
    give_up(town, first)
    grandmother, son = A1_MEMBERS[2], A1_MEMBERS[3]
    aunt = member("周芳", date(1984, 9, 5), 16, "02", is_applicant=True)
    taken_in = accepted(town, [aunt, replace(grandmother, relation="52")])
    give_up(town, taken_in)
    old, new = home_of(town, first).id, home_of(town, taken_in).id
    now = homes(town)
    assert now[old] == (HouseholdStatus.ACTIVE, 3, ["周*", "杨*", "周*"])
    assert now[new] == (HouseholdStatus.ACTIVE, 2, ["周*", "龙*"])
    rest = [
        replace(each, relation="97", is_applicant=False, guardian=None) for each in (*A1_MEMBERS[:2], son)
    ]
    give_up(town, accepted(town, [aunt, *rest], left_out=LeftOut.DIED))
    assert homes(town)[old] == (HouseholdStatus.CLOSED, 0, [])
    assert counted(town, "households") == 1


@pytest.mark.row("R2-14")
def test_who_receives_dibao_is_not_accepted_for_it_again_with_whomever_she_applies(town, way):
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    assert home_of(town, way).category is LowIncomeCategory.DIBAO
    assert counted(town, "category.dibao") == 1
    aunt = member("周芳", date(1984, 9, 5), 16, "02", is_applicant=True)
    for people in (A1_MEMBERS, [aunt, replace(A1_MEMBERS[2], relation="52")]):
        with pytest.raises(Blocked, match="已经享受低保"):
            accepted(town, people)
    assert len(homes(town)) == 1


@pytest.fixture
def decided(town):
    """A confirmation to award other cases by, as the last step of any of them."""
    way = Way(town)
    way.survey(members=members_a1(7))
    way.opine()
    way.hang()
    with way.acting(town.confirmer) as (session, case, procedure):
        answer = ConfirmationAnswer(Outcome.GRANTED, "同意", 79_500)
        return sign_confirmation(session, town.confirmer, case, answer, procedure, now=town.now)


def awarded(town, decided, **application):
    """The application accepted and awarded, and so no longer under way."""
    way = Way(town)
    way.submit(**application)
    way.accept()
    with way.acting(town.confirmer) as (session, case, _procedure):
        award(session, town.confirmer, case, decided, now=town.now)
        case.state = CaseState.GRANTED
    return way


def groups(town):
    """(counter of families in dibao, of people alone in it), as counted and as they are."""
    with town.session(System("count")) as session:
        homes = session.scalars(select(Household.id).where(Household.category == LowIncomeCategory.DIBAO))
        alone = session.scalars(select(Person.id).where(Person.category == LowIncomeCategory.DIBAO))
        exact = len(homes.all()), len(alone.all())
    assert exact == (counted(town, "category.dibao") or 0, counted(town, "person_category.dibao") or 0)
    return exact


@pytest.mark.row("R1-12", "R2-01")
def test_who_receives_alone_is_in_dibao_by_herself_and_her_household_keeps_its_group(town, decided):
    way = awarded(town, decided, variant="single_person")
    with way.acting(town.clerk) as (session, case, _procedure):
        home = session.get(Household, case.household_id)
        set_category(session, home, LowIncomeCategory.EDGE_FAMILY)
        alone = [row.person.category for row in members(session, home.id)]
    assert alone == [LowIncomeCategory.DIBAO, None, None, None]
    assert groups(town) == (0, 1)
    assert home_of(town, way).category is LowIncomeCategory.EDGE_FAMILY
    with pytest.raises(Blocked, match="已经单独享受低保"):
        accepted(town, A1_MEMBERS, variant="single_person")
    way.end_help(date(2027, 1, 31))
    assert groups(town) == (0, 0)
    assert home_of(town, way).category is LowIncomeCategory.EDGE_FAMILY


@pytest.mark.row("R1-12", "R3-05")
def test_a_familys_later_award_ends_what_a_member_received_alone_and_tells_it(town, decided):
    first = awarded(town, decided, variant="single_person")
    second = awarded(town, decided)
    session, case, _procedure = second.at(town.clerk)
    one, all_of_them = award_of_case(session, first.case_id), award_of_case(session, second.case_id)
    assert (one.person_id is None, all_of_them.person_id) == (False, None)
    assert one.ends_on == all_of_them.starts_on - timedelta(days=1)
    assert groups(town) == (1, 0)
    (said,) = [row for row in case.remarks if "单独享受" in row["text"]]
    assert said["values"] == {
        "name": "周*",
        "number": town.case(session, first.case_id).number,
        "day": one.ends_on.isoformat(),
    }


@pytest.mark.row("R1-12")
def test_who_is_covered_with_her_family_does_not_apply_alone_as_well_until_that_has_ended(town, decided):
    family = awarded(town, decided)
    with pytest.raises(Blocked, match="已经享受低保"):
        accepted(town, A1_MEMBERS, variant="single_person")
    with family.acting(town.confirmer) as (session, case, _procedure):
        end_award(
            session,
            town.confirmer,
            award_of_case(session, case.id),
            date(2026, 11, 30),
            "收入高了",
            now=town.now,
        )
    awarded(town, decided, variant="single_person")
    assert groups(town) == (0, 1)


@pytest.mark.row("R1-12")
def test_two_of_one_family_may_each_apply_alone_but_nobody_twice(town):
    accepted(town, A1_MEMBERS, variant="single_person")
    husband = [
        replace(each, is_applicant=position == 1, relation={0: "10", 1: "01"}.get(position, each.relation))
        for position, each in enumerate(A1_MEMBERS)
    ]
    accepted(town, husband, variant="single_person")
    with pytest.raises(Blocked, match="另一件正在办的申请"):
        accepted(town, husband, variant="single_person")


@pytest.mark.row("R2-14")
def test_nobody_is_in_two_accepted_applications_for_the_same_help(town):
    accepted(town)
    aunt = member("周芳", date(1984, 9, 5), 16, "02", is_applicant=True)
    with pytest.raises(Blocked, match="另一件正在办的申请"):
        accepted(town, [aunt, replace(A1_MEMBERS[2], relation="52")])


def test_an_application_does_not_replace_the_phone_by_which_a_person_is_known(town):
    known = replace(A1_MEMBERS[0], phone="19900000001")
    give_up(town, accepted(town, [known, *A1_MEMBERS[1:]]))
    accepted(town, [replace(known, phone="19900000099"), *A1_MEMBERS[1:]])
    with town.session(System("count")) as session:
        indexes = session.scalars(select(Person.phone_index).where(Person.phone_index.is_not(None))).all()
        assert indexes == [town.vault.index("phone", "19900000001")]


def test_a_person_of_another_office_is_a_conflict_that_names_nobody_and_changes_nothing(town):
    accepted(town)
    town.township = OTHER_TOWNSHIP
    town.clerk = staff(Role.TOWNSHIP_CLERK, OTHER_TOWNSHIP)
    way = Way(town)
    way.submit(region_code=OTHER_TOWNSHIP)
    with pytest.raises(Conflict) as told:
        way.accept()
    assert not any(each.name in str(told.value) for each in A1_MEMBERS)
    assert len(homes(town)) == 1
    _session, case, _procedure = way.at(town.clerk)
    assert (case.accepted_at, case.household_id) == (None, None)


def test_of_a_number_an_office_learns_only_new_here_or_elsewhere(town):
    accepted(town)
    number, unknown = A1_MEMBERS[0].id_number, made_up_id(date(1970, 1, 1), 77)
    here, away = town.at_work(town.clerk), town.at_work(town.stranger)
    known = standing_of(here, town.clerk, number, now=town.now)
    assert known.standing is Standing.KNOWN_HERE
    assert here.get(Person, known.person_id) is not None
    here.commit()
    elsewhere = standing_of(away, town.stranger, number, now=town.now)
    assert (elsewhere.standing, elsewhere.person_id) == (Standing.KNOWN_ELSEWHERE, None)
    assert standing_of(away, town.stranger, unknown, now=town.now).standing is Standing.NEW
    assert away.scalars(select(Identity)).all() == []


def test_another_family_of_the_same_names_is_another_household(town):
    accepted(town)
    accepted(town, members_a1(1))
    assert [size for _status, size, _names in homes(town).values()] == [4, 4]
    with town.session(System("count")) as session:
        assert len(session.scalars(select(Case.household_id).distinct()).all()) == 2
