"""What a site changes in the tree: names, new places and mergers hold from their day, by a document, in one's own node."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.access import Actor, Grant, Role
from core.audit.models import AuditEntry
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.regions import queries
from core.regions.changes import load_divisions
from core.regions.models import CodeSystem, RegionChange
from core.regions.overrides import add_region, merge_region, rename_region
from core.regions.village_import import load_demo_villages
from core.scopes import Region as RegionScope
from core.sessions import OutOfScope

MEITAN, YONGXING, FUXING, VILLAGE = "520328000000", "520328101000", "520328102000", "520328101212"
DOCUMENT = "黔府函〔2026〕12号"
ADMINISTRATOR = Actor("staff", None, "李", MEITAN, frozenset({Grant(Role.SYSTEM_ADMINISTRATOR, MEITAN)}))


@pytest.fixture
def county(system, session_in):
    load_divisions(system, ["52"])
    load_demo_villages(system)
    system.commit()
    return session_in(RegionScope(MEITAN), ADMINISTRATOR)


@pytest.fixture
def given(now):
    return {"since": date(2026, 11, 1), "document": DOCUMENT, "now": now}


def test_a_new_name_reaches_every_full_name_below_and_old_letters_keep_the_old_one(county, given):
    rename_region(county, county.actor, YONGXING, "茶乡镇", **given)
    county.commit()
    county.expire_all()
    assert queries.node(county, VILLAGE).full_name == "贵州省遵义市湄潭县茶乡镇德隆村村民委员会"
    assert queries.node(county, FUXING).full_name == "贵州省遵义市湄潭县复兴镇"
    assert queries.node(county, YONGXING).name_pinyin_initials == "YX"


def test_two_renamings_keep_each_name_with_the_day_it_ended(county, given):
    rename_region(county, county.actor, YONGXING, "茶乡镇", **given | {"since": date(2025, 1, 1)})
    rename_region(county, county.actor, YONGXING, "茶海镇", **given)
    kept = county.execute(
        select(RegionChange.since, RegionChange.old_name).order_by(RegionChange.since)
    ).all()
    assert [tuple(each) for each in kept] == [(date(2025, 1, 1), "永兴镇"), (date(2026, 11, 1), "茶乡镇")]


def test_a_later_load_does_not_take_a_renaming_back(county, system, given):
    rename_region(county, county.actor, YONGXING, "茶乡镇", **given)
    county.commit()
    done = load_divisions(system, ["52"])
    assert (done.added, done.renamed, done.kept) == (0, 0, 1)
    system.commit()
    system.expire_all()
    assert queries.node(system, YONGXING).name == "茶乡镇"


def test_a_later_load_names_places_below_a_renamed_one_by_its_new_name(county, system, given):
    rename_region(county, county.actor, MEITAN, "湄潭市", **given)
    county.commit()
    assert load_divisions(system, ["52"]).renamed == 0
    assert queries.node(system, FUXING).full_name == "贵州省遵义市湄潭市复兴镇"


def test_a_merged_township_is_gone_from_its_day_on_and_leads_to_the_one_it_went_into(county, given):
    since = given["since"]
    merge_region(county, county.actor, YONGXING, FUXING, **given)
    county.commit()
    before = {place.code for place in queries.children(county, MEITAN, on=since - timedelta(days=1))}
    after = {place.code for place in queries.children(county, MEITAN, on=since)}
    assert before - after == {YONGXING}
    assert queries.node(county, YONGXING).valid_to == date(2026, 10, 31)
    assert queries.node(county, VILLAGE).valid_to == date(2026, 10, 31)
    assert queries.search(county, "永兴镇", under=MEITAN) == []
    assert queries.search(county, "永兴镇", under=MEITAN, on=date(2026, 10, 31))[0].code == YONGXING
    assert queries.successor(county, VILLAGE, since).code == FUXING
    assert queries.successor(county, VILLAGE, date(2026, 10, 31)).code == VILLAGE
    assert [place.name for place in queries.path(county, YONGXING)] == [
        "贵州省",
        "遵义市",
        "湄潭县",
        "永兴镇",
    ]


def test_two_mergers_one_after_the_other_are_followed_to_the_end(county, given):
    merge_region(county, county.actor, YONGXING, FUXING, **given | {"since": date(2025, 1, 1)})
    merge_region(county, county.actor, FUXING, "520328103000", **given)
    assert queries.successor(county, VILLAGE, date(2025, 6, 1)).code == FUXING
    assert queries.successor(county, VILLAGE, date(2026, 11, 16)).code == "520328103000"


def test_a_new_place_exists_from_its_day_and_begins_case_numbers_with_its_own_initials(county, given):
    place = add_region(county, county.actor, "520328115000", "茶海镇", initials="ch", **given)
    assert (place.full_name, place.name_pinyin_initials) == ("贵州省遵义市湄潭县茶海镇", "CH")
    assert place.code_system is CodeSystem.SITE
    assert "520328115000" not in {
        each.code for each in queries.children(county, MEITAN, on=date(2026, 10, 31))
    }
    assert "520328115000" in {each.code for each in queries.children(county, MEITAN, on=date(2026, 11, 1))}
    village = add_region(county, county.actor, "520328115200", "新村村民委员会", **given)
    assert village.full_name == "贵州省遵义市湄潭县茶海镇新村村民委员会"


def test_initials_of_another_township_of_the_county_are_refused(county, given):
    with pytest.raises(Conflict, match="永兴镇"):
        add_region(county, county.actor, "520328115000", "银杏镇", initials="YX", **given)
    with pytest.raises(Invalid, match="YX"):
        add_region(county, county.actor, "520328115000", "银杏镇", initials="银杏", **given)


def test_every_change_keeps_its_day_document_and_time(county, given, now):
    rename_region(county, county.actor, YONGXING, "茶乡镇", **given)
    merge_region(county, county.actor, VILLAGE, "520328101200", **given)
    changes = {change.region_code: change for change in county.scalars(select(RegionChange))}
    assert {(each.document, each.since, each.made_at) for each in changes.values()} == {
        (DOCUMENT, given["since"], now)
    }
    assert changes[VILLAGE].merged_into == "520328101200"
    assert changes[YONGXING].old_name == "永兴镇"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "永兴镇"}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"name": "茶\n乡镇"}, "name"),
        ({"document": " "}, "document"),
        ({"since": date(2026, 11, 17)}, "since"),
    ],
)
def test_a_renaming_without_name_document_or_with_a_day_to_come_is_refused(county, given, changed, field):
    with pytest.raises(Invalid) as told:
        rename_region(county, county.actor, YONGXING, **{"name": "茶乡镇"} | given | changed)
    assert told.value.field == field


def test_a_new_name_may_hold_from_today_as_the_day_stands_in_beijing(county, given):
    late = datetime(2026, 11, 15, 17, 0, tzinfo=UTC)  # already the 16th in Beijing
    rename_region(
        county, county.actor, YONGXING, "茶乡镇", **given | {"now": late, "since": date(2026, 11, 16)}
    )
    assert queries.node(county, YONGXING).name == "茶乡镇"


def test_places_merge_only_into_another_living_place_of_their_level(county, given):
    for into, error in (
        (YONGXING, Invalid),
        (MEITAN, Invalid),
        (VILLAGE, Invalid),
        ("520328199000", NotFound),
    ):
        with pytest.raises(error):
            merge_region(county, county.actor, YONGXING, into, **given)
    merge_region(county, county.actor, YONGXING, FUXING, **given)
    with pytest.raises(Conflict):
        merge_region(county, county.actor, FUXING, YONGXING, **given)
    with pytest.raises(Conflict):
        merge_region(county, county.actor, YONGXING, FUXING, **given)
    with pytest.raises(Conflict):
        rename_region(county, county.actor, YONGXING, "茶乡镇", **given)
    with pytest.raises(Conflict):
        add_region(county, county.actor, "520328101299", "新村村民委员会", **given)


def test_a_place_is_not_added_twice_without_parent_or_as_a_province(county, given):
    with pytest.raises(Conflict):
        add_region(county, county.actor, FUXING, "复兴镇", initials="FX", **given)
    with pytest.raises(NotFound):
        add_region(county, county.actor, "520328199201", "新村村民委员会", **given)
    with pytest.raises(Invalid):
        add_region(county, county.actor, "5203", "新村", **given)


def test_neither_a_clerk_nor_an_administrator_elsewhere_changes_the_tree(county, session_in, given):
    clerk = Actor("staff", None, "赵", MEITAN, frozenset({Grant(Role.TOWNSHIP_CLERK, MEITAN)}))
    elsewhere = Actor(
        "staff", None, "孙", "520327000000", frozenset({Grant(Role.SYSTEM_ADMINISTRATOR, "520327000000")})
    )
    for actor in (clerk, elsewhere):
        with pytest.raises(NotAllowed):
            rename_region(county, actor, YONGXING, "茶乡镇", **given)
        with pytest.raises(NotAllowed):
            merge_region(county, actor, YONGXING, FUXING, **given)
        with pytest.raises(NotAllowed):
            add_region(county, actor, "520328115000", "茶海镇", initials="CH", **given)


def test_a_session_at_work_in_another_county_cannot_write_even_with_the_right(county, session_in, given):
    neighbour = session_in(RegionScope("520327000000"), ADMINISTRATOR)
    with pytest.raises(OutOfScope):
        rename_region(neighbour, ADMINISTRATOR, YONGXING, "茶乡镇", **given)
    neighbour.rollback()
    assert queries.node(neighbour, YONGXING).name == "永兴镇"


def test_every_change_of_the_tree_stands_in_the_audit_trail(county, given):
    merge_region(county, county.actor, YONGXING, FUXING, **given)
    [entry] = county.scalars(select(AuditEntry).where(AuditEntry.act == "region.edit"))
    assert (entry.subject_id, entry.township, entry.reason) == (YONGXING, YONGXING, DOCUMENT)
    assert entry.changes["merged_into"] == [None, FUXING]
