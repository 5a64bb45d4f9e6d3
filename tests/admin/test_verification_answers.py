"""Whose the answers of the bodies are to enter, and whose to read before deciding."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Role
from core.audit.models import AuditEntry
from core.testing.town import COUNTY, TOWNSHIP
from core.verification.changes import requests_of

pytestmark = pytest.mark.row("R2-17", "R1-14")


@pytest.fixture
def officer(site):
    return site.staff("xian-01", Role.COUNTY_OFFICER, office=COUNTY)[0]


def answers_of(site, asked):
    """The address of each body's answer, in the order asked."""
    with site.session() as session:
        rows = requests_of(session, asked.case_id)
        return [f"/staff/cases/{asked.case_id}/verification/{row.id}" for row in rows]


def test_the_case_leads_the_county_to_the_answers_it_owes(site, officer, asked, words):
    case = f"/staff/cases/{asked.case_id}"
    said = words(officer.get(case))
    assert "下一步 录入核对结果" in said
    assert "不用您办" not in said
    confirmer = site.staff("queren-01", Role.COUNTY_CONFIRMER, office=COUNTY)[0]
    assert "不用您办" in words(confirmer.get(case))
    for url in answers_of(site, asked):
        officer.get(url)
        officer.post(url, {"nothing": "true"})
    assert "录入核对结果" not in words(officer.get(case))
    # her last answer ended the township's step, but that was no act of hers
    done = words(officer.get("/staff/"))
    assert "录入核对结果" in done
    assert "发起信息核对" not in done


def test_each_cell_says_what_to_do_to_who_may_enter(site, officer, asked, words):
    first, *_others = answers_of(site, asked)
    listed = f"/staff/cases/{asked.case_id}/verification"
    assert "等发出 录入" in words(officer.get(listed))
    officer.get(first)
    officer.post(first, {"nothing": "true"})
    said = words(officer.get(listed))
    assert "没有记录 看" in said
    assert "符合" not in said


@pytest.mark.row("R3-04")
@pytest.mark.parametrize(
    ("role", "office"), [(Role.COUNTY_CONFIRMER, COUNTY), (Role.TOWNSHIP_CONFIRMER, TOWNSHIP)]
)
def test_who_decides_reads_a_single_answer_and_enters_none(site, officer, asked, words, role, office):
    url, second, *_others = answers_of(site, asked)
    officer.get(url)
    officer.post(url, {"kind_1": "wage", "amount_1": "1200", "period_1": "month", "note": "在茶厂，2025年起"})
    confirmer = site.staff("queren-01", role, office=office)[0]
    listed = confirmer.get(f"/staff/cases/{asked.case_id}/verification")
    assert "有记录 看" in words(listed)
    assert url in listed.text
    assert "录入" not in words(listed)
    said = words(confirmer.get(url))
    assert "1,200.00" in said
    assert "在茶厂，2025年起" in said
    assert "录入结果" not in said
    confirmer.get(second)
    assert confirmer.post(second, {"nothing": "true"}).status_code == 403
    with site.session() as session:
        looks = select(AuditEntry.actor_name).where(AuditEntry.act == "verification.look")
        assert session.scalars(looks).all()
