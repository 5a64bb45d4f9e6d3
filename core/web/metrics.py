"""Counts requests and how long they took, for a monitor on the same machine."""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text

from core.errors import NotFound
from core.settings import LOOPBACK_HOSTS
from core.translations import N_
from core.web.access_gate import PUBLIC, access
from core.web.installation import installation

EXTENSION = "doudi_metrics"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """One registry per app, so that two apps in one process do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "doudi_requests_total",
            "Requests answered",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "doudi_request_seconds", "Seconds to answer", ("endpoint",), buckets=_BUCKETS, registry=self.registry
        )  # fmt: skip


def count_request(response: Response) -> None:
    """After every request."""
    metrics: Metrics = current_app.extensions[EXTENSION]
    endpoint = request.endpoint or "none"
    metrics.requests.labels(endpoint, request.method, str(response.status_code)).inc()
    metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.get("began", time.perf_counter()))


@access(PUBLIC)
def show_metrics() -> Response:
    """The counts, to a monitor on this machine only; to anyone else the page does not exist."""
    # a proxy on this machine makes everyone look local: whoever came through one is not let in
    if request.remote_addr not in LOOPBACK_HOSTS or "X-Forwarded-For" in request.headers:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    metrics: Metrics = current_app.extensions[EXTENSION]
    return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)


@access(PUBLIC)
def show_health() -> Response:
    """`ok` when the database answers; the fault itself is for the log."""
    with installation().engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")


def install_metrics(app: Flask) -> None:
    """Give the app its registry."""
    app.extensions[EXTENSION] = Metrics()
