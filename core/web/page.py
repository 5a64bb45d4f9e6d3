"""Answers of views: one context as a page or as its fragment, redirects and files that suit htmx and plain browsers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form

from core.web.request import WRITING_METHODS, is_htmx, state


def page(
    template: str, /, fragment: str | None = None, status: int | None = None, **context: Any
) -> Response:
    """The whole page for everyone, `fragment` for htmx, of the same context.

    Without a `status` the answer is 200, or 422 when a form in the context was sent and has errors.
    """
    name = fragment if fragment is not None and is_htmx() else template
    response = make_response(render_template(name, **context), status or _status_of(context))
    response.vary.add("HX-Request")
    return response


def _status_of(context: dict[str, Any]) -> int:
    if request.method not in WRITING_METHODS:
        return 200
    wrong = any(isinstance(value, Form) and value.errors for value in context.values())
    return 422 if wrong else 200


def redirect_to(url: str) -> AnyResponse:
    """Go to `url`: a 303 for a plain browser, `HX-Redirect` for htmx, which would swap the target into a corner."""
    if request.headers.get("HX-Request") == "true":
        response = Response(status=204)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, code=303)


def file_response(data: bytes, name: str, mimetype: str, *, inline: bool = False) -> Response:
    """A decrypted document: never stored on the way, never guessed at, never run; `inline` shows instead of saving."""
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    state().personal = True
    return response
