"""The made-up town behind the site, for pages of cases that were brought to some stage before."""

from __future__ import annotations

import pytest

from core.testing.town import Town


@pytest.fixture
def town(site):
    """Acts on the site's own database at the site's time; closed again before the site writes."""
    town = Town(site.home.engine, site.home.vault, site.at)
    yield town
    town.close()
