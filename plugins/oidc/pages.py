"""The two pages of a sign-in through OpenID Connect: out to the provider, and back from it."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from core.api import N_, Problem
from core.web.api import PUBLIC, access, enter_with_identity, gettext, limited, next_page, redirect_to
from plugins.oidc.provider import configured, finish, start

KEPT = "oidc"
pages = Blueprint("oidc", __name__)
_GET = frozenset({"GET"})


@pages.get("/start")
@access(PUBLIC)
@limited("20/minute", methods=_GET)
def begin() -> Response:
    """Send the visitor to the provider; what must match on the way back waits in the signed cookie."""
    provider = configured()
    if not provider.ready:
        return _again(N_("这里没有开通这种登录方式。"))
    try:
        started = start(provider, _back())
    except Problem as problem:
        return _again(problem.message)
    cookie[KEPT] = {
        "state": started.state,
        "nonce": started.nonce,
        "verifier": started.verifier,
        "next": next_page(request.args.get("next")),
    }
    return redirect(started.url, code=303)


@pages.get("/back")
@access(PUBLIC)
@limited("20/minute", methods=_GET)
def back() -> Response:
    """The visitor comes back with a code, or without one when she changed her mind."""
    kept = cookie.pop(KEPT, None)
    state = request.args.get("state", "")
    if not kept or not secrets.compare_digest(kept["state"].encode(), state.encode()):
        return _again(N_("这次登录已经过期。请再试一次。"))
    if "code" not in request.args:
        return _again(N_("没有登录。要办事，可以再试一次，或者用手机验证码登录。"))
    provider = configured()
    try:
        vouched = finish(provider, _back(), request.args["code"], kept)
        enter_with_identity(
            f"oidc:{provider.issuer}",
            vouched.subject,
            name=vouched.name,
            id_number=vouched.id_number,
            phone=vouched.phone,
        )
    except Problem as problem:
        return _again(problem.message)
    return redirect_to(kept["next"])


def _back() -> str:
    return url_for("oidc.back", _external=True)


def _again(message: str) -> Response:
    flash(gettext(message), "warning")
    return redirect_to("/sign-in")
