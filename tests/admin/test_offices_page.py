"""Settings, offices: the county enters where people can go or call; a notice prints it, and a mobile never stands there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.regions import queries

MEITAN, YONGXING, ZUNYI, YANGSHAN = "520328000000", "520328101000", "520300000000", "441823000000"
HERE = "/staff/settings/offices"

pytestmark = pytest.mark.row("R2-07", "R2-28")


@pytest.fixture
def county(site):
    return site.staff("jingban-01", Role.COUNTY_OFFICER, office=MEITAN)[0]


def office_of(site, code):
    with site.session() as session:
        return queries.office(session, code)


def entries(site):
    """How often the town's office was written to the trail."""
    with site.session() as session:
        acts = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == "office.edit"))
        return list(acts).count(YONGXING)


def test_an_office_is_entered_for_a_town_and_changed_later(site, county, words):
    before = entries(site)
    page = county.get(f"{HERE}/{YONGXING}")
    assert "永兴镇" in words(page)
    given = {
        "office_name": "永兴镇人民政府",
        "window_name": "永兴镇便民服务中心",
        "phone": "0055-2423 0000",
        "address": "政府一楼",
        "opening_hours": "",
    }
    sent = county.post(f"{HERE}/{YONGXING}", given)
    assert sent.headers["Location"] == f"{HERE}?in={MEITAN}"
    listed = words(county.get(sent.headers["Location"]))
    assert "永兴镇便民服务中心" in listed
    assert "0055-24230000" in listed
    again = county.get(f"{HERE}/{YONGXING}")
    assert 'value="0055-24230000"' in again.text
    county.post(f"{HERE}/{YONGXING}", {**given, "window_name": "", "phone": "12345"})
    office = office_of(site, YONGXING)
    assert (office.window_name, office.phone) == ("", "12345")
    assert entries(site) == before + 2


def test_a_place_without_one_is_told_whose_stands_in_its_stead(site, county, words):
    county.get(f"{HERE}/{MEITAN}")
    county.post(f"{HERE}/{MEITAN}", {"office_name": "湄潭县民政局", "phone": "0055-24220000"})
    assert "没有填，用湄潭县民政局的：0055-24220000" in words(county.get(HERE))


def test_a_mobile_is_refused_in_words_and_nothing_typed_is_lost(site, county, words):
    before = office_of(site, YONGXING)
    county.get(f"{HERE}/{YONGXING}")
    sent = county.post(
        f"{HERE}/{YONGXING}", {"office_name": "永兴镇人民政府", "phone": "19900001234", "address": "政府一楼"}
    )
    assert sent.status_code == 422
    assert "不要填写个人手机号" in words(sent)
    assert 'value="19900001234"' in sent.text
    assert 'value="政府一楼"' in sent.text
    assert office_of(site, YONGXING).changed_at == before.changed_at


@pytest.mark.parametrize("code", [YANGSHAN, ZUNYI, "520328999000", "x", "000000000000"])
def test_another_regions_office_and_no_place_at_all_are_not_found(county, code):
    county.get(HERE)
    assert county.get(f"{HERE}/{code}").status_code == 404
    assert county.post(f"{HERE}/{code}", {"office_name": "x", "phone": "0055-24220000"}).status_code == 404


@pytest.mark.parametrize("role", [Role.TOWNSHIP_CLERK, Role.COUNTY_CONFIRMER, Role.SECURITY_ADMINISTRATOR])
def test_who_may_not_change_offices_has_no_door_to_them(site, role):
    browser, _ = site.staff("other-01", role, office=YONGXING if role is Role.TOWNSHIP_CLERK else MEITAN)
    assert HERE not in browser.get("/staff/").text
    assert browser.get(HERE).status_code == 403
    assert browser.get(f"{HERE}/{YONGXING}").status_code == 403
