"""Search first: by number, phone, case number or two characters; nothing typed reaches an address; looks are kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.masking import mask_id_number
from core.testing.town import A1_MEMBERS

pytestmark = pytest.mark.row("R2-28")
NUMBER = A1_MEMBERS[0].id_number


@pytest.fixture(autouse=True)
def applied(way):
    way.submit()


def ask(browser, typed):
    browser.get("/staff/search")
    return browser.post("/staff/search", {"q": typed})


def test_an_id_number_finds_the_case_and_after_acceptance_the_person_masked(way, clerk, words):
    before = ask(clerk, NUMBER.lower())
    assert before.status_code == 200
    assert "周* 家" in words(before)
    assert "在册的人" not in words(before)
    way.accept()
    after = ask(clerk, f" {NUMBER[:6]} {NUMBER[6:]} ")
    assert "在册的人" in words(after)
    assert mask_id_number(NUMBER) in words(after)
    assert "周明" not in after.text


@pytest.mark.parametrize("typed", ["周明", "龙秀"])
def test_two_characters_of_a_name_find_people_of_the_county(way, clerk, words, typed):
    way.accept()
    assert "在册的人" in words(ask(clerk, typed))


def test_a_case_number_and_a_name_before_acceptance(way, clerk, words):
    assert "MTYX-2026-000001" in words(ask(clerk, "mtyx-2026-000001"))
    assert "MTYX-2026-000001" in words(ask(clerk, "周明"))


@pytest.mark.parametrize("typed", ["周", "没有这人", "MTYX-2026-999999", "520399199001010000", "😀😀", "%_"])
def test_what_is_not_found_says_what_to_try(way, clerk, words, typed):
    answer = ask(clerk, typed)
    assert answer.status_code == 200
    assert "没有查到" in words(answer)


def test_a_very_long_word_is_cut_and_an_empty_one_asks_nothing(site, way, clerk, words):
    assert ask(clerk, "周" * 5000).status_code == 200
    assert "先查，再开档案" in words(ask(clerk, "  "))


def test_nothing_typed_is_in_an_address_or_in_the_trail(site, way, clerk):
    answer = ask(clerk, NUMBER)
    assert NUMBER not in answer.text.replace(f'value="{NUMBER}"', "")
    assert clerk.get(f"/staff/search?q={NUMBER}").text.count(NUMBER) == 0
    with site.session() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "search")).all()
        assert len(rows) == 1
        assert NUMBER not in str([(row.reason, row.changes) for row in rows])


def test_other_regions_find_nothing_and_who_may_not_search_is_refused(site, way, words):
    way.accept()
    stranger, _ = site.staff("waidi", Role.TOWNSHIP_CLERK, office="441823105000")
    for typed in (NUMBER, "周明", "MTYX-2026-000001"):
        assert "没有查到" in words(ask(stranger, typed))
    helper, _ = site.staff("xieli", Role.VILLAGE_ASSISTANT, office="520328101200")
    assert helper.get("/staff/search").status_code == 403
    assert helper.post("/staff/search", {"q": "周明"}).status_code == 403


def test_a_search_without_its_token_is_not_run(way, clerk):
    assert clerk.client.post("/staff/search", data={"q": NUMBER}).status_code == 400
