"""Who lives alone: what has one answer is answered already, what asks after others is not asked."""

from __future__ import annotations

import re

import pytest

from tests.portal.applying import CHILD_ID, SELF_ID, begin

pytestmark = pytest.mark.row("R2-07")


@pytest.fixture
def alone(site):
    walk = begin(site)
    walk.you()
    return walk


def ticked(page, name):
    return [
        re.search(r'value="([^"]*)"', each)[1]
        for each in re.findall(rf'<input type="radio"[^>]*name="{name}"[^>]*>', page.text)
        if " checked" in each
    ]


def test_the_account_of_a_family_of_one_is_hers_already(alone):
    page = alone.open("account")
    assert ticked(page, "account_holder") == ["0"]
    # below each other as choices stand, not as one box that looks filled in
    assert 'class="dd-kinds" id="account_holder"' in page.text


def test_of_two_nobody_is_chosen_beforehand(alone):
    alone.add_person()
    assert ticked(alone.open("account"), "account_holder") == []


def test_who_lives_alone_is_not_asked_for_a_guardian_and_chooses_none_unasked(alone):
    assert 'name="guardian"' not in alone.open("you").text
    alone.add_person()
    page = alone.open("people/family/ab12")
    assert 'name="guardian"' in page.text
    assert ticked(page, "guardian") == []


def test_a_child_is_nobodys_guardian(alone):
    alone.add_person(key="cd34", name="田雨欣", id_number=CHILD_ID, relation="42")
    assert 'name="guardian"' not in alone.open("you").text
    child = alone.open("people/family/cd34")
    assert re.findall(r'<option value="(\d+)"', child.text.split('name="guardian"')[1]) == ["0"]
    sent = {"name": "周桂兰", "id_number": SELF_ID, "guardian": "1"}
    assert alone.send("you", sent).status_code == 303
    assert not alone.draft().state.row("members", alone.keys()[0]).get("guardian")


def test_the_page_of_all_answers_says_that_she_lives_alone(alone, words):
    assert "家里人 改 只有您一个人" in words(alone.open("check"))
    alone.add_person()
    page = words(alone.open("check"))
    assert "只有您一个人" not in page
    assert "田志强" in page
