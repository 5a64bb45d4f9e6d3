"""A demo's date goes forward at the press of a button, and what is due by then happens; a real installation has no such page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditBatch
from core.web.demo_clock import DemoClock
from core.web.formats import day

TOWNSHIP = "520328101000"


@pytest.fixture
def clock(site, tmp_path):
    site.app.config["NOW"] = None
    site.home.clock = DemoClock(tmp_path / "days-ahead")
    return site.home.clock


def beijing(days):
    return day(datetime.now(UTC) + timedelta(days=days), "zh")


def test_the_date_goes_forward_and_the_day_s_own_work_is_done_at_once(site, clock, tmp_path, words):
    browser = site.browser()
    assert beijing(0) in words(browser.get("/demo-date"))
    assert browser.post("/demo-date", {"days": "10"}).status_code == 303
    assert beijing(10) in words(browser.get("/demo-date"))
    assert DemoClock(tmp_path / "days-ahead").ahead == timedelta(days=10)
    with site.session() as session:
        assert session.scalars(select(AuditBatch)).all()


def test_whoever_is_signed_in_stays_so_and_whoever_left_long_ago_does_not(site, clock):
    left = site.resident("19900000001")
    clock.put_forward(8)
    here, clerk = site.resident("19900000002"), site.staff("shimei", Role.TOWNSHIP_CLERK, office=TOWNSHIP)[0]
    assert here.post("/demo-date", {"days": "31"}).status_code == 303
    assert here.get("/account").status_code == 200
    assert clerk.get("/staff/account").status_code == 200
    assert left.get("/account").status_code == 303


@pytest.mark.parametrize("came_from", ["/staff/cases", "/notices"])
def test_whoever_put_the_date_forward_is_led_back_to_where_she_came_from(site, clock, came_from):
    browser = site.browser()
    page = browser.get("/demo-date", headers={"Referer": f"http://localhost{came_from}?page=2"})
    assert f'href="{came_from}"' in page.text
    assert f'name="back" value="{came_from}"' in page.text
    sent = browser.post("/demo-date", {"days": "1", "back": came_from})
    assert sent.headers["Location"] == came_from


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "notices", ""]
)
def test_nobody_is_led_away_from_this_site(site, clock, elsewhere):
    browser = site.browser()
    page = browser.get("/demo-date", headers={"Referer": elsewhere})
    assert "example.org" not in page.text
    sent = browser.post("/demo-date", {"days": "1", "back": elsewhere})
    assert sent.headers["Location"] == "/demo-date"


def test_a_demo_leads_from_each_side_to_the_other(site, clock):
    site.home.demo = True
    browser = site.browser()
    assert 'href="/staff/">工作人员的页面' in browser.get("/demo-date").text
    assert 'href="/">居民的页面' in browser.get("/staff/sign-in").text


@pytest.mark.parametrize("days", ["0", "-10", "9999", "x"])
def test_the_date_goes_by_the_steps_offered_and_never_back(site, clock, days):
    browser = site.browser()
    browser.get("/demo-date")
    assert browser.post("/demo-date", {"days": days}).status_code == 404
    assert not clock.ahead
    with pytest.raises(ValueError, match="forward"):
        clock.put_forward(-1)


def test_a_site_that_tells_the_true_time_has_no_such_page(site):
    assert site.browser().get("/demo-date").status_code == 404
