"""The law of many places as columns: a number where it is the same everywhere, else one gather by region and area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import polars as pl

from core.errors import Blocked
from core.law.parameters import Area
from core.law.reader import Law
from core.rules.tracing import OWN_AREA, Asked

AREAS = 3  # no area, urban, rural
STRANGE_REGION = "a household of a region whose law was not given"


@dataclass(slots=True)
class Resolved:
    """Parameters by place: `uniform` have one value; `tables` one per place, in the order of `places`."""

    places: list[tuple[int, int]]
    uniform: dict[Asked, int] = field(default_factory=dict)
    tables: dict[Asked, list[int | None]] = field(default_factory=dict)
    lacking: frozenset[Asked] = frozenset()
    by_region: bool = False  # one law for each region, though it be one region


def resolve(asked: Iterable[Asked], laws: Law | Mapping[int, Law]) -> Resolved:
    """Read every asked parameter once for each region, and each area where it matters."""
    by_region = laws if isinstance(laws, Mapping) else {0: laws}
    places = [(region, area) for region in by_region for area in range(AREAS)]
    resolved = Resolved(places, by_region=isinstance(laws, Mapping))
    lacking = set()
    for each in asked:
        values: list[int | None] = []
        for law in by_region.values():
            if each.area == OWN_AREA:
                values += [None, *(_value(law, each, area) for area in Area)]
            else:
                values += [_value(law, each, None)] * AREAS
        distinct = {value for place, value in enumerate(values) if place % AREAS or each.area != OWN_AREA}
        if len(distinct) == 1 and None not in distinct:
            resolved.uniform[each] = distinct.pop() or 0
            continue
        resolved.tables[each] = values
        if None in distinct:
            lacking.add(each)
    resolved.lacking = frozenset(lacking)
    return resolved


_READ: dict[str, Callable[[Law, Asked, Area | None], int]] = {
    "fen": lambda law, asked, area: law.fen(asked.key, area, at=asked.at),
    "number": lambda law, asked, area: law.number(asked.key, area),
    "days": lambda law, asked, _area: law.days(asked.key),
    "rate": lambda law, asked, _area: law.rate(asked.key),
    "numerator": lambda law, asked, _area: law.ratio(asked.key)[0],
    "denominator": lambda law, asked, _area: law.ratio(asked.key)[1],
    "yes": lambda law, asked, _area: int(law.yes(asked.key)),
}


def _value(law: Law, asked: Asked, own_area: Area | None) -> int | None:
    area = own_area or (Area[asked.area] if asked.area else None)
    try:
        return _READ[asked.method](law, asked, area)
    except Blocked:
        return None


@dataclass(frozen=True, slots=True)
class LawTables:
    """What differs from place to place, in dense tables by region and area: one gather brings it to every household."""

    lowest: int
    highest: int
    by_region: bool
    by_area: bool
    columns: tuple[pl.Series, ...]
    known: pl.Series | None  # which slots are a place; nothing where all are

    @classmethod
    def of(cls, resolved: Resolved) -> Self:
        regions = [region for region, _area in resolved.places]
        lowest, highest = min(regions), max(regions)
        slots: list[int | None] = [None] * ((highest - lowest + 1) * AREAS)
        for position, (region, area) in enumerate(resolved.places):
            slots[(region - lowest) * AREAS + area] = position
        return cls(
            lowest,
            highest,
            by_region=resolved.by_region,
            by_area=any(asked.area == OWN_AREA for asked in (*resolved.tables, *resolved.uniform)),
            columns=tuple(
                pl.Series(asked.column, [None if at is None else values[at] for at in slots], pl.Int64)
                for asked, values in resolved.tables.items()
            ),
            known=None
            if len(resolved.places) == len(slots)
            else pl.Series([at is not None for at in slots], dtype=pl.Boolean),
        )

    def beside(self, homes: pl.DataFrame) -> pl.DataFrame:
        """The households with one column per parameter that differs; empty where a place lacks it.

        Raises ValueError for a region without a law, or an area that is neither urban nor rural.
        """
        slot_of = self._slots_of(homes)
        if self.known is not None and not self.known.gather(slot_of).all():
            raise ValueError(STRANGE_REGION)
        return homes.with_columns(column.gather(slot_of) for column in self.columns)

    def _slots_of(self, homes: pl.DataFrame) -> pl.Series:
        slot: pl.Expr = pl.lit(0, pl.Int32)
        if self.by_region:
            if not homes["region"].is_between(self.lowest, self.highest).fill_null(False).all():
                raise ValueError(STRANGE_REGION)
            slot = slot + (pl.col("region").cast(pl.Int32) - self.lowest) * AREAS
        if self.by_area:
            if not homes["area"].is_between(Area.URBAN, Area.RURAL).all():
                raise ValueError("an area is neither urban nor rural")
            slot = slot + pl.col("area").cast(pl.Int32)
        return homes.select("household", slot=slot.cast(pl.UInt32))["slot"]
