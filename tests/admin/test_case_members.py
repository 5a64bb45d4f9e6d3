"""Who is on an application, as the clerk reads it: what each is to the applicant, what each does, who signed for whom."""

from __future__ import annotations

import re

import pytest

from core.access import Role
from core.testing.authorising import BODIES, drawn_signature
from core.testing.town import TOWNSHIP
from tests.portal.applying import CHILD_ID, begin

pytestmark = pytest.mark.row("R1-14", "R3-17")


@pytest.fixture
def walk(site):
    walk = begin(site)
    walk.fill()
    child = walk.keys()[2]
    walk.add_person(key=child, name="田雨欣", id_number=CHILD_ID, relation="42", student="true", guardian="0")
    return walk


@pytest.fixture
def clerk(site):
    return site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


def rows_in(text):
    return [
        re.sub(r"<[^>]+>|\s", "", row) for row in text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    ]


def test_each_is_told_by_what_she_is_to_the_applicant(walk, clerk):
    walk.promise()
    page = clerk.get(f"/staff/cases/{walk.draft_id}/members").text
    assert "与申请人关系" in page
    assert "户主" not in page.split("<tbody>")[1].split("</tbody>")[0]
    herself, son, child = rows_in(page)[:3]
    assert "本人" in herself
    assert "儿子" in son
    assert "孙女" in child


def test_no_work_is_told_apart_from_no_answer(walk, clerk):
    walk.promise()
    herself, son, child = rows_in(clerk.get(f"/staff/cases/{walk.draft_id}/members").text)[:3]
    assert "没有工作" in herself
    assert "没有工作" not in son
    assert "—" in son
    assert "在校" in child


def test_the_one_photo_of_the_card_is_the_applicants(walk, clerk, words):
    walk.promise()
    assert "身份证（周桂兰）" in words(clerk.get(f"/staff/cases/{walk.draft_id}/acceptance"))


def test_the_guardian_who_signed_in_the_wizard_signed_and_not_the_child(walk, clerk, words):
    signed = {
        "sources": list(BODIES),
        "as_guardian": [walk.keys()[2]],
        "signature": drawn_signature(),
        "agreed": "true",
    }
    assert walk.send("authorise", signed).status_code == 303
    walk.promise()
    rows = rows_in(clerk.get(f"/staff/cases/{walk.draft_id}/authorisations").text)
    assert "登录后本人签" in rows[0]
    assert "监护人登录后代签" in rows[2]
    assert "登录后本人签" not in rows[2]
    own = words(walk.browser.get("/my/authorisations"))
    assert "监护人周桂兰代签" in own
