"""Compresses pages on their way out, so that a phone in a village with a weak signal opens them."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Response, request

SMALLEST = 800
_TEXTS = ("text/html", "text/plain", "application/json", "image/svg+xml", "text/csv")


def compress(response: Response) -> None:
    """Compress a finished text answer for browsers that can read it; everything else is left alone."""
    if (
        response.is_streamed
        or response.status_code in {204, 304}
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(_TEXTS)
    ):
        return
    response.vary.add("Accept-Encoding")
    data = response.get_data()
    if len(data) < SMALLEST or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return
    packed = io.BytesIO()
    # a file name of random length in the header: the size of the answer no longer tells whether a guess was in it (BREACH)
    name = "x" * (1 + secrets.randbelow(64))
    with gzip.GzipFile(name, "wb", compresslevel=5, fileobj=packed, mtime=0) as file:
        file.write(data)
    response.set_data(packed.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)
