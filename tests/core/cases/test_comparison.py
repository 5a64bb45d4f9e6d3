"""Declared, verified and visited values side by side: agreement is adopted by itself, a difference needs a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.cases.assessment import assess
from core.cases.comparison import Adoption, adopt_agreeing, adopt_line, compare, unexplained
from core.cases.declaration_models import Layer, LineKind
from core.cases.opinions import OpinionAnswer, sign_opinion
from core.errors import Blocked, Invalid, NotAllowed

pytestmark = pytest.mark.row("R1-14", "R3-02")


@pytest.fixture
def differing(town, way):
    """The wage is 14,000 by the tax office and was declared as 12,000."""
    way.submit()
    way.accept()
    key = way.found(0, 1_400_000)
    way.visit()
    way.verify()
    return key


def line_of(session, way, key):
    return next(line for line in compare(session, way.case_id) if line.key == key)


def test_what_offices_hold_is_suggested_and_the_difference_is_open(town, way, differing):
    session, _case, _procedure = way.at(town.clerk)
    line = line_of(session, way, differing)
    assert (line.differs, line.explained, line.suggested) == (True, False, Layer.VERIFIED)
    assert [each.key for each in unexplained(compare(session, way.case_id))] == [differing]


def test_the_opinion_waits_for_the_explanation(town, way, differing):
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(Blocked, match="1项差异"):
        sign_opinion(session, town.reviewer, case, OpinionAnswer(True, "符合"), procedure, now=town.now)


@pytest.mark.parametrize("words", ["", "   "])
def test_a_difference_is_not_adopted_without_a_word(town, way, differing, words):
    session, case, _procedure = way.at(town.clerk)
    with pytest.raises(Invalid) as told:
        adopt_line(session, town.clerk, case, Adoption(differing, Layer.VERIFIED, words), now=town.now)
    assert told.value.field == "explanation"


def test_a_layer_that_says_nothing_cannot_be_adopted(town, way, differing):
    session, case, _procedure = way.at(town.clerk)
    with pytest.raises(Invalid) as told:
        adopt_line(session, town.clerk, case, Adoption(differing, Layer.VISITED, "入户看到"), now=town.now)
    assert told.value.field == "layer"


def test_an_explained_difference_enters_the_sheet_with_what_is_taken_off(town, way, differing):
    session, case, procedure = way.at(town.clerk)
    cost = {"item": "employment_cost", "amount_fen": 200_000, "reason": "来回路费", "approved_by": ""}
    adoption = Adoption(differing, Layer.VERIFIED, "漏报年终结算", deductions=(cost,))
    adopt_line(session, town.clerk, case, adoption, now=town.now)
    session.commit()
    assessment = assess(session, case, procedure)
    wage = next(line for line in assessment.sheet.lines if line.line.amount_fen == 1_400_000)
    assert (wage.taken_off_fen, wage.counted_fen) == (200_000, 1_200_000)
    assert assessment.sheet.yearly_fen == 1_530_000
    assert line_of(session, way, differing).explained
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "line.adopt")).all()
    assert acts == ["line.adopt"]


def test_a_cost_of_another_kind_of_income_cannot_be_taken_off(town, way, differing):
    session, case, procedure = way.at(town.clerk)
    cost = {"item": "operating_cost", "amount_fen": 100, "reason": "种子"}
    adopt_line(
        session,
        town.clerk,
        case,
        Adoption(differing, Layer.VERIFIED, "漏报", deductions=(cost,)),
        now=town.now,
    )
    with pytest.raises(Invalid, match="不能扣减"):
        assess(session, case, procedure)


def test_lines_on_which_all_agree_are_adopted_without_anybody(town, way, differing):
    session, case, _procedure = way.at(town.reviewer)
    adopt_agreeing(session, town.reviewer, case, now=town.now)
    lines = compare(session, case.id)
    assert all(line.adopted is not None for line in lines if line.key != differing)
    assert line_of(session, way, differing).adopted is None


def test_something_found_that_nobody_declared_is_a_difference(town, way):
    way.submit()
    way.accept()
    session, case, _procedure = way.at(town.clerk)
    lines = compare(session, case.id)
    assert all(not line.differs for line in lines)
    deposit = next(line for line in lines if line.any_line.kind is LineKind.DEPOSIT)
    deposit.layers[Layer.VERIFIED] = deposit.layers.pop(Layer.DECLARED)
    assert deposit.differs


def test_adopting_is_for_who_surveys_and_only_while_the_opinion_is_due(town, way, differing):
    session, case, _procedure = way.at(town.confirmer)
    with pytest.raises(NotAllowed):
        adopt_line(session, town.confirmer, case, Adoption(differing, Layer.DECLARED, "对"), now=town.now)
    desk, case, _procedure = way.at(town.clerk)
    adopt_line(desk, town.clerk, case, Adoption(differing, Layer.VERIFIED, "漏报"), now=town.now)
    desk.commit()
    way.opine()
    desk, case, _procedure = way.at(town.clerk)
    with pytest.raises(Blocked):
        adopt_line(desk, town.clerk, case, Adoption(differing, Layer.DECLARED, "改"), now=town.now)


def adopt(town, way, key, layer=Layer.VERIFIED, words="漏报了奖金"):
    session, case, _procedure = way.at(town.clerk)
    adopt_line(session, town.clerk, case, Adoption(key, layer, words), now=town.now)
    session.commit()


def test_what_was_adopted_and_explained_is_open_again_when_somebody_finds_something_else(
    town, way, differing
):
    adopt(town, way, differing)
    session, _case, _procedure = way.at(town.clerk)
    assert unexplained(compare(session, way.case_id)) == []
    town.now += timedelta(days=2)
    way.found(0, 3_000_000, Layer.VISITED)
    session, case, procedure = way.at(town.reviewer)
    line = line_of(session, way, differing)
    assert (line.adopted, line.explained) == (None, False)
    with pytest.raises(Blocked, match="1项差异"):
        sign_opinion(session, town.reviewer, case, OpinionAnswer(True, "符合"), procedure, now=town.now)
    session.rollback()
    adopt(town, way, differing, Layer.VISITED, "入户看到的工资条")
    session, case, procedure = way.at(town.reviewer)
    assert line_of(session, way, differing).adopted.yearly_fen == 3_000_000
    assert assess(session, case, procedure).decision.facts["home"]["yearly_income"] == 3_330_000


def test_an_answer_taken_back_by_a_recheck_is_not_computed_any_more(town, way, differing):
    adopt(town, way, differing)
    session, case, procedure = way.at(town.clerk)
    assert assess(session, case, procedure).decision.facts["home"]["yearly_income"] == 1_730_000
    verified = line_of(session, way, differing).layers[Layer.VERIFIED]
    session.delete(verified)
    undeclared = line_of(session, way, differing).layers[Layer.ADOPTED]
    session.commit()
    assert undeclared.yearly_fen == 1_400_000
    session, case, procedure = way.at(town.clerk)
    line = line_of(session, way, differing)
    assert (line.adopted, line.differs) == (None, False)
    adopt_agreeing(session, town.clerk, case, now=town.now)
    assert line_of(session, way, differing).adopted.yearly_fen == 1_200_000
    assert assess(session, case, procedure).decision.facts["home"]["yearly_income"] == 1_530_000
