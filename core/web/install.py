"""Fits a Flask app with everything of core.web, in the order in which a request passes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from core.web.access_gate import install_gate, may
from core.web.assets import ENDPOINT, FOLDER_ADDRESS, asset, serve_asset
from core.web.compression import compress
from core.web.csrf import install_csrf
from core.web.current import close_frame, words_of_frame
from core.web.display import blueprint as display
from core.web.errors import install_errors
from core.web.formats import filters
from core.web.headers import csp_nonce, is_encrypted, protect
from core.web.installation import EXTENSION, Installation
from core.web.limits import MOST_TYPED_BYTES, install_limits
from core.web.logs import install_logs, log_request
from core.web.messages import load_messages
from core.web.metrics import count_request, install_metrics, show_health, show_metrics
from core.web.navigation import install_navigation
from core.web.request import close_session, settle
from core.web.template_engine import TemplateEngine
from core.web.texts import install_texts, language

MOST_BYTES = 64_000_000
FOLDER = Path(__file__).parent


class Cookies(SecureCookieSessionInterface):
    """The signed session cookie, kept to encrypted connections as soon as it came over one."""

    _made: tuple[tuple[str, ...], URLSafeTimedSerializer] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, made once for the keys instead of once a request."""
        keys = (str(app.secret_key), *app.config["SECRET_KEY_FALLBACKS"])
        if self._made is None or self._made[0] != keys:
            made = super().get_signing_serializer(app)
            if made is None:
                return None
            self._made = (keys, made)
        return self._made[1]

    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) or is_encrypted()


class Application(Flask):
    """Flask without its own line for a fault: it holds the address and the values (core.web.errors writes ours)."""

    jinja_environment = TemplateEngine

    def log_exception(self, exc_info: Any) -> None:
        """Nothing: the error handler has told it already."""


def make_app(home: Installation, cookie_keys: list[str], translations: Iterable[Path]) -> Flask:
    """An app with all of core.web and no pages yet. `cookie_keys`: the signing key, then those still accepted."""
    app = Application("doudi", root_path=str(FOLDER), template_folder="templates", static_folder=None)
    app.session_interface = Cookies()
    app.extensions[EXTENSION] = home
    settings = home.settings
    app.testing = settings.testing
    app.config.update(
        SECRET_KEY=cookie_keys[0],
        SECRET_KEY_FALLBACKS=cookie_keys[1:],
        SESSION_COOKIE_NAME="doudi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_TYPED_BYTES,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    _install_templates(app, translations)
    install_navigation(app)
    install_metrics(app)
    # the order of these is the order a request passes them
    install_logs(app)
    install_limits(app)
    install_gate(app)
    install_csrf(app)
    install_errors(app)
    app.after_request(finish)
    app.teardown_request(close_session)
    app.teardown_request(close_frame)
    app.add_url_rule(f"{FOLDER_ADDRESS}/<path:path>", ENDPOINT, serve_asset)
    app.add_url_rule("/healthz", "healthz", show_health)
    app.add_url_rule("/metrics", "metrics", show_metrics)
    app.register_blueprint(display)
    return app


def _install_templates(app: Flask, translations: Iterable[Path]) -> None:
    jinja: Any = app.jinja_env
    jinja.undefined = StrictUndefined
    jinja.add_extension("jinja2.ext.do")
    app.context_processor(words_of_frame)
    install_texts(app, load_messages(translations))
    jinja.filters.update(filters(language))
    jinja.globals.update(asset=asset, may=may, csp_nonce=csp_nonce)


def finish(response: Response) -> Response:
    """The last steps of every request, in their order: the work is committed before anything is promised."""
    settle(response)
    protect(response)
    compress(response)
    count_request(response)
    log_request(response)
    return response
