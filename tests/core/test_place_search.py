"""Finding a place by what people type: words along its path, apart or run together; served places first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from core.access import job_actor
from core.regions import queries
from core.regions.changes import load_divisions, set_office
from core.regions.village_import import load_demo_villages

NATION, YONGXING, VILLAGE = "000000000000", "520328101000", "520328101212"


@pytest.fixture
def guizhou(system):
    load_divisions(system, ["52"])
    load_demo_villages(system)
    system.commit()
    return system


@pytest.mark.parametrize(
    "text",
    [
        "湄潭 永兴",
        "永兴镇 湄潭县",
        "贵州 湄潭 永兴",
        "湄潭永兴",
        "贵州省遵义市湄潭县永兴镇",
        "湄潭\u3000永兴",
        "湄潭 yx",
    ],
)
def test_words_along_the_path_apart_or_run_together_find_the_one_place_that_is_meant(guizhou, text):
    assert queries.search(guizhou, text, under=NATION)[0].code == YONGXING


@pytest.mark.parametrize("text", ["凤冈 永兴桥", "凤冈永兴桥", "永兴 湄潭 没有这个县"])
def test_a_word_that_stands_nowhere_along_the_path_finds_nothing(guizhou, text):
    assert queries.search(guizhou, text, under=NATION) == []


def test_a_village_is_found_by_the_name_of_its_township_and_its_own(guizhou):
    village = queries.node(guizhou, VILLAGE)
    for text in (f"永兴 {village.name[:2]}", f"湄潭县永兴镇{village.name[:2]}"):
        assert VILLAGE in {each.code for each in queries.search(guizhou, text, under=NATION)}


def test_served_places_come_first_and_are_told_from_the_rest(guizhou):
    before = [each.code for each in queries.search(guizhou, "永兴", under=NATION)]
    assert queries.served(guizhou, queries.search(guizhou, "永兴", under=NATION)) == set()
    last = queries.node(guizhou, before[-1])
    set_office(
        guizhou,
        job_actor("test"),
        last.county,
        office_name="演示民政局",
        phone="0851-00558888",
        now=datetime.now(UTC),
    )
    found = queries.search(guizhou, "永兴", under=NATION)
    served = queries.served(guizhou, found)
    assert last.code in served
    assert [each.code in served for each in found] == sorted(
        (each.code in served for each in found), reverse=True
    )
    above = [queries.node(guizhou, code) for code in (last.province, last.city, last.county)]
    assert queries.served(guizhou, above) == {each.code for each in above}
    elsewhere = next(each for each in queries.children(guizhou, last.province) if each.code != last.city)
    assert queries.served(guizhou, [elsewhere]) == set()


def test_a_search_reads_the_names_a_few_times_at_most_however_long_the_text(guizhou):
    queries_made = []

    def note(_connection, _cursor, statement, *_):
        queries_made.append(statement)

    event.listen(guizhou.get_bind(), "before_cursor_execute", note)
    try:
        queries.search(guizhou, " ".join("没有这个地方" * 20), under=NATION)
    finally:
        event.remove(guizhou.get_bind(), "before_cursor_execute", note)
    assert len(queries_made) <= queries.MOST_WORDS
