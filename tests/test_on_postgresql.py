"""The whole application on PostgreSQL, under the role that row-level security binds: every page its people need opens."""

from __future__ import annotations

import pytest

from core.settings import Settings
from core.testing.fixtures import NOW
from core.testing.town import catalogue, enablings
from core.web.installation import Installation
from tests.conftest import Site, app_of
from tests.one_county import make_county
from tests.test_access_walk import addresses, ask

pytestmark = [pytest.mark.row("R2-28"), pytest.mark.slow]


@pytest.fixture
def county(engine, town, tmp_path):
    home = Installation(
        settings=Settings(home=tmp_path, database_url=str(engine.url), testing=True),
        engine=engine,
        catalogue=catalogue(),
        vault=town.vault,
        demo=True,
        enablings=lambda *_: enablings(),
    )
    site = Site(app_of(home), home, NOW)
    site.app.config["NOW"] = lambda: site.at
    return make_county(site)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_every_page_of_the_county_opens_to_one_of_its_people(county):
    people = [*county.staff.values(), county.resident]
    unreached = []
    for each in addresses(county):
        if each.method == "GET" and each.named:
            answers = [ask(person, each, 3) for person in people]
            if not any(
                answer.status_code < 400 and "sign-in" not in answer.headers.get("Location", "")
                for answer in answers
            ):
                unreached.append(f"{each.endpoint}: {sorted({answer.status_code for answer in answers})}")
    assert not unreached, "\n".join(unreached)
