"""Person rules over all people of all households, added up per household without a join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import polars as pl

from core.rules.choose import largest, to_monthly
from core.rules.columns import Column, whole
from core.rules.law_columns import Resolved
from core.rules.rule import PersonRule
from core.rules.tracing import Trace, first_lacking, lacks_of, traced_person_value

SUPPLEMENT = "shown supplement"


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A person rule as an expression: its value in fen × `per`, what it reads of the household, what may lack where."""

    value: Any
    per: int
    of_home: Mapping[str, str]  # column beside the person: column of the household
    missing: Mapping[str, pl.Expr]

    @classmethod
    def of(cls, person_rule: PersonRule, trace: Trace, resolved: Resolved, day: date) -> Self:
        value, per = traced_person_value(person_rule, trace, day)
        places = {asked.column: asked.column for asked in trace.asked if asked in resolved.tables}
        return cls(value, per, _facts_of_home(trace.home_facts) | places, trace.missing)


class People:
    """The people beside their households, sorted by household.

    A household's sum is then the difference of two running totals: ten times cheaper than grouping three million
    rows and joining a million sums back.
    """

    def __init__(
        self, people: pl.DataFrame | None, homes: pl.DataFrame, *, only_counted: bool = True
    ) -> None:
        """Raises ValueError when a person's household is not among the homes, or no people are given."""
        if people is None:
            raise ValueError("this rule reads people: give a frame of them")
        frame = people
        if only_counted and "counted" in frame.columns:
            frame = frame.filter(pl.col("counted").cast(pl.Boolean))
        if only_counted and not frame["household"].is_sorted():
            frame = frame.sort("household")
        self._homes = homes
        self._frame = frame
        if only_counted:
            self._place_groups()
        else:
            self._home_of = self._positions(frame["household"])

    def _place_groups(self) -> None:
        """Where each household's people end, and which row of the homes each belongs to."""
        # run lengths: shifting, comparing and counting three million rows costs three times as much
        household = self._frame["household"]
        self._ends = household.rle().struct.field("len").cum_sum() - 1
        self._groups = household.gather(self._ends)
        homes = self._homes["household"]
        self._aligned = len(homes) == len(self._groups) and bool((homes == self._groups).all())
        ordinal = household.rle_id()
        self._home_of = ordinal if self._aligned else self._positions(self._groups).gather(ordinal)

    def _positions(self, household: pl.Series) -> pl.Series:
        homes = self._homes.select("household").with_row_index("position")
        asked = pl.DataFrame({"household": household})
        placed = asked.join(homes, on="household", how="left", maintain_order="left")["position"]
        if placed.has_nulls():
            raise ValueError("people of a household that is not among the homes")
        return placed

    def beside_their_home(self, home_facts: set[str], resolved: Resolved) -> pl.DataFrame:
        """The people with the facts and parameters of their household beside them."""
        return self._beside(
            _facts_of_home(home_facts) | {each.column: each.column for each in resolved.tables}
        )

    def _beside(self, of_home: Mapping[str, str]) -> pl.DataFrame:
        return self._frame.with_columns(
            self._homes[name].gather(self._home_of).alias(alias) for alias, name in of_home.items()
        )

    def totals(self, wanted: Mapping[str, tuple[str, PersonValue]]) -> list[pl.Series]:
        """One column per sum, count or maximum a household rule reads, in the homes' order, and what stops it there."""
        columns = []
        for name, (how, read) in wanted.items():
            frame = self._beside(read.of_home)
            number = (whole(read.value) != 0).cast(pl.Int64) if how == "count" else whole(read.value)
            each = _worked_out(frame, number)
            columns.append((self._largest(each) if how == "most" else self._sum(each)).alias(name))
            columns.append(self._first_lack(frame, read, name))
        return columns

    def shown_amounts(self, read: PersonValue, homes: pl.DataFrame, unit_fen: Any) -> list[pl.Series]:
        """What all people of each household receive a month, each rounded by itself; and what stops it.

        `homes`: the households with the sums that the unit may depend on.
        """
        frame = self._beside(read.of_home)
        unit = unit_fen
        if isinstance(unit_fen, Column):
            units = _worked_out(homes, whole(unit_fen)).gather(self._home_of)
            frame = frame.with_columns(unit=units)
            unit = Column(pl.col("unit"), wide=True)
        # a share is never negative; of another amount below nothing nobody pays
        amount = read.value if read.per > 1 else largest(0, read.value)
        each = _worked_out(frame, whole(to_monthly(amount, read.per, unit)))
        columns = [self._sum(each).alias(SUPPLEMENT)]
        return [*columns, self._first_lack(frame, read, SUPPLEMENT)] if read.missing else columns

    def _first_lack(self, frame: pl.DataFrame, read: PersonValue, name: str) -> pl.Series:
        """What the first person of a household lacks, as a single run would stop there."""
        each = frame.select("household", lack=first_lacking(read.missing))
        first = each.drop_nulls("lack").unique("household", keep="first", maintain_order=True)
        return self._by_home(first, "lack").alias(lacks_of(name))

    def _sum(self, each: pl.Series) -> pl.Series:
        # an empty cell stops its own household, and no other's sum
        running = each.fill_null(0).cum_sum().gather(self._ends)
        return self._in_homes_order(running - running.shift(1, fill_value=0))

    def _largest(self, each: pl.Series) -> pl.Series:
        most = self._frame.select("household", value=each).group_by("household").agg(pl.col("value").max())
        return self._by_home(most, "value").fill_null(0)

    def _in_homes_order(self, sums: pl.Series) -> pl.Series:
        if self._aligned:
            return sums
        placed = pl.DataFrame({"household": self._groups, "value": sums})
        return self._by_home(placed, "value").fill_null(0)

    def _by_home(self, found: pl.DataFrame, name: str) -> pl.Series:
        """A value of each household in the homes' order; empty where nothing was found."""
        return self._homes.select("household").join(found, on="household", how="left", maintain_order="left")[
            name
        ]


def _worked_out(frame: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    """An expression for every row, even where it is the same for all."""
    return frame.select("household", value=expression)["value"]


def _facts_of_home(names: set[str]) -> dict[str, str]:
    return {f"home {name}": name for name in sorted(names)}
