"""`current` of every template: the reader's language and wishes, who is signed in, and the place the page speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import g, request

from core.access import Role
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import SignedIn
from core.errors import NotFound
from core.regions import queries as regions
from core.scopes import Public
from core.sessions import ScopedSession, open_session
from core.web.installation import installation
from core.web.navigation import NavItem, nav_items
from core.web.request import RESIDENT_KIND, STAFF_KIND, is_htmx, known_session, session, state, today
from core.web.texts import gettext, language

LARGE_COOKIE = "doudi_large"
THEME_COOKIE = "doudi_theme"
PLACE_COOKIE = "doudi_place"
THEMES = ("light", "dark", "auto")


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """The counter shown at the foot of a page."""

    name: str
    phone: str
    address: str
    hours: str


class Current:
    """Read by layouts; each property is worked out when first asked for, and stays quiet on pages that tell of a fault."""

    @cached_property
    def language(self) -> str:
        return language()

    @cached_property
    def large(self) -> bool:
        return request.cookies.get(LARGE_COOKIE) == "1"

    @cached_property
    def theme(self) -> str:
        wish = request.cookies.get(THEME_COOKIE, "auto")
        return wish if wish in THEMES else "auto"

    @property
    def demo(self) -> bool:
        return installation().demo

    @property
    def face(self) -> str:
        return state().face

    @cached_property
    def path(self) -> str:
        """Where a form that changes the display comes back to: this page, or the one a fragment or failed form stood in."""
        return request.full_path.rstrip("?") if request.method == "GET" and not is_htmx() else request.path

    @cached_property
    def signed_in(self) -> SignedIn | None:
        """Whose face this is, also on public pages; None when the page is about a fault."""
        mine = state()
        if mine.signed_in is not None or mine.broken:
            return mine.signed_in
        return known_session(STAFF_KIND if mine.face == "staff" else RESIDENT_KIND)

    @property
    def account_name(self) -> str:
        found = self.signed_in
        return found.actor.name if found else ""

    @cached_property
    def role_name(self) -> str:
        """The roles held at the node worked in, in words."""
        actor = state().actor
        if not actor.node:
            return ""
        held = actor.roles_at(actor.node)
        return gettext("、").join(gettext(ROLE_WORDS[role]) for role in Role if role in held)

    @cached_property
    def region_path(self) -> list[tuple[str, str]]:
        """(code, name) from the province to the node worked in, or to the place the page speaks of."""
        code = state().node or self.place
        if not code:
            return []
        try:
            places = installation().places.path(_reading(), code)
        except NotFound:
            return [(code, code)]
        return places or [(code, gettext("全国"))]

    @cached_property
    def nodes(self) -> list[tuple[str, str]]:
        """(code, full name) of every node a staff member may switch to."""
        found = self.signed_in
        if found is None or not found.nodes:
            return []
        names = installation().places.full_names(_reading(), found.nodes)
        return [
            (
                code,
                gettext("{name}（已撤并）", name=names[code])
                if code in found.former
                else names.get(code) or gettext("全国"),
            )
            for code in found.nodes
        ]

    @property
    def place(self) -> str:
        """The region code the page speaks of: what the view said, else what the visitor once chose, else ""."""
        wish = state().place or request.cookies.get(PLACE_COOKIE, "")
        return wish if regions.has_shape(wish) else ""

    @property
    def region_name(self) -> str:
        """The county (or higher) the page speaks of, for the logo; nothing when none is known."""
        places = self.region_path
        at_most_county = [name for code, name in places if regions.level_of(code) <= regions.Level.COUNTY]
        return at_most_county[-1] if at_most_county else ""

    @property
    def office(self) -> OfficeCard | None:
        """The counter of the place, or the nearest above it that somebody entered."""
        code = state().node or self.place
        found = regions.office(_reading(), code) if code else None
        if found is None:
            return None
        return OfficeCard(
            found.window_name or found.office_name, found.phone, found.address, found.opening_hours
        )

    @cached_property
    def nav(self) -> list[NavItem]:
        return nav_items()

    @property
    def nonce(self) -> str:
        return state().nonce


def speak_of(region_code: str) -> None:
    """Say which place a page speaks of: its county names the page, its office stands at the foot."""
    state().place = region_code


def _reading() -> ScopedSession:
    """The request's session where it has one, else one of the public's own for the frame of the page."""
    mine = state()
    if mine.database is not None or mine.scope is not None:
        return session()
    kept: ScopedSession | None = g.get("doudi_frame")
    if kept is None:
        kept = g.doudi_frame = open_session(installation().engine, Public(today()), writes=False)
    return kept


def close_frame(_fault: BaseException | None = None) -> None:
    """Close what the frame of the page read with."""
    kept: ScopedSession | None = g.pop("doudi_frame", None)
    if kept is not None:
        kept.close()


def words_of_frame() -> dict[str, Current]:
    """What every template is given: one `current` for a page, so that its answers hold for that page alone."""
    return {"current": Current()}
