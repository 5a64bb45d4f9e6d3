"""What is known is not asked again; and a neighbour who knows a name and a number learns nothing (decision 1)."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from core.accounts.models import Assurance, ResidentAccount
from core.accounts.person_links import check_at_window
from core.cases.changes import accept_application
from core.cases.models import Case
from core.households.models import Person
from core.testing.town import A1_MEMBERS, Town, family_of_four
from tests.portal.applying import DAUGHTER_ID, SELF_ID, begin

WIFE = A1_MEMBERS[0]


@pytest.fixture
def registered(site):
    """The family of worked example A1, accepted, hence on the register."""
    town = Town(site.home.engine, site.home.vault, site.at)
    case = town.submit(family_of_four())
    desk = town.at_work(town.clerk)
    accept_application(desk, town.clerk, town.case(desk, case.id), town.procedure(desk), now=site.at)
    desk.commit()
    town.close()
    return case.id


def plain(answer):
    """A page without what differs at each request anyway."""
    text = re.sub(r'(name="csrf_token" value|nonce|name="opened" value)="[^"]+"', "", answer.text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "DRAFT", text)
    text = re.sub(r"\b[0-9a-f]{8}\b", "KEY", text)
    return text.replace(WIFE.name, "NAME").replace("周老三", "NAME")


@pytest.mark.row("R3-22")
@pytest.mark.parametrize("page", ["you", "people/family/ab12", "people/supporters/ee55"])
def test_a_neighbour_with_name_and_id_learns_nothing(site, registered, page):
    """A number on the register and one that nobody has get the same answers, to the letter."""
    unknown = SELF_ID
    answers = []
    for number, name in ((WIFE.id_number, WIFE.name), (unknown, "周老三")):
        walk = begin(site, site.resident(f"1990000{100 + len(answers):04d}"))
        if page != "you":
            walk.you(id_number=A1_MEMBERS[2].id_number)
        given = {
            "name": name,
            "id_number": number,
            "relation": "20",
            "counted": "true",
            "phone": "19900000055",
        }
        sent = walk.send(page, given)
        shown = walk.browser.get(walk.url("people"))
        hint = walk.browser.post("/apply/id-hint", {"id_number": number})
        assert "贵州省遵义市" in hint.text
        answers.append((sent.status_code, plain(sent), _without_numbers(plain(shown))))
    assert answers[0] == answers[1]


def _without_numbers(text):
    """The card tells only what the number itself tells: its birth date, age, sex and masked digits."""
    return re.sub(r"[男女]，\d+年\d+月\d+日生，|\d{3}\*+\w{4}|\d+岁", "", text)


def test_a_name_and_number_of_somebody_registered_link_this_account_to_nobody(site, registered):
    walk = begin(site)
    walk.fill()
    walk.you(name=WIFE.name, id_number=WIFE.id_number)
    assert walk.promise().status_code == 303
    with site.session() as session:
        account = session.scalars(select(ResidentAccount)).one()
        assert (account.person_id, account.assurance) == (None, Assurance.PHONE_VERIFIED)
        person = session.scalar(select(Person).where(Person.name == WIFE.name))
    # her file does not open: not her case, not her person
    assert walk.browser.get(f"/my/cases/{registered}").status_code == 404
    fresh = begin(site, walk.browser)
    assert person is not None
    assert fresh.draft().state.row("members", fresh.keys()[0]).get("name") is None


def test_the_already_applied_is_for_the_clerks_eyes(site, registered, words):
    walk = begin(site)
    walk.fill()
    walk.you(name=WIFE.name, id_number=WIFE.id_number)
    receipt = words(walk.browser.get(walk.promise().headers["Location"]))
    assert "已经申请" not in receipt
    with site.session() as session:
        assert len(session.scalars(select(Case)).all()) == 2


def test_who_was_checked_at_the_window_finds_her_own_card_filled_in(site, registered):
    town = Town(site.home.engine, site.home.vault, site.at)
    desk = town.at_work(town.clerk)
    person = desk.scalar(select(Person).where(Person.name == WIFE.name))
    person_id = person.id
    town.close()
    browser = site.resident()
    with site.session(writes=True) as session:
        check_at_window(session, town.clerk, person_id, "19900000001", region=town.township, now=site.at)
        session.commit()
    walk = begin(site, browser)
    card = walk.draft().state.row("members", walk.keys()[0])
    assert card["name"] == WIFE.name
    assert card["id_number"] == WIFE.id_number
    assert f'value="{WIFE.name}"' in walk.open("you").text


def test_the_phone_one_signed_in_with_is_not_asked_again(site):
    walk = begin(site)
    assert 'value="19900000001"' in walk.open("contact").text


def test_an_earlier_application_of_ones_own_is_taken_over_where_wanted(site, words):
    walk = begin(site)
    walk.fill()
    walk.add_person(
        "supporters",
        "ee55",
        name="田秀芳",
        id_number=DAUGHTER_ID,
        relation="30",
        phone="19900000003",
    )
    assert walk.promise().status_code == 303
    page = words(walk.browser.get("/apply/new"))
    assert "直接拿来用" in page
    again = begin(site, walk.browser, reuse="1")
    state = again.draft().state
    names = [state.row("members", key)["name"] for key in state.rows["members"]]
    assert names == ["周桂兰", "田志强", "田雨欣"]
    child = state.row("members", state.rows["members"][2])
    assert child["guardian"] == state.rows["members"][1]
    assert state.fields["bank_account"] == "6222020000000000000"
    assert state.fields["account_holder"] == state.rows["members"][0]
    # money and promises are asked anew
    assert "incomes" not in state.rows or state.rows["incomes"] == []
    assert "promise_truth" not in state.fields
    assert "related_party" not in state.fields
    fresh = begin(site, walk.browser)
    assert fresh.draft().state.row("members", fresh.keys()[0]).get("name") is None


def test_a_question_nobody_answered_comes_back_without_an_answer(site):
    walk = begin(site)
    walk.fill()
    assert walk.promise().status_code == 303
    again = begin(site, walk.browser, reuse="1")
    herself, son = (again.draft().state.row("members", key) for key in again.keys()[:2])
    asked = {"working", "student", "seriously_ill", "disabled"}
    assert {name: value for name, value in herself.items() if name in asked} == {
        "working": False,
        "student": False,
    }
    assert asked.isdisjoint(son)


def test_another_accounts_application_is_never_offered(site, words):
    walk = begin(site)
    walk.fill()
    walk.promise()
    other = site.resident("19900000009")
    assert "直接拿来用" not in words(other.get("/apply/new"))
    fresh = begin(site, other, reuse="1")
    assert "周桂兰" not in str(fresh.draft().state)


def test_ids_of_drafts_are_no_secret_and_open_nothing(site):
    walk = begin(site)
    assert uuid.UUID(walk.draft_id).version == 7
    assert site.browser().get(walk.url("you")).status_code == 303
