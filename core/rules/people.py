"""Person rules over all people of all households, added up per household without a join."""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from core.rules.choose import to_monthly
from core.rules.columns import Column, whole
from core.rules.law_columns import Resolved
from core.rules.rule import PersonRule
from core.rules.tracing import Trace, first_lacking, traced_person_value


class People:
    """The people beside their households, sorted by household.

    A household's sum is then the difference of two running totals: ten times cheaper than grouping three million
    rows and joining a million sums back.
    """

    def __init__(
        self,
        people: Any,
        homes: nw.DataFrame[Any],
        resolved: Resolved,
        day: date,
        *,
        only_counted: bool = True,
    ) -> None:
        """Raises ValueError when a person's household is not among the homes, or no people are given."""
        if people is None:
            raise ValueError("this rule reads people: give a frame of them")
        frame: nw.DataFrame[Any] = nw.from_native(people, eager_only=True)
        if only_counted and "counted" in frame.columns:
            frame = frame.filter(nw.col("counted").cast(nw.Boolean))
        if only_counted and not frame["household"].is_sorted():
            frame = frame.sort("household")
        self._homes = homes
        self._resolved = resolved
        self._day = day
        self._frame = frame
        if only_counted:
            self._place_groups()
        else:
            self._home_of = self._positions(frame["household"])

    def _place_groups(self) -> None:
        """Where each household's people end, and which row of the homes each belongs to."""
        # polars' own run lengths: shifting, comparing and counting three million rows costs three times as much
        household: pl.Series = self._frame["household"].to_native()
        lengths = household.rle().struct.field("len")
        ends = lengths.cum_sum() - 1
        groups = household.gather(ends)
        homes: pl.Series = self._homes["household"].to_native()
        self._ends = ends
        self._groups: nw.Series[Any] = nw.from_native(groups, series_only=True)
        self._aligned = len(homes) == len(groups) and bool((homes == groups).all())
        ordinal: nw.Series[Any] = nw.from_native(household.rle_id(), series_only=True)
        self._home_of = ordinal if self._aligned else self._positions(self._groups)[ordinal]

    def _positions(self, household: nw.Series[Any]) -> nw.Series[Any]:
        homes = self._homes.select("household").with_row_index("position")
        placed = (
            household.alias("household")
            .to_frame()
            .join(homes, on="household", how="left")["position"]
            .cast(nw.UInt32)
        )
        if placed.is_null().any():
            raise ValueError("people of a household that is not among the homes")
        return placed

    def with_home_columns(self, home_facts: set[str]) -> nw.DataFrame[Any]:
        """The people with the facts and parameters of their household beside them."""
        wanted = {f"home {name}": name for name in sorted(home_facts)}
        return self._beside(wanted | {asked.column: asked.column for asked in self._resolved.tables})

    def _beside(self, wanted: dict[str, str]) -> nw.DataFrame[Any]:
        return self._frame.with_columns(
            *(self._homes[name][self._home_of].alias(alias) for alias, name in wanted.items())
        )

    def _read(self, person_rule: PersonRule) -> tuple[nw.DataFrame[Any], Any, int, Trace]:
        trace = Trace(uniform=self._resolved.uniform, lacking=self._resolved.lacking)
        value, per = traced_person_value(person_rule, trace, self._day)
        wanted = {f"home {name}": name for name in sorted(trace.home_facts)}
        wanted |= {asked.column: asked.column for asked in trace.asked if asked in self._resolved.tables}
        return self._beside(wanted), value, per, trace

    def totals(self, wanted: dict[str, tuple[str, PersonRule]]) -> list[nw.Series[Any]]:
        """One column per sum, count or maximum a household rule reads, in the homes' order."""
        columns = []
        for name, (how, person_rule) in wanted.items():
            frame, value, _per, _trace = self._read(person_rule)
            number = (whole(value) != 0).cast(nw.Int64) if how == "count" else whole(value)
            each = frame.select(value=number)["value"]
            columns.append((self._largest(each) if how == "most" else self._sum(each)).alias(name))
        return columns

    def shown_amounts(self, person_rule: PersonRule, unit_fen: Any) -> list[nw.Series[Any]]:
        """What all people of each household receive a month, each rounded by itself; and the parameter it lacks."""
        frame, value, per, trace = self._read(person_rule)
        unit = unit_fen
        if isinstance(unit_fen, Column):
            units = self._homes.select(unit=whole(unit_fen))["unit"][self._home_of]
            frame = frame.with_columns(units)
            unit = Column(nw.col("unit"), wide=True)
        each = frame.select(value=whole(to_monthly(value, per, unit)).fill_null(0))["value"]
        columns = [self._sum(each).alias("shown supplement")]
        if trace.missing:
            columns.append(self._first_lack(frame.select(lack=first_lacking(trace.missing))["lack"]))
        return columns

    def _first_lack(self, each: nw.Series[Any]) -> nw.Series[Any]:
        """What the first person of a household lacks, as a single run would stop there."""
        frame = _side_by_side({"household": self._frame["household"], "lacks supplement": each})
        first = frame.drop_nulls("lacks supplement").unique("household", keep="first", maintain_order=True)
        return self._by_home(first, "lacks supplement")

    def _sum(self, each: nw.Series[Any]) -> nw.Series[Any]:
        values: pl.Series = each.to_native()
        running = values.cum_sum().gather(self._ends)
        sums: nw.Series[Any] = nw.from_native(
            running.diff().fill_null(running.head(1).sum()), series_only=True
        )
        return self._in_homes_order(sums)

    def _largest(self, each: nw.Series[Any]) -> nw.Series[Any]:
        frame = _side_by_side({"household": self._frame["household"], "value": each})
        most = frame.group_by("household").agg(nw.col("value").max())
        return self._by_home(most, "value").fill_null(0)

    def _in_homes_order(self, sums: nw.Series[Any]) -> nw.Series[Any]:
        if self._aligned:
            return sums
        placed = _side_by_side({"household": self._groups, "value": sums})
        return self._by_home(placed, "value").fill_null(0)

    def _by_home(self, found: nw.DataFrame[Any], name: str) -> nw.Series[Any]:
        """A value of each household in the homes' order; empty where nothing was found."""
        return self._homes.select("household").join(found, on="household", how="left")[name]


def _side_by_side(columns: dict[str, nw.Series[Any]]) -> nw.DataFrame[Any]:
    first, *others = (series.alias(name) for name, series in columns.items())
    return first.to_frame().with_columns(*others)
