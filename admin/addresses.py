"""Addresses of staff pages by name, where a page may not be installed; days and places in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for

from core.regions.names import spoken
from core.web import formats
from core.web.access_gate import entry_of, may
from core.web.installation import installation
from core.web.request import session, state
from core.web.texts import gettext, language


def url_if(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None while no page of that name is installed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def open_url(*endpoints: str, **values: Any) -> str | None:
    """The address of the first of these endpoints that who is at work may enter."""
    return first_url(*filter(_may_enter, endpoints), **values)


def _may_enter(endpoint: str) -> bool:
    entry = entry_of(current_app, endpoint)
    return entry is not None and (not entry.permissions or any(map(may, entry.permissions)))


def first_url(*endpoints: str, **values: Any) -> str | None:
    """The address of the first of these endpoints that is installed."""
    found = (url_if(endpoint, **values) for endpoint in endpoints)
    return next((url for url in found if url is not None), None)


def in_words(value: date | datetime | None) -> str:
    """`9月30日 星期四` in the reader's language; nothing for no day."""
    if value is None:
        return ""
    return f"{formats.short_day(value, language())} {formats.weekday(value, language())}"


def until_words(value: date | None, *, provisional: bool = False) -> str:
    """`限 9月30日`, marked where the year's holidays are not announced yet (decision 11)."""
    if value is None:
        return ""
    text = gettext("限 {day}", day=formats.short_day(value, language()))
    return gettext("{text}（暂定）", text=text) if provisional else text


def places_below(codes: Iterable[str]) -> dict[str, str]:
    """Names by code without the part that everyone who works here knows: 永兴镇流河渡村 to the county, 流河渡村 to the town."""
    here, places = state().node, installation().places
    names = places.full_names(session(), {*codes, here} - {""})
    prefix = names.get(here, "")
    shown = {code: spoken(name.removeprefix(prefix)) for code, name in names.items()}
    if path := places.path(session(), here) if here in names else []:
        # the place worked in does not lie below itself: it goes by its own name
        shown[here] = spoken(path[-1][1])
    return shown
