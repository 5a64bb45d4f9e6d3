"""What one running application is made of: database, vault, packs; made by app.py, read by every request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from flask import Flask
from sqlalchemy import Engine

from core.access import NATION
from core.accounts.signed_in import SignedIn, find_session
from core.catalogue.book import Catalogue
from core.catalogue.packs import Enabling
from core.catalogue.region_view import RegionCatalogue
from core.encryption import Vault
from core.settings import Settings
from core.web.kept_places import KeptPlaces
from core.web.proxies import application

EXTENSION = "doudi"


class SessionFinder(Protocol):
    """Finds the sign-in of a token, or None: unknown, signed out, or idle too long."""

    def __call__(
        self, engine: Engine, vault: Vault | None, token: str, *, now: datetime
    ) -> SignedIn | None: ...


def no_enablings(_engine: Engine) -> Sequence[Enabling]:
    """The rows of an installation where nobody enabled a pack."""
    return ()


@dataclass(slots=True)
class Installation:
    """`demo`: the mark written into the database when it was made (decision 20). `clock` gives aware instants.

    `packs_of_blueprints`: blueprint name → (pack, region it speaks for), for pages that packs bring.
    """

    settings: Settings
    engine: Engine
    catalogue: Catalogue
    vault: Vault | None = None
    demo: bool = False
    find_session: SessionFinder = find_session
    enablings: Callable[[Engine], Iterable[Enabling]] = no_enablings
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    packs_of_blueprints: dict[str, tuple[str, str]] = field(default_factory=dict)
    places: KeptPlaces = field(default_factory=KeptPlaces)

    def for_region(self, region: str, on: date) -> RegionCatalogue:
        """What packs declare for a region on a day, by the rows that enable them."""
        return self.catalogue.for_region(region, on, self.enablings(self.engine))

    def page_is_on(self, blueprint: str | None, region: str, on: date) -> bool:
        """Whether a blueprint's pack is enabled in `region`.

        "" asks for the region the pack speaks for; for one that speaks for the nation, whether any place enabled it.
        """
        said = self.packs_of_blueprints.get(blueprint or "")
        if said is None:
            return True
        pack, own_region = said
        rows = self.enablings(self.engine)
        if not region and own_region == NATION:
            return self.catalogue.enabled_anywhere(pack, on, rows)
        return pack in self.catalogue.enabled(region or own_region, on, rows)


def installation() -> Installation:
    """The installation that answers the present request."""
    found: Installation = application().extensions[EXTENSION]
    return found


def installation_of(app: Flask) -> Installation:
    """The installation behind `app`."""
    found: Installation = app.extensions[EXTENSION]
    return found
