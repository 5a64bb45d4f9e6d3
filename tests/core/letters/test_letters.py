"""Every letter says its number, case, reader, law, reason, appeal and sender; a decision is in writing the same day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.awards.changes import confirm_case
from core.awards.queries import award_of_case
from core.cases.changes import decline_acceptance, deliver_letter, send_deficiency_letter
from core.cases.confirmations import ConfirmationAnswer, next_month
from core.cases.models import Outcome, Task
from core.cases.opinions import OpinionAnswer
from core.cases.procedure import beijing_day
from core.cases.worklist import worklist
from core.errors import Blocked, NotAllowed
from core.letters.changes import mark_read, record_delivery
from core.letters.citing import cited_in_full
from core.letters.models import Delivery, Letter
from core.letters.queries import letter_text, letters_of_case
from core.testing.casework import Way
from core.testing.town import family_of_four, members_a1

pytestmark = pytest.mark.row("R1-13", "R2-14")


def confirm(way, outcome, reason, fen=0):
    town = way.town
    session, case, procedure = way.at(town.confirmer)
    grounds = () if outcome is Outcome.GRANTED else ("refuses_verification",)
    answer = ConfirmationAnswer(outcome, reason, fen, grounds)
    confirm_case(session, town.confirmer, case, answer, procedure, now=town.now)
    session.commit()


def read(way, letter):
    session, _case, _procedure = way.at(way.town.clerk)
    told = letter_text(session, letter.id)
    return told.recipient, "\n".join(told.paragraphs)


def letters(way):
    session, case, _procedure = way.at(way.town.clerk)
    return list(reversed(letters_of_case(session, case.id)))


def test_a_refusal_is_written_on_the_day_with_reason_law_appeal_and_sender(town, way):
    way.survey()
    way.opine(OpinionAnswer(False, "不配合核对，已告知", ("refuses_verification",)))
    confirm(way, Outcome.REFUSED, "多次告知后仍不配合核对")
    letter = letters(way)[-1]
    recipient, text = read(way, letter)
    _session, case, procedure = way.at(town.clerk)
    assert (letter.kind, letter.number) == ("refusal", f"{case.number}-2")
    assert "第二十一条" in letter.legal_basis
    # 57号 第二十一条: within three working days
    decided = beijing_day(case.decided_at)
    assert beijing_day(letter.issued_at) <= procedure.deadline("letter", decided).date
    assert recipient == "周明"
    for said in (
        case.number,
        "不配合核对或入户调查（《最低生活保障审核确认办法》（民发〔2021〕57号）第二十九条）",
        "理由：多次告知后仍不配合核对",
        "60日内申请行政复议",
        "6个月内向人民法院",
        "湄潭县民政局",
    ):
        assert said in text
    # the letter's own basis stands under it with this word; what the decision rests on has another
    assert "依据：" not in text


def test_a_grant_says_how_much_and_from_the_next_month_and_so_does_the_award(town, way):
    town.now = datetime(2026, 12, 15, 2, 0, tzinfo=UTC)
    way.survey()
    way.opine()
    way.hang()
    confirm(way, Outcome.GRANTED, "同意镇里意见", 79_500)
    recipient, text = read(way, letters(way)[-1])
    session, case, _procedure = way.at(town.clerk)
    assert award_of_case(session, case.id).starts_on == date(2027, 1, 1)
    for said in ("每月 795.00 元", "从2027年1月1日起", "行政复议", "行政诉讼", "湄潭县民政局"):
        assert said in text
    assert recipient == "周明"


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2027, 2, 1)),
    ],
)
def test_money_begins_on_the_first_of_the_next_month(day, first):
    assert next_month(day) == first


def test_each_letter_of_the_journey_has_a_number_of_its_own_its_law_and_its_sender(town, way):
    way.submit()
    session, case, procedure = way.at(town.clerk)
    send_deficiency_letter(session, town.clerk, case, ["近12个月工资单"], procedure, now=town.now)
    session.commit()
    way.accept()
    other = Way(town)
    other.submit(members=members_a1(1))
    session, case, procedure = other.at(town.clerk)
    decline_acceptance(session, town.clerk, case, "不在本镇居住", procedure, now=town.now)
    session.commit()
    made = [*letters(way), *letters(other)]
    assert [letter.kind for letter in made] == ["deficiency", "acceptance", "not_accepted"]
    assert len({letter.number for letter in made}) == 3
    for letter in made:
        _recipient, text = read(way, letter)
        assert "民发〔2021〕57号" in letter.legal_basis
        assert text.splitlines()[-2] == "演示民政办公室"
        assert text.splitlines()[-1] == "2026年11月16日"
    appeal = [("60日内申请行政复议" in read(way, each)[1]) for each in made]
    assert appeal == [False, False, True]


def test_a_letter_keeps_its_words_and_notes_once_when_it_arrived(town, way):
    way.case_id = town.submit(family_of_four()).id
    way.accept()
    session, _case, _procedure = way.at(town.clerk)
    letter = letters_of_case(session, way.case_id)[0]
    assert letter.delivered_at is None  # a walk-in: it is handed over
    record_delivery(session, letter, Delivery.IN_PERSON, now=town.now)
    with pytest.raises(Blocked):
        record_delivery(session, letter, Delivery.POST, now=town.now)
    mark_read(session, letter, now=town.now)
    mark_read(session, letter, now=town.now + timedelta(days=1))
    assert (letter.delivered_how, letter.read_at) == (Delivery.IN_PERSON, town.now)


def test_neither_letters_nor_tasks_hold_a_name_or_a_number_in_the_clear(town, way):
    way.survey()
    session, _case, _procedure = way.at(town.clerk)
    rows = session.scalars(select(Letter)).all()
    assert {row.recipient_masked for row in rows} == {"周*"}
    assert all("周明".encode() not in row.content_sealed for row in rows)
    words = " ".join(f"{task.label} {task.note}" for task in session.scalars(select(Task)))
    assert "周明" not in words


def test_a_refused_walk_in_has_it_in_hand_within_three_working_days_or_the_worklist_says_so(town, way):
    way.case_id = town.submit(family_of_four()).id
    for act in (way.accept, way.visit, way.verify):
        act()
    way.opine(OpinionAnswer(False, "不配合核对，已告知", ("refuses_verification",)))
    confirm(way, Outcome.REFUSED, "多次告知后仍不配合核对")
    session, case, procedure = way.at(town.clerk)
    row = worklist(session, town.clerk).rows[0]
    assert (row.kind, row.number) == ("refusal_letter", case.number)
    assert row.due_on == procedure.deadline("letter", beijing_day(town.now)).date == date(2026, 11, 19)
    assert worklist(town.at_work(town.officer), town.officer).rows == []
    letter = session.get(Letter, row.subject_id)
    with pytest.raises(NotAllowed):
        deliver_letter(session, town.reviewer, letter, Delivery.IN_PERSON, now=town.now)
    deliver_letter(session, town.clerk, letter, Delivery.IN_PERSON, now=town.now)
    session.commit()
    assert worklist(session, town.clerk).rows == []


RULES = "《最低生活保障审核确认办法》（民发〔2021〕57号）"


def test_a_document_is_named_in_full_once_and_by_its_title_afterwards():
    told = cited_in_full(
        ["1. 甲（57号 第九条）", "2. 乙（57号第二十九条）（57号 第七条）"], f"{RULES}第二十一条"
    )
    assert told == [
        f"1. 甲（{RULES}第九条）",
        "2. 乙（《最低生活保障审核确认办法》第二十九条）（《最低生活保障审核确认办法》第七条）",
    ]


@pytest.mark.parametrize(
    "said", ["住在57号，第二家", "黔民发〔2023〕57号 第二条", "157号 第二条", f"{RULES}第九条"]
)
def test_what_is_no_short_form_of_the_letters_own_document_stays(said):
    assert cited_in_full([said], f"{RULES}第二十一条") == [said]
