"""The law of many places as columns: a number where it is the same everywhere, else one gather by region and area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from core.errors import Blocked
from core.law.parameters import Area
from core.law.reader import Law
from core.rules.tracing import OWN_AREA, Asked

AREAS = 3  # no area, urban, rural


@dataclass(slots=True)
class Resolved:
    """Parameters by place: `uniform` have one value; `tables` one per place, reached by the position of the place."""

    uniform: dict[Asked, int] = field(default_factory=dict)
    tables: dict[Asked, list[int | None]] = field(default_factory=dict)
    lacking: frozenset[Asked] = frozenset()
    places: list[tuple[int, int]] = field(default_factory=list)


def resolve(asked: Iterable[Asked], homes: nw.DataFrame[Any], laws: Law | Mapping[int, Law]) -> Resolved:
    """Read every asked parameter once for each region and area that occurs."""
    wanted = list(asked)
    by_area = any(each.area == OWN_AREA for each in wanted)
    by_region = isinstance(laws, Mapping)
    keys = ["region"] * by_region + ["area"] * by_area
    rows = homes.select(*keys).unique().rows() if keys else [()]
    places = [
        (int(row[0]) if by_region else 0, int(row[-1]) if by_area else 0)
        for row in rows
    ]  # fmt: skip
    resolved = Resolved(places=places)
    lacking = set()
    for each in wanted:
        values = [
            _value(laws[region] if isinstance(laws, Mapping) else laws, each, area) for region, area in places
        ]
        distinct = set(values)
        if len(distinct) == 1 and None not in distinct:
            resolved.uniform[each] = int(values[0] or 0)
        else:
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


def _value(law: Law, asked: Asked, own_area: int) -> int | None:
    area = Area(own_area) if asked.area == OWN_AREA else Area[asked.area] if asked.area else None
    try:
        return _READ[asked.method](law, asked, area)
    except Blocked:
        return None


def add_law_columns(homes: nw.DataFrame[Any], resolved: Resolved) -> nw.DataFrame[Any]:
    """The frame with one column per parameter that differs from place to place; empty where a place lacks it."""
    if not resolved.tables:
        return homes
    regions = [region for region, _area in resolved.places]
    lowest = min(regions)
    by_region, by_area = len(set(regions)) > 1, any(area for _region, area in resolved.places)
    slots: list[int] = [0] * ((max(regions) - lowest + 1) * AREAS)
    for position, (region, area) in enumerate(resolved.places):
        slots[(region - lowest) * AREAS + area] = position
    slot: nw.Expr = nw.lit(0, nw.Int64)
    if by_region:
        slot = slot + (nw.col("region").cast(nw.Int64) - lowest) * AREAS
    if by_area:
        slot = slot + nw.col("area").cast(nw.Int64)
    kind = nw.get_native_namespace(homes)
    slot_of = homes.select(slot.alias("slot"), nw.col("household"))["slot"]
    columns = []
    for asked, values in resolved.tables.items():
        by_slot = nw.new_series(
            asked.column, [values[position] for position in slots], nw.Int64, backend=kind
        )
        columns.append(by_slot[slot_of])
    return homes.with_columns(*columns)
