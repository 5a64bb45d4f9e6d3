"""The rest of a family's answers in one act: looked at first, nobody does it by accident, two clerks do not collide."""

from __future__ import annotations

import re

import pytest

from core.access import Role
from core.testing.town import COUNTY
from core.verification.changes import requests_of
from core.verification.models import RequestState

pytestmark = pytest.mark.row("R2-17")


@pytest.fixture
def officer(site):
    return site.staff("xian-01", Role.COUNTY_OFFICER, office=COUNTY, name="田志")[0]


@pytest.fixture
def desk(asked):
    return f"/staff/cases/{asked.case_id}/verification"


def rows_of(site, asked):
    with site.session() as session:
        return requests_of(session, asked.case_id)


def test_the_next_step_and_the_tab_lead_the_county_to_the_entry_and_to_the_one_act(
    site, officer, asked, desk
):
    first = rows_of(site, asked)[0]
    for page in (f"/staff/cases/{asked.case_id}", desk):
        box = officer.get(page).text.split('class="dd-next"')[1].split("</section>")[0]
        assert f'href="{desk}/{first.id}"' in box, page
        assert "录入结果" in box
    assert f'href="{desk}/nothing"' in officer.get(desk).text
    assert f'href="{desk}/nothing"' in officer.get(f"{desk}/{first.id}").text


def test_the_list_is_read_and_agreed_to_before_anything_is_recorded(site, officer, asked, desk, words):
    page = officer.get(f"{desk}/nothing")
    rows = rows_of(site, asked)
    assert page.text.count(" checked") == len(rows)
    ids = [str(row.id) for row in rows]
    refused = officer.post(f"{desk}/nothing", {"requests": ids[1:]})
    assert refused.status_code == 422
    assert "请先看清楚" in words(refused)
    assert refused.text.count(" checked") == len(rows) - 1, "what was unticked stays so"
    assert not any(row.state is RequestState.ANSWERED for row in rows_of(site, asked))


def test_what_stays_ticked_is_recorded_and_the_rest_still_waits(site, officer, asked, desk, words):
    officer.get(f"{desk}/nothing")
    first, *others = rows_of(site, asked)
    sent = {"requests": [str(row.id) for row in others], "seen": "true"}
    done = officer.post(f"{desk}/nothing", sent, follow_redirects=True)
    assert f"已登记 {len(others)} 项没有记录" in words(done)
    states = {row.id: row.state for row in rows_of(site, asked)}
    assert states.pop(first.id) is not RequestState.ANSWERED
    assert set(states.values()) == {RequestState.ANSWERED}


def test_what_a_colleague_entered_meanwhile_is_told_and_stays(site, officer, asked, desk, words):
    officer.get(f"{desk}/nothing")
    ids = [str(row.id) for row in rows_of(site, asked)]
    colleague = site.staff("xian-02", Role.COUNTY_OFFICER, office=COUNTY, name="罗群")[0]
    taken = rows_of(site, asked)[0]
    colleague.get(f"{desk}/{taken.id}")
    colleague.post(f"{desk}/{taken.id}", {"kind_1": "wage", "amount_1": "1200", "period_1": "month"})
    done = officer.post(f"{desk}/nothing", {"requests": ids, "seen": "true"}, follow_redirects=True)
    said = words(done)
    assert f"已登记 {len(ids) - 1} 项没有记录" in said
    assert "有 1 项别的同事刚刚登记过" in said
    assert not next(row for row in rows_of(site, asked) if row.id == taken.id).nothing_found
    again = officer.post(f"{desk}/nothing", {"requests": ids, "seen": "true"}, follow_redirects=True)
    assert again.status_code == 200, "pressed twice it is told, not an error"
    assert f"有 {len(ids)} 项别的同事刚刚登记过" in words(again)
    assert "没有可以一起登记的了" in words(officer.get(f"{desk}/nothing"))


def test_a_crafted_act_records_nothing(site, officer, asked, desk):
    officer.get(f"{desk}/nothing")
    for sent in ([], ["x"], [str(asked.case_id)]):
        answer = officer.post(f"{desk}/nothing", {"requests": sent, "seen": "true"})
        assert answer.status_code in {404, 422}, sent
    for role, office, status in (
        (Role.TOWNSHIP_CLERK, "520328101000", 403),
        (Role.COUNTY_CONFIRMER, COUNTY, 403),
        (Role.DEPARTMENT_OFFICER, COUNTY, 404),
        (Role.COUNTY_OFFICER, "441823000000", 404),
    ):
        browser = site.staff(f"waidi-{role}-{status}", role, office=office)[0]
        browser.get("/staff/")
        ids = [str(row.id) for row in rows_of(site, asked)]
        sent = {"requests": ids, "seen": "true"}
        assert browser.post(f"{desk}/nothing", sent).status_code == status, role
    assert not any(row.state is RequestState.ANSWERED for row in rows_of(site, asked))


def test_no_name_travels_with_what_is_flashed(site, officer, asked, desk):
    officer.get(f"{desk}/nothing")
    ids = [str(row.id) for row in rows_of(site, asked)]
    done = officer.post(f"{desk}/nothing", {"requests": ids, "seen": "true"}, follow_redirects=True)
    flashed = " ".join(re.findall(r'class="dd-flash[^>]*>.*?</div></div>', done.text, re.DOTALL))
    assert "已登记" in flashed
    assert "周明" not in flashed
