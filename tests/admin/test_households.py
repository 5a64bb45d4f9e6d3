"""The register on screen: households by keyset, one file with parts, values shown only for a reason and not for long."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.cases.application import MemberAnswer
from core.cases.people import members
from core.households.groups import set_own_category
from core.households.models import LowIncomeCategory
from core.households.queries import members as household_members
from core.testing.town import A1_MEMBERS, COUNTY, made_up_id

pytestmark = pytest.mark.row("R2-28")
PARTS = ("overview", "cases", "visits", "papers", "checks", "record")
NUMBER = A1_MEMBERS[0].id_number


@pytest.fixture
def at(site, way):
    """The file of a family that was accepted, visited and verified."""
    way.survey()
    with site.session() as session:
        return f"/staff/households/{way.town.case(session, way.case_id).household_id}"


def test_the_list_counts_and_masks(at, clerk, words):
    page = clerk.get("/staff/households")
    said = words(page)
    assert "家庭 1 户" in said
    assert "人口 4 人" in said
    assert "周明" not in said
    assert not re.search(r"\d{17}[\dX]", page.text)


def test_pages_follow_by_keyset_both_ways_and_to_the_last(site, way, clerk, monkeypatch):
    monkeypatch.setattr(
        "core.households.queries.household_page.__kwdefaults__",
        {"after": None, "before": None, "last": False, "category": None, "size": 2},
    )
    for number in range(5):
        way.submit(members=(_one(number),), lines=())
        way.accept()
    numbers, address = [], "/staff/households"
    while address:
        page = clerk.get(address)
        numbers += re.findall(r">(HMTYX-2026-\d{6})<", page.text)
        found = re.search(r'href="([^"]*after=[^"]*)"', page.text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 5
    last = clerk.get("/staff/households?last=1")
    assert re.findall(r">(HMTYX-2026-\d{6})<", last.text) == numbers[-2:]
    back = re.search(r'href="([^"]*before=[^"]*)"', last.text)[1].replace("&amp;", "&")
    assert re.findall(r">(HMTYX-2026-\d{6})<", clerk.get(back).text) == numbers[1:3]
    assert clerk.get("/staff/households?after=x&before=y&category=z").status_code == 200


def _one(number):
    birth = date(1970 + number, 1, 2)
    return MemberAnswer(
        name=f"周{'一二三四五'[number]}",
        id_number=made_up_id(birth, 11),
        birth_date=birth,
        sex=1,
        relation="02",
        is_applicant=True,
    )


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_as_page_and_as_fragment_masked(at, clerk, part):
    whole = clerk.get(f"{at}?part={part}")
    assert whole.status_code == 200
    assert "周明" not in whole.text
    assert not re.search(r"(?<!\d)\d{17}[\dX]", whole.text)
    fragment = clerk.get(f"{at}?part={part}", headers={"HX-Request": "true"})
    assert fragment.text.strip().startswith('<div id="_part"')


def test_the_overview_says_who_lives_there_and_what_is_asked_for(at, clerk, words):
    said = words(clerk.get(at))
    for text in ("周* 家", "龙*", "救助链", "审核中", "有申请在办"):
        assert text in said


def test_the_file_after_the_grant_shows_the_help(site, way, at, clerk, confirmer, words):
    way.opine()
    way.hang()
    way.confirm()
    site.at = way.town.now
    said = words(site.sign_in("shouli").get(at))
    assert "795.00" in said
    assert "低保" in said


@pytest.mark.row("R1-12", "R2-01")
def test_who_is_in_dibao_alone_is_named_and_her_household_is_not_in_it(site, way, at, clerk, words):
    with site.session(writes=True) as session:
        home = household_members(session, uuid.UUID(at.rpartition("/")[2]))
        set_own_category(session, home[2].person, LowIncomeCategory.DIBAO)
        session.commit()
    said = words(clerk.get(at))
    assert "龙*单人低保" in said
    assert "人群 没有认定" in said
    rows = words(clerk.get("/staff/households"))
    assert "低保对象（单人） 1 人" in rows
    assert "低保对象 1 户" not in rows
    assert rows.count("低保对象（单人）") == 2
    assert "HMTYX" not in words(clerk.get("/staff/households?category=dibao"))


def test_other_regions_and_unknown_parts_are_not_found(site, at, clerk, stranger):
    for part in PARTS:
        assert stranger.get(f"{at}?part={part}").status_code == 404
    assert clerk.get(f"{at}?part=secrets").status_code == 404
    helper, _ = site.staff("xieli", Role.VILLAGE_ASSISTANT, office="520328101200")
    assert helper.get("/staff/households").status_code == 403
    assert stranger.get("/staff/households").status_code == 200
    assert "HMTYX" not in stranger.get("/staff/households").text


def test_opening_a_file_is_kept_in_the_trail(site, at, clerk):
    clerk.get(at)
    with site.session() as session:
        assert session.scalars(select(AuditEntry.act).where(AuditEntry.act == "household.look")).all()


# --- reveal ------------------------------------------------------------------------------------------------------


@pytest.fixture
def member_url(site, way, at):
    with site.session() as session:
        return f"/staff/reveal/members/{members(session, way.case_id)[0].id}"


@pytest.fixture
def person_url(site, way, at):
    with site.session() as session:
        household = way.town.case(session, way.case_id).household_id
        return f"/staff/reveal/persons/{household_members(session, household)[0].person.id}"


def reveal(browser, url, reason="核对身份", **options):
    browser.get("/staff/account")
    return browser.post(url, {"reason": reason, "element": "id-1"}, **options)


def test_a_value_is_shown_for_half_a_minute_for_a_reason_that_is_kept(site, clerk, member_url, person_url):
    for url in (member_url, person_url):
        answer = reveal(clerk, f"{url}/id_number", headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert NUMBER in answer.text
        assert 'id="id-1"' in answer.text
        assert 'data-hide-after="30"' in answer.text
        assert "no-store" in answer.headers["Cache-Control"]
    with site.session() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.reveal")).all()
        assert [row.reason for row in rows] == ["核对身份", "核对身份"]
        assert NUMBER not in str([row.changes for row in rows])


def test_without_javascript_the_page_goes_back_to_the_mask_by_itself(clerk, member_url, words):
    answer = reveal(clerk, f"{member_url}/id_number")
    assert answer.headers["Refresh"].startswith("30; url=/staff/")
    assert NUMBER in words(answer)
    assert NUMBER not in re.search(r"<title>.*?</title>", answer.text)[0]


def test_what_is_not_there_is_said(clerk, member_url, words):
    assert "没有登记" in words(reveal(clerk, f"{member_url}/phone"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_shown(site, clerk, member_url, reason):
    answer = reveal(clerk, f"{member_url}/id_number", reason)
    assert answer.status_code == 422
    assert NUMBER not in answer.text
    with site.session() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "person.reveal")).all() == []


def test_an_unknown_value_or_element_gives_nothing_away(clerk, member_url):
    assert reveal(clerk, f"{member_url}/bank_account").status_code == 404
    clerk.get("/staff/account")
    answer = clerk.post(f"{member_url}/id_number", {"reason": "x", "element": '"><script>'})
    assert "<script>" not in answer.text.split("<main")[1].split("</main")[0]


def test_other_regions_and_roles_reveal_nothing(site, clerk, stranger, member_url, person_url):
    inspector, _ = site.staff("dudao", Role.PROVINCE_SUPERVISOR, office="520000000000")
    for url in (member_url, person_url):
        assert reveal(stranger, f"{url}/id_number").status_code == 404
        assert reveal(inspector, f"{url}/id_number").status_code == 403
    assert clerk.get(f"{member_url}/id_number").status_code == 405
    county, _ = site.staff("xianguan", Role.COUNTY_OFFICER, office=COUNTY)
    assert reveal(county, f"{member_url}/id_number").status_code == 200
