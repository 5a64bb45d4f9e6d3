"""Who confirmed ends the help, once, with a day and a reason, having read what follows; nobody else can (R3-05, R2-28)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.authorisations.models import Authorisation
from core.awards.models import Award
from core.awards.queries import award_of_case
from core.cases.models import Case
from core.households.models import Household
from core.testing.town import COUNTY, TOWNSHIP
from tests.admin.conftest import version_in

pytestmark = pytest.mark.row("R3-05", "R2-28")


@pytest.fixture
def granted(site, way, clerk, confirmer):
    """A family that receives dibao from the next month on."""
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    way.town.close()
    site.at = way.town.now
    return f"/staff/cases/{way.case_id}/award/end"


@pytest.fixture
def judge(site, granted):
    """The confirmer, weeks later."""
    return site.sign_in("queren")


def sent(site, **changes):
    day = (site.at.date() + timedelta(days=60)).isoformat()
    return {"last_day": day, "reason": "家里收入高了，第二十八条", "agreed": "true"} | changes


def award_in(site, way) -> Award:
    with site.session() as session:
        return award_of_case(session, way.case_id)


def test_what_follows_is_read_before_the_day_and_the_reason_are_signed(
    site, way, granted, judge, fill, words
):
    with site.session() as session:
        home = session.get(Case, way.case_id).household_id
    assert f'href="{granted}"' in judge.get(f"/staff/cases/{way.case_id}").text
    assert "停发低保" in words(judge.get(f"/staff/households/{home}"))
    said = words(judge.get(granted))
    for sentence in ("不再发给这家", "人群类别马上去掉", "请手写"):
        assert sentence in said

    assert fill(judge, granted, sent(site)).status_code == 303
    said = words(judge.get(granted))
    assert "已经定了停发，不能再改" in said
    assert "家里收入高了" in said
    assert "韦强" in said
    assert 'name="last_day"' not in judge.get(granted).text
    file = words(judge.get(f"/staff/households/{home}"))
    assert "为止" in file
    assert "停发低保" not in file
    with site.session() as session:
        award = award_of_case(session, way.case_id)
        assert award.ends_on == site.at.date() + timedelta(days=60)
        assert session.get(Household, home).category is None
        left = session.scalars(select(Authorisation.ended_on).where(Authorisation.case_id == way.case_id))
        assert set(left) <= {award.ends_on + timedelta(days=1)}
        [told] = session.scalars(select(AuditEntry).where(AuditEntry.act == "award.end"))
        assert (told.actor_name, told.reason) == ("韦强", "家里收入高了，第二十八条")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"agreed": ""}, "请先看清楚"),
        ({"reason": "  "}, "请填写“停发的理由”"),
        ({"last_day": ""}, "请填写“发到哪一天”"),
        ({"last_day": "2026-02-30"}, "日期"),
        ({"last_day": "2020-01-01"}, "最后一天不能早于"),
    ],
)
def test_a_day_that_is_over_and_what_is_missing_are_said_and_nothing_ends(
    site, way, granted, judge, fill, words, changed, told
):
    answer = fill(judge, granted, sent(site, **changed))
    assert answer.status_code == 422
    assert told in words(answer)
    assert award_in(site, way).ends_on is None


def test_help_that_has_not_begun_may_end_the_day_before_it_begins(site, way, granted, judge, fill):
    first = award_in(site, way).starts_on - timedelta(days=1)
    early = sent(site, last_day=(first - timedelta(days=1)).isoformat())
    assert fill(judge, granted, early).status_code == 422
    assert fill(judge, granted, sent(site, last_day=first.isoformat())).status_code == 303
    assert award_in(site, way).ends_on == first


def test_of_two_who_end_it_at_once_the_second_is_told_and_changes_nothing(
    site, way, granted, judge, fill, words
):
    other = site.staff("queren-02", Role.COUNTY_CONFIRMER, office=COUNTY, name="何平")[0]
    version = version_in(other.get(granted))
    assert fill(judge, granted, sent(site)).status_code == 303
    late = other.post(granted, sent(site, last_day="2029-12-31", version=version))
    assert late.status_code == 409
    assert "已经定了停发" in words(late)
    assert award_in(site, way).ends_on != date(2029, 12, 31)


def test_nobody_else_ends_it_by_screen_or_by_a_crafted_request(site, way, granted, judge, words):
    clerk = site.sign_in("shouli")
    delegated = site.staff("zhenqueren", Role.TOWNSHIP_CONFIRMER, office=TOWNSHIP)[0]
    elsewhere = site.staff("waixian", Role.COUNTY_CONFIRMER, office="441823000000")[0]
    version = version_in(judge.get(granted))
    for browser, status in ((clerk, 403), (delegated, 403), (elsewhere, 404)):
        browser.get("/staff/")
        assert browser.post(granted, sent(site, version=version)).status_code == status
    assert "这一步不由您办理" in words(delegated.get(granted))
    assert granted not in clerk.get(f"/staff/cases/{way.case_id}").text
    assert granted not in delegated.get(f"/staff/cases/{way.case_id}").text
    assert award_in(site, way).ends_on is None


def test_a_case_that_led_to_no_help_has_none_to_end(way, confirmer):
    way.survey()
    way.town.close()
    assert confirmer.get(f"/staff/cases/{way.case_id}/award/end").status_code == 404
