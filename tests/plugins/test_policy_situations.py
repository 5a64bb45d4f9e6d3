"""The policy situations beside each pack: every family in them gets the answer the worked examples give."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.law import LawBook
from core.rules.situations import Situation, faults_in_situation, load_situations
from plugins.guangdong.rules import RULES as GUANGDONG
from plugins.guizhou.rules import RULES as GUIZHOU
from plugins.national.rules import RULES as NATIONAL

PLUGINS = Path(__file__).parents[2] / "plugins"
RULES = (*NATIONAL, *GUIZHOU, *GUANGDONG)
BOOK = LawBook.load(
    [
        ("000000000000", PLUGINS / "national" / "parameters"),
        ("520000000000", PLUGINS / "guizhou" / "parameters"),
        ("440000000000", PLUGINS / "guangdong" / "parameters"),
    ]
)
SITUATIONS = [
    situation for file in sorted(PLUGINS.glob("*/situations/*.yaml")) for situation in load_situations(file)
]


@pytest.mark.row("R2-03", "R2-18", "R2-19", "R3-02", "R3-07", "R3-08", "R3-10", "R3-14", "R3-15")
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_the_rules_answer_as_the_situation_says(situation: Situation):
    assert faults_in_situation(situation, BOOK, RULES) == []


def test_every_worked_example_of_dibao_and_of_the_single_person_is_there():
    names = " ".join(situation.name for situation in SITUATIONS)
    assert all(example in names for example in ("A1", "A2", "A3", "C3", "E1", "E2", "E3"))


def test_a_situation_that_expects_another_answer_is_told_apart():
    a1 = next(situation for situation in SITUATIONS if situation.name.startswith("A1"))
    changed = Situation(**{name: getattr(a1, name) for name in a1.__slots__} | {"expect": {"total": 795.01}})
    assert faults_in_situation(changed, BOOK, RULES) == [f"{a1.name}: total '795.00', 795.01"]
