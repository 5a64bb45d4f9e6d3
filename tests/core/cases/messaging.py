"""A family that applies with a mobile phone, and the messages that were written to it."""

from __future__ import annotations

from dataclasses import replace

from core.cases.message_models import MessageEvent
from core.cases.messages import messages_of_case
from core.scopes import System
from core.testing.town import A1_MEMBERS
from core.visits.plan import Plan, plan_visit

PHONE = "19900000011"


def with_phone(phone, members=A1_MEMBERS):
    return (replace(members[0], phone=phone), *members[1:])


def messages(town, case_id):
    """Of a case, the first first; the clock stands in a test, so what was written at one instant goes by its turn."""
    turns = list(MessageEvent)
    with town.session(System("read")) as session:
        rows = messages_of_case(session, case_id)
        return sorted(rows, key=lambda row: (row.written_at, turns.index(row.event)))


def plan(way, day):
    with way.acting(way.town.clerk) as (session, case, procedure):
        who = [way.town.clerk.account_id, way.town.second_clerk.account_id]
        plan_visit(session, way.town.clerk, case, Plan(day, who), procedure, now=way.town.now)
