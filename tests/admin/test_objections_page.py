"""Answering what was said against a notice: each objection by itself, and nothing typed for one is lost or strays."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.cases.models import Task, TaskState
from core.notices.changes import LONG_TERM, publish_first_notice, publish_long_term, standing_notice
from core.notices.models import Objection, ObjectionState, PublicRow
from core.notices.objections import raise_objection
from core.scopes import System

pytestmark = pytest.mark.row("R3-05", "R3-17")


@pytest.fixture
def two(way):
    """A notice that hangs, and two objections to it."""
    way.survey()
    way.opine()
    session, case, procedure = way.at(way.town.clerk)
    publish_first_notice(session, way.town.clerk, case, procedure, now=way.town.now)
    session.commit()
    session = way.town.session(System("objection"))
    row = session.scalars(select(PublicRow.id).where(PublicRow.withdrawn_at.is_(None))).one()
    raised = [
        raise_objection(session, row, text, name="某人", phone="19900000077", now=way.town.now).id
        for text in ("他家有门面", "他家有车")
    ]
    session.commit()
    return raised


def test_two_objections_are_answered_each_in_its_own_form(site, way, clerk, two, words):
    address = f"/staff/cases/{way.case_id}/objections"
    page = clerk.get(address)
    names = re.findall(r' id="([^"]+)"', page.text)
    assert len(names) == len(set(names))
    assert page.text.count("dd-b-main") == 1
    first, second = (each.hex for each in two)
    late = clerk.post(address, {"objection": str(two[1]), f"{second}-answer": "车是借的，已核实"})
    assert late.status_code == 422
    assert "意见属实" in words(late)
    assert late.text.count("车是借的，已核实") == 1
    done = {"objection": str(two[1]), f"{second}-upheld": "false", f"{second}-answer": "车是借的，已核实"}
    assert clerk.post(address, done).status_code == 303
    with site.session() as session:
        states = {row.id: row.state for row in session.scalars(select(Objection))}
    assert states == {two[0]: ObjectionState.OPEN, two[1]: ObjectionState.DISMISSED}
    assert f"{first}-answer" in clerk.get(address).text


@pytest.mark.parametrize("named", ["", "garbage", "01a22804-86b2-7579-a800-f5626fe3635c"])
def test_a_crafted_objection_is_not_found(way, clerk, two, named):
    address = f"/staff/cases/{way.case_id}/objections"
    clerk.get(address)
    assert clerk.post(address, {"objection": named, "upheld": "true", "answer": "属实"}).status_code == 404


@pytest.mark.row("R3-18")
def test_what_is_true_of_a_family_listed_for_long_puts_its_recheck_on_the_worklist(site, way, clerk, words):
    town = way.town
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    with way.acting(town.clerk) as (session, case, procedure):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)
    with town.session(System("objection")) as session:
        row = session.scalars(select(PublicRow.id).where(PublicRow.kind == LONG_TERM)).one()
        said = raise_objection(session, row, "他家买了车", now=town.now).id
        session.commit()
    site.at = town.now
    browser, address = site.sign_in("shouli"), f"/staff/cases/{way.case_id}/objections"
    browser.get(address)
    upheld = {"objection": str(said), f"{said.hex}-upheld": "true", f"{said.hex}-answer": "属实，有车"}
    assert browser.post(address, upheld).status_code == 303
    assert "长期公布的意见属实，复查这一户" in words(browser.get("/staff/"))
    with site.session() as session:
        assert standing_notice(session, town.case(session, way.case_id), LONG_TERM) is not None
    empty = browser.post(address, {"objection": str(said), f"{said.hex}-recheck": " "})
    assert empty.status_code == 422
    done = {"objection": str(said), f"{said.hex}-recheck": "车已登记在儿子名下，已报县里停发"}
    assert browser.post(address, done).status_code == 303
    assert "复查：车已登记在儿子名下" in words(browser.get(address))
    with site.session() as session:
        assert session.scalars(select(Task.state).where(Task.kind == "recheck")).all() == [TaskState.DONE]
    # once: a second press is told that nothing waits
    assert browser.post(address, done).status_code == 422
