"""Asks web applications for pages without a socket, and counts the processor time of the page and of its database."""

from __future__ import annotations

import asyncio
import gc
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

Page = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Site:
    """A way to a page. `backends` names the processes of a database server that work for it, once it was asked."""

    name: str
    page: Page
    backends: Callable[[], Sequence[int]] = tuple


def wsgi_page(
    application: Any, path: str, cookie: str, query: dict[str, str] | None = None, **headers: str
) -> Page:
    """The page of a WSGI application, read to its end; anything but 200 is an error of the benchmark."""
    frame = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": urlencode(query or {}),
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000", "HTTP_COOKIE": cookie, "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **headers,
    }  # fmt: skip

    def get() -> bytes:
        told: list[str] = []
        answer = application({**frame, "wsgi.input": io.BytesIO()}, lambda status, *_: told.append(status))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return _checked(body, told[0])

    return get


def asgi_page(application: Any, path: str, cookie: str) -> Page:
    """The same for ASGI: the application runs in an event loop of its own, views in its pool of threads as usual."""
    loop = asyncio.new_event_loop()
    frame = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie.encode())],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    def get() -> bytes:
        told: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        loop.run_until_complete(application(dict(frame), receive, send))
        return _checked(b"".join(each.get("body", b"") for each in told), str(told[0]["status"]))

    return get


def _checked(body: bytes, status: str) -> bytes:
    if not status.startswith("200"):
        msg = f"a page answered {status}"
        raise RuntimeError(msg)
    return body


def processor_times(sites: Sequence[Site], rounds: int, pages: int = 5) -> dict[str, list[float]]:
    """Milliseconds of processor time a page, by site: each round asks every site in turn, in an order that alternates."""
    spent: dict[str, list[float]] = {site.name: [] for site in sites}
    backends = {}
    # what the benchmark itself holds in memory is not for the pages to look through
    gc.collect()
    gc.freeze()
    for site in sites:
        for _ in range(pages * 2):
            site.page()
        backends[site.name] = site.backends()
    for turn in range(rounds):
        for site in sites if turn % 2 else reversed(sites):
            began = time.process_time_ns() + _given_to(backends[site.name])
            for _ in range(pages):
                site.page()
            used = time.process_time_ns() + _given_to(backends[site.name]) - began
            spent[site.name].append(used / pages / 1e6)
    return spent


def _given_to(processes: Sequence[int]) -> int:
    """Nanoseconds that the scheduler gave to these processes so far (the first number of schedstat)."""
    return sum(
        int(Path(f"/proc/{each}/schedstat").read_text(encoding="ascii").split()[0]) for each in processes
    )


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median of the rounds' own ratios: neighbours in time share the noise."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))
