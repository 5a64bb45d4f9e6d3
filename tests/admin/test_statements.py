"""What a staff page asks the database does not grow with the family, nor with the rows of a list."""

from __future__ import annotations

from datetime import date

import pytest

from core.cases.application import MemberAnswer
from core.testing.town import made_up_id

pytestmark = pytest.mark.row("R2-28")

TABS = (
    "", "/members", "/documents", "/authorisations", "/verification", "/visits", "/notice", "/letters", "/history",
    "/income-sheet", "/visit",
)  # fmt: skip
PARTS = ("overview", "cases", "visits", "papers", "checks", "record")
LISTS = ("/staff/", "/staff/cases", "/staff/households", "/staff/visits", "/staff/notices")


def test_pages_ask_as_often_for_four_people_as_for_one_and_for_three_rows_as_for_one(
    site, way, clerk, count_statements
):
    def asked():
        with site.session() as session:
            household = way.town.case(session, way.case_id).household_id
        counts = {}
        for address in (
            *(f"/staff/cases/{way.case_id}{tab}" for tab in TABS),
            *(f"/staff/households/{household}?part={part}" for part in PARTS),
            *LISTS,
        ):
            clerk.get(address)
            count_statements.clear()
            assert clerk.get(address).status_code == 200, address
            shown = address.replace(str(way.case_id), "…").replace(str(household), "…")
            counts[shown] = len(count_statements)
        return counts

    way.survey(members=(_alone(1),), lines=())
    for_one = asked()
    way.survey(members=(_alone(2),), lines=())
    way.survey()
    grown = {page: (for_one[page], count) for page, count in asked().items() if count > for_one[page]}
    assert not grown


def _alone(number):
    birth = date(1960 + number, 5, 1)
    return MemberAnswer(
        name="吴明",
        id_number=made_up_id(birth, 11),
        birth_date=birth,
        sex=1,
        relation="01",
        is_applicant=True,
    )
