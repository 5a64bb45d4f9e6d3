"""What every answer tells the browser to refuse: foreign scripts, frames, guessing, keeping personal pages."""

from __future__ import annotations

from flask import Response, request

from core.web.installation import installation
from core.web.request import state

_ALWAYS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def content_policy(nonce: str) -> str:
    """Everything from this site only; no inline script or style except what carries this request's nonce."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            # pictures just taken are shown before they are sent (blob), signatures come back as data
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def csp_nonce() -> str:
    """The nonce of this request, for the rare script that cannot be a file."""
    return state().nonce


def is_encrypted() -> bool:
    """Whether this request came over HTTPS, as the trusted proxy or the settings say."""
    return installation().settings.secure_cookies or request.is_secure


def protect(response: Response) -> None:
    """Add the headers, leaving alone what a view set by itself."""
    mine = state()
    wanted = {
        **_ALWAYS,
        "Content-Security-Policy": content_policy(mine.nonce),
        # every page of ours carries a token or the reader's choices, so even a public one is not kept by others
        "Cache-Control": "no-store, private" if mine.personal else "no-cache, private",
    }
    if is_encrypted():
        wanted["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    given = {name.lower() for name, _ in response.headers}
    for name, value in wanted.items():
        if name.lower() not in given:
            response.headers.add(name, value)
