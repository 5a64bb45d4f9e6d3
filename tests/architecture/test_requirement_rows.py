"""Every requirement row that the product answers for is named by a test that proves it."""

import re

from commands.places import ROOT

# the last row of each policy text (R0 … R4)
LAST = (39, 18, 30, 31, 16)
# what the house and an application's way through it answer for
ANSWERED = {
    "R0-14", "R1-12", "R1-13", "R1-14", "R2-01", "R2-02", "R2-03", "R2-04", "R2-05", "R2-07", "R2-14", "R2-17",
    "R2-18", "R2-27", "R2-28", "R3-02", "R3-04", "R3-05", "R3-17", "R3-18", "R3-20", "R3-22", "R3-31",
}  # fmt: skip
MARK = re.compile(r"mark\.row\(([^)]*)\)")
NAMED = {
    row
    for path in (ROOT / "tests").rglob("test_*.py")
    for mark in MARK.findall(path.read_text(encoding="utf-8"))
    for row in re.findall(r'"([^"]+)"', mark)
}


def test_every_row_answered_for_has_a_test_that_names_it():
    assert sorted(ANSWERED - NAMED) == []


def test_no_test_names_a_row_that_does_not_exist():
    rows = {f"R{text}-{number:02}" for text, last in enumerate(LAST) for number in range(1, last + 1)}
    assert sorted(NAMED - rows) == []
