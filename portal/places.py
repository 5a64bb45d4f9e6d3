"""Choosing the place a resident's pages speak of: by name, kept in a cookie on the device, told to nobody."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from core.access import NATION
from core.errors import NotFound
from core.regions import queries as regions
from core.regions.models import Region
from core.web.access_gate import PUBLIC, access, safe_next
from core.web.current import PLACE_COOKIE
from core.web.headers import is_encrypted
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import session
from core.web.texts import gettext
from portal.blueprint import blueprint

A_YEAR = 365 * 24 * 3600
MOST_FOUND = 30


def chosen_place() -> str:
    """The code the visitor chose on this device and that exists, or ""."""
    code = request.cookies.get(PLACE_COOKIE, "")
    if not regions.has_shape(code):
        return ""
    try:
        return regions.node(session(), code).code
    except NotFound:
        return ""


def way_to(code: str) -> list[tuple[str, str]]:
    """(code, name) from the whole country down to a place."""
    whole = [(NATION, gettext("全国"))]
    if code == NATION:
        return whole
    return whole + [(place.code, place.name) for place in regions.path(session(), code)]


@blueprint.get("/place")
@access(PUBLIC)
@limited("240/minute", methods=frozenset({"GET"}))
def place() -> Response:
    """Search a township or village by name, or walk down from a province."""
    text = request.args.get("q", "").strip()[:40]
    under = request.args.get("under", NATION)
    under = under if regions.has_shape(under) else NATION
    found = regions.search(session(), text, under, limit=MOST_FOUND) if text else []
    children = [] if text else regions.children(session(), under)
    served = regions.served(session(), [*found, *children])
    return page(
        "portal/place.html",
        text=text,
        found=found,
        way=way_to(under),
        children=sorted(children, key=lambda each: each.code not in served),
        served=served,
        next=safe_next(request.args.get("next", "")),
        deep=_deep,
    )


def _deep(each: Region) -> bool:
    """Whether a place is near enough to be chosen: a township or a village."""
    return each.level >= regions.Level.TOWNSHIP


@blueprint.post("/place")
@access(PUBLIC)
def choose_place() -> Response:
    """Keep the place for a year on this device."""
    node = regions.node(session(), request.form.get("code", ""))
    response = redirect_to(safe_next(request.form.get("next", "")) or url_for("portal.home"))
    response.set_cookie(
        PLACE_COOKIE, node.code, max_age=A_YEAR, httponly=True, samesite="Lax", secure=is_encrypted()
    )
    return response
