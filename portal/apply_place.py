"""Choosing the village or community of the registered residence: level by level, or by a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Invalid, NotFound
from core.regions import queries as regions
from core.regions.models import Region
from core.regions.names import spoken
from core.web.current import Current
from core.web.request import session, today
from core.web.texts import N_, gettext

SHORTEST_SEARCH = 2
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """`way`: (code, name) from the nation down to `under`. `below`: the places one step down, or those found by name.

    `here` is `under` itself where nothing smaller is known, so that it may be chosen. Each of `below` says whether it is
    the smallest there is.
    """

    under: str
    way: Sequence[tuple[str, str]]
    below: Sequence[tuple[Region, bool]]
    here: Region | None
    text: str


def choose_place(under: str, text: str) -> PlaceChoice:
    """What to offer below `under` (a place one came from, else the nation) for a typed part of a name."""
    code = _known(under) or _known(Current().place) or regions.NATION
    text = text.strip()
    if text and (code != regions.NATION or len(text) >= SHORTEST_SEARCH):
        found = regions.search(session(), text, code, limit=MOST_FOUND, on=today())
        return PlaceChoice(code, _way(code), [(each, is_smallest(each)) for each in found], None, text)
    below = regions.children(session(), code, today())
    here = None
    if not below and code != regions.NATION:
        here = regions.node(session(), code)
    return PlaceChoice(code, _way(code), [(each, is_smallest(each)) for each in below], here, text)


def _known(code: str) -> str:
    """`code` if there is such a place; of a village the township, where its neighbours stand too."""
    if not regions.has_shape(code):
        return ""
    try:
        place = regions.node(session(), code)
    except NotFound:
        return ""
    return str(place.parent_code if place.level > regions.Level.TOWNSHIP else place.code)


def _way(code: str) -> list[tuple[str, str]]:
    whole = [(regions.NATION, gettext("全国"))]
    if code == regions.NATION:
        return whole
    return whole + [(place.code, place.name) for place in regions.path(session(), code)]


def is_smallest(place: Region) -> bool:
    """Whether a village, or a township of which no villages are known."""
    if place.level > regions.Level.TOWNSHIP:
        return True
    return place.level == regions.Level.TOWNSHIP and not regions.children(session(), place.code, today())


def chosen_place(code: str) -> Region:
    """The place of a pressed button. Raises Invalid for what is no village (or smallest township) in force."""
    try:
        place = regions.node(session(), code)
    except NotFound:
        raise Invalid(N_("没有找到这个地方。请从列出的里面选。"), field="region") from None
    if not place.in_force(today()) or not is_smallest(place):
        raise Invalid(N_("请选到村或社区。"), field="region")
    return place


def place_name(region: str) -> str:
    """The full name of the place of a draft, as people say it."""
    return spoken(regions.node(session(), region).full_name)
