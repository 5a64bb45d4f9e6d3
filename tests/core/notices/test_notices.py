"""Notices: seven days that end on a working day, a whitelist, no child's name, scanned before; off the list at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.awards.changes import confirm_case
from core.awards.ending import end_award
from core.awards.queries import award_of_case
from core.cases.confirmations import ConfirmationAnswer
from core.cases.models import CaseState, Outcome, StepCode, StepState
from core.cases.steps import step_of
from core.catalogue import ChildNameRule, NoticeField
from core.errors import Blocked, NotAllowed
from core.notices.changes import (
    FIRST,
    LONG_TERM,
    close_due_notices,
    publish_first_notice,
    publish_long_term,
    record_public_check,
    standing_notice,
)
from core.notices.content import leaks_in, public_values, raw_values, require_clean
from core.notices.models import NoticeLink, NoticeState, PublicRow
from core.notices.queries import public_page
from core.scopes import Public, System
from core.testing.town import A1_MEMBERS, member

pytestmark = pytest.mark.row("R3-18")
CHILD = member("周小雨", date(2012, 3, 4), 18, "02", is_applicant=True, student=True)


def hang(town, way):
    session, case, procedure = way.at(town.clerk)
    notice = publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    session.commit()
    return notice


def sweep(town, now):
    session = town.session(System("close-notices"))
    closed = close_due_notices(session, session.actor, lambda _: town.procedure(session), now=now)
    session.commit()
    return closed


def seen(town, day, kind=FIRST):
    return public_page(town.session(Public(day)), town.township, kind).rows


@pytest.mark.parametrize(
    ("published", "last"),
    [
        (date(2026, 11, 16), date(2026, 11, 23)),  # seven days after a Monday: a Monday
        (date(2026, 11, 14), date(2026, 11, 23)),  # the seventh is Saturday 21: moved to Monday
        (date(2026, 9, 24), date(2026, 10, 8)),  # the seventh is 1 October: moved past the holidays
    ],
)
def test_seven_calendar_days_and_a_last_day_that_offices_work(town, published, last):
    procedure = town.procedure(town.at_work(town.clerk))
    assert procedure.deadline("notice", published).date == last


def test_it_opens_and_closes_by_itself_on_beijing_days(town, way):
    way.survey()
    way.opine()
    # 23:30 on the sixteenth in Beijing
    town.now = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)
    notice = hang(town, way)
    assert (notice.opens_on, notice.closes_on) == (date(2026, 11, 17), date(2026, 11, 23))
    shown = [bool(seen(town, date(2026, 11, day))) for day in (16, 17, 23, 24)]
    assert shown == [False, True, True, False]
    # 23:59 on the last day in Beijing, and two minutes later
    assert sweep(town, datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == 0
    assert sweep(town, datetime(2026, 11, 23, 16, 1, tzinfo=UTC)) == 1
    _session, case, _procedure = way.at(town.clerk)
    assert case.state is CaseState.CONFIRMATION


def test_the_public_row_holds_the_whitelist_of_its_kind_and_nothing_leads_from_it_to_the_case(town, way):
    way.survey()
    way.opine()
    hang(town, way)
    row = seen(town, date(2026, 11, 17))[0]
    columns = {column.key for column in PublicRow.__mapper__.column_attrs}
    assert columns == {
        "id", "kind", "title", "listed_name", "village_name", "village_group", "household_size", "public_kind",
        "monthly_fen", "office_phone", "opens_on", "closes_on", "withdrawn_at",
        "province", "city", "county", "township", "village",
    }  # fmt: skip
    assert (row.listed_name, row.household_size, row.public_kind, row.monthly_fen) == (
        "周明",
        4,
        "低保",
        79_500,
    )
    outside = town.session(Public(date(2026, 11, 17)))
    assert outside.scalars(select(NoticeLink)).all() == []
    session, case, procedure = way.at(town.clerk)
    for kind in procedure.scheme.notices:
        values = public_values(session, case, kind, procedure, 79_500)
        shown = {name for name, value in values.items() if value and name != "title"}
        listed = {
            NoticeField.APPLICANT_NAME: "listed_name",
            NoticeField.VILLAGE: "village_name",
            NoticeField.VILLAGE_GROUP: "village_group",
            NoticeField.HOUSEHOLD_SIZE: "household_size",
            NoticeField.KIND: "public_kind",
            NoticeField.MONTHLY_AMOUNT: "monthly_fen",
            NoticeField.OFFICE_PHONE: "office_phone",
        }
        assert shown == {column for field, column in listed.items() if field in kind.fields}


@pytest.mark.parametrize(
    ("rule", "listed"), [(ChildNameRule.SURNAME_ONLY, "周某"), (ChildNameRule.NO_NAME, "")]
)
def test_a_family_headed_by_a_child_is_never_listed_by_its_name(town, way, rule, listed):
    way.submit(members=(CHILD,), lines=())
    session, case, procedure = way.at(town.clerk)
    kind = replace(procedure.scheme.notice(FIRST), child_name_rule=rule)
    values = public_values(session, case, kind, procedure, 45_000)
    assert values["listed_name"] == listed
    forbidden = raw_values(session, case)
    require_clean(values, forbidden)
    with pytest.raises(Blocked, match="村民组"):
        require_clean(values | {"village_group": "岩脚组周小雨家"}, forbidden)


def test_what_a_field_must_not_hold_is_stopped_before_anything_is_published(town, way):
    way.survey()
    way.opine()
    session, case, procedure = way.at(town.clerk)
    full_width = A1_MEMBERS[1].id_number.translate({ord("0") + n: ord("０") + n for n in range(10)})
    for written in ("岩脚组杨兰", "岩脚组 138 0013 8000", f"岩脚组 {full_width}"):
        case.answers = {"village_group": written}
        with pytest.raises(Blocked, match="村民组") as told:
            publish_first_notice(session, town.clerk, case, procedure, now=town.now)
        assert written not in str(told.value)
    assert session.scalars(select(PublicRow)).all() == []
    assert (
        leaks_in("周明 岩脚组", {"listed_name": "周明", "office_phone": ""}, raw_values(session, case)) == []
    )


def test_a_leak_found_afterwards_takes_it_down_at_once_and_it_may_be_hung_anew(town, way):
    way.survey()
    way.opine()
    notice = hang(town, way)
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked, match="已经在公示"):
        publish_first_notice(session, town.clerk, case, procedure, now=town.now)
    record_public_check(session, standing_notice(session, case, FIRST), 1, now=town.now)
    session.commit()
    assert seen(town, notice.opens_on) == []
    assert hang(town, way).id != notice.id
    assert len(seen(town, notice.opens_on)) == 1


def test_only_who_was_granted_is_on_the_long_list_and_only_while_the_assistance_lasts(town, way):
    way.survey()
    way.opine()
    way.hang()
    session, case, procedure = way.at(town.clerk)
    with pytest.raises(Blocked):
        publish_long_term(session, town.clerk, case, procedure, now=town.now)
    county, case, procedure = way.at(town.confirmer)
    answer = ConfirmationAnswer(Outcome.GRANTED, "同意", 79_500)
    confirm_case(county, town.confirmer, case, answer, procedure, now=town.now)
    county.commit()
    session, case, procedure = way.at(town.clerk)
    publish_long_term(session, town.clerk, case, procedure, now=town.now)
    session.commit()
    years_later = date(2031, 11, 24)
    assert [row.listed_name for row in seen(town, years_later, LONG_TERM)] == ["周明"]
    assert [row.village_group for row in seen(town, years_later, LONG_TERM)] == [""]

    county, case, _procedure = way.at(town.confirmer)
    award = award_of_case(county, case.id)
    with pytest.raises(NotAllowed):
        end_award(county, town.clerk, award, date(2027, 3, 31), "收入高了", now=town.now)
    end_award(county, town.confirmer, award, date(2027, 3, 31), "收入高了", now=town.now)
    county.commit()
    assert len(seen(town, date(2027, 3, 31), LONG_TERM)) == 1
    assert seen(town, date(2027, 4, 1), LONG_TERM) == []
    session, case, _procedure = way.at(town.clerk)
    assert step_of(session, case.id, StepCode.PUBLICATION).state is StepState.DONE
    assert standing_notice(session, case, LONG_TERM).state is NoticeState.PUBLISHED


def test_only_an_office_with_the_right_hangs_a_notice(town, way):
    way.survey()
    way.opine()
    session, case, procedure = way.at(town.reviewer)
    with pytest.raises(NotAllowed):
        publish_first_notice(session, town.reviewer, case, procedure, now=town.now + timedelta(hours=1))
