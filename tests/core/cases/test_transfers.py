"""A household that moves away: its file goes when the other office says yes, its cases stay; each office sees its half."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Role
from core.audit.models import AuditEntry
from core.awards.queries import award_of_case
from core.cases import transfers
from core.cases.changes import accept_application, withdraw_application
from core.cases.models import Case, CaseState, Task, TaskState
from core.cases.transfer_queries import ANSWERED, TO_ANSWER, transfers_here
from core.cases.transfers import (
    Wish,
    accept_transfer,
    acknowledge_answer,
    cancel_transfer,
    decline_transfer,
    offer_household,
    request_household,
)
from core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound
from core.households.identities import Standing, standing_of
from core.households.models import Household, HouseholdStatus, LowIncomeCategory, NameBigram
from core.households.moving import move_household
from core.households.queries import find_by_name, household, members
from core.households.transfer_models import TransferState
from core.regions.models import RegionCounter
from core.scopes import Region, System
from core.sessions import open_session
from core.testing.casework import Way
from core.testing.town import A1_MEMBERS, made_up_id, staff
from core.workdays import STATUTORY

pytestmark = pytest.mark.row("R3-05")
ELSEWHERE = "441823105000"
NEXT_DOOR = "520328102000"
MING = A1_MEMBERS[0].id_number


@pytest.fixture
def moved_away(town, way):
    """A family on the register whose application is over; the id of its household."""
    way.submit()
    way.accept()
    with way.acting(town.clerk) as (session, case, _procedure):
        withdraw_application(session, town.clerk, case, now=town.now)
        return case.household_id


@pytest.fixture
def taker():
    return staff(Role.TOWNSHIP_CLERK, ELSEWHERE)


@pytest.fixture
def due(town):
    return STATUTORY.add_working_days(town.now.date(), 10)


def offered(town, household_id, due, to=ELSEWHERE):
    session = town.at_work(town.clerk)
    row = offer_household(session, town.clerk, household_id, Wish(to, "全家搬走了", due), now=town.now)
    session.commit()
    return row


def requested(town, taker, due):
    session = town.at_work(taker)
    row = request_household(session, taker, MING, Wish(ELSEWHERE, "来窗口申请", due), now=town.now)
    session.commit()
    return row


def half_of(town, actor):
    session = town.at_work(actor)
    return session, transfers_here(session)[0]


def tasks_of(town, actor):
    with town.at_work(actor) as session:
        return session.scalars(select(Task.kind).where(Task.state == TaskState.OPEN)).all()


def standing(town, actor):
    with town.at_work(actor) as session:
        return standing_of(session, actor, MING, now=town.now).standing


def counted(town, place):
    with town.session(System("count")) as session:
        rows = session.execute(
            select(RegionCounter.name, RegionCounter.value).where(RegionCounter.region_code == place)
        )
        return {name: value for name, value in rows if name in {"households", "persons"}}


def test_an_offered_household_moves_whole_when_the_other_office_accepts(town, way, moved_away, taker, due):
    offered(town, moved_away, due)
    assert tasks_of(town, taker) == [TO_ANSWER]
    with town.at_work(taker) as before, pytest.raises(NotFound):
        household(before, moved_away)
    session, half = half_of(town, taker)
    accept_transfer(session, taker, half, now=town.now, due=due)
    session.commit()

    session = town.at_work(taker)
    assert household(session, moved_away).township == ELSEWHERE
    assert len(members(session, moved_away)) == 4
    assert [row.name_masked for row in find_by_name(session, "周明", "441823000000")] == ["周*"]
    assert session.scalars(select(Case)).all() == []
    assert tasks_of(town, taker) == []
    assert counted(town, ELSEWHERE) == {"households": 1, "persons": 4}

    session = town.at_work(town.clerk)
    with pytest.raises(NotFound):
        household(session, moved_away)
    assert town.case(session, way.case_id).township == town.township
    assert find_by_name(session, "周明", town.county) == []
    assert counted(town, town.township) == {"households": 0, "persons": 0}
    assert standing(town, taker) is Standing.KNOWN_HERE
    assert standing(town, town.clerk) is Standing.KNOWN_ELSEWHERE
    with town.session(System("count")) as everywhere:
        assert set(everywhere.scalars(select(NameBigram.county))) == {"441823000000"}


def test_both_offices_read_of_the_move_in_their_own_trail(town, moved_away, taker, due):
    offered(town, moved_away, due)
    session, half = half_of(town, taker)
    accept_transfer(session, taker, half, now=town.now, due=due)
    session.commit()
    for actor in (town.clerk, taker):
        with town.at_work(actor) as reading:
            acts = reading.scalars(
                select(AuditEntry.act).where(AuditEntry.subject_type == "household_transfers")
            )
            assert sorted(acts) == ["transfer.accept", "transfer.offer"]


def test_who_asks_for_a_file_learns_nothing_of_it_before_it_is_handed_over(town, moved_away, taker, due):
    half = requested(town, taker, due)
    assert (half.household_id, half.label, half.from_region) == (None, "", "")
    assert tasks_of(town, town.clerk) == [TO_ANSWER]
    session, held = half_of(town, town.clerk)
    assert held.label.startswith("周*|4|")
    accept_transfer(session, town.clerk, held, now=town.now, due=due)
    session.commit()
    session, mine = half_of(town, taker)
    assert (mine.household_id, mine.from_region) == (moved_away, town.township)
    assert household(session, moved_away).county == "441823000000"
    assert tasks_of(town, taker) == [ANSWERED]
    acknowledge_answer(session, taker, mine, now=town.now)
    session.commit()
    assert tasks_of(town, taker) == []


def refused(town, taker, due, number):
    """What a request that came to nothing was told, and what it left in the trail."""
    session = town.at_work(taker)
    with pytest.raises(Conflict) as told:
        request_household(session, taker, number, Wish(ELSEWHERE, "来窗口申请", due), now=town.now)
    session.commit()
    with town.session(System("read")) as trail:
        acts = trail.scalars(select(AuditEntry.act).where(AuditEntry.account_id == taker.account_id)).all()
    return str(told.value), acts


def test_nobody_elsewhere_learns_whether_a_file_is_unknown_closed_or_moving_and_each_question_is_in_the_trail(
    town, moved_away, taker, due
):
    unknown = refused(town, taker, due, made_up_id(date(1970, 1, 1), 77))
    with town.session(System("close")) as session:
        session.get(Household, moved_away).status = HouseholdStatus.CLOSED
        session.commit()
    closed = refused(town, taker, due, MING)
    with town.session(System("open")) as session:
        session.get(Household, moved_away).status = HouseholdStatus.ACTIVE
        session.commit()
    offered(town, moved_away, due, to="441823100000")
    moving = refused(town, taker, due, MING)
    assert unknown[0] == closed[0] == moving[0]
    assert moving[1] == ["identity.ask"] * 3


def test_a_household_that_moves_already_is_not_offered_again(town, moved_away, due):
    offered(town, moved_away, due)
    with pytest.raises(Conflict, match="正在办转移"):
        offered(town, moved_away, due)


def test_only_who_asked_has_an_answer_to_read_and_only_after_it_came(town, moved_away, taker, due):
    row = offered(town, moved_away, due)
    for actor in (town.clerk, taker):
        session, half = half_of(town, actor)
        with pytest.raises(Blocked, match="没有要您看的答复"):
            acknowledge_answer(session, actor, half, now=town.now)
        session.rollback()
    assert tasks_of(town, taker) == [TO_ANSWER]
    assert row.waiting


def test_a_transfer_and_a_new_case_of_the_household_wait_for_each_other_in_one_order(
    town, way, moved_away, due, monkeypatch
):
    again = Way(town)
    again.submit()
    offered(town, moved_away, due, to=NEXT_DOOR)
    town.close()
    home_held, told = threading.Event(), []

    def accept_the_case():
        home_held.wait(30)
        try:
            with open_session(town.engine, Region(town.clerk.node), town.clerk, vault=town.vault) as session:
                case = session.get(Case, again.case_id)
                accept_application(session, town.clerk, case, town.procedure(session), now=town.now)
        except Conflict as fault:
            told.append(fault)

    def slowly(*arguments):
        home_held.set()
        # long enough for the other to hold the people, if it took them before the home
        other.join(2)
        return move_household(*arguments)

    other = threading.Thread(target=accept_the_case)
    monkeypatch.setattr(transfers, "move_household", slowly)
    other.start()
    neighbour = staff(Role.TOWNSHIP_CLERK, NEXT_DOOR)
    with open_session(town.engine, Region(NEXT_DOOR), neighbour, vault=town.vault) as session:
        accept_transfer(session, neighbour, transfers_here(session)[0], now=town.now, due=due)
        session.commit()
    other.join(60)
    assert len(told) == 1


def test_an_open_case_keeps_the_file_where_it_is(town, way, taker, due):
    way.submit()
    way.accept()
    session, case, _procedure = way.at(town.clerk)
    with pytest.raises(Blocked, match="先办结"):
        offer_household(session, town.clerk, case.household_id, Wish(ELSEWHERE, "搬走", due), now=town.now)
    session.rollback()
    requested(town, taker, due)
    session, held = half_of(town, town.clerk)
    with pytest.raises(Blocked):
        accept_transfer(session, town.clerk, held, now=town.now, due=due)
    session.rollback()
    assert half_of(town, town.clerk)[1].state is TransferState.REQUESTED


def test_a_no_leaves_everything_and_tells_the_other_why(town, moved_away, taker, due):
    offered(town, moved_away, due)
    session, half = half_of(town, taker)
    with pytest.raises(Invalid):
        decline_transfer(session, taker, half, " ", now=town.now, due=due)
    session.rollback()
    decline_transfer(session, taker, half, "没有住在这里", now=town.now, due=due)
    session.commit()
    session, mine = half_of(town, town.clerk)
    assert (mine.state, mine.answer) == (TransferState.DECLINED, "没有住在这里")
    assert household(session, moved_away).township == town.township
    assert (tasks_of(town, town.clerk), tasks_of(town, taker)) == ([ANSWERED], [])


def test_only_the_office_that_was_asked_answers_and_only_once(town, moved_away, taker, due):
    row = offered(town, moved_away, due)
    session = town.at_work(town.clerk)
    with pytest.raises(Blocked, match="对方"):
        accept_transfer(session, town.clerk, row, now=town.now, due=due)
    with pytest.raises(Conflict, match="正在办转移"):
        offer_household(session, town.clerk, moved_away, Wish(ELSEWHERE, "再来", due), now=town.now)
    session.rollback()
    session, half = half_of(town, taker)
    late, seen_before = half_of(town, taker)
    cancelling, mine = half_of(town, town.clerk)
    late.rollback()
    session.rollback()
    cancel_transfer(cancelling, town.clerk, mine, now=town.now)
    cancelling.commit()
    with pytest.raises(Conflict, match="已经办过"):
        accept_transfer(late, taker, seen_before, now=town.now, due=due)
    late.rollback()
    assert tasks_of(town, taker) == []
    with town.at_work(town.clerk) as still:
        assert household(still, moved_away).id == moved_away
    assert half.transfer_id == row.transfer_id


def test_an_award_goes_on_in_the_former_place_which_alone_ends_it(town, way, taker, due):
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    with way.acting(town.confirmer) as (session, case, _procedure):
        case.state, home_id = CaseState.GRANTED, case.household_id
    offered(town, home_id, due)
    session, half = half_of(town, taker)
    accept_transfer(session, taker, half, now=town.now, due=due)
    session.commit()
    session = town.at_work(taker)
    assert household(session, home_id).category is LowIncomeCategory.DIBAO
    assert award_of_case(session, way.case_id) is None
    way.end_help(date(2027, 1, 31))
    assert household(town.at_work(taker), home_id).category is None


@pytest.mark.row("R2-28")
def test_a_third_office_sees_neither_half_and_a_reviewer_moves_nothing(town, moved_away, taker, due):
    offered(town, moved_away, due)
    with town.at_work(staff(Role.TOWNSHIP_CLERK, "441823100000")) as third:
        assert transfers_here(third) == []
    session = town.at_work(town.reviewer)
    with pytest.raises(NotAllowed):
        offer_household(session, town.reviewer, moved_away, Wish(ELSEWHERE, "搬", due), now=town.now)


@pytest.mark.row("R2-28")
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_the_database_too_knows_the_clerks_own_scope_again_after_the_act(town, moved_away, due):
    session = town.at_work(town.clerk)
    wish = Wish(ELSEWHERE, "搬走了", due)
    with pytest.raises(Invalid), session.begin_nested():
        offer_household(session, town.clerk, moved_away, Wish(town.township, "换村", due), now=town.now)
    offer_household(session, town.clerk, moved_away, wish, now=town.now)
    bare = Session.connection(session)
    assert bare.exec_driver_sql("SELECT count(*) FROM household_transfers").scalar() == 1
    session.commit()


def test_a_move_within_the_township_is_no_transfer(town, moved_away, due):
    session = town.at_work(town.clerk)
    with pytest.raises(Invalid, match="本乡镇"):
        offer_household(session, town.clerk, moved_away, Wish(town.township, "换村", due), now=town.now)
