"""What happened to a household, line by line: its file opened and moved, applications, help, people who left, visits."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from admin.addresses import places_below
from admin.left_out import LEFT_OUT_WORDS, name_and_age
from core.access import Permission
from core.accounts.queries import names_of
from core.awards.models import Award
from core.awards.queries import awards_of_household
from core.cases.transfer_queries import moves_of_household
from core.households import queries
from core.households.models import Household
from core.sessions import found
from core.visits.models import VisitKind
from core.visits.queries import visits_of_household
from core.web import formats
from core.web.access_gate import may
from core.web.formats import money
from core.web.request import session
from core.web.texts import N_, gettext, language
from core.workdays import CHINA

VISIT_WORDS = {
    VisitKind.HOME: N_("入户调查"),
    VisitKind.NEIGHBOUR: N_("邻里访问"),
    VisitKind.LETTER_ENQUIRY: N_("信函索证"),
}


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the file's record. `by`: who did it, in words; empty where nobody of the staff did."""

    at: datetime
    kind: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    kind: str
    text: str
    by: uuid.UUID | None = None


def record_of(household: Household, cases: Sequence[Any]) -> list[RecordLine]:
    """The last first. `cases`: the applications the reader may see."""
    events = [
        _Event(household.entered_at, N_("档案"), gettext("建立家庭档案")),
        *(
            _Event(case.submitted_at, N_("申请"), gettext("交来申请 {number}", number=case.number))
            for case in cases
        ),
        *_help(household.id),
        *_people_left(household.id),
        *_moves(household.id),
        *_visits(household.id),
    ]
    staff = names_of(session(), [event.by for event in events if event.by is not None])
    # the name of a colleague of another office is out of scope
    other = gettext("其他单位")
    return [
        RecordLine(event.at, gettext(event.kind), event.text, staff.get(event.by, other) if event.by else "")
        for event in sorted(events, key=lambda event: event.at, reverse=True)
    ]


def _help(household_id: uuid.UUID) -> Iterator[_Event]:
    for award in awards_of_household(session(), household_id):
        yield _help_begun(award)
        if award.ended_at is not None:
            text = gettext("发到{day}为止", day=formats.day(found(award.ends_on), language()))
            yield _Event(award.ended_at, N_("救助"), text, award.ended_by)


def _help_begun(award: Award) -> _Event:
    text = gettext(
        "{day}起每月 {sum} 元", day=formats.day(award.starts_on, language()), sum=money(award.monthly_fen)
    )
    return _Event(award.awarded_at, N_("救助"), text, award.awarded_by)


def _people_left(household_id: uuid.UUID) -> Iterator[_Event]:
    for row in queries.left_out(session(), household_id):
        why = gettext(LEFT_OUT_WORDS[found(row.membership.left_out)])
        text = gettext("{who}不再算这家人：{why}", who=name_and_age(row), why=why)
        yield _Event(datetime.combine(found(row.membership.to_day), time(), CHINA), N_("成员"), text)


def _moves(household_id: uuid.UUID) -> Iterator[_Event]:
    moves = moves_of_household(session(), household_id)
    names = places_below(move.from_region for move in moves)
    for move in moves:
        place = names.get(move.from_region, "")
        yield _Event(found(move.answered_at), N_("档案"), gettext("从{place}转入", place=place))


def _visits(household_id: uuid.UUID) -> Iterator[_Event]:
    if may(Permission.VISIT_READ):
        for visit in visits_of_household(session(), household_id):
            yield _Event(visit.received_at, N_("入户"), gettext(VISIT_WORDS[visit.kind]), visit.submitted_by)
