"""The made-up town behind the site, so that a case can be brought to any stage before a page is opened."""

from __future__ import annotations

import pytest

from core.access import Role
from core.testing.authorising import ask_everybody
from core.testing.casework import Way
from core.testing.town import COUNTY, TOWNSHIP
from tests.site_town import town

__all__ = ["town"]


@pytest.fixture
def way(town):
    """A case of the site's town; its offices act as the staff fixtures of the same name once they are hired."""
    return Way(town)


@pytest.fixture
def asked(town):
    """A family that signed, whose every body is asked."""
    asked = ask_everybody(town)
    town.close()
    return asked


@pytest.fixture
def clerk(site, way):
    browser, way.town.clerk = site.staff("shouli", Role.TOWNSHIP_CLERK, office=TOWNSHIP, name="石梅")
    return browser


@pytest.fixture
def reviewer(site, way):
    browser, way.town.reviewer = site.staff("chushen", Role.TOWNSHIP_REVIEWER, office=TOWNSHIP, name="龙海")
    return browser


@pytest.fixture
def confirmer(site, way):
    browser, way.town.confirmer = site.staff("queren", Role.COUNTY_CONFIRMER, office=COUNTY, name="韦强")
    return browser


@pytest.fixture
def stranger(site):
    return site.staff("waidi", Role.TOWNSHIP_CLERK, office="441823105000")[0]


def version_in(page):
    """The version of the case that a form on the page was filled in for."""
    return page.text.split('name="version" value="')[1].split('"')[0]


@pytest.fixture
def fill():
    """`fill(browser, url, data)`: open the form, send it with what it carries."""

    def send(browser, url, data, **options):
        page = browser.get(url)
        assert page.status_code == 200, page.text
        return browser.post(url, {"version": version_in(page), **data}, **options)

    return send
