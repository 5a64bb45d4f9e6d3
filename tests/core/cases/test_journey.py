"""A case from submission to award, by the offices that have the power, each step in its order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.awards.changes import confirm_case
from core.awards.queries import award_of_case
from core.cases.changes import accept_application
from core.cases.confirmations import ConfirmationAnswer
from core.cases.models import CaseState, Outcome, StepCode, StepState, Task, TaskState
from core.cases.opinions import OpinionAnswer, sign_opinion
from core.cases.steps import complete_step, steps_of
from core.database import new_id
from core.letters.queries import letter_text, letters_of_case
from core.notices.changes import close_due_notices, publish_first_notice, publish_long_term
from core.notices.queries import public_page
from core.scopes import Public, System
from core.testing.town import family_of_four
from core.testing.visiting import visit_answer
from core.visits.changes import record_visit


@pytest.mark.row("R1-13", "R2-14", "R2-18", "R3-02", "R3-05", "R3-17", "R3-18")
def test_a_family_applies_and_receives_dibao(town):
    account = new_id()
    case = town.submit(family_of_four(account))
    assert case.number.startswith("MT")

    desk = town.at_work(town.clerk)
    mine = town.case(desk, case.id)
    procedure = town.procedure(desk)
    accept_application(desk, town.clerk, mine, procedure, now=town.now)
    desk.commit()
    assert mine.household_id is not None
    assert mine.due_on is not None

    record_visit(desk, town.clerk, mine, visit_answer(town, procedure), procedure, now=town.now)
    complete_step(desk, town.officer, mine, StepCode.VERIFICATION, {}, procedure, now=town.now)
    desk.commit()

    review = town.at_work(town.reviewer)
    theirs = town.case(review, case.id)
    opinion = sign_opinion(
        review, town.reviewer, theirs, OpinionAnswer(True, "符合条件"), town.procedure(review), now=town.now
    )
    review.commit()
    # worked example A1: top-up 525.00 and supplements 135 + 90 + 45
    assert opinion.monthly_fen == 79_500

    desk = town.at_work(town.clerk)
    mine = town.case(desk, case.id)
    notice = publish_first_notice(desk, town.clerk, mine, town.procedure(desk), now=town.now)
    desk.commit()
    assert (notice.opens_on, notice.closes_on) == (date(2026, 11, 17), date(2026, 11, 23))
    assert [
        row.listed_name
        for row in public_page(town.session(Public(date(2026, 11, 20))), town.township, "first").rows
    ] == ["周明"]
    assert public_page(town.session(Public(date(2026, 11, 24))), town.township, "first").rows == []

    town.now += timedelta(days=8)
    sweep = town.session(System("close-notices"))
    assert close_due_notices(sweep, sweep.actor, lambda _: town.procedure(sweep), now=town.now) == 1
    sweep.commit()

    county = town.at_work(town.confirmer)
    theirs = town.case(county, case.id)
    answer = ConfirmationAnswer(Outcome.GRANTED, "同意镇里意见", 79_500)
    confirm_case(county, town.confirmer, theirs, answer, town.procedure(county), now=town.now)
    county.commit()
    assert theirs.state is CaseState.GRANTED
    award = award_of_case(county, case.id)
    assert (award.monthly_fen, award.starts_on) == (79_500, date(2026, 12, 1))

    desk = town.at_work(town.clerk)
    mine = town.case(desk, case.id)
    publish_long_term(desk, town.clerk, mine, town.procedure(desk), now=town.now)
    desk.commit()
    assert {step.state for step in steps_of(desk, case.id)} == {StepState.DONE}
    assert desk.scalars(select(Task.kind).where(Task.state == TaskState.OPEN)).all() == []

    resident = town.resident(account)
    kinds = [letter.kind for letter in letters_of_case(resident, case.id)]
    assert kinds == ["confirmation", "acceptance"]
    text = letter_text(resident, letters_of_case(resident, case.id)[0].id)
    assert "795.00" in "".join(text.paragraphs)
