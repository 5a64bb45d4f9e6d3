"""After publishing, the page is read as anybody reads it: what must not stand there comes down at once (architecture 7)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.cases.models import Task, TaskState
from core.database import new_id
from core.errors import NotFound
from core.notices.changes import FIRST, public_row_of, publish_first_notice, standing_notice
from core.notices.models import Notice, NoticeState, PublicRow
from core.notices.queries import PAGE_ROWS
from core.scopes import System, region_columns
from core.testing.town import TOWNSHIP, made_up_id
from core.web.public_check import check_notice, unchecked_notices

pytestmark = pytest.mark.row("R3-18", "R1-14")


@pytest.fixture
def hung(way):
    """The id of a notice that hangs and was not read back yet."""
    way.survey()
    way.opine()
    with way.acting(way.town.clerk) as (session, case, procedure):
        publish_first_notice(session, way.town.clerk, case, procedure, now=way.town.now)
        return standing_notice(session, case, FIRST).id


def read_by_a_neighbour(site, words):
    site.at += timedelta(days=1)
    return words(site.browser().get(f"/notices/{TOWNSHIP}"))


def state_of(site, notice_id):
    with site.session() as session:
        notice = session.get(Notice, notice_id)
        return notice.state, notice.withdrawn_reason, notice.checked_at


def test_a_clean_notice_is_found_clean_and_stays(site, way, hung, words):
    assert check_notice(site.app, hung, now=site.at) == []
    assert state_of(site, hung) == (NoticeState.PUBLISHED, "", site.at)
    assert "周明" in read_by_a_neighbour(site, words)


@pytest.mark.parametrize(
    "leak", ["岩脚组 19900000077", f"岩脚组{made_up_id(date(1970, 2, 3), 31)}", "6222 0212 3456 7890 128"]
)
def test_what_got_into_the_row_after_all_is_seen_by_a_visitor_and_taken_down(
    site, way, clerk, hung, words, leak
):
    with way.town.session(System("leak")) as session:
        public_row_of(session, session.get(Notice, hung)).village_group = leak
        session.commit()
    assert check_notice(site.app, hung, now=site.at)
    assert state_of(site, hung) == (NoticeState.WITHDRAWN, "leak", None)
    with site.session() as session:
        (task,) = session.scalars(select(Task).where(Task.kind == "notice_leak"))
        assert (task.state, task.subject_id) == (TaskState.OPEN, hung)
        (kept,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "notice.withdraw"))
        assert (kept.actor_kind, kept.reason) == ("job", "leak")
    assert "公示含有个人信息，已自动撤下" in words(clerk.get("/staff/"))
    said = read_by_a_neighbour(site, words)
    assert "周明" not in said
    assert leak not in said


def opined(way):
    way.survey()
    way.opine()
    way.town.close()
    return f"/staff/cases/{way.case_id}"


@pytest.mark.parametrize("answer", ["not found", "empty"])
def test_a_page_that_a_visitor_cannot_read_is_not_called_clean_and_is_read_again_later(
    site, way, clerk, words, monkeypatch, answer
):
    case, endpoint = opined(way), "portal.notices_of"
    view = site.app.view_functions[endpoint]

    def instead(place):
        if answer == "not found":
            raise NotFound(place)
        # the address echoes the row's id, the list does not hold the row
        return f"<h1>公示</h1><a href='?from={row_id(site)}'>刷新</a>"

    instead.__access__ = view.__access__
    with monkeypatch.context() as patched:
        patched.setitem(site.app.view_functions, endpoint, instead)
        clerk.get(case)
        assert clerk.post(f"{case}/notice").status_code == 303
    said = words(clerk.get(case))
    assert "还没有复核" in said
    assert "没有不该公示的信息" not in said
    with site.session() as session:
        (notice,) = unchecked_notices(session)
    assert check_notice(site.app, notice, now=site.at) == []
    assert state_of(site, notice) == (NoticeState.PUBLISHED, "", site.at)


def row_id(site):
    with site.session() as session:
        return session.scalars(select(PublicRow.id)).one()


@pytest.mark.parametrize("hidden", ['<p data-kept="{}">', "<!-- {} -->", "<script>{}</script>"])
def test_what_stands_in_an_attribute_a_comment_or_a_script_is_a_leak_too(site, hung, monkeypatch, hidden):
    endpoint = "portal.notices_of"
    view = site.app.view_functions[endpoint]

    def leaking(place):
        page = view(place)
        page.set_data(page.get_data(as_text=True) + hidden.format("19900000077"))
        return page

    leaking.__access__ = view.__access__
    monkeypatch.setitem(site.app.view_functions, endpoint, leaking)
    assert check_notice(site.app, hung, now=site.at)
    assert state_of(site, hung)[:2] == (NoticeState.WITHDRAWN, "leak")


def test_a_notice_that_comes_after_a_whole_page_of_others_hangs_and_is_checked(site, way, clerk, words):
    case, day = opined(way), site.at.date()
    with site.session(writes=True) as session:
        session.add_all(
            PublicRow(
                **region_columns(TOWNSHIP), id=new_id(), kind=FIRST, title="初审公示", listed_name=f"丁{number:03}",
                village_name="某村", household_size=1, public_kind="低保", monthly_fen=100,
                opens_on=day, closes_on=day + timedelta(days=5),
            )
            for number in range(PAGE_ROWS + 3)
        )  # fmt: skip
        session.commit()
    clerk.get(case)
    clerk.post(f"{case}/notice")
    assert "没有不该公示的信息" in words(clerk.get(case))
    site.later(days=2)
    first = site.browser().get(f"/notices/{TOWNSHIP}")
    assert "周明" not in first.text
    assert f"一页{PAGE_ROWS}户" in words(first)
    for start in (f"/notices/{TOWNSHIP}", f"/notices/{TOWNSHIP}/objection"):
        (further,) = re.findall(r'href="([^"]+from=[^"]+)"', site.browser().get(start).text)
        assert "周明" in words(site.browser().get(unescape(further)))
    assert site.browser().get(f"/notices/{TOWNSHIP}?from=nonsense").status_code == 200
