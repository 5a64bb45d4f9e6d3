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
STRANGE_REGION = "a household of a region whose law was not given"


@dataclass(slots=True)
class Resolved:
    """Parameters by place: `uniform` have one value; `tables` one per place, in the order of `places`."""

    places: list[tuple[int, int]]
    uniform: dict[Asked, int] = field(default_factory=dict)
    tables: dict[Asked, list[int | None]] = field(default_factory=dict)
    lacking: frozenset[Asked] = frozenset()


def resolve(asked: Iterable[Asked], laws: Law | Mapping[int, Law]) -> Resolved:
    """Read every asked parameter once for each region, and each area where it matters."""
    by_region = laws if isinstance(laws, Mapping) else {0: laws}
    resolved = Resolved([(region, area) for region in by_region for area in range(AREAS)])
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


def add_law_columns(homes: nw.DataFrame[Any], resolved: Resolved) -> nw.DataFrame[Any]:
    """The frame with one column per parameter that differs from place to place; empty where a place lacks it.

    Raises ValueError for a region without a law, or an area that is neither urban nor rural.
    """
    slot_of, slots = _slots(homes, resolved)
    kind = nw.get_native_namespace(homes)
    columns = []
    for asked, values in resolved.tables.items():
        in_slots = [None if position is None else values[position] for position in slots]
        columns.append(
            nw.new_series(asked.column, in_slots, nw.Int64, backend=kind)[slot_of].alias(asked.column)
        )
    return homes.with_columns(*columns)


def _slots(homes: nw.DataFrame[Any], resolved: Resolved) -> tuple[nw.Series[Any], list[int | None]]:
    """Where each household's place stands in a dense table by region and area, and the table itself."""
    regions = [region for region, _area in resolved.places]
    lowest, highest = min(regions), max(regions)
    slots: list[int | None] = [None] * ((highest - lowest + 1) * AREAS)
    for position, (region, area) in enumerate(resolved.places):
        slots[(region - lowest) * AREAS + area] = position
    by_region = len(set(regions)) > 1
    by_area = any(asked.area == OWN_AREA for asked in (*resolved.tables, *resolved.uniform))
    slot: nw.Expr = nw.lit(0, nw.Int32)
    if by_region:
        given = homes["region"]
        if len(homes) and (given.min() < lowest or given.max() > highest):
            raise ValueError(STRANGE_REGION)
        slot = slot + (nw.col("region").cast(nw.Int32) - lowest) * AREAS
    if by_area:
        areas = homes["area"]
        if len(homes) and not (areas.min() >= Area.URBAN and areas.max() <= Area.RURAL):
            raise ValueError("an area is neither urban nor rural")
        slot = slot + nw.col("area").cast(nw.Int32)
    slot_of = homes.select(nw.col("household"), slot.cast(nw.UInt32).alias("slot"))["slot"]
    if len(resolved.places) < len(slots):
        known = nw.new_series(
            "known", [each is not None for each in slots], nw.Boolean, backend=nw.get_native_namespace(homes)
        )
        if not known[slot_of].all():
            raise ValueError(STRANGE_REGION)
    return slot_of, slots
