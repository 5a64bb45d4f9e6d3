"""What every answer tells the browser to refuse: foreign scripts, frames, guessing, keeping personal pages."""

from __future__ import annotations

from flask import Response, request

from core.web.installation import installation
from core.web.request import state


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
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_policy(state().nonce))
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    # every page of ours carries a token or the reader's choices, so even a public one is not kept by others
    headers.setdefault("Cache-Control", "no-store, private" if state().personal else "no-cache, private")
    if is_encrypted():
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
