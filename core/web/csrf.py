"""Every form carries a token of its own browser; the check stands after the gate, so that nobody learns what exists."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect


def install_csrf(app: Flask) -> None:
    """Check every writing request. The token lives as long as the browser session: a slow form is no attack."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_I18N_ENABLED"] = False
    # the session cookie is SameSite=Lax and tokens are signed; proxies that drop the referrer must not lock people out
    app.config["WTF_CSRF_SSL_STRICT"] = False
    CSRFProtect(app)
