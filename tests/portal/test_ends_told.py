"""What a resident reads at the turns of a case: who still signs, what was decided, what may be said against a list."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.awards.changes import confirm_case
from core.cases.confirmations import ConfirmationAnswer
from core.cases.models import Outcome
from core.cases.opinions import OpinionAnswer
from core.notices.changes import LONG_TERM, publish_long_term
from core.notices.models import PublicRow
from core.scopes import System
from core.testing.authorising import sign_at_window, submit_and_ask
from core.testing.casework import Way
from core.testing.town import TOWNSHIP


@pytest.fixture
def wife(site):
    return site.resident()


@pytest.fixture
def account(site, wife):
    with site.session() as session:
        return session.scalars(select(ResidentAccount.id)).one()


def surveyed(town, account):
    way = Way(town)
    way.survey(owner_account_id=account)
    return way


@pytest.mark.row("R2-17")
def test_the_receipt_asks_for_signatures_while_some_are_missing_and_no_longer(town, wife, account, words):
    asked = submit_and_ask(town, account=account)
    receipt = f"/apply/{asked.case_id}/receipt"
    said = words(wife.get(receipt))
    assert "还要谁签字" in said
    assert "去“我的授权”签字、看进展" in said
    sign_at_window(asked)
    said = words(wife.get(receipt))
    assert "签字都齐了" in said
    assert "还要谁签字" not in said
    assert "去“我的授权”签字" not in said


@pytest.mark.row("R2-17")
def test_a_relatives_link_can_be_opened_where_it_is_shown_and_says_what_it_is_good_for(
    town, wife, account, words
):
    asked = submit_and_ask(town, account=account)
    for address in ("/my/authorisations", f"/apply/{asked.case_id}/receipt"):
        page = wife.get(address)
        [link, *_others] = re.findall(
            r'<a href="([^"]*/sign/[^"]+)" target="_blank" rel="noopener">', page.text
        )
        assert wife.get(link).status_code == 200
    assert "签过以后，本人还能用这个链接来看、来撤回" in words(wife.get("/my/authorisations"))


@pytest.mark.row("R1-13")
def test_a_refused_case_is_shown_as_decided_and_not_as_granted(town, wife, account, words):
    way = surveyed(town, account)
    way.opine(OpinionAnswer(False, "不配合核对，已告知", ("refuses_verification",)))
    with way.acting(town.confirmer) as (session, case, procedure):
        answer = ConfirmationAnswer(Outcome.REFUSED, "多次告知后仍不配合核对", 0, ("refuses_verification",))
        confirm_case(session, town.confirmer, case, answer, procedure, now=town.now)
    said = words(wife.get(f"/my/cases/{way.case_id}"))
    assert "县民政局确认 （没有批准）" in said
    assert "作了决定：没有批准。理由和不服怎么办，都在信里。" in said
    assert "县民政局确认 （办好了）" not in said


@pytest.mark.row("R3-18")
def test_against_the_long_term_list_anything_may_be_said_at_any_time(site, town, account, words):
    way = surveyed(town, account)
    way.opine()
    way.hang()
    way.confirm()
    with way.acting(town.clerk) as (session, case, procedure):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)
    with town.session(System("test")) as session:
        row = session.scalars(select(PublicRow.id).where(PublicRow.kind == LONG_TERM)).one()
    site.at = town.now
    site.later(days=200)
    neighbour = site.browser()
    page = neighbour.get(f"/notices/{TOWNSHIP}?kind=long_term")
    said = words(page)
    assert "公布期间随时可以说" in said
    assert "公示结束前" not in said
    assert "公示到期就撤下" not in said
    address = f"/notices/{TOWNSHIP}/objection/{row}"
    assert f'href="{address}"' in page.text
    assert "长期公布，随时可以提" in words(neighbour.get(address))
    assert neighbour.post(address, {"said": "他家买了车"}).status_code == 303


def test_the_way_to_a_demos_messages_leaves_the_page_where_somebody_types(site):
    assert '<a href="/outbox" target="_blank" rel="noopener">短信和证件号</a>' in site.browser().get("/").text
