"""Keeps what was typed when a form cannot be taken yet: the answers come back in a form that sends them once more."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from core.web.request import abandon, is_htmx, state
from core.web.texts import gettext

# secrets and one-time values are never written into a page
NEVER_KEPT = ("csrf_token", "password", "code", "token", "secret", "otp")
MOST_KEPT = 400
LONGEST_KEPT = 20_000


def from_elsewhere() -> bool:
    """Whether another site's page sent this form. Its values must not come back under our name, to be sent on by a reader
    who never typed them.
    """
    headers = request.headers
    if site := headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    said = headers.get("Origin") or request.referrer
    return said is not None and urlsplit(said).netloc != request.host


def kept_answers() -> list[tuple[str, str]]:
    """The typed values of this request as (name, value), without secrets and without what is far too long."""
    pairs = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if not any(word in name.lower() for word in NEVER_KEPT) and len(value) <= LONGEST_KEPT
    ]
    return pairs[:MOST_KEPT]


def keep_answers_page(message: str, *, status: int, sign_in: str | None = None) -> Response:
    """A page that says what happened and sends the same answers again to the same address.

    Files cannot be kept by a browser: the page says which must be chosen again.
    """
    files = [file.filename for files in request.files.listvalues() for file in files if file.filename]
    abandon()
    # the answers stand in the page, so nothing on the way may keep it
    state().personal = True
    body = render_template(
        "errors/resend.html",
        face=state().face,
        heading=gettext("刚才的内容还没有提交"),
        message=message,
        action=request.full_path.rstrip("?"),
        answers=kept_answers(),
        files=files,
        sign_in=sign_in,
    )
    if not is_htmx():
        return make_response(body, status)
    # htmx swaps in no answer of a fault except 422
    response = make_response(body, 422)
    response.headers["HX-Retarget"] = "body"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
