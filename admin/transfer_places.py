"""Where a family may have moved to: any township of the country, reached by links from one's own county."""

from __future__ import annotations

from core.access import NATION
from core.errors import NotFound
from core.forms import Choice
from core.regions.codes import Level, codes_of, level_of
from core.regions.names import spoken
from core.regions.queries import children, has_shape, node, path
from core.web.request import actor, session, today
from core.web.texts import gettext


def place_chosen(code: str) -> str:
    """`code` if it is a place in force, else one's own county: most families move not far."""
    own = codes_of(actor().node)["county"] or actor().node
    if not has_shape(code):
        return own
    try:
        place = node(session(), code)
    except NotFound:
        return own
    return place.code if place.in_force(today()) else own


def way_from_nation(code: str) -> list[tuple[str, str]]:
    """(code, name) from the nation down to the place."""
    steps = [] if code == NATION else [(place.code, place.name) for place in path(session(), code)]
    return [(NATION, gettext("全国")), *steps]


def places_under(code: str) -> list[tuple[str, str]]:
    """(code, name) one step below, down to townships."""
    if level_of(code) >= Level.TOWNSHIP:
        return []
    return [(place.code, place.name) for place in children(session(), code, today())]


def villages_of(township: str) -> list[Choice]:
    """The villages of a township to choose from; none where none were imported."""
    return [Choice(place.code, spoken(place.name)) for place in children(session(), township, today())]
