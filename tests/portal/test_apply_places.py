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
