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
from core.web.texts import N_
from portal.places import way_to

SHORTEST_SEARCH = 2
MOST_FOUND = 20
NOT_OPEN = N_("这里还没有开通网上申请。请带身份证和户口本，到户口所在地的镇（街道）窗口申请。")


@dataclass(frozen=True, slots=True)
class PlaceOffered:
    """A place to choose, when it is the `smallest` there is, or to go on from. `is_open`: one can apply online there."""

    place: Region
    smallest: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """`way`: (code, name) from the nation down to `under`. `below`: the places one step down, or those found by name.

    `under` itself stands there where nothing smaller is known, so that it may be chosen. `everywhere`: nothing of that name
    lies below `under`, so these are from the whole country.
    """

    under: str
    way: Sequence[tuple[str, str]]
    below: Sequence[PlaceOffered]
    text: str
    everywhere: bool = False


def choose_place(under: str, text: str) -> PlaceChoice:
    """What to offer below `under` (a place one came from, else the nation) for a typed part of a name."""
    code = _known(under) or _known(Current().place) or regions.NATION
    text = text.strip()
    if text and (code != regions.NATION or len(text) >= SHORTEST_SEARCH):
        found = _named(text, code)
        everywhere = not found and code != regions.NATION and len(text) >= SHORTEST_SEARCH
        found = _named(text, regions.NATION) if everywhere else found
        return PlaceChoice(code, way_to(code), _offered(found), text, bool(everywhere and found))
    below = regions.children(session(), code, today()) or [regions.node(session(), code)]
    return PlaceChoice(code, way_to(code), _offered(below), text)


def _named(text: str, under: str) -> list[Region]:
    return regions.search(session(), text, under, limit=MOST_FOUND, on=today())


def _offered(places: Sequence[Region]) -> list[PlaceOffered]:
    """Where one can apply comes first; otherwise in the order given."""
    served = regions.served(session(), places)
    offered = [PlaceOffered(each, is_smallest(each), each.code in served) for each in places]
    return sorted(offered, key=lambda each: not each.is_open)


def _known(code: str) -> str:
    """`code` if there is such a place; of a village the township, where its neighbours stand too."""
    if not regions.has_shape(code):
        return ""
    try:
        place = regions.node(session(), code)
    except NotFound:
        return ""
    return str(place.parent_code if place.level > regions.Level.TOWNSHIP else place.code)


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
    if not regions.served(session(), [place]):
        raise Invalid(NOT_OPEN, field="region")
    return place


def place_name(region: str) -> str:
    """The full name of the place of a draft, as people say it."""
    return spoken(regions.node(session(), region).full_name)
