"""Household visits on the phone: due, registered by two workers, locked once submitted (R1-14, R2-28, R3-31)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.cases.models import CaseState
from core.testing.town import TOWNSHIP, catalogue
from core.visits.models import Visit, VisitDraft
from tests.admin.visiting_by_phone import VisitPage, accepted, answers_for, state_of, visit_answers

pytestmark = pytest.mark.row("R1-14", "R3-31")
FORM = catalogue().form("guizhou.visit", "1")


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP)


@pytest.fixture
def colleague(site):
    return site.hire("colleague", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="同去的人")


@pytest.fixture
def whole(colleague):
    return answers_for(visit_answers(FORM, colleague), ["neighbours_said", "rigid_costs_detail"])


def visits_in(site):
    with site.session() as session:
        return session.scalars(select(Visit)).all()


def test_a_whole_visit_is_submitted_once_and_read_again(site, clerk, whole, words):
    browser, actor = clerk
    case_id = accepted(site, actor)
    answer = VisitPage(browser, case_id).press("submit", whole)
    assert answer.status_code == 303, words(answer)
    [visit] = visits_in(site)
    assert answer.headers["Location"] == f"/staff/visits/{visit.id}"
    read = browser.get(answer.headers["Location"])
    assert "同去的人" in words(read)
    assert state_of(site, case_id) is CaseState.SURVEY
    with site.session() as session:
        assert session.scalars(select(VisitDraft)).all() == []
