"""One rule text, two carriers: whatever households there are, the batch says what the single run says, to the fen."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Blocked
from core.law import Area, Law, LawBook, Standard, Unit, path_of
from core.rules import Home, batch, run_single
from core.rules.batch import run_batch
from tests.core.made_homes import (
    COUNTIES,
    DAY,
    PEOPLE,
    PLUGINS,
    RATES,
    RULES,
    demand_same,
    frames,
    households,
    law_of,
    plain_facts,
    plain_person,
    single_run,
)


@pytest.mark.parametrize("name", ["dibao", "edge_family", "information_check_2019"])
@settings(deadline=None, max_examples=25)
@given(homes=st.lists(households(), min_size=1, max_size=25))
def test_the_batch_agrees_with_the_single_run_to_the_fen(name: str, homes: list[dict]):
    rule = RULES[name]
    if name == "information_check_2019":
        homes = [home | {"region": 441821} for home in homes]
    home_frame, people = frames(homes)
    answer = run_batch(rule, home_frame, people, {county: law_of(county) for county in COUNTIES})
    assert answer["household"].to_list() == list(range(len(homes)))
    for home, row in zip(homes, answer.to_dicts(), strict=True):
        demand_same(single_run(rule, home), row)


@pytest.mark.parametrize("name", ["single_person_dibao", "unemployed_disabled_dibao"])
@settings(deadline=None, max_examples=25)
@given(homes=st.lists(households(), min_size=1, max_size=15))
def test_the_rules_over_one_person_agree_too(name: str, homes: list[dict]):
    rule = RULES[name]
    home_frame, people = frames(homes)
    rows = run_batch(rule, home_frame, people, {county: law_of(county) for county in COUNTIES}).to_dicts()
    asked = [(home, person) for home in homes for person in home["people"]]
    assert len(rows) == len(asked)
    for (home, person), row in zip(asked, rows, strict=True):
        demand_same(single_run(rule, home, person), row)


def test_one_law_for_all_needs_no_region():
    homes = pl.DataFrame(
        {"household": [7, 9], "area": [1, 1], "members": [1, 2], "yearly_income": [0, 0], "financial_assets": [0, 0],
         "dwellings": [0, 0], "other_property": [0, 0], "vehicles": [0, 0], "receives_dibao": [0, 0]}
    )  # fmt: skip
    people = pl.DataFrame({"household": [9], "age": [70]}).with_columns(
        pl.lit(0).alias(name)
        for name in ("disability_class", "disability_grade", "mental_part_grade", "seriously_ill", "student")
    )
    answer = run_batch(RULES["dibao"], homes, people, law_of(520328))
    assert answer["monthly_fen"].to_list() == [72_000, 144_000]
    assert answer["supplement_fen"].to_list() == [0, 9_000]  # 12.5 % for the elderly


def test_people_out_of_order_are_put_in_order():
    homes = [
        {
            "region": 520328,
            "facts": plain_facts(members=2),
            "people": [plain_person(70), plain_person(40)],
        },
        {"region": 520328, "facts": plain_facts(members=1), "people": [plain_person(80)]},
    ]
    home_frame, people = frames(homes)
    shuffled = people.sort("age", descending=True)
    answer = run_batch(RULES["dibao"], home_frame, shuffled, law_of(520328))
    assert answer["supplement_fen"].to_list() == [9_000, 9_000]


@pytest.mark.parametrize("name", ["dibao", "edge_family", "single_person_dibao"])
@settings(deadline=None, max_examples=25)
@given(homes=st.lists(households(), min_size=4, max_size=25))
def test_a_province_gone_through_in_parts_gets_the_same_answer(name: str, homes: list[dict]):
    for home in homes[:3]:  # the first part has nobody to count
        home["people"] = []
    given_frames = *frames(homes), {county: law_of(county) for county in COUNTIES}
    whole = run_batch(RULES[name], *given_frames)
    with patch.object(batch, "PART", 3):
        assert run_batch(RULES[name], *given_frames).equals(whole)


def test_people_of_an_unknown_household_are_refused():
    home_frame, people = frames(
        [{"region": 520328, "facts": plain_facts(members=1), "people": [plain_person(70)]}]
    )
    strangers = people.with_columns(household=pl.lit(99, pl.Int64))
    with pytest.raises(ValueError, match="not among the homes"):
        run_batch(RULES["dibao"], home_frame, strangers, law_of(520328))


def test_an_amount_past_32_bits_does_not_wrap_around():
    facts = plain_facts(members=99) | {"yearly_income": 0}
    home_frame, people = frames([{"region": 520328, "facts": facts, "people": []}])
    answer = run_batch(RULES["dibao"], home_frame, people, law_of(520328))
    assert answer["yearly_fen"].to_list() == [72_000 * 12 * 99]


def _drawn(chance: random.Random) -> dict:
    county, area = chance.choice(list(COUNTIES)), chance.choice([1, 2])
    people = [
        {
            "counted": chance.choice([1, 1, 1, 0]),
            "age": chance.choice([5, 17, 18, 40, 59, 60, 90]),
            "disability_class": chance.randint(0, 7),
            "disability_grade": chance.choice([0, 0, 1, 2, 3, 4]),
            "mental_part_grade": chance.randint(0, 4),
            "seriously_ill": chance.choice([0, 0, 1]),
            "student": chance.choice([0, 0, 1]),
            "works": chance.choice([0, 1]),
            "yearly_income": chance.randint(0, 1_200_000),
        }
        for _ in range(chance.randint(0, 4))
    ]
    members = sum(person["counted"] for person in people) or 1
    lacking = (county, area) == (130802, 2)
    line = 0 if lacking else law_of(county).fen("dibao.standard", Area(area)) * members
    return {
        "region": county,
        "people": people,
        "facts": plain_facts(members)
        | {
            "area": area,
            "yearly_income": chance.choice(
                [0, line - 1 if line else 0, line, line + 1, chance.randint(0, 2_000_000)]
            ),
            "financial_assets": chance.choice([0, 0, chance.randint(0, 30_000_000)]),
            "dwellings": chance.choice([0, 1, 1, 2]),
            "vehicles": chance.choice([0, 0, 0, 1]),
            "receives_dibao": chance.choice([0, 1]),
        },
    }


def test_in_a_large_sample_every_ending_occurs_and_agrees():
    chance = random.Random(57)
    homes = [_drawn(chance) for _ in range(4_000)]
    home_frame, people = frames(homes)
    answer = run_batch(RULES["dibao"], home_frame, people, {county: law_of(county) for county in COUNTIES})
    rows = answer.to_dicts()
    for home, row in zip(homes, rows, strict=True):
        demand_same(single_run(RULES["dibao"], home), row)
    assert sum(row["eligible"] for row in rows) > 500
    assert sum(row["at_line"] for row in rows) > 50
    assert sum(row["supplement_fen"] > 0 for row in rows) > 200
    keys = {row["blocked"] for row in rows}
    assert {"dibao.standard", "supplement.rate.student", None} <= keys


def test_under_one_law_the_highest_group_counts_for_people_of_several():
    chance = random.Random(27)
    homes = [_drawn(chance) | {"region": 520328} for _ in range(1_500)]
    home_frame, people = frames(homes)
    answer = run_batch(RULES["dibao"], home_frame, people, law_of(520328))
    for home, row in zip(homes, answer.to_dicts(), strict=True):
        demand_same(single_run(RULES["dibao"], home), row)


def test_a_region_or_an_area_without_law_is_refused():
    home = {"region": 520328, "facts": plain_facts(members=1), "people": []}
    home_frame, people = frames([home])
    laws = {county: law_of(county) for county in COUNTIES}
    for strange in (520329, 110101, 990000):
        with pytest.raises(ValueError, match="region"):
            run_batch(RULES["dibao"], home_frame.with_columns(region=pl.lit(strange)), people, laws)
    with pytest.raises(ValueError, match="area"):
        run_batch(RULES["dibao"], home_frame.with_columns(area=pl.lit(3, pl.Int8)), people, laws)


# --- places that lack more than one value -----------------------------------------------------------------------


@pytest.fixture
def lacking(tmp_path):
    """`lacking(county, *keys)`: the law of a county where nobody decided these values."""
    text = (PLUGINS / "national" / "parameters" / "dibao.yaml").read_text(encoding="utf-8").splitlines()

    def law(county: int, *keys: str) -> Law:
        folder = tmp_path / str(county)
        shutil.copytree(PLUGINS / "national" / "parameters", folder)
        kept = [line for line in text if not any(f"{{key: {key}, value" in line for key in keys)]
        (folder / "dibao.yaml").write_text("\n".join(kept), encoding="utf-8")
        base = Standard("", COUNTIES[county], 0, Unit.FEN_PER_MONTH, date(2022, 1, 1), "演示")
        entered = [replace(base, key="dibao.standard", value=60_000, area=Area.URBAN)]
        entered += [
            replace(base, key=f"supplement.rate.{group}", value=Fraction(3, 10), unit=Unit.RATIO)
            for group in RATES
            if f"supplement.rate.{group}" not in keys
        ]
        book = LawBook.load([("000000000000", folder)]).with_standards(entered)
        return book.on(DAY, path_of(COUNTIES[county]))

    return law


def _blocked(laws: dict[int, Law], *homes: tuple[int, list[dict]]) -> tuple[list, list]:
    """What the batch and the single run say is missing, household by household."""
    nothing = dict.fromkeys(PEOPLE.wrapped_strategy.mapping, 0)  # type: ignore[attr-defined]
    facts = dict.fromkeys(("yearly_income", "financial_assets", "dwellings", "other_property", "vehicles", "receives_dibao"), 0)  # fmt: skip
    made = [
        {
            "region": county,
            "facts": {**facts, "area": Area.URBAN, "members": len(people)},
            "people": [{**nothing, "counted": 1, "age": 30, **person} for person in people],
        }
        for county, people in homes
    ]
    single = []
    for home in made:
        try:
            decision = run_single(RULES["dibao"], Home(home["facts"], home["people"]), laws[home["region"]])
            single.append(decision.supplement_fen)
        except Blocked as blocked:
            single.append(blocked.values["key"])
    rows = run_batch(RULES["dibao"], *frames(made), laws).to_dicts()
    return [row["blocked"] or row["supplement_fen"] for row in rows], single


def test_a_household_is_blocked_by_its_own_place_whoever_stands_before_it(lacking):
    laws = {
        520328: lacking(520328, "supplement.covers.elderly", "supplement.rate.elderly"),
        520303: lacking(520303, "supplement.rate.elderly"),
        441821: lacking(441821),
    }
    old = [{"age": 70}]
    batch, single = _blocked(laws, (441821, [{}]), (520328, old), (520303, old))
    assert batch == single == [0, "supplement.covers.elderly", "supplement.rate.elderly"]
    batch, single = _blocked(laws, (520303, old), (520328, old), (441821, old))
    assert batch == single == ["supplement.rate.elderly", "supplement.covers.elderly", 18_000]


def test_both_name_what_the_first_person_lacks(lacking):
    laws = {520328: lacking(520328, "supplement.rate.elderly", "supplement.rate.minor")}
    for people, key in (([{"age": 5}, {"age": 70}], "minor"), ([{"age": 70}, {"age": 5}], "elderly")):
        batch, single = _blocked(laws, (520328, people))
        assert batch == single == [f"supplement.rate.{key}"]
