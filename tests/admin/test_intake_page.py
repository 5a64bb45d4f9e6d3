"""The window: search first, one page, one case however often pressed (R2-07, R3-22)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.cases.models import Case, Channel
from core.cases.window_draft_models import WindowDraft
from core.regions.queries import children
from core.testing.town import TOWNSHIP, made_up_id
from tests.admin.walking_in import DeskPage, fill

pytestmark = pytest.mark.row("R2-07", "R3-22")
NUMBER = made_up_id(date(1980, 5, 1), 11)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def clerk(site):
    return site.staff("clerk", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


@pytest.fixture
def village(site):
    with site.session() as session:
        return children(session, TOWNSHIP)[0].code


def begin(browser, number=NUMBER):
    browser.get("/staff/intake")
    answer = browser.post("/staff/intake/begin", {"q": number})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_new_number_is_told_new_and_opens_a_page_with_it(clerk, words):
    browser = clerk
    browser.get("/staff/intake")
    told = browser.post("/staff/intake", {"q": NUMBER})
    assert "没有登记过" in words(told)
    desk = browser.get(begin(browser))
    assert desk.status_code == 200
    assert NUMBER in desk.text
    assert "1980年5月1日" in words(desk)


def test_one_page_makes_one_case_with_slip_and_authorisations(site, clerk, village, words):
    desk = DeskPage(clerk, begin(clerk))
    answer = desk.press("submit", fill(desk, village=village))
    assert answer.status_code == 303, words(answer)
    assert answer.headers["Location"].endswith("/acceptance-slip")
    slip = clerk.get(answer.headers["Location"])
    assert "收件回执" in words(slip)
    assert "周明" in words(slip)
    with site.session() as session:
        case = session.scalars(select(Case)).one()
        assert case.channel is Channel.WINDOW
        assert case.intake_account_id is not None
