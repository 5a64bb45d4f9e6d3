"""Notices as a neighbour reads them, and saying that something is wrong with one."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from commands.demo_cases import DemoCase, DemoTown, Stage
from commands.demo_families import FamilyMaker
from commands.demo_offices import DEMO_PLACES
from commands.demo_plan import SEED
from core.access import Role
from core.cases.declaration_models import DeclaredMember
from core.cases.procedure import beijing_day
from core.encrypted_files import FileStore
from core.encryption import place_of
from core.notices.models import Objection, PublicRow
from core.packs.changes import enable_pack
from core.regions.queries import children
from core.testing.town import COUNTY, TOWNSHIP

pytestmark = pytest.mark.row("R3-18", "R2-07")
STAFF = (
    ("clerk-01", Role.TOWNSHIP_CLERK, TOWNSHIP),
    ("clerk-02", Role.TOWNSHIP_CLERK, TOWNSHIP),
    ("reviewer-01", Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    ("officer-01", Role.COUNTY_OFFICER, COUNTY),
)


@pytest.fixture
def hung(site):
    """The public row of a family whose notice hangs today."""
    home = site.home
    with site.session(writes=True) as session:
        enable_pack(
            session, session.actor, home.catalogue, "guizhou", "520000000000", site.at.date(), now=site.at
        )
        session.commit()
    for name, role, office in STAFF:
        site.hire(name, role, office=office)
    with site.session() as session:
        village = children(session, TOWNSHIP)[0].code
    town = DemoTown(home.engine, home.vault, home.catalogue, DEMO_PLACES[0], site.at)
    files = FileStore(home.settings.files_folder, home.vault)
    case = DemoCase(town, files, village, site.at - timedelta(days=8, hours=6))
    case.walk(FamilyMaker(random.Random(SEED), beijing_day(site.at), DEMO_PLACES[0].id_prefix), Stage.NOTICED)
    with site.session() as session:
        return session.scalars(select(PublicRow)).one()


def objections(site):
    with site.session() as session:
        return [
            session.vault.unseal_json(place_of(row, "said_sealed"), row.said_sealed)
            for row in session.scalars(select(Objection))
        ]


def test_a_neighbour_reads_the_list_without_signing_in_and_nothing_more(site, hung, words):
    page = site.browser().get(f"/notices/{TOWNSHIP}")
    said = words(page)
    assert hung.listed_name in said
    assert f"{hung.household_size}口人 · 低保" in said
    assert "今天是最后一天。" in said
    assert "演示社会救助窗口" in said
    assert 'name="robots" content="noindex, nofollow"' in page.text
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert hung.listed_name not in title
    with site.session() as session:
        others = [row.name for row in session.scalars(select(DeclaredMember)) if row.name]
    assert not [name for name in others if name != hung.listed_name and name in said]


def test_that_who_was_not_approved_is_not_listed_is_said_of_those_approved_alone(site, hung, words):
    browser, said = site.browser(), "没批准的人家不会写在这里"
    assert said not in words(browser.get(f"/notices/{TOWNSHIP}"))
    assert "金额是初步意见" in words(browser.get(f"/notices/{TOWNSHIP}"))
    granted = {"kind": "long_term"}
    assert said not in words(browser.get(f"/notices/{TOWNSHIP}", query_string=granted))
    with site.session(writes=True) as session:
        session.get(PublicRow, hung.id).kind = "long_term"
        session.commit()
    assert said in words(browser.get(f"/notices/{TOWNSHIP}", query_string=granted))


def test_a_village_is_found_by_name_and_called_as_people_call_it(site, hung, words):
    browser = site.browser()
    name = hung.village_name.removesuffix("居民委员会").removesuffix("村民委员会")
    assert name in words(browser.get("/notices", query_string={"q": name[:2]}))
    page = words(browser.get(f"/notices/{hung.village}"))
    assert f"{name}公示" in page
    assert "委员会" not in page


def test_the_days_are_told_in_the_readers_language(site, hung):
    page = site.browser().get(f"/notices/{TOWNSHIP}", query_string={"lang": "en"})
    assert "<br>Mo</li>" in page.text or "<br>Today</li>" in page.text


def test_whoever_disagrees_says_which_household_and_what(site, hung, words):
    browser = site.browser()
    choose = browser.get(f"/notices/{TOWNSHIP}/objection")
    assert "您要说的是哪一家" in words(choose)
    assert "帮别人求助" in words(choose)
    url = f"/notices/{TOWNSHIP}/objection/{hung.id}"
    assert url in choose.text
    browser.get(url)
    empty = browser.post(url, {"said": ""})
    assert empty.status_code == 422
    answer = browser.post(url, {"said": "家里有车没有报", "name": "龙秀", "phone": "19900000088"})
    assert answer.status_code == 303
    assert "意见收到了" in words(browser.get(answer.location))
    assert objections(site) == [{"text": "家里有车没有报", "name": "龙秀", "phone": "19900000088"}]


def test_pressed_twice_it_is_one_objection(site, hung):
    browser = site.browser()
    url = f"/notices/{TOWNSHIP}/objection/{hung.id}"
    browser.get(url)
    for _ in range(2):
        assert browser.post(url, {"said": "家里有车没有报"}).status_code == 303
    browser.post(url, {"said": "还有一间门面"})
    assert [each["text"] for each in objections(site)] == ["家里有车没有报", "还有一间门面"]


def test_on_the_last_day_an_objection_is_taken_and_a_day_later_her_words_are_kept(site, hung, words):
    browser = site.browser()
    url = f"/notices/{TOWNSHIP}/objection/{hung.id}"
    browser.get(url)
    site.later(days=(hung.closes_on - site.at.date()).days)
    assert browser.post(url, {"said": "最后一天说的"}).status_code == 303
    site.later(days=1)
    late = browser.post(url, {"said": "晚了一天说的"})
    assert late.status_code == 422
    said = words(late)
    assert "公示已经结束" in said
    assert "晚了一天说的" in late.text
    assert "您写的还在下面" in said
    assert [each["text"] for each in objections(site)] == ["最后一天说的"]


def test_a_tampered_notice_id_is_not_found_and_takes_nothing_away(site, hung, words):
    browser = site.browser()
    browser.get(f"/notices/{TOWNSHIP}/objection/{hung.id}")
    url = f"/notices/{TOWNSHIP}/objection/{uuid.uuid4()}"
    assert browser.get(url).status_code == 404
    answer = browser.post(url, {"said": "我写了很久"})
    assert answer.status_code == 422
    assert "我写了很久" in answer.text
    assert "没有找到" in words(answer)
    assert objections(site) == []
    assert browser.get(f"/notices/{TOWNSHIP}/objection/1-or-1").status_code == 404
    assert browser.get("/notices/520000000000").status_code == 404
