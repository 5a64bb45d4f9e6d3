"""Two people act at the same moment: exactly one act stands, the other is told (R1-13)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.awards.changes import confirm_case
from core.awards.models import Award
from core.cases.changes import accept_application, send_deficiency_letter
from core.cases.confirmations import ConfirmationAnswer
from core.cases.models import Case, Confirmation, Opinion, Outcome, Pause
from core.cases.opinions import OpinionAnswer, sign_opinion
from core.cases.pauses import pause_case
from core.cases.procedure import beijing_day
from core.cases.submission import prepare, submit_application
from core.database import new_id
from core.errors import Blocked, Conflict, Problem
from core.households.models import Household, Membership, Person
from core.letters.models import Letter
from core.notices.changes import close_due_notices, publish_first_notice
from core.notices.models import Notice, NoticeState, Objection, PublicRow
from core.notices.objections import raise_objection
from core.scopes import Own, Region, System
from core.sessions import open_session
from core.testing.casework import Way
from core.testing.town import family_of_four, members_a1

pytestmark = pytest.mark.row("R1-13")
GRANT = ConfirmationAnswer(Outcome.GRANTED, "同意镇里意见", 79_500)


def at_once(town, *acts, scopes=None):
    """Do the acts in threads of their own, begun together; what each gave, or the problem it was told."""
    together = threading.Barrier(len(acts), timeout=60)
    outcomes = [None] * len(acts)

    def run(number, act):
        scope, actor = scopes[number] if scopes else (None, None)
        try:
            together.wait()
            with open_session(town.engine, scope, actor, vault=town.vault) as session:
                outcomes[number] = act(session)
                session.commit()
        except Problem as problem:
            outcomes[number] = problem

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return outcomes


def twice(town, way, actors, act):
    """The same act by two people on one case, both of whom have read it before either has acted."""
    both_read = threading.Barrier(2, timeout=60)

    def one(actor):
        def acts(session):
            case = town.case(session, way.case_id)
            if town.engine.dialect.name == "postgresql":
                # SQLite lets the second read only after the first has finished
                both_read.wait()
            return act(session, actor, case, town.procedure(session))

        return acts

    outcomes = at_once(town, *map(one, actors), scopes=[(Region(each.node), each) for each in actors])
    told = [each for each in outcomes if isinstance(each, Problem)]
    assert len(told) == 1, outcomes
    assert isinstance(told[0], (Blocked, Conflict))


def count(town, model, *where):
    with town.session(System("count")) as session:
        return session.scalar(select(func.count(model.id)).where(*where))


def test_two_clerks_accept_one_application(town, way):
    way.submit()
    twice(
        town, way, [town.clerk, town.second_clerk],
        lambda session, actor, case, procedure: accept_application(session, actor, case, procedure, now=town.now),
    )  # fmt: skip
    assert (count(town, Household), count(town, Person), count(town, Letter)) == (1, 4, 1)


@pytest.mark.row("R3-05")
def test_two_applications_of_one_family_are_accepted_once(town):
    ways = [Way(town), Way(town)]
    for each in ways:
        each.submit()

    def accepting(way):
        def act(session):
            case = town.case(session, way.case_id)
            return accept_application(session, town.clerk, case, town.procedure(session), now=town.now)

        return act

    desk = (Region(town.township), town.clerk)
    outcomes = at_once(town, *map(accepting, ways), scopes=[desk, desk])
    assert sum(isinstance(each, Problem) for each in outcomes) == 1
    assert (count(town, Household), count(town, Person)) == (1, 4)
    assert count(town, Membership, Membership.to_day.is_(None)) == 4
    assert count(town, Case, Case.accepted_at.is_not(None)) == 1


def test_one_letter_one_pause_one_opinion_one_notice_one_decision(town, way):
    other = Way(town)
    other.submit(members=members_a1(1))
    clerks, now = [town.clerk, town.second_clerk], lambda: town.now
    twice(
        town, other, clerks,
        lambda session, actor, case, procedure: send_deficiency_letter(
            session, actor, case, ["工资单"], procedure, now=now()
        ),
    )  # fmt: skip
    assert count(town, Letter, Letter.case_id == other.case_id) == 1
    way.survey()
    twice(
        town, way, clerks,
        lambda session, actor, case, procedure: pause_case(
            session, actor, case, "waiting_family", "", procedure, now=now()
        ),
    )  # fmt: skip
    assert count(town, Pause) == 1
    colleague = replace(town.reviewer, account_id=new_id())
    twice(
        town, way, [town.reviewer, colleague],
        lambda session, actor, case, procedure: sign_opinion(
            session, actor, case, OpinionAnswer(True, "符合"), procedure, now=now()
        ),
    )  # fmt: skip
    assert count(town, Opinion) == 1
    twice(
        town, way, clerks,
        lambda session, actor, case, procedure: publish_first_notice(session, actor, case, procedure, now=now()),
    )  # fmt: skip
    assert (count(town, Notice), count(town, PublicRow)) == (1, 1)
    town.now += timedelta(days=8)
    with town.session(System("close-notices")) as sweep:
        close_due_notices(sweep, sweep.actor, lambda _: town.procedure(sweep), now=town.now)
        sweep.commit()
    twice(
        town, way, [town.confirmer, replace(town.confirmer, account_id=new_id())],
        lambda session, actor, case, procedure: confirm_case(session, actor, case, GRANT, procedure, now=now()),
    )  # fmt: skip
    assert (count(town, Confirmation), count(town, Award)) == (1, 1)


def test_an_objection_of_the_last_minute_is_never_lost_to_the_closing_of_the_notice(town, way):
    way.survey()
    way.opine()
    session, case, procedure = way.at(town.clerk)
    notice = publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    session.commit()
    with town.session(System("objection")) as outside:
        row = outside.scalars(select(PublicRow.id)).one()
    # 23:59 in Beijing on the last day, and the sweep of the first minute after it
    last_minute = town.now + timedelta(days=7, hours=13, minutes=29)

    def objects(session):
        return raise_objection(session, row, "他家有门面", now=last_minute)

    def sweeps(session):
        late = last_minute + timedelta(minutes=2)
        return close_due_notices(session, session.actor, lambda _: town.procedure(session), now=late)

    job = (System("night"), town.session(System("night")).actor)
    outcomes = at_once(town, objects, sweeps, scopes=[job, job])
    with town.session(System("count")) as session:
        state = session.scalar(select(Notice.state).where(Notice.id == notice.id))
        objections = session.scalar(select(func.count(Objection.id)))
    if isinstance(outcomes[0], Problem):
        assert (objections, state) == (0, NoticeState.CLOSED)
    else:
        assert (objections, state) == (1, NoticeState.PUBLISHED)


@pytest.mark.row("R2-07")
def test_a_double_press_of_submit_opens_one_case(town):
    account = new_id()
    application = family_of_four(account)

    def submits(session):
        day = beijing_day(town.now)
        prepared = prepare(town.vault, application, now=town.now, today=day)
        procedure = town.procedure(session)
        return submit_application(session, session.actor, prepared, procedure, now=town.now).number

    hers = (Own(account), town.resident(account).actor)
    numbers = at_once(town, submits, submits, scopes=[hers, hers])
    assert numbers == ["MTYX-2026-000001"] * 2
    assert count(town, Case) == 1


@pytest.mark.row("R2-07")
def test_families_who_submit_at_the_same_moment_get_numbers_without_gap_or_double(town):
    def submits(number):
        application = replace(family_of_four(new_id()), members=members_a1(number))

        def act(session):
            prepared = prepare(town.vault, application, now=town.now, today=beijing_day(town.now))
            procedure = town.procedure(session)
            return submit_application(session, session.actor, prepared, procedure, now=town.now).number

        return act, application.owner_account_id

    made = [submits(number) for number in range(6)]
    numbers = at_once(
        town,
        *(act for act, _account in made),
        scopes=[(Own(account), town.resident(account).actor) for _act, account in made],
    )
    assert sorted(numbers) == [f"MTYX-2026-{number:06d}" for number in range(1, 7)]
