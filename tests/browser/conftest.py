"""A served site and a real Chromium for the tests that walk through pages as people do."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from commands.test import find_browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="module")
def chromium():
    """The machine's own Chromium; ./doudi test says loudly when there is none and leaves these tests out.

    Closed with its module: while Playwright is open its event loop counts as running in this thread, and the
    job system refuses to start there, in whatever test this worker takes next.
    """
    path = find_browser()
    if path is None:
        pytest.fail("no Chromium: run ./doudi test, which installs it or leaves the browser tests out")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(site):
    """Where the site is served, by threads of this process, so that a test can move its clock."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
