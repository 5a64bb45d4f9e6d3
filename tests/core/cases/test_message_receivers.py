"""To whom a message goes, who sees that it went, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.accounts.models import ResidentAccount, SignInWay
from core.accounts.person_links import check_at_window, give_up_phone, open_account, verified_phones
from core.accounts.signed_in import begin_session
from core.cases.message_models import CaseMessage, MessageOutcome
from core.cases.messages import messages_of_case
from core.cases.models import Case
from core.cases.people import applicant
from core.scopes import System
from core.testing.town import TOWNSHIP, family_of_four
from tests.core.cases.messaging import PHONE, messages, plan, with_phone

pytestmark = pytest.mark.row("R1-13", "R2-07")
ANOTHER = "19900000012"


def account_with(town, phone):
    with town.session(System("test")) as session:
        account = open_account(session, phone, now=town.now)
        session.commit()
        return account.id


def test_the_phone_she_signs_in_by_comes_before_the_one_declared(town, way, sender, gateway):
    way.submit(account_with(town, ANOTHER), members=with_phone(PHONE))
    sender()
    assert [message.phone for message in gateway] == [ANOTHER]
    assert "查进度" in gateway[0].text


def test_who_applied_at_a_window_is_told_to_ask_there(town, way, sender, gateway):
    town.submit(replace(family_of_four(), members=with_phone("199-0000-0011")))
    sender()
    assert gateway[0].phone == PHONE
    assert "窗口" in gateway[0].text
    assert "查进度" not in gateway[0].text


@pytest.mark.parametrize("phone", ["", "0851-00551234"])
def test_a_resident_without_a_mobile_phone_is_sent_nothing_and_it_is_noted(town, way, sender, gateway, phone):
    way.submit(members=with_phone(phone))
    assert sender() == 0
    assert gateway == []
    assert messages(town, way.case_id)[0].outcome is MessageOutcome.NO_PHONE
    town.now += timedelta(hours=1)
    assert sender() == 0


def test_a_phone_that_the_window_noted_as_given_up_is_sent_nothing(town, way, sender, gateway):
    account_id = account_with(town, PHONE)
    way.submit(account_id, members=with_phone(PHONE))
    way.accept()
    with town.session(System("test"), town.clerk) as session:
        account = session.get(ResidentAccount, account_id)
        begin_session(session, account, SignInWay.PHONE_CODE, now=town.now, ip=None, device="")
        person = applicant(session, way.case_id).person_id
        check_at_window(session, town.clerk, person, PHONE, region=TOWNSHIP, now=town.now)
        session.commit()
        assert sender() == 2
        (row,) = verified_phones(session, person)
        give_up_phone(session, town.clerk, person, row.id, region=TOWNSHIP, now=town.now)
        session.commit()
    plan(way, town.now.date())
    assert sender() == 0
    assert messages(town, way.case_id)[-1].outcome is MessageOutcome.NO_PHONE


@pytest.mark.row("R2-28")
def test_staff_of_another_region_see_no_message(town, applied):
    assert len(messages_of_case(town.at_work(town.clerk), applied.case_id)) == 1
    assert messages_of_case(town.at_work(town.stranger), applied.case_id) == []


def test_the_row_of_a_message_keeps_neither_its_text_nor_the_number(town, applied, sender):
    sender()
    (row,) = messages(town, applied.case_id)
    kept = " ".join(str(getattr(row, column.key)) for column in CaseMessage.__table__.columns)
    assert PHONE not in kept
    assert "兜底" not in kept
    assert row.phone_masked == "199****0011"
    with town.session(System("read")) as session:
        assert session.get(Case, applied.case_id).number not in kept
