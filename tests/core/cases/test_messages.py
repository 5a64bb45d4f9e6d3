"""Messages that tell an applicant to look: written with the act, sent after it, and saying nothing a neighbour may not read."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from core.accounts.codes import outbox
from core.awards.changes import confirm_case
from core.cases.changes import decline_acceptance, send_deficiency_letter, supply_missing
from core.cases.confirmations import ConfirmationAnswer
from core.cases.data_requests import answer_correction, ask_for_correction
from core.cases.message_models import CaseMessage, MessageEvent, MessageOutcome
from core.cases.messages import claim, due_messages
from core.cases.models import Outcome
from core.cases.opinions import OpinionAnswer
from core.database import new_id
from core.errors import Problem
from core.leak_scan import scan_text
from core.scopes import System
from core.testing.casework import Way
from core.testing.town import family_of_four, members_a1
from tests.core.cases.messaging import PHONE, messages, plan, with_phone

pytestmark = pytest.mark.row("R1-13", "R2-07")
PROGRAM = Path(__file__).with_name("sending_program.py")


def ask_for_papers(way):
    with way.acting(way.town.clerk) as (session, case, procedure):
        return send_deficiency_letter(
            session, way.town.clerk, case, ["工资单"], procedure, now=way.town.now
        ).due_on


def supply(way):
    with way.acting(way.town.clerk) as (session, case, _procedure):
        supply_missing(session, way.town.clerk, case, now=way.town.now)


def answer_a_correction(way, asked="女儿的生日是3月8日"):
    with way.acting(way.town.clerk) as (session, case, procedure):
        row = ask_for_correction(session, way.town.clerk, case, asked, procedure, now=way.town.now)
        answer_correction(session, way.town.clerk, row, "查过户口本，以户口本为准", now=way.town.now)


def to_the_letter(way):
    way.visit()
    way.verify()
    way.opine()
    way.hang()
    way.confirm()


def test_each_turn_of_a_case_is_told_once_and_without_anything_a_neighbour_may_not_read(
    town, applied, sender, gateway
):
    turns = [
        lambda: ask_for_papers(applied),
        lambda: (supply(applied), applied.accept()),
        lambda: plan(applied, town.now.date() + timedelta(days=2)),
        lambda: to_the_letter(applied),
        lambda: answer_a_correction(applied),
    ]
    assert sender() == 1
    for turn in turns:
        turn()
        assert (sender(), sender()) == (1, 0)
    assert [each.event for each in messages(town, applied.case_id)] == list(MessageEvent)
    assert len({message.key for message in gateway}) == len(MessageEvent)
    number = town.case(town.session(System("read")), applied.case_id).number
    for message in gateway:
        assert number in message.text
        assert scan_text(message.text) == []
        for hidden in ("周明", "低保", "残", "病", "同意", "确认", "795", "元", PHONE):
            assert hidden not in message.text
        assert PHONE not in repr(message)
    assert {message.phone for message in gateway} == {PHONE}


def test_each_answer_to_a_correction_is_told_and_not_what_it_says(applied, sender, gateway):
    sender()
    for asked in ("女儿的生日是3月8日", "工资写多了"):
        answer_a_correction(applied, asked)
    assert sender() == 2
    assert len({message.key for message in gateway}) == 3
    for message in gateway[1:]:
        assert "要求更正的有答复了" in message.text
        assert "户口本" not in message.text
        assert "生日" not in message.text


def test_a_letter_with_a_day_tells_the_day(town, applied, sender, gateway):
    sender()
    due = ask_for_papers(applied)
    sender()
    assert f"{due.year}年{due.month}月{due.day}日" in gateway[1].text


def test_granted_refused_and_not_accepted_read_the_same(town, way, sender, gateway):
    for family, end in enumerate((to_the_letter, refuse, decline)):
        town.now += timedelta(days=1)
        way = Way(town)
        way.submit(members=with_phone(PHONE, members_a1(family + 1)))
        if end is not decline:
            way.accept()
        end(way)
        sender()
    ends = [message for message in gateway if "办完" in message.text]
    numbers = [town.case(town.session(System("read")), each.case_id).number for each in decided(town)]
    assert len({text.text.replace(n, "") for text, n in zip(ends, numbers, strict=True)}) == 1


def decided(town):
    with town.session(System("read")) as session:
        return session.scalars(
            select(CaseMessage)
            .where(CaseMessage.event == MessageEvent.DECIDED)
            .order_by(CaseMessage.written_at)
        ).all()


def decline(way):
    with way.acting(way.town.clerk) as (session, case, procedure):
        decline_acceptance(session, way.town.clerk, case, "户籍不在本地", procedure, now=way.town.now)


def refuse(way):
    way.visit()
    way.verify()
    way.opine(OpinionAnswer(False, "不符合", ["refuses_verification"]))
    with way.acting(way.town.confirmer) as (session, case, procedure):
        answer = ConfirmationAnswer(Outcome.REFUSED, "同意初审意见", grounds=["refuses_verification"])
        confirm_case(session, way.town.confirmer, case, answer, procedure, now=way.town.now)


def test_a_submission_writes_one_message_in_its_one_commit_however_often_it_is_pressed(town):
    application = replace(family_of_four(new_id()), members=with_phone(PHONE))
    commits = []

    def count(_connection):
        commits.append(1)

    event.listen(town.engine, "commit", count)
    try:
        town.submit(application)
    finally:
        event.remove(town.engine, "commit", count)
    assert len(commits) == 1
    town.submit(application)
    assert [each.event for each in messages(town, application.id)] == [MessageEvent.RECEIVED]


def test_an_act_that_is_taken_back_tells_nobody(town, applied, sender, gateway):
    sender()
    session, case, procedure = applied.at(town.clerk)
    send_deficiency_letter(session, town.clerk, case, ["工资单"], procedure, now=town.now)
    session.rollback()
    assert sender() == 0


# --- a channel that fails ---------------------------------------------------------------------------------------


def fails(message):
    raise RuntimeError(message.phone)


def test_a_failing_channel_is_tried_again_and_the_act_stands(town, applied, sender, gateway, caplog):
    assert sender(fails) == 0
    assert PHONE not in caplog.text
    assert "RuntimeError" in caplog.text
    assert town.case(town.session(System("read")), applied.case_id).number
    assert sender() == 0
    town.now += timedelta(minutes=5)
    assert sender() == 1
    assert sender() == 0
    assert messages(town, applied.case_id)[0].outcome is MessageOutcome.SENT


def test_the_same_message_has_the_same_key_at_every_try(town, applied, sender, gateway):
    tried = []

    def takes_it_and_fails(message):
        tried.append(message.key)
        raise Problem("网关没有回答")

    sender(takes_it_and_fails)
    town.now += timedelta(minutes=5)
    sender()
    assert tried == [gateway[0].key]


def test_a_gateway_that_is_down_is_not_asked_for_every_message(town, sender):
    for family in range(5):
        Way(town).submit(members=with_phone(PHONE, members_a1(family)))
    tried = []

    def is_down(message):
        tried.append(message)
        raise Problem("连不上")

    sender(is_down)
    assert len(tried) == 3
    sender(is_down)
    assert len(tried) == 5


def test_two_processes_send_one_message_once(town, applied, sender, gateway):
    def meanwhile(message):
        assert sender() == 0
        gateway.append(message)

    assert sender(meanwhile) == 1
    assert len(gateway) == 1


def test_what_two_processes_listed_at_once_is_taken_by_one_of_them(town, applied):
    with town.session(System("send-messages")) as session:
        (listed,) = due_messages(session, now=town.now, limit=9)
    taken = []
    for _process in range(2):
        with town.session(System("send-messages")) as session:
            taken.append(claim(session, listed, now=town.now) is not None)
            session.commit()
    assert taken == [True, False]


def test_no_transaction_is_open_while_the_gateway_is_waited_for(town, applied, sender):
    """On SQLite a clerk could not write meanwhile."""

    def waits(_message):
        Way(town).submit(members=members_a1(7))

    assert sender(waits) == 1


def test_a_message_that_comes_too_late_is_not_sent(town, applied, sender, gateway):
    due = ask_for_papers(applied)
    town.now += timedelta(days=8)
    assert town.now.date() <= due
    assert sender() == 1
    assert "告知书" in gateway[0].text
    first, second = messages(town, applied.case_id)
    assert (first.outcome, second.outcome) == (MessageOutcome.EXPIRED, MessageOutcome.SENT)


def test_after_its_last_day_a_letter_is_not_told_any_more(town, applied, sender, gateway):
    due = ask_for_papers(applied)
    sender(fails)
    town.now += timedelta(days=(due - town.now.date()).days + 1)
    assert sender() == 0
    assert gateway == []
    assert {each.outcome for each in messages(town, applied.case_id)} == {MessageOutcome.EXPIRED}


def test_without_a_channel_it_waits_and_is_sent_when_there_is_one(town, applied, sender):
    assert sender(ready=False) == 0
    assert messages(town, applied.case_id)[0].outcome is None
    town.now += timedelta(minutes=5)
    assert sender() == 1


def test_in_a_demo_without_a_channel_it_comes_to_the_outbox_page(town, applied, sender):
    assert sender(ready=False, demo=True) == 1
    with town.session(System("read")) as session:
        (_id, at, phone, text), *more = outbox(session)
    assert (at, phone, more) == (town.now, PHONE, [])
    assert "申请已经收到" in text


def test_a_process_killed_as_it_sends_leaves_the_rest_to_the_next_one(town, tmp_path):
    for family in range(4):
        Way(town).submit(members=with_phone(PHONE, members_a1(family)))
    for session in town.opened:
        session.close()
    url = town.engine.url.render_as_string(hide_password=False)

    def run(minutes, dies_at=0):
        at = (town.now + timedelta(minutes=minutes)).isoformat()
        words = [sys.executable, str(PROGRAM), str(tmp_path), url, at, str(dies_at)]
        return subprocess.run(words, cwd=Path(__file__).parents[3], check=False).returncode

    assert run(0, dies_at=2) < 0
    assert run(1) == 0
    received = (tmp_path / "received").read_text().split()
    assert len(received) == len(set(received)) == 4
    # of the one in hand nobody knows whether it arrived: it is handed over again, and known by its key
    assert run(6) == 0
    assert run(60) == 0
    received = Counter((tmp_path / "received").read_text().split())
    assert sorted(received.values()) == [1, 1, 1, 2]
    with town.session(System("read")) as session:
        assert set(session.scalars(select(CaseMessage.outcome))) == {MessageOutcome.SENT}
