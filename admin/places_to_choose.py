"""Choosing a place without script: from the node at work down, one level of links at a time."""

from __future__ import annotations

from collections.abc import Iterable

from core.access import NATION, region_contains
from core.errors import NotFound
from core.regions.queries import children, full_names, node, path
from core.web.request import actor, session, today
from core.web.texts import gettext


def place_in_reach(code: str) -> str:
    """`code` if it is a place within the node at work, else that node itself."""
    own = actor().node
    if not code or code == own or not (code.isdigit() and len(code) == 12) or not region_contains(own, code):
        return own
    try:
        return node(session(), code).code
    except NotFound:
        return own


def name_of_place(code: str) -> str:
    """The full name of a place; the nation has one too."""
    return gettext("全国") if code == NATION else node(session(), code).full_name


def names_of_places(codes: Iterable[str]) -> dict[str, str]:
    """Names by code as one says them at work: without the path down to one's own place."""
    wanted, own = set(codes), actor().node
    names = full_names(session(), {*wanted, own})
    path_here = names.get(own, "")
    said = {
        code: name.removeprefix(path_here) if code != own and path_here else name
        for code, name in names.items()
    }
    if own in said and path_here:
        said[own] = node(session(), own).name
    if NATION in wanted:
        said[NATION] = gettext("全国")
    return {code: said[code] for code in wanted if code in said}


def way_to(code: str) -> list[tuple[str, str]]:
    """(code, name) from the node at work down to the place."""
    own, reached = actor().node, place_in_reach(code)
    steps = [(place.code, place.name) for place in path(session(), reached)] if reached != NATION else []
    if own == NATION:
        steps = [(NATION, gettext("全国")), *steps]
    return [(each, name) for each, name in steps if region_contains(own, each)]


def places_below(code: str) -> list[tuple[str, str]]:
    """(code, name) of the places one step below, for the next level of links."""
    return [(place.code, place.name) for place in children(session(), place_in_reach(code), today())]
