"""One installed pack with everything it declares, and the dated rows that enable packs in regions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.access import NATION, region_contains
from core.catalogue.amendments import FormAmendment, SchemeAmendment
from core.catalogue.regional import (
    IdentityProvider,
    MessageChannel,
    PackBlueprint,
    RegionDeclaration,
)
from core.catalogue.schemes import Scheme
from core.forms import FormDeclaration
from core.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a pack module says of itself in its `PACK`: a short name (also its URL part), a title, a version."""

    name: str
    title: str
    version: str
    summary: str


@dataclass(frozen=True, slots=True)
class Pack:
    """An installed pack as collected at start. `plugin` is the module that holds its hooks; `folder` where it lies."""

    info: PackInfo
    plugin: Any
    folder: Path
    shipped: bool
    regions: tuple[RegionDeclaration, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    scheme_amendments: tuple[SchemeAmendment, ...] = ()
    forms: tuple[FormDeclaration, ...] = ()
    form_amendments: tuple[FormAmendment, ...] = ()
    rules: tuple[Rule, ...] = ()
    channels: tuple[MessageChannel, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    blueprints: tuple[PackBlueprint, ...] = ()

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def is_ground(self) -> bool:
        """The pack that speaks for the nation is in force everywhere and cannot be disabled."""
        return any(region.code == NATION for region in self.regions)

    @property
    def form_keys(self) -> tuple[tuple[str, str], ...]:
        """(name, version) of every form and amendment, as `Catalogue.form` takes them."""
        whole = tuple((form.name, form.version) for form in self.forms)
        return whole + tuple((form.name, form.version) for form in self.form_amendments)

    @property
    def region_codes(self) -> frozenset[str]:
        """Every region something of this pack is tagged with."""
        tagged: tuple[tuple[Any, ...], ...] = (
            self.schemes,
            self.scheme_amendments,
            self.forms,
            self.form_amendments,
            self.channels,
            self.identity_providers,
            self.blueprints,
        )
        return frozenset(row.region_code for rows in tagged for row in rows) | {
            region.code for region in self.regions
        }

    def concerns(self, region_code: str) -> bool:
        """Whether anything of the pack could be in force in that region or below it."""
        return any(
            region_contains(code, region_code) or region_contains(region_code, code)
            for code in self.region_codes
        )


@dataclass(frozen=True, slots=True)
class Enabling:
    """A pack in force in a region and below, from `from_day` to before `to_day` (None: open). A row, as plain data."""

    pack: str
    version: str
    region_code: str
    from_day: date
    to_day: date | None = None

    def in_force(self, region_code: str, on: date) -> bool:
        """Whether this row enables its pack in `region_code` on that day."""
        return (
            region_contains(self.region_code, region_code)
            and self.from_day <= on
            and (self.to_day is None or on < self.to_day)
        )
