"""Messages that are no news any more, or whose reader's number was corrected, while a gateway was down (R1-13, R2-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.accounts.models import ResidentAccount, SignInWay
from core.accounts.person_links import check_at_window, open_account
from core.accounts.signed_in import begin_session
from core.cases.changes import send_deficiency_letter, supply_missing, withdraw_application
from core.cases.message_models import MessageEvent, MessageOutcome
from core.cases.message_sending import Sender
from core.cases.messages import messages_of_case
from core.cases.people import applicant
from core.catalogue import MessageChannel
from core.corrections.changes import Wish, correct_identity
from core.database import new_id
from core.households.models import Person
from core.identity_numbers import parse_id_number
from core.scopes import System
from core.testing.town import A1_MEMBERS, TOWNSHIP, made_up_id
from core.visits.plan import Plan, plan_visit

pytestmark = pytest.mark.row("R1-13", "R2-07")
PHONE = "19900000011"


@pytest.fixture
def gateway(town):
    """The phones and texts that a gateway is handed when it comes back."""

    def comes_back():
        handed = []
        channel = MessageChannel("gateway", "000000000000", "网关", handed.append, lambda: True)
        town.close()
        Sender(town.engine, town.vault, lambda _: [channel], lambda: town.now).send_due()
        return handed

    return comes_back


@pytest.fixture
def account(town):
    with town.session(System("test")) as session:
        account = open_account(session, PHONE, now=town.now)
        session.commit()
        return account.id


@pytest.fixture
def applied(way, account):
    way.submit(account, members=(replace(A1_MEMBERS[0], phone=PHONE), *A1_MEMBERS[1:]))
    return way


def plan(way):
    with way.acting(way.town.clerk) as (session, case, procedure):
        who = [way.town.clerk.account_id, way.town.second_clerk.account_id]
        day = way.town.now.date() + timedelta(days=2)
        plan_visit(session, way.town.clerk, case, Plan(day, who), procedure, now=way.town.now)


def ask_for_papers(way):
    with way.acting(way.town.clerk) as (session, case, procedure):
        send_deficiency_letter(session, way.town.clerk, case, ["工资单"], procedure, now=way.town.now)


def supply(way):
    with way.acting(way.town.clerk) as (session, case, _procedure):
        supply_missing(session, way.town.clerk, case, now=way.town.now)


def withdraw(way):
    with way.acting(way.town.clerk) as (session, case, _procedure):
        withdraw_application(session, way.town.clerk, case, now=way.town.now)


@pytest.mark.parametrize("meanwhile", [supply, withdraw])
def test_papers_that_nobody_waits_for_any_more_are_not_asked_for(applied, gateway, meanwhile):
    ask_for_papers(applied)
    meanwhile(applied)
    assert [message for message in gateway() if "告知书" in message.text] == []
    assert ended(applied, MessageEvent.DEFICIENCY) is MessageOutcome.EXPIRED


def visit(way):
    way.visit()


@pytest.mark.parametrize("meanwhile", [visit, withdraw])
def test_nobody_is_told_to_stay_at_home_for_a_visit_that_was_made_or_will_not_be(applied, gateway, meanwhile):
    applied.accept()
    plan(applied)
    meanwhile(applied)
    assert [message for message in gateway() if "上门" in message.text] == []
    assert ended(applied, MessageEvent.VISIT) is MessageOutcome.EXPIRED


def ended(way, event):
    with way.town.session(System("read")) as session:
        return next(row.outcome for row in messages_of_case(session, way.case_id) if row.event is event)


def test_an_applicant_whose_number_was_corrected_is_still_told_by_the_phone_she_applied_with(
    town, applied, account, gateway
):
    applied.accept()
    town.close()
    with town.session(System("test"), town.clerk) as session:
        signed_in = session.get(ResidentAccount, account)
        begin_session(session, signed_in, SignInWay.PHONE_CODE, now=town.now, ip=None, device="")
        person_id = applicant(session, applied.case_id).person_id
        check_at_window(session, town.clerk, person_id, PHONE, region=TOWNSHIP, now=town.now)
        session.commit()
    session = town.at_work(town.clerk)
    person = session.get(Person, person_id)
    right = parse_id_number(made_up_id(date(1981, 5, 1), 12), today=date(2026, 11, 16), demo=True)
    wish = Wish(person.version, new_id(), "看错一位", number=right)
    correct_identity(session, town.clerk, person, wish, lambda _: town.procedure(session), now=town.now)
    session.commit()
    assert {message.phone for message in gateway()} == {PHONE}
