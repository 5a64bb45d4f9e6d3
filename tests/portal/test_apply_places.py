"""Another province, another form; a place that is not ready; and what never stands in an address, a title or a log."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from core.cases.models import Case
from core.errors import Blocked
from core.regions.models import Region
from tests.portal.applying import SELF_ID, begin, village_of

YANGSHAN_TOWN = "441823100000"


@pytest.fixture
def walk(site):
    return begin(site)


@pytest.mark.row("R2-07")
def test_each_province_asks_with_its_own_form(site, walk):
    assert "relocated" in walk.open("about").text
    browser = site.resident("19900000009")
    browser.get("/apply/new")
    answer = browser.post("/apply/new", {"region": village_of(site, YANGSHAN_TOWN)})
    draft = re.search(r"/apply/([0-9a-f-]{36})/", answer.headers["Location"])[1]
    assert "relocated" not in browser.get(f"/apply/{draft}/about").text
    assert "earns_a_living" in browser.get(f"/apply/{draft}/properties?add=").text
    assert "earns_a_living" not in walk.browser.get(walk.url("properties") + "?add=").text


def test_moving_the_application_to_another_province_keeps_what_was_written(site, walk):
    walk.fill()
    walk.open("place")
    answer = walk.send("place", {"region": village_of(site, YANGSHAN_TOWN)}, fresh=False)
    assert answer.status_code == 303
    draft = walk.draft()
    assert draft.form_name == "guangdong.application"
    assert draft.state.fields["address"] == "岩脚组学堂边"
    assert walk.promise().status_code == 303
    with site.session() as session:
        case = session.scalars(select(Case)).one()
    assert (case.county, case.pack) == ("441823000000", "guangdong")


def test_a_place_chosen_in_the_same_province_keeps_the_forms_version(site, walk):
    with site.session() as session:
        other = session.scalars(
            select(Region.code).where(Region.parent_code == "520328101000").order_by(Region.code.desc())
        ).first()
    assert walk.send("place", {"region": other}).status_code == 303
    assert walk.draft().state.fields["region"] == other
    assert walk.draft().form_name == "guizhou.application"


def test_a_place_that_lacks_a_parameter_says_so_and_loses_nothing(site, walk, words, monkeypatch):
    walk.fill()

    def lacks(*_, **__):
        raise Blocked("“决定是否受理”没有生效的数值。")

    with monkeypatch.context() as patched:
        patched.setattr("portal.apply_check.ask_family", lacks)
        answer = walk.promise()
    assert answer.status_code == 409
    assert "不是您填错了" in words(answer)
    assert "0055-88880126" in words(answer)
    assert walk.draft().case_id is None
    with site.session() as session:
        assert session.scalars(select(Case)).all() == []
    assert walk.promise().status_code == 303


def test_no_number_of_a_person_stands_in_an_address_a_title_or_a_log(site, walk, caplog, capsys):
    walk.fill()
    walk.you(id_number=SELF_ID[:-1] + "9")
    walk.browser.post("/apply/id-hint", {"id_number": SELF_ID})
    titles = [
        re.search(r"<title>(.*?)</title>", walk.open(name).text)[1] for name in ("you", "people", "check")
    ]
    logged = (
        json.dumps([record.getMessage() for record in caplog.records], default=str) + capsys.readouterr().out
    )
    for secret in (SELF_ID[:14], "周桂兰", "19900000001", "岩脚组"):
        assert secret not in logged
        assert not any(secret in title for title in titles)
        assert secret not in walk.url("you")


def test_two_words_find_the_township_and_what_is_not_open_stands_last_without_a_button(site, words):
    browser = site.resident("19900000009")
    page = browser.get("/apply/new?q=湄潭 永兴")
    assert 'under=520328101000"><span>永兴镇' in page.text
    assert "还没有开通网上申请的" not in words(page)
    page = browser.get("/apply/new?q=街道")
    opened, closed = page.text.split("还没有开通网上申请的", 1)
    assert "湄潭县湄江街道" in opened
    assert "湄潭县" not in closed
    assert '<button name="region"' not in closed


def test_a_place_where_nobody_takes_applications_is_refused_before_anything_is_written(site, words):
    with site.session() as session:
        closed = session.scalars(
            select(Region.code).where(Region.level == 4, Region.county == "520327000000")
        ).first()
    browser = site.resident("19900000009")
    browser.get("/apply/new")
    answer = browser.post("/apply/new", {"region": closed})
    assert answer.status_code == 422
    assert "这里还没有开通网上申请。请带身份证和户口本" in words(answer)


def test_a_name_that_is_not_below_the_chosen_place_is_looked_for_everywhere(site, words):
    browser = site.resident("19900000009")
    said = words(browser.get("/apply/new?under=520328101000&q=七拱镇"))
    assert "“永兴镇”里没有叫“七拱镇”的，下面是全国的" in said
    assert "广东省清远市阳山县七拱镇" in said
    said = words(browser.get("/apply/new?under=520328101000&q=没有这个地方"))
    assert "从省、市、县一级一级点下去" in said
    assert "从省开始选" in said


def test_the_public_page_of_places_names_the_open_ones_first(site, words):
    said = words(site.browser().get("/place?q=街道"))
    assert said.index("湄潭县湄江街道") < said.index("下面这些地方还没有开通网上申请")
    provinces = words(site.browser().get("/place?under=520300000000"))
    assert (
        provinces.index("湄潭县")
        < provinces.index("下面这些地方还没有开通网上申请")
        < provinces.index("凤冈县")
    )
