"""The case's record tells staff what was sent to the applicant, and whom they must call or visit because nothing could be."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from core.cases.message_sending import Sender
from core.catalogue import MessageChannel
from core.errors import Problem
from core.testing.town import A1_MEMBERS
from core.web.watch import send_messages

pytestmark = pytest.mark.row("R1-13", "R2-07")
PHONE = "19900000011"


@pytest.fixture
def applied(way):
    """`applied(phone)`: a family that gave that phone."""

    def applied(phone=PHONE):
        way.submit(members=(replace(A1_MEMBERS[0], phone=phone), *A1_MEMBERS[1:]))
        way.town.opened[-1].close()
        return way.case_id

    return applied


@pytest.fixture
def sent(site):
    return lambda: send_messages(site.app, clock=lambda: site.at)


@pytest.fixture
def record(clerk, words):
    return lambda case_id: words(clerk.get(f"/staff/cases/{case_id}/history"))


def test_the_record_says_what_was_sent_and_to_which_phone_masked(applied, sent, record):
    case_id = applied()
    assert "等着发短信" in record(case_id)
    assert sent() == 1
    told = record(case_id)
    assert "已发短信到199****0011：申请收到了" in told
    assert PHONE not in told


def test_the_tab_counts_what_was_sent(applied, sent, record):
    case_id = applied()
    sent()
    told = record(case_id)
    assert re.search(r"操作记录 (\d+)", told)[1] == re.search(r"(\d+) 条", told)[1]


def test_the_record_says_whom_to_call_or_visit(applied, sent, record):
    case_id = applied(phone="")
    assert sent() == 0
    assert "没有手机号，请电话或上门告知：申请收到了" in record(case_id)


def test_the_record_says_that_a_channel_fails_and_that_it_was_too_late_in_the_end(
    site, applied, sent, record
):
    case_id = applied()

    def is_down(_message):
        raise Problem("连不上")

    channel = MessageChannel("down", "000000000000", "网关", is_down, lambda: True)
    Sender(site.home.engine, site.home.vault, lambda _: [channel], lambda: site.at).send_due()
    assert "短信暂时发不出去，会再试" in record(case_id)
    begun = site.at
    site.later(days=8)
    assert sent() == 0
    site.at = begun + timedelta(minutes=1)
    assert "已过时不再发，请电话或上门告知" in record(case_id)


@pytest.mark.row("R2-28")
def test_staff_of_another_region_find_no_record(applied, stranger):
    assert stranger.get(f"/staff/cases/{applied()}/history").status_code == 404


def test_in_a_demo_the_message_stands_on_the_outbox_page(site, applied, sent, words):
    applied()
    sent()
    page = words(site.browser().get("/outbox"))
    assert "【兜底】申请已经收到，编号MT" in page
    assert PHONE not in page


@pytest.mark.parametrize("demo", [False])
def test_outside_a_demo_nothing_is_pretended_to_be_sent(applied, sent, record):
    case_id = applied()
    assert sent() == 0
    assert "已发短信" not in record(case_id)
