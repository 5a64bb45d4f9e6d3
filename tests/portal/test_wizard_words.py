"""What the pages of an application say of themselves: where one is, and what its buttons are called."""

from __future__ import annotations

import pytest

from tests.portal.applying import begin

pytestmark = pytest.mark.row("R2-07")


@pytest.fixture
def walk(site):
    return begin(site)


def test_each_page_says_which_page_of_which_step_it_is(walk, words):
    walk.fill()
    for page, told in (
        ("place", "第1步，共8步 "),
        ("you", "第1步，共8步（第1页，共3页）"),
        ("contact", "第1步，共8步（第2页，共3页）"),
        ("about", "第1步，共8步（第3页，共3页）"),
        ("people", "第2步，共8步 "),
        ("authorise", "第6步，共8步 "),
        ("papers", "第8步，共8步（第1页，共2页）"),
    ):
        assert told in words(walk.open(page)), page


def test_a_page_without_lines_names_the_button_that_goes_on(walk, words):
    walk.you()
    said = words(walk.open("expenses"))
    assert "没有的，直接按“保存，下一步”。" in said
    assert "保存，下一步" in said.split("没有的，直接按“保存，下一步”。")[1]
