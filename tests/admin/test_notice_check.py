"""After publishing, the page is read as anybody reads it: what must not stand there comes down at once (architecture 7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.cases.models import Task, TaskState
from core.notices.changes import FIRST, public_row_of, publish_first_notice, standing_notice
from core.notices.models import Notice, NoticeState
from core.scopes import System
from core.testing.town import TOWNSHIP, made_up_id
from core.web.public_check import check_notice

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
