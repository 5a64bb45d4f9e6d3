"""Stopping the clock and giving a case longer: listed reasons, said wherever the deadline stands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.cases.models import Pause

pytestmark = pytest.mark.row("R3-17", "R3-20")


def test_a_pause_is_begun_shown_and_ended(site, way, clerk, fill, words):
    way.submit()
    way.accept()
    url = f"/staff/cases/{way.case_id}/pause"
    assert fill(clerk, url, {"reason": "waiting_family", "note": "等补签"}).status_code == 303
    said = words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert "暂停计时" in said
    assert "暂停的工作日不算进时限" in said
    page = clerk.get(url)
    assert "恢复计时" in words(page)
    version = page.text.split('name="version" value="')[1].split('"')[0]
    assert clerk.post(f"/staff/cases/{way.case_id}/resume", {"version": version}).status_code == 303
    assert "已恢复计时" in words(clerk.get(f"/staff/cases/{way.case_id}"))


@pytest.mark.parametrize("reason", ["", "holiday", "hard_survey' OR 1=1"])
def test_only_listed_reasons_stop_the_clock(site, way, clerk, fill, reason):
    way.submit()
    way.accept()
    assert fill(clerk, f"/staff/cases/{way.case_id}/pause", {"reason": reason}).status_code == 422
    with site.session() as session:
        assert session.scalars(select(Pause.id)).all() == []


def test_before_acceptance_no_clock_runs_that_could_stop(way, clerk, words):
    way.submit()
    assert "现在不能暂停" in words(clerk.get(f"/staff/cases/{way.case_id}/pause"))
    assert "现在不能延长" in words(clerk.get(f"/staff/cases/{way.case_id}/extension"))


def test_an_extension_with_its_reason_moves_the_last_day(way, clerk, fill, words):
    way.submit()
    way.accept()
    url = f"/staff/cases/{way.case_id}/extension"
    assert fill(clerk, url, {"why": "hard", "reason": ""}).status_code == 422
    assert fill(clerk, url, {"why": "hard", "reason": "等外地协查"}).status_code == 303
    assert "共 45 个" in words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert fill(clerk, url, {"why": "hard", "reason": "还不够"}).status_code == 409


def test_a_complaint_marks_the_case_for_the_county(way, clerk, fill, words):
    way.submit()
    way.accept()
    fill(clerk, f"/staff/cases/{way.case_id}/extension", {"why": "complaint", "reason": "有人来电反映"})
    said = words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert "有投诉举报" in said
    assert "县级确认" in said


def test_who_may_not_pause_has_no_such_page(site, way, confirmer, stranger):
    way.submit()
    way.accept()
    assert confirmer.get(f"/staff/cases/{way.case_id}/pause").status_code == 200
    assert stranger.get(f"/staff/cases/{way.case_id}/pause").status_code == 404
