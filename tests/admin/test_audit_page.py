"""The audit administrator reads who did and who looked, in her own county, in plain words, and nobody else does."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import audit
from core.access import Actor, Role
from core.audit.models import AuditEntry
from core.audit.queries import PAGE
from core.scopes import Region

MEITAN, YONGXING, YANGSHAN = "520328000000", "520328101000", "441823000000"
CLERK = Actor("staff", uuid.UUID(int=8), "石梅", YONGXING)

CASE = ("cases", uuid.UUID(int=1))

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def auditor(site):
    return site.staff("shenji-01", Role.AUDIT_ADMINISTRATOR, office=MEITAN)[0]


@pytest.fixture
def note(site):
    """`note("case.look", …)` leaves an entry of a clerk's."""

    def note(act="case.look", subject=CASE, *, region=YONGXING, actor=CLERK, **more):
        with site.session(Region(region), actor, writes=True) as session:
            audit.record(session, act, subject, now=more.pop("at", site.at), region=region, **more)
            session.commit()

    return note


def test_each_row_says_in_plain_words_who_did_what_and_why(auditor, note, words):
    note("person.reveal", ("people", uuid.UUID(int=3)), reason="电话核对")
    note("case.accept", done=False)
    page = words(auditor.get("/staff/audit"))
    assert "石梅" in page
    assert "查看完整信息" in page
    assert "电话核对" in page
    assert "受理申请 没有办成" in page


def test_another_countys_entries_are_absent_whatever_is_asked(auditor, note, words):
    note("person.reveal", region=YANGSHAN, actor=Actor("staff", uuid.UUID(int=9), "刘洋", YANGSHAN))
    for query in ("", "?staff=刘洋", f"?account={uuid.UUID(int=9)}", f"?case={uuid.UUID(int=1)}"):
        assert "刘洋" not in words(auditor.get(f"/staff/audit{query}")).replace("刘洋 查找", "")


def test_it_is_searched_by_day_act_and_person(auditor, note, site, words):
    note("case.accept", at=site.at - timedelta(days=3))
    note("case.look", actor=Actor("staff", uuid.UUID(int=10), "王丽", YONGXING))
    assert "受理申请 案件" not in words(auditor.get("/staff/audit"))
    page = words(auditor.get("/staff/audit?since=2026-11-13&until=2026-11-13"))
    assert "受理申请 案件" in page
    assert "查看案件 案件" not in page
    page = words(auditor.get("/staff/audit?since=2026-11-01&until=2026-11-16&act=case.look&staff=王"))
    assert "查看案件 案件" in page
    assert "受理申请 案件" not in page
    note("search", None, done=False)
    page = words(auditor.get("/staff/audit?refused=1"))
    assert "查看案件 案件" not in page
    assert "没有办成" in page


@pytest.mark.parametrize(
    "query", ["since=gestern", "until=2026-13-40", "act=nothing", "before=x", "before=9-9"]
)
def test_odd_filters_are_told_or_ignored_but_never_break(auditor, query):
    assert auditor.get(f"/staff/audit?{query}").status_code in {200, 422}


def test_fifty_at_a_time_without_losing_or_repeating_one(auditor, note, site):
    for number in range(PAGE + 5):
        note(subject=("cases", f"nr-{number:04d}"))
    first = auditor.get("/staff/audit?act=case.look&since=2026-11-16&until=2026-11-16")
    seen = [f"nr-{number:04d}" for number in range(PAGE + 5) if f"nr-{number:04d}" in first.text]
    assert len(seen) == PAGE
    following = first.text.split('href="/staff/audit?')[1].split('"')[0].replace("&amp;", "&")
    second = auditor.get(f"/staff/audit?{following}")
    rest = [f"nr-{number:04d}" for number in range(PAGE + 5) if f"nr-{number:04d}" in second.text]
    assert len(rest) == 5
    assert not set(seen) & set(rest)


def test_looking_at_the_trail_leaves_an_entry_too(auditor, site):
    auditor.get("/staff/audit")
    with site.session() as session:
        looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "audit.look")).all()
    assert [entry.county for entry in looks] == [MEITAN]
    assert looks[0].login_id is not None
    assert looks[0].ip == "198.51.100.0"  # the network, not the machine


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.COUNTY_CONFIRMER]
)
def test_nobody_else_reads_it(site, role):
    browser, _ = site.staff("somebody", role, office=MEITAN)
    assert browser.get("/staff/audit").status_code == 403


def test_the_head_says_when_it_was_last_sealed(auditor, site, note, words):
    assert "还没有封存过" in words(auditor.get("/staff/audit"))
    note()
    with site.session(writes=True) as session:
        audit.seal(session, site.at)
        session.commit()
        assert audit.verify(session) == []
    assert "最近一次封存 2026年11月16日 10:30" in words(auditor.get("/staff/audit"))


def test_codes_are_shown_in_words_and_kept_as_codes(site, auditor, note, words):
    note("case.step", changes={"step": "survey_start"})
    note("case.reopen", changes={"steps": ["notice", "opinion"]})
    note("confirmation.sign", changes={"outcome": [None, "granted"]})
    note("assignment.give", changes={"work": [None, "tax"], "last_day": [None, "2026-12-03"]})
    note("document.add", changes={"kind": [None, "bank_statement"]})
    note("standard.enter", changes={"dibao.standard": [None, "45000"]})
    note("award.make", changes={"monthly_fen": [None, 79_500]})
    note(
        "person.correct",
        changes={
            "name": ["周*", "周*"],
            "id_number": ["520*1", "520*2"],
            "birth_year": ["1980", "1981"],
            "sex": [1, 2],
            "document_id": [None, "7"],
        },
    )
    page = words(auditor.get("/staff/audit"))
    for said in (
        "环节：无 → 启动调查",
        "重办的环节：无 → 初审公示、初审意见",
        "决定：无 → 确认",
        "办到哪一天：无 → 2026年12月3日",
        "种类：无 → 银行流水",
        "每月金额（元）：无 → 795.00",
        "姓名：周* → 周*",
        "证件号：520*1 → 520*2",
        "出生年份：1980 → 1981",
        "性别：男 → 女",
        "原件：无 → 7",
    ):
        assert said in page, said
    for code in (
        "survey_start",
        "granted",
        "bank_statement",
        "tax",
        "last_day",
        "monthly_fen",
        "outcome",
        "dibao.standard",
    ):
        assert code not in page.split("查找")[1], code
    with site.session() as session:
        stored = session.scalars(select(AuditEntry.changes).where(AuditEntry.act == "confirmation.sign"))
        assert list(stored) == [{"outcome": [None, "granted"]}]


def test_a_whole_case_leaves_no_field_without_words(site, way, auditor, words):
    way.survey()
    way.opine()
    way.hang()
    way.confirm()
    with site.session() as session:
        fields = {name for changes in session.scalars(select(AuditEntry.changes)) for name in changes}
    assert fields
    said = words(auditor.get("/staff/audit?since=2026-01-01&until=2026-12-31"))
    assert [name for name in fields if re.search(rf"\b{re.escape(name)}：", said)] == []
