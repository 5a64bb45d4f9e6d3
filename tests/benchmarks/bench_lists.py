"""The staff household list of one county: flat from ten thousand people to three million, and cheap beside its peers."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Any

from app import ROOT, create_app
from core.accounts.staff_sign_in import sign_in_staff
from core.households.queries import PAGE, household_page
from core.scopes import Region
from core.sessions import open_session
from core.web.logs import configure_logs
from core.web.messages import translation_folders
from tests.benchmarks import peer_django, peer_fastapi
from tests.benchmarks.figures import Figure
from tests.benchmarks.pages import Site, asgi_page, processor_times, ratio, wsgi_page
from tests.benchmarks.provinces import COUNTY, OFFICER, Province, provinces

SIZES = (10_000, 100_000, 1_000_000, 3_000_000)
FLAT, OF_DJANGO, OF_FASTAPI = 1.3, 0.1, 0.8
READINGS, ROUNDS = 300, 30
ADDRESS = "/staff/households"


def run() -> list[Figure]:
    """Flatness of the first and the last page on both databases; cost of the whole page beside Django and FastAPI."""
    largest = int(os.environ.get("DOUDI_BENCH_LARGEST", SIZES[-1]))
    sizes = [size for size in SIZES if size < largest] + [largest]
    pairs = [provinces(size) for size in sizes]
    figures = [figure for of_kind in zip(*pairs, strict=True) for figure in _flatness(of_kind)]
    return figures + _pages(pairs[-1])


# --- the cost of reading ------------------------------------------------------------------------------------------


def _flatness(of_kind: tuple[Province, ...]) -> list[Figure]:
    """Microseconds of a page through the scoped session, begun and closed as a request does, at every size in turn."""
    found = []
    for words, last in (("first page", False), ("last page", True)):
        spent: dict[int, list[float]] = {each.people: [] for each in of_kind}
        for turn in range(READINGS):
            for each in of_kind if turn % 2 else reversed(of_kind):
                began = perf_counter_ns()
                with open_session(
                    each.engine, Region(COUNTY), each.officer, vault=each.vault, writes=False
                ) as session:
                    page = household_page(session, last=last)
                spent[each.people].append((perf_counter_ns() - began) / 1e3)
                assert len(page.rows) == PAGE
        smallest, largest = of_kind[0].people, of_kind[-1].people
        grown = median(spent[largest]) / median(spent[smallest])
        found.append(
            Figure(
                f"lists: {words} on {of_kind[0].kind}, {largest:,} people against {smallest:,}",
                grown,
                "× the cost",
                f"≤ {FLAT}",
                grown <= FLAT,
                ", ".join(f"{people:,}: {median(times):.0f} µs" for people, times in spent.items()),
            )
        )
    return found


# --- the cost of the page -----------------------------------------------------------------------------------------


def _pages(largest: tuple[Province, ...]) -> list[Figure]:
    django = peer_django.set_up({each.kind: each.owner.url for each in largest})
    found = []
    # a page writes its line of the log, as in production; nobody reads it here
    configure_logs(Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open as long as the process)
    for each in largest:
        stock, narrow = _django(each, django)
        spent = processor_times([_ours(each), stock, narrow, _fastapi(each)], ROUNDS)
        cost = {name: median(times) for name, times in spent.items()}
        for peer, limit, words in (
            ("django", OF_DJANGO, "a stock Django admin changelist"),
            ("fastapi", OF_FASTAPI, "FastAPI, ORM entities and Jinja2"),
        ):
            value = ratio(spent["ours"], spent[peer])
            detail = f"ours {cost['ours']:.2f} ms, theirs {cost[peer]:.2f} ms, {each.people:,} people"
            if peer == "django":
                kinder = ratio(spent["ours"], spent["django, county only"])
                detail += f"; narrowed to the county by get_queryset {cost['django, county only']:.2f} ms, {kinder:.3g} ×"
            found.append(
                Figure(
                    f"lists: processor time of the page on {each.kind}",
                    value,
                    f"× {words}",
                    f"≤ {limit}",
                    value <= limit,
                    detail,
                )
            )
    return found


def _ours(home: Province) -> Site:
    """The real application, signed in through its own door."""
    browser = create_app(replace(home.settings, database_url=home.url_for("ours"))).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/staff/sign-in").text)[1]
    answer = browser.post(
        "/staff/sign-in", data={"csrf_token": token, "username": OFFICER, "password": home.password}
    )
    assert answer.status_code == 303, answer.text
    # the first page after signing in gives the browser its forgery token, which the cookie holds from then on
    browser.get(ADDRESS)
    cookie = f"doudi={browser.get_cookie('doudi').value}"
    return Site("ours", wsgi_page(browser.application, ADDRESS, cookie), partial(home.backends, "ours"))


def _django(home: Province, application: Any) -> tuple[Site, Site]:
    cookie = peer_django.sign_in(home.kind)
    asked = {"county": COUNTY}

    def site(name: str, address: str) -> Site:
        page = wsgi_page(application, address, cookie, asked)

        def of_this_database() -> bytes:
            peer_django.Current.alias = home.kind
            return page()

        return Site(name, of_this_database, partial(home.backends, "django"))

    return site("django", peer_django.CHANGELIST), site("django, county only", peer_django.KEPT_TO_COUNTY)


def _fastapi(home: Province) -> Site:
    token = sign_in_staff(home.engine, home.vault, OFFICER, home.password, now=datetime.now(UTC)).token
    application = peer_fastapi.make(home.url_for("fastapi", owner=True), translation_folders(ROOT))
    page = asgi_page(application, ADDRESS, peer_fastapi.cookie_for(token))
    return Site("fastapi", page, partial(home.backends, "fastapi"))
