"""What a reader may change about any page, without JavaScript: language, letter size, theme; and a staff member's node."""

from __future__ import annotations

from flask import Blueprint, request
from flask import session as cookie
from werkzeug.wrappers import Response

from core.errors import Invalid
from core.translations import N_
from core.web.access_gate import PUBLIC, STAFF, access, safe_next
from core.web.current import LARGE_COOKIE, THEME_COOKIE, THEMES
from core.web.headers import is_encrypted
from core.web.messages import LANGUAGES
from core.web.page import redirect_to
from core.web.request import signed_in
from core.web.texts import LANGUAGE_COOKIE

blueprint = Blueprint("web", __name__)
_YEAR = 31_536_000


def _remember(name: str, value: str) -> Response:
    # without `?lang=`, which would win over the cookie just set
    back = (safe_next(request.form.get("next")) or "/").split("?lang=")[0]
    response = redirect_to(back)
    response.set_cookie(
        name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=is_encrypted()
    )  # fmt: skip
    return response


def _one_of(name: str, known: tuple[str, ...]) -> str:
    value = request.form.get(name, "")
    if value not in known:
        raise Invalid(N_("没有看懂这个选择。请退回上一页再选一次。"), field=name)
    return value


@blueprint.post("/ui/language")
@access(PUBLIC)
def set_language() -> Response:
    """Chinese or English, until changed again."""
    return _remember(LANGUAGE_COOKIE, _one_of("language", LANGUAGES))


@blueprint.post("/ui/large")
@access(PUBLIC)
def set_large() -> Response:
    """Large letters (长辈版) on or off."""
    return _remember(LARGE_COOKIE, _one_of("large", ("0", "1")))


@blueprint.post("/ui/theme")
@access(PUBLIC)
def set_theme() -> Response:
    """Light, dark, or as the device says."""
    return _remember(THEME_COOKIE, _one_of("theme", THEMES))


@blueprint.post("/staff/node")
@access(STAFF)
def switch_node() -> Response:
    """Work in another of one's own nodes; always back to the worklist, because the page left may not exist there."""
    node = request.form.get("node", "")
    if node not in signed_in().nodes:
        raise Invalid(N_("您在这个地区没有角色。请从列出的地区里选。"), field="node")
    cookie["node"] = node
    return redirect_to("/staff/")
