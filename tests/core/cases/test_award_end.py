"""Help is ended once, for a reason, with a day that is not over: on both databases, two who press at once included (R3-05)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from core.awards.ending import earliest_last_day, end_award, what_follows
from core.awards.queries import award_of_case
from core.errors import Blocked, Conflict, Invalid, NotAllowed
from core.scopes import Region
from core.sessions import open_session

pytestmark = pytest.mark.row("R3-05", "R2-28")


@pytest.fixture
def granted(town, way):
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    town.close()
    return way


def test_an_ending_keeps_its_day_its_reason_and_who_decided_it(town, granted):
    session, case, _procedure = granted.at(town.confirmer)
    award = award_of_case(session, case.id)
    before = what_follows(session, case)
    day = award.starts_on + timedelta(days=40)
    end_award(session, town.confirmer, award, day, " 收入高了 ", now=town.now)
    session.commit()
    assert (award.ends_on, award.end_reason, award.ended_by) == (day, "收入高了", town.confirmer.account_id)
    assert not before.listed, "the family was not listed yet"
    with pytest.raises(Blocked):
        end_award(session, town.confirmer, award, day + timedelta(days=9), "又一次", now=town.now)


def test_no_help_ends_without_a_reason_in_the_past_or_by_who_does_not_confirm(town, granted):
    session, case, _procedure = granted.at(town.confirmer)
    award = award_of_case(session, case.id)
    first = earliest_last_day(award, town.now.date())
    assert first == award.starts_on - timedelta(days=1)
    for day, reason, told in ((first, "  ", "reason"), (first - timedelta(days=1), "收入高了", "last_day")):
        with pytest.raises(Invalid) as fault:
            end_award(session, town.confirmer, award, day, reason, now=town.now)
        assert fault.value.field == told
    for other in (town.clerk, town.reviewer, town.officer):
        with pytest.raises(NotAllowed):
            end_award(session, other, award, first, "收入高了", now=town.now)
    assert award.ends_on is None


def test_two_who_press_at_once_end_it_once(town, granted):
    both, told, ended = threading.Barrier(2), [], []

    def press(days):
        with open_session(
            town.engine, Region(town.confirmer.node), town.confirmer, vault=town.vault
        ) as session:
            case = town.case(session, granted.case_id)
            award = award_of_case(session, case.id)
            if town.engine.dialect.name == "postgresql":
                # SQLite lets one writer in at a time, from its first read on
                both.wait(30)
            day = award.starts_on + timedelta(days=days)
            try:
                end_award(session, town.confirmer, award, day, "收入高了", now=town.now)
                session.commit()
                ended.append(day)
            except (Blocked, Conflict) as fault:
                told.append(fault)

    people = [threading.Thread(target=press, args=(days,)) for days in (30, 60)]
    for each in people:
        each.start()
    for each in people:
        each.join(60)
    assert (len(ended), len(told)) == (1, 1)
    session, case, _procedure = granted.at(town.confirmer)
    assert award_of_case(session, case.id).ends_on == ended[0]
