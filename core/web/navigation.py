"""The main navigation of both faces: pages enter themselves when their blueprint is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, current_app, request, url_for
from flask.sansio.blueprints import BlueprintSetupState

from core.access import Permission
from core.sessions import ScopedSession
from core.web.request import session, state
from core.web.texts import gettext

EXTENSION = "doudi_navigation"
EXTENSION_ADDRESSES = "doudi_navigation_addresses"
Counter = Callable[[ScopedSession], int]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of a menu. `face`: "portal" or "staff"; `label`, `group`: msgids; `permissions`: one of them is needed.

    `count` gives the number beside it, read in the request's own scope.
    """

    face: str
    endpoint: str
    label: str
    icon: str
    order: int
    group: str = ""
    permissions: frozenset[Permission] = frozenset()
    count: Counter | None = None


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line as the layout shows it, in the reader's language."""

    url: str
    label: str
    icon: str
    count: int | None
    active: bool
    group: str | None


def add_to_navigation(blueprint: Blueprint, *entries: NavEntry) -> None:
    """Enter pages of `blueprint` into the menus of every app it is registered in."""

    def enter(setup: BlueprintSetupState) -> None:
        setup.app.extensions.setdefault(EXTENSION, []).extend(entries)

    blueprint.record(enter)


def nav_items() -> list[NavItem]:
    """The menu of the present face for who acts, in order; the line whose address reaches furthest is the active one."""
    mine = state()
    entries: list[NavEntry] = current_app.extensions.get(EXTENSION, [])
    shown = [entry for entry in entries if entry.face == mine.face and _may_see(entry)]
    addresses = _addresses(shown)
    here = max((url for url in addresses.values() if _leads_to(url, request.path)), key=len, default=None)
    return [
        NavItem(
            url=addresses[entry],
            label=gettext(entry.label),
            icon=entry.icon,
            count=_counted(entry),
            active=addresses[entry] == here,
            group=gettext(entry.group) if entry.group else None,
        )
        for entry in sorted(shown, key=lambda entry: entry.order)
    ]


def _addresses(entries: list[NavEntry]) -> dict[NavEntry, str]:
    """Where each line leads; the lines take no values, so an address depends on the site's prefix alone."""
    known: dict[tuple[str, str], str] = current_app.extensions[EXTENSION_ADDRESSES]
    prefix = request.script_root
    for entry in entries:
        if (prefix, entry.endpoint) not in known:
            known[prefix, entry.endpoint] = url_for(entry.endpoint)
    return {entry: known[prefix, entry.endpoint] for entry in entries}


def _may_see(entry: NavEntry) -> bool:
    actor = state().actor
    return not entry.permissions or any(actor.may(permission) for permission in entry.permissions)


def _leads_to(url: str, path: str) -> bool:
    # a face's own home is active only on itself
    return path == url or (url not in {"/", "/staff/"} and path.startswith(url.rstrip("/") + "/"))


def _counted(entry: NavEntry) -> int | None:
    mine = state()
    if entry.count is None or mine.broken or mine.scope is None:
        return None
    return entry.count(session())


def install_navigation(app: Flask) -> None:
    """An empty menu, filled as blueprints are registered."""
    app.extensions.setdefault(EXTENSION, [])
    app.extensions[EXTENSION_ADDRESSES] = {}
