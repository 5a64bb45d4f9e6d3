"""Opinion and confirmation: two people, with reasons; another amount means another opinion and another notice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.access import Actor, Grant, Role
from core.awards.changes import confirm_case
from core.awards.queries import award_of_case
from core.cases.comparison import Adoption, adopt_line
from core.cases.confirmations import ConfirmationAnswer
from core.cases.declaration_models import Layer
from core.cases.models import (
    Authority,
    Case,
    CaseState,
    Opinion,
    Outcome,
    StepCode,
    StepState,
    Task,
    TaskState,
)
from core.cases.opinions import OpinionAnswer, current_opinion, sign_opinion
from core.cases.steps import step_of
from core.errors import Blocked, Invalid, NotAllowed
from core.law import Unit, path_of
from core.letters.queries import letter_text, letters_of_case
from core.notices.changes import publish_long_term
from core.notices.queries import notices_of_case
from core.standards.changes import enter_standard
from core.testing.town import A1_MEMBERS, OTHER_COUNTY, demo_standards, law_book

pytestmark = pytest.mark.row("R1-13")
AMOUNT = 79_500


def delegate(town):
    """The county hands the power to its townships, with a document number."""
    session = town.at_work(town.officer)
    base = next(demo_standards(town.county))
    standard = replace(base, key="confirm.delegated", value=1, unit=Unit.YES_NO, area=None)
    enter_standard(session, town.officer, law_book(), standard, now=town.now)
    session.commit()


def confirm(way, actor, outcome=Outcome.GRANTED, fen=AMOUNT, reason="同意镇里意见", grounds=()):
    session, case, procedure = way.at(actor)
    answer = ConfirmationAnswer(outcome, reason, fen, grounds)
    confirmation = confirm_case(session, actor, case, answer, procedure, now=way.town.now)
    session.commit()
    return confirmation


def test_a_negative_opinion_hangs_no_notice_and_goes_to_the_confirmer(town, way):
    way.survey()
    opinion = way.opine(OpinionAnswer(False, "不配合核对，已告知", ("refuses_verification",)))
    assert (opinion.eligible, opinion.monthly_fen) == (False, 0)
    session, case, _procedure = way.at(town.confirmer)
    assert step_of(session, case.id, StepCode.NOTICE).state is StepState.NOT_APPLICABLE
    assert step_of(session, case.id, StepCode.CONFIRMATION).state is StepState.OPEN
    assert notices_of_case(session, case.id) == []
    confirmation = confirm(way, town.confirmer, Outcome.REFUSED, 0, "不配合核对", ("refuses_verification",))
    assert confirmation.outcome is Outcome.REFUSED
    session, case, procedure = way.at(town.clerk)
    letters = letters_of_case(session, case.id)
    assert letters[0].kind == "refusal"
    text = "".join(letter_text(session, letters[0].id).paragraphs)
    assert "不配合核对" in text
    assert "行政复议" in text
    # a refused family is never listed (domain 2.8)
    assert step_of(session, case.id, StepCode.PUBLICATION).state is StepState.NOT_APPLICABLE
    with pytest.raises(Blocked):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)
    assert award_of_case(session, case.id) is None


@pytest.mark.row("R3-04")
@pytest.mark.parametrize("grounds", [(), ("有工作",), ("是教师",), ("occupation",)])
def test_occupation_or_identity_is_no_ground_against(town, way, grounds):
    way.survey()
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(Invalid) as told:
        sign_opinion(
            session, town.reviewer, case, OpinionAnswer(False, "是教师家庭", grounds), procedure, now=town.now
        )
    assert told.value.field == "grounds"
    assert "职业" in str(told.value)


def test_an_opinion_for_needs_a_reason_and_a_computation_that_carries_it(town, way):
    way.survey()
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(Invalid) as told:
        sign_opinion(session, town.reviewer, case, OpinionAnswer(True, " "), procedure, now=town.now)
    assert told.value.field == "reason"
    session.rollback()
    session.close()
    rich = [line for line in way.lines(town.at_work(town.clerk)) if line.yearly_fen == 1_200_000]
    assert rich
    way.found(0, 9_000_000)
    desk, case, procedure = way.at(town.clerk)
    adopt_line(desk, town.clerk, case, Adoption(rich[0].line_key, Layer.VERIFIED, "漏报工资"), now=town.now)
    desk.commit()
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(Invalid) as told:
        sign_opinion(session, town.reviewer, case, OpinionAnswer(True, "符合"), procedure, now=town.now)
    assert told.value.field == "eligible"


def test_another_amount_than_the_notice_means_a_new_opinion_and_a_new_notice(town, way):
    way.survey()
    first = way.opine()
    way.hang()
    assert confirm(way, town.confirmer, fen=AMOUNT - 100, reason="有一人不计入") is None
    session, case, _procedure = way.at(town.reviewer)
    assert case.state is CaseState.OPINION
    assert step_of(session, case.id, StepCode.OPINION).round == 2
    assert current_opinion(session, case) is None
    assert session.get(Opinion, first.id).superseded_at is not None
    way.opine()
    way.hang()
    assert confirm(way, town.confirmer).outcome is Outcome.GRANTED
    session, case, _procedure = way.at(town.clerk)
    assert len(notices_of_case(session, case.id)) == 2
    assert award_of_case(session, case.id).monthly_fen == AMOUNT


def test_a_standard_raised_since_the_notice_means_a_new_opinion_and_a_new_notice(town, way):
    """Decision 12: the law of the day of the confirmation, whatever the confirmer typed."""
    way.survey()
    way.opine()
    way.hang()
    session = town.at_work(town.officer)
    rural = next(demo_standards(town.county))
    raised = replace(rural, value=50_000, effective_from=town.now.date())
    enter_standard(session, town.officer, law_book(), raised, now=town.now)
    session.commit()
    assert confirm(way, town.confirmer) is None
    session, case, _procedure = way.at(town.reviewer)
    assert case.state is CaseState.OPINION


def test_overturning_a_negative_opinion_sends_it_back_before_anything_is_granted(town, way):
    way.survey()
    way.opine(OpinionAnswer(False, "不配合核对", ("refuses_verification",)))
    assert confirm(way, town.confirmer, reason="后来配合了") is None
    session, case, _procedure = way.at(town.reviewer)
    assert case.state is CaseState.OPINION
    assert award_of_case(session, case.id) is None
    way.opine()
    way.hang()
    assert confirm(way, town.confirmer).outcome is Outcome.GRANTED


@pytest.mark.row("R3-04")
def test_the_confirmer_refuses_what_the_township_favoured_on_a_named_ground_alone(town, way):
    way.survey()
    way.opine()
    way.hang()
    for grounds in ((), ("occupation",), ("家庭财产超过规定",)):
        with pytest.raises(Invalid, match="职业") as told:
            confirm(way, town.confirmer, Outcome.REFUSED, 0, "家庭财产超过规定", grounds)
        assert told.value.field == "grounds"
    _session, case, _procedure = way.at(town.confirmer)
    assert case.state is CaseState.CONFIRMATION
    confirmation = confirm(
        way, town.confirmer, Outcome.REFUSED, 0, "漏报门面，不更正", ("false_declaration",)
    )
    assert confirmation.computation["grounds"] == ["false_declaration"]
    session, case, _procedure = way.at(town.clerk)
    assert case.state is CaseState.REFUSED
    letter = letters_of_case(session, case.id)[0]
    assert letter.kind == "refusal"
    text = "\n".join(letter_text(session, letter.id).paragraphs)
    assert "1. 申报不实，经告知仍不更正（《最低生活保障审核确认办法》（民发〔2021〕57号）第九条）" in text


@pytest.mark.row("R3-20")
def test_where_the_power_is_delegated_the_township_confirms_and_the_county_does_not(town, way):
    delegate(town)
    way.survey()
    way.opine()
    way.hang()
    with pytest.raises(NotAllowed):
        confirm(way, town.confirmer)
    _session, case, _procedure = way.at(town.township_confirmer)
    assert case.authority is Authority.TOWNSHIP
    assert confirm(way, town.township_confirmer).outcome is Outcome.GRANTED


@pytest.mark.row("R3-20", "R2-28")
def test_who_signed_the_opinion_does_not_confirm_even_with_both_roles(town, way):
    delegate(town)
    both = Actor(
        "staff",
        town.reviewer.account_id,
        "甲",
        town.township,
        frozenset(
            {Grant(Role.TOWNSHIP_REVIEWER, town.township), Grant(Role.TOWNSHIP_CONFIRMER, town.township)}
        ),
    )
    way.survey()
    way.opine()
    way.hang()
    with pytest.raises(NotAllowed, match="初审意见是您签的"):
        confirm(way, both)


def test_a_near_relation_of_the_office_goes_to_the_county_which_must_visit_first(town, way):
    delegate(town)
    way.submit()
    way.accept(local_duty=True)
    way.visit()
    way.verify()
    way.opine()
    way.hang()
    session, case, _procedure = way.at(town.officer)
    assert case.authority is Authority.COUNTY
    due = session.scalars(select(Task.kind).where(Task.state == TaskState.OPEN)).all()
    assert sorted(due) == ["confirmation", "county_visit"]
    with pytest.raises(NotAllowed):
        confirm(way, town.township_confirmer)
    with pytest.raises(Blocked, match="入户核查"):
        confirm(way, town.confirmer)
    session, case, _procedure = way.at(town.officer)
    case.county_visited_at = town.now
    session.commit()
    assert confirm(way, town.confirmer).outcome is Outcome.GRANTED


@pytest.mark.row("R3-05")
def test_a_member_left_out_without_a_legal_reason_is_refused_at_the_door(town, way):
    members = list(A1_MEMBERS)
    members[2] = replace(members[2], counted=False)
    with pytest.raises(Invalid, match="第七条"):
        way.submit(members=tuple(members))


@pytest.mark.row("R3-05")
def test_the_whole_household_is_counted_by_default(town, way):
    way.survey()
    opinion = way.opine()
    assert len(opinion.computation["facts"]["people"]) == 4
    assert opinion.computation["facts"]["home"]["members"] == 4


@pytest.mark.row("R3-02")
def test_the_decision_keeps_the_income_it_was_made_on_and_every_value_read(town, way):
    way.survey()
    opinion = way.opine()
    assert opinion.computation["facts"]["home"]["yearly_income"] == 1_530_000
    assert opinion.computation["reasons"][0]["article"] == "社会救助暂行办法 第九条"
    read = {row["key"]: row for row in opinion.computation["readings"]}
    assert read["dibao.standard"]["document"] == "演示文件〔2026〕1号"


def test_a_missing_standard_blocks_the_opinion_with_a_sentence_that_names_it(town, way):
    way.survey()
    session, case, procedure = way.at(town.reviewer)
    nowhere = law_book().on(town.now.date(), path_of(OTHER_COUNTY))
    with pytest.raises(Blocked, match="低生活保障标准") as told:
        sign_opinion(
            session,
            town.reviewer,
            case,
            OpinionAnswer(True, "符合"),
            replace(procedure, law=nowhere),
            now=town.now,
        )
    assert told.value.status == 409
    session.rollback()
    assert current_opinion(session, case) is None


def test_other_regions_do_not_see_the_case(town, way):
    way.survey()
    stranger = town.at_work(town.stranger)
    assert stranger.scalars(select(Case)).all() == []
    assert stranger.scalars(select(Task)).all() == []
