"""The whole application on PostgreSQL, under the role that row-level security binds: every page its people need opens."""

from __future__ import annotations

import pytest

from app import compose
from core.encryption import Vault, key_provider
from core.settings import Settings
from core.testing.fixtures import NOW
from core.testing.town import catalogue, enablings, found_town
from core.web.installation import Installation
from tests.conftest import Site
from tests.one_county import make_county
from tests.test_access_walk import addresses, ask

pytestmark = [pytest.mark.row("R2-28"), pytest.mark.slow]


@pytest.fixture
def county(engine, tmp_path):
    vault = Vault(key_provider("file", tmp_path / "keys"))
    found_town(engine, vault, NOW).close()
    home = Installation(
        settings=Settings(home=tmp_path, database_url=str(engine.url), testing=True),
        engine=engine,
        catalogue=catalogue(),
        vault=vault,
        demo=True,
        enablings=lambda *_: enablings(),
    )
    site = Site(compose(home, ["a key for tests"]), home, NOW)
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
