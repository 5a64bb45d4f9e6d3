"""Where a pack stands in a region: always in force, fixed by the settings, enabled, about to be, ending, or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.access import region_contains
from core.catalogue import Catalogue, Enabling, Pack
from core.scopes import level_column


class State(StrEnum):
    """What a list of packs says of one."""

    GROUND = "ground"
    FIXED = "fixed"
    ENABLED = "enabled"
    COMING = "coming"
    ENDING = "ending"
    ABOVE = "above"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Standing:
    """`from_day`, `to_day`: of the row that says so. `version`: installed when it was enabled."""

    pack: Pack
    state: State
    from_day: date | None = None
    to_day: date | None = None
    version: str = ""

    @property
    def in_force(self) -> bool:
        return self.state in {State.GROUND, State.FIXED, State.ENABLED, State.ENDING, State.ABOVE}

    @property
    def was_updated(self) -> bool:
        """Whether another version is installed than the one that was enabled."""
        return bool(self.version) and self.version != self.pack.info.version


def is_deciding_level(region_code: str) -> bool:
    """Whether packs are enabled at this level: the province, or the nation."""
    return level_column(region_code) in {"", "province"}


def standing(
    catalogue: Catalogue, name: str, region_code: str, on: date, enablings: Iterable[Enabling]
) -> Standing:
    """How the pack stands in exactly that region on that day. Raises NotFound for a pack not installed."""
    pack = catalogue.pack(name)
    if pack.is_ground:
        return Standing(pack, State.GROUND)
    if catalogue.pinned:
        return Standing(pack, State.FIXED if name in catalogue.pinned else State.OFF)
    rows = [row for row in enablings if row.pack == name and (row.to_day is None or row.to_day > on)]
    for row in rows:
        if row.region_code == region_code:
            state = State.COMING if row.from_day > on else State.ENDING if row.to_day else State.ENABLED
            return Standing(pack, state, row.from_day, row.to_day, row.version)
    for row in rows:
        if row.from_day <= on and region_contains(row.region_code, region_code):
            return Standing(pack, State.ABOVE, row.from_day, row.to_day, row.version)
    return Standing(pack, State.OFF)


def standings(
    catalogue: Catalogue, region_code: str, on: date, enablings: Iterable[Enabling]
) -> list[Standing]:
    """Every installed pack that concerns the region, the ground first, then by name."""
    rows = list(enablings)
    found = [
        standing(catalogue, name, region_code, on, rows)
        for name, pack in catalogue.packs.items()
        if pack.concerns(region_code)
    ]
    return sorted(found, key=lambda each: (not each.pack.is_ground, each.pack.name))
