"""The file of a household says how many things lie under each tab, and how each person allowed the checks."""

from __future__ import annotations

import re

import pytest

from core.access import Role
from core.testing.authorising import CHILD, MOTHER, accept, sign_at_window, submit_and_ask, wizard_signature
from core.testing.town import TOWNSHIP, Town

pytestmark = pytest.mark.row("R2-28")
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


@pytest.fixture
def file(site):
    """A family of four on the register: the applicant signed, her mother-in-law and the child did, the spouse not yet."""
    town = Town(site.home.engine, site.home.vault, site.at)
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    sign_at_window(asked, MOTHER, CHILD)
    with town.at_work(town.clerk) as session:
        household_id = town.case(session, asked.case_id).household_id
    town.close()
    return f"/staff/households/{household_id}"


@pytest.fixture
def clerk(site):
    return site.staff("banli-01", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]


@pytest.mark.row("R2-17")
def test_the_overview_says_how_each_person_allowed_the_checks(file, clerk):
    people = clerk.get(file).text.partition("<tbody>")[2].partition("</tbody>")[0]
    said = [re.sub(r"<[^>]+>", " ", row).split()[-1] for row in ROW.findall(people)]
    assert said == ["本人", "等签字", "本人", "监护人代签"]


@pytest.mark.parametrize("part", ["cases", "visits", "papers", "checks", "record"])
def test_each_tab_says_how_many_lines_lie_under_it(file, clerk, part):
    page = clerk.get(f"{file}?part={part}").text
    counted = re.search(rf'part={part}"[^>]*>[^<]*<em>(\d+)</em>', page)[1]
    # under the authorisations a second table holds the queries
    lines = page.partition(f'id="_{part}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    assert int(counted) == lines.count("<tr>")
