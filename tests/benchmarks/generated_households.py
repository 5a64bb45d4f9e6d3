"""A province of made-up households: integer columns only, the same for every peer."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl

from core.law import Area, Law, LawBook, Standard, Unit, path_of

PLUGINS = Path(__file__).parents[2] / "plugins"
DAY = date(2023, 3, 10)
COUNTIES = tuple(range(520300, 520388))  # as many as Guizhou has
RATES = {"severe_disability": 30, "serious_illness": 30, "elderly": 20, "student": 10}


def law_book() -> LawBook:
    """Guizhou's law with an invented standard per county and kind of area."""
    book = LawBook.load(
        [
            ("000000000000", PLUGINS / "national" / "parameters"),
            ("520000000000", PLUGINS / "guizhou" / "parameters"),
        ]
    )
    standards = [
        Standard(
            f"supplement.rate.{group}",
            "520000000000",
            Fraction(rate, 100),
            Unit.RATIO,
            date(2022, 1, 1),
            "演示",
        )
        for group, rate in RATES.items()
    ]
    for key, value, unit in (
        ("assets.financial_months", 24, Unit.MONTHS),
        ("assets.dwellings", 1, Unit.COUNT),
        ("assets.other_property", 0, Unit.COUNT),
        ("assets.vehicles", 0, Unit.COUNT),
    ):
        standards.append(Standard(key, "520000000000", value, unit, date(2022, 1, 1), "演示"))
    for number, county in enumerate(COUNTIES):
        for area, monthly in ((Area.URBAN, 70_000 + 211 * number), (Area.RURAL, 45_000 + 97 * number)):
            code = f"{county}000000"
            standards.append(
                Standard("dibao.standard", code, monthly, Unit.FEN_PER_MONTH, date(2022, 1, 1), "演示", area)
            )
    return book.with_standards(standards)


def laws(book: LawBook) -> dict[int, Law]:
    """The law of one day in each county."""
    return {county: book.on(DAY, path_of(f"{county}000000")) for county in COUNTIES}


def households(count: int, seed: int = 20230310) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`count` households with one to five people each, as a register would hand them over: small whole numbers."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 6, count)
    of_household = np.repeat(np.arange(count, dtype=np.int64), size)
    people = len(of_household)
    disabled = rng.random(people) < 0.15
    homes = {
        "household": np.arange(count, dtype=np.int64),
        "region": rng.choice(np.array(COUNTIES, dtype=np.int32), count),
        "area": rng.integers(1, 3, count).astype(np.int8),
        "members": size.astype(np.int8),
        "yearly_income": rng.integers(0, 30_000_00, count) * (rng.random(count) < 0.9),
        "financial_assets": rng.integers(0, 40_000_00, count) * (rng.random(count) < 0.6),
        "dwellings": rng.choice(np.array([0, 1, 1, 1, 1, 1, 2], dtype=np.int8), count),
        "other_property": (rng.random(count) < 0.02).astype(np.int8),
        "vehicles": (rng.random(count) < 0.05).astype(np.int8),
        "receives_dibao": (rng.random(count) < 0.3).astype(np.int8),
    }
    members = {
        "household": of_household,
        "age": rng.integers(0, 95, people).astype(np.int8),
        "disability_class": (rng.integers(1, 8, people) * disabled).astype(np.int8),
        "disability_grade": (rng.integers(1, 5, people) * disabled).astype(np.int8),
        "mental_part_grade": (rng.integers(0, 5, people) * disabled).astype(np.int8),
        "seriously_ill": (rng.random(people) < 0.05).astype(np.int8),
        "student": (rng.random(people) < 0.15).astype(np.int8),
    }
    return pl.DataFrame(homes), pl.DataFrame(members)
