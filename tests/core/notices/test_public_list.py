"""The public's list of a place goes on page after page, in one order, and no name stands in the address of a page."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core.notices.models import PublicRow
from core.notices.queries import PAGE_ROWS, public_page
from core.scopes import Public, System, region_columns

pytestmark = pytest.mark.row("R3-18")


@pytest.fixture
def long_list(town):
    """More rows than two pages hold: of two villages, two first days and many namesakes."""
    day = town.now.date()
    with town.session(System("test")) as session:
        session.add_all(
            PublicRow(
                **region_columns(f"{town.township[:9]}20{number % 2}"),
                id=uuid.uuid4(),
                kind=kind,
                title="初审公示",
                listed_name=f"周{number % 7}",
                village_name="某村",
                household_size=1,
                public_kind="低保",
                monthly_fen=100,
                opens_on=day - timedelta(days=number % 3),
                closes_on=day + timedelta(days=3) if kind == "first" else None,
            )
            for kind in ("first", "long_term")
            for number in range(2 * PAGE_ROWS + 5)
        )
        session.commit()


def walk(session, place, kind):
    pages = [public_page(session, place, kind)]
    while pages[-1].after is not None:
        pages.append(public_page(session, place, kind, start=pages[-1].after))
    return pages


@pytest.mark.usefixtures("long_list")
@pytest.mark.parametrize("kind", ["first", "long_term"])
def test_every_family_stands_on_exactly_one_page_and_the_way_back_is_the_way_there(town, kind):
    session = town.session(Public(town.now.date()))
    pages = walk(session, town.township, kind)
    assert [len(each.rows) for each in pages] == [PAGE_ROWS, PAGE_ROWS, 5]
    assert len({row.id for each in pages for row in each.rows}) == 2 * PAGE_ROWS + 5
    starts = [each.rows[0].id for each in pages]
    assert [each.before for each in pages] == [None, *starts[:2]]
    assert [each.after for each in pages] == [*starts[1:], None]
    villages = [
        row.village for each in pages for row in each.rows if row.opens_on == pages[0].rows[0].opens_on
    ]
    assert villages == sorted(villages)


@pytest.mark.usefixtures("long_list")
def test_a_page_that_began_with_a_notice_taken_down_since_is_the_first_page(town):
    day = town.now.date()
    start = public_page(town.session(Public(day)), town.township, "first").after
    with town.session(System("test")) as session:
        session.get(PublicRow, start).withdrawn_at = town.now
        session.commit()
    again = public_page(town.session(Public(day)), town.township, "first", start=start)
    assert again.before is None
    assert len(again.rows) == PAGE_ROWS


@pytest.mark.usefixtures("long_list")
def test_a_row_of_another_place_or_list_begins_no_page(town):
    session = town.session(Public(town.now.date()))
    of_list = public_page(session, town.township, "long_term").after
    assert public_page(session, town.township, "first", start=of_list).before is None
    assert public_page(session, "441823105000", "first", start=of_list).rows == []
