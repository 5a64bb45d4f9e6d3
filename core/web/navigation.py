"""The main navigation of both faces: pages enter themselves when their blueprint is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

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


@dataclass(slots=True)
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
    held = mine.actor.permissions_at(mine.actor.node)
    entries: list[NavEntry] = current_app.extensions.get(EXTENSION, [])
    root, path = request.script_root, request.path
    shown = [
        (entry, _address(entry, root))
        for entry in sorted(entries, key=_order)
        if entry.face == mine.face and (not entry.permissions or entry.permissions & held)
    ]
    here = max((url for _, url in shown if _leads_to(url, path)), key=len, default=None)
    return [
        NavItem(
            url=url,
            label=gettext(entry.label),
            icon=entry.icon,
            count=_counted(entry),
            active=url == here,
            group=gettext(entry.group) if entry.group else None,
        )
        for entry, url in shown
    ]


_order = attrgetter("order")


def _address(entry: NavEntry, root: str) -> str:
    """Where the line leads; it takes no values, so the address depends on the site's prefix (`root`) alone."""
    known: dict[tuple[str, str], str] = current_app.extensions[EXTENSION_ADDRESSES]
    key = (root, entry.endpoint)
    if key not in known:
        known[key] = url_for(entry.endpoint)
    return known[key]


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
