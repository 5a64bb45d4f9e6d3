"""How often one address may post to sign-in and public pages; counted in memory or, in production, where settings say."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from core.web.installation import installation_of
from core.web.request import WRITING_METHODS

View = TypeVar("View", bound=Callable[..., Any])
EXTENSION = "doudi_limits"
_MARK = "__limits__"


def limited(rule: str, *, methods: frozenset[str] = WRITING_METHODS) -> Callable[[View], View]:
    """Let one address call a view so often: `limited("10/minute;100/day")`. Only writing methods count unless told.

    Many people share an address behind a telephone company's gate: be generous, and limit accounts in their own room.
    """
    items = tuple(parse_many(rule))

    def mark(view: View) -> View:
        setattr(view, _MARK, (items, methods))
        return view

    return mark


MOST_TYPED_BYTES = 4_000_000


def keep_limits() -> None:
    """Before every request. A form without files is read into memory whole, so it may be far smaller. Raises TooManyRequests with the seconds to wait."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = min(MOST_TYPED_BYTES, request.max_content_length or MOST_TYPED_BYTES)
    view = current_app.view_functions.get(request.endpoint or "")
    said: tuple[tuple[RateLimitItem, ...], frozenset[str]] | None = getattr(view, _MARK, None)
    if said is None or request.method not in said[1]:
        return
    limiter: MovingWindowRateLimiter = current_app.extensions[EXTENSION]
    who = hashlib.sha256(subscriber_of(request.remote_addr or "").encode()).hexdigest()[:16]
    for item in said[0]:
        if not limiter.hit(item, request.endpoint or "", who):
            reset = limiter.get_window_stats(item, request.endpoint or "", who).reset_time
            raise TooManyRequests(retry_after=max(1, int(reset - time.time()) + 1))


def subscriber_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of IPv6, which one subscriber has to herself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def install_limits(app: Flask) -> None:
    """Count in the storage of the settings (`memory://`, `redis://…`)."""
    storage: Any = storage_from_string(installation_of(app).settings.limiter_url)
    app.extensions[EXTENSION] = MovingWindowRateLimiter(storage)
    app.before_request(keep_limits)
