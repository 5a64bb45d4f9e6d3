"""Adopting a line: which value, what is taken off, why; a word for every difference, and nobody overwritten."""

from __future__ import annotations

import pytest

from core.cases.comparison import compare
from core.cases.declaration_models import Layer

pytestmark = pytest.mark.row("R1-14", "R3-02", "R3-04")


@pytest.fixture
def at(way):
    """The wage was declared as 12,000 and is 14,000 by the tax office."""
    way.submit()
    way.accept()
    key = way.found(0, 1_400_000)
    way.visit()
    way.verify()
    return f"/staff/cases/{way.case_id}/lines/{key}"


def adopted(site, way):
    with site.session() as session:
        return next(line for line in compare(session, way.case_id) if line.differs).adopted


def test_the_values_stand_side_by_side_and_the_office_is_suggested(at, clerk, words):
    page = clerk.get(at)
    said = words(page)
    assert "12,000.00" in said
    assert "14,000.00" in said
    assert 'value="verified" checked' in page.text
    assert 'value="visited"' not in page.text


def test_without_a_word_the_form_comes_back_with_what_was_chosen(site, way, at, clerk, fill, words):
    answer = fill(clerk, at, {"layer": "declared", "explanation": " "})
    assert answer.status_code == 422
    assert "为什么采信" in words(answer)
    assert 'value="declared" checked' in answer.text
    assert adopted(site, way) is None


def test_explained_with_a_cost_taken_off_the_sheet_follows(site, way, at, clerk, fill, words):
    sent = {
        "layer": "verified",
        "explanation": "漏报年终结算",
        "item_1": "employment_cost",
        "amount_1": "2,000",
        "reason_1": "来回路费",
    }
    assert fill(clerk, at, sent).status_code == 303
    row = adopted(site, way)
    assert (row.adopted_from, row.explanation) == (Layer.VERIFIED, "漏报年终结算")
    assert row.deductions[0]["amount_fen"] == 200_000
    said = words(clerk.get(f"/staff/cases/{way.case_id}"))
    assert "已说明：漏报年终结算" in said
    assert "−2,000.00" in said
    assert "15,300.00 ÷ 4" in said
    # what was adopted is there when the line is opened again
    assert 'value="2000"' in clerk.get(at).text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"item_1": "employment_cost"}, "一起填"),
        ({"amount_1": "100"}, "一起填"),
        ({"item_1": "operating_cost", "amount_1": "100"}, "从列出的里面选"),
        ({"item_1": "employment_cost", "amount_1": "很多"}, "金额"),
        ({"item_1": "employment_cost", "amount_1": "-5"}, "扣减金额"),
        ({"layer": "visited"}, "从列出的里面选"),
        ({"layer": "adopted"}, "从列出的里面选"),
    ],
)
def test_what_the_sheet_cannot_carry_is_told_and_not_kept(site, way, at, clerk, fill, words, sent, told):
    answer = fill(clerk, at, {"layer": "verified", "explanation": "漏报", **sent})
    assert answer.status_code == 422
    assert told in words(answer)
    assert adopted(site, way) is None


def test_a_colleague_who_adopted_meanwhile_is_not_overwritten(site, way, at, clerk, words):
    first = clerk.get(at)
    version = first.text.split('name="version" value="')[1].split('"')[0]
    clerk.post(at, {"version": version, "line_seen": "", "layer": "verified", "explanation": "漏报结算"})
    late = clerk.post(
        at, {"version": version, "line_seen": "", "layer": "declared", "explanation": "没有漏报"}
    )
    assert late.status_code == 409
    said = words(late)
    assert "漏报结算" in said
    assert "没有漏报" in said
    assert adopted(site, way).explanation == "漏报结算"


def test_other_regions_other_lines_and_other_times_are_refused(
    site, way, at, clerk, stranger, confirmer, reviewer, fill, words
):
    assert stranger.get(at).status_code == 404
    assert confirmer.get(at).status_code == 403
    assert clerk.get(f"/staff/cases/{way.case_id}/lines/{way.case_id}").status_code == 404
    fill(clerk, at, {"layer": "verified", "explanation": "漏报"})
    way.opine()
    page = clerk.get(at)
    assert "现在不能改采信" in words(page)
    version = (
        clerk.get(f"/staff/cases/{way.case_id}/pause").text.split('name="version" value="')[1].split('"')[0]
    )
    with site.session() as session:
        seen = next(
            line for line in compare(session, way.case_id) if line.differs
        ).adopted.entered_at.isoformat()
    answer = clerk.post(at, {"version": version, "line_seen": seen, "layer": "declared", "explanation": "改"})
    assert answer.status_code == 409
    assert adopted(site, way).adopted_from is Layer.VERIFIED
