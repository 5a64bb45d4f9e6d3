"""Made-up counties and households for the rules, as frames for a province and as facts for one run."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from core.errors import Blocked
from core.law import Area, Law, LawBook, Standard, Unit, path_of
from core.rules import Home, Rule, run_single
from core.testing.decided import batch_row
from plugins.guangdong.rules import RULES as GUANGDONG
from plugins.guizhou.rules import RULES as GUIZHOU
from plugins.national.rules import RULES as NATIONAL

PLUGINS = Path(__file__).parents[2] / "plugins"
RULES = {rule.name: rule for rule in (*NATIONAL, *GUIZHOU, *GUANGDONG)}
DAY = date(2023, 3, 10)
COUNTIES = {520328: "520328000000", 520303: "520303000000", 441821: "441821000000", 130802: "130802000000"}
RATES = ("severe_disability", "serious_illness", "elderly", "minor", "student")


def _standards() -> list[Standard]:
    rows = []

    def enter(county: int, key: str, value: object, unit: Unit, area: Area | None = None) -> None:
        rows.append(Standard(key, COUNTIES[county], value, unit, date(2022, 1, 1), "演示", area))  # type: ignore[arg-type]

    for number, county in enumerate(COUNTIES):
        enter(county, "dibao.standard", 72_000 + number * 1_357, Unit.FEN_PER_MONTH, Area.URBAN)
        if county != 130802:  # a county that has not announced its rural standard
            enter(county, "dibao.standard", 540_001 + number * 777, Unit.FEN_PER_YEAR, Area.RURAL)
        for place, group in enumerate(RATES):
            if (county, group) != (520303, "student"):  # and one that forgot a rate
                enter(
                    county,
                    f"supplement.rate.{group}",
                    Fraction(1_050 + 100 * place + 200 * number, 10_000),
                    Unit.RATIO,
                )
        enter(county, "dibao.average_subsidy", 57_033 + number, Unit.FEN_PER_MONTH, Area.URBAN)
        enter(county, "dibao.average_subsidy", 41_207, Unit.FEN_PER_MONTH, Area.RURAL)
        if county != 441821:
            enter(county, "assets.financial_months", 12 + number, Unit.MONTHS)
            enter(county, "assets.dwellings", 1, Unit.COUNT)
            enter(county, "assets.vehicles", number % 2, Unit.COUNT)
    rows.append(Standard("payment.unit_fen", COUNTIES[520303], 10, Unit.COUNT, date(2022, 1, 1), "演示"))
    return rows


BOOK = LawBook.load(
    [
        ("000000000000", PLUGINS / "national" / "parameters"),
        ("520000000000", PLUGINS / "guizhou" / "parameters"),
        ("440000000000", PLUGINS / "guangdong" / "parameters"),
    ]
).with_standards(_standards())


def law_of(county: int) -> Law:
    return BOOK.on(DAY, path_of(COUNTIES[county]))


def yes_no() -> st.SearchStrategy[int]:
    return st.integers(0, 1)


PEOPLE = st.fixed_dictionaries(
    {
        "counted": st.sampled_from([1, 1, 1, 0]),
        "age": st.sampled_from([0, 5, 17, 18, 35, 59, 60, 61, 90]),
        "disability_class": st.integers(0, 7),
        "disability_grade": st.integers(0, 4),
        "mental_part_grade": st.integers(0, 4),
        "seriously_ill": yes_no(),
        "student": yes_no(),
        "works": yes_no(),
        "yearly_income": st.one_of(st.just(0), st.integers(0, 1_200_000)),
    }
)


@st.composite
def households(draw: st.DrawFn) -> dict:
    county = draw(st.sampled_from(list(COUNTIES)))
    area = draw(st.sampled_from([1, 2]))
    people = draw(st.lists(PEOPLE, min_size=0, max_size=5))
    members = sum(person["counted"] for person in people) or 1
    line = law_of(county).fen("dibao.standard", Area(area)) * members if (county, area) != (130802, 2) else 0
    near_the_line = st.integers(max(0, line - 2), line + 2)
    return {
        "region": county,
        "people": people,
        "facts": {
            "area": area,
            "members": members,
            "yearly_income": draw(st.one_of(st.just(0), near_the_line, st.integers(0, 2 * line + 10_000))),
            "financial_assets": draw(st.one_of(st.just(0), st.integers(0, 30_000_000))),
            "dwellings": draw(st.integers(0, 2)),
            "other_property": draw(st.sampled_from([0, 0, 0, 1])),
            "vehicles": draw(st.sampled_from([0, 0, 1])),
            "businesses": draw(st.sampled_from([0, 0, 1])),
            "receives_dibao": draw(yes_no()),
            "receives_tekun": draw(st.sampled_from([0, 0, 1])),
        },
    }


def frames(homes: list[dict]) -> tuple[pl.DataFrame, pl.DataFrame]:
    small = dict.fromkeys(("area", "members", "dwellings", "other_property", "vehicles"), pl.Int8)
    home_frame = pl.DataFrame(
        [
            {"household": number, "region": home["region"], **home["facts"]}
            for number, home in enumerate(homes)
        ]
    ).with_columns(pl.col(name).cast(dtype) for name, dtype in small.items())
    rows = [{"household": number, **person} for number, home in enumerate(homes) for person in home["people"]]
    empty = dict.fromkeys(["household", *PEOPLE.wrapped_strategy.mapping], pl.Int64)  # type: ignore[attr-defined]
    people = pl.DataFrame(rows, schema=empty) if rows else pl.DataFrame(schema=empty)
    return home_frame, people.with_columns(pl.exclude("household", "yearly_income").cast(pl.Int8))


def single_run(rule: Rule, home: dict, person: dict | None = None) -> dict:
    facts = Home(home["facts"], home["people"])
    subject = None if person is None else facts.everyone[home["people"].index(person)]
    try:
        decision = run_single(rule, facts, law_of(home["region"]), subject)
    except Blocked as blocked:
        return {"blocked": blocked.values["key"]}
    return batch_row(decision)


def demand_same(single: dict, row: dict) -> None:
    if single["blocked"]:
        assert row["blocked"] == single["blocked"]
        assert not row["eligible"]
        assert not row["at_line"]
        assert row["total_monthly_fen"] == 0
    else:
        assert {name: row[name] for name in single} == single


def plain_facts(members: int) -> dict:
    return {"area": 1, "members": members, "yearly_income": 0, "financial_assets": 0, "dwellings": 0,
            "other_property": 0, "vehicles": 0, "businesses": 0, "receives_dibao": 0, "receives_tekun": 0}  # fmt: skip


def plain_person(age: int) -> dict:
    return dict.fromkeys(PEOPLE.wrapped_strategy.mapping, 0) | {"counted": 1, "age": age}  # type: ignore[attr-defined]
