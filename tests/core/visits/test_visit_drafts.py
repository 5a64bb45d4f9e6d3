"""Drafts of visits and the list of families still to visit, on both databases (R1-14, R3-22)."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from core.access import NOBODY
from core.cases.changes import accept_application
from core.cases.draft_state import DraftConflict, Save
from core.cases.models import StepCode, StepState
from core.cases.steps import step_of
from core.database import new_id
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.encrypted_files import FileStore
from core.errors import Blocked, Invalid, NotAllowed, NotFound
from core.regions.queries import children
from core.scopes import System
from core.testing.town import TOWNSHIP, family_of_four
from core.testing.visiting import visit_answer
from core.visits.changes import record_visit
from core.visits.drafts import (
    drop_visit_draft,
    end_visit_draft,
    others_at_work,
    photo_about,
    read_visit_draft,
    replace_photo,
    save_visit_draft,
)
from core.visits.models import Visit, VisitDraft
from core.visits.plan import Plan, plan_of, plan_visit, visits_due

pytestmark = pytest.mark.row("R1-14", "R3-22")


@pytest.fixture
def village(town):
    return children(town.session(System("test")), TOWNSHIP)[0].code


@pytest.fixture
def desk(town, village):
    """The clerk's session and an accepted case."""
    submitted = town.submit(family_of_four(village=village))
    session = town.at_work(town.clerk)
    case = town.case(session, submitted.id)
    accept_application(session, town.clerk, case, town.procedure(session), now=town.now)
    session.commit()
    return session, case


def save(desk, town, values, *, seen=0, actor=None, draft_id=None):
    session, case = desk
    return save_visit_draft(
        session, actor or town.clerk, case, draft_id or new_id(), Save(values, seen=seen), now=town.now
    )


def test_a_draft_is_one_per_worker_and_case_and_is_sealed(town, desk):
    session, case = desk
    first = save(desk, town, {"met": "本人"})
    second = save(desk, town, {"remark": "话"}, seen=first.revision)
    session.commit()
    assert first.id == second.id
    assert second.state.fields == {"met": "本人", "remark": "话"}
    [row] = session.scalars(select(VisitDraft)).all()
    assert "本人".encode() not in row.answers_sealed
    assert read_visit_draft(session, town.second_clerk, case.id) is None
    assert [account for account, _when in others_at_work(session, town.second_clerk, case.id)] == [
        town.clerk.account_id
    ]


def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_draft_lets_go_of_the_photos_it_took_and_of_no_other_paper_that_was_typed_into_it(
    town, desk, vault, tmp_path
):
    session, case = desk
    files, draft_id = FileStore(tmp_path, vault), new_id()
    signed, photo, former = (
        store_document(
            session,
            town.clerk,
            files,
            picture(),
            kind,
            Belonging(region_code=case.region_code, case_id=case.id, about=about),
            now=town.now,
        )
        for kind, about in (
            (DocumentKind.SIGNATURE, ""),
            (DocumentKind.VISIT_PHOTO, photo_about(draft_id, "door")),
            (DocumentKind.VISIT_PHOTO, photo_about(draft_id, "kitchen")),
        )
    )
    save(desk, town, {"remark": str(signed.id), "door": str(photo.id)}, draft_id=draft_id)
    for typed in (signed, former):
        replace_photo(session, draft_id, str(typed.id), now=town.now)
    drop_visit_draft(session, town.clerk, case.id, now=town.now)
    assert [row.removed_at for row in (signed, photo, former)] == [None, town.now, town.now]


def test_the_same_field_changed_on_another_phone_is_a_conflict_and_saves_nothing(town, desk):
    session, case = desk
    opened = save(desk, town, {"met": "本人"})
    save(desk, town, {"met": "妻子"}, seen=opened.revision)
    with pytest.raises(DraftConflict) as conflict:
        save(desk, town, {"met": "母亲", "remark": "话"}, seen=opened.revision)
    assert conflict.value.theirs == {"met": "妻子"}
    assert read_visit_draft(session, town.clerk, case.id).state.fields == {"met": "妻子"}


def test_nobody_without_the_right_begins_a_draft_and_none_is_dropped_that_is_not_there(town, desk):
    session, case = desk
    with pytest.raises(NotAllowed):
        save(desk, town, {"met": "本人"}, actor=NOBODY)
    with pytest.raises(NotFound):
        drop_visit_draft(session, town.clerk, case.id, now=town.now)


def test_the_draft_becomes_the_visit_once_however_often_it_is_sent(town, desk):
    session, case = desk
    opened = save(desk, town, {"met": "本人"})
    procedure = town.procedure(session)
    answer = visit_answer(town, procedure)
    object.__setattr__(answer, "id", opened.id)
    first = record_visit(session, town.clerk, case, answer, procedure, now=town.now)
    end_visit_draft(session, town.clerk, case.id)
    again = record_visit(session, town.clerk, case, answer, procedure, now=town.now)
    session.commit()
    assert first.id == again.id == opened.id
    assert len(session.scalars(select(Visit)).all()) == 1
    assert session.scalars(select(VisitDraft)).all() == []


def test_an_accepted_family_is_due_until_it_was_visited_and_only_where_it_lies(town, desk):
    session, case = desk
    [row] = visits_due(session, town.clerk).rows
    assert (row.id, row.applicant_masked) == (case.id, "周*")
    assert row.due_on == step_of(session, case.id, StepCode.SURVEY_START).due_on
    assert visits_due(session, town.clerk, category="urban_dibao").rows == []
    assert visits_due(town.at_work(town.stranger), town.stranger).rows == []
    assert visits_due(town.at_work(town.officer), town.officer).rows == []
    procedure = town.procedure(session)
    record_visit(session, town.clerk, case, visit_answer(town, procedure), procedure, now=town.now)
    session.commit()
    assert visits_due(session, town.clerk).rows == []
    assert [row.id for row in visits_due(session, town.clerk, visited=True).rows] == [case.id]


def test_the_list_is_walked_page_by_page_without_gap_or_double(town, village):
    session = town.at_work(town.clerk)
    wanted = set()
    for number in range(3):
        application = family_of_four(village=village)
        members = [
            each.__class__(
                **{
                    **{name: getattr(each, name) for name in each.__slots__},
                    "id_number": f"{number}{each.id_number[1:]}",
                }
            )
            for each in application.members
        ]
        object.__setattr__(application, "members", members)
        case = town.case(session, town.submit(application).id)
        accept_application(session, town.clerk, case, town.procedure(session), now=town.now)
        session.commit()
        wanted.add(case.id)
    first = visits_due(session, town.clerk, size=2)
    second = visits_due(session, town.clerk, size=2, after=first.after)
    assert {row.id for row in (*first.rows, *second.rows)} == wanted
    assert (len(first.rows), len(second.rows), second.after) == (2, 1, None)


def test_a_plan_starts_the_survey_once_with_two_workers_on_a_day_to_come(town, desk):
    session, case = desk
    procedure = town.procedure(session)
    both = [town.clerk.account_id, town.second_clerk.account_id]
    today = town.now.date()
    with pytest.raises(Invalid):
        plan_visit(session, town.clerk, case, Plan(today, both[:1]), procedure, now=town.now)
    with pytest.raises(Invalid):
        plan_visit(session, town.clerk, case, Plan(today - timedelta(days=1), both), procedure, now=town.now)
    plan_visit(session, town.clerk, case, Plan(today, both), procedure, now=town.now)
    session.commit()
    assert plan_of(session, case.id) == Plan(today, both)
    assert step_of(session, case.id, StepCode.VISIT).state is not StepState.DONE
    with pytest.raises(Blocked):
        plan_visit(session, town.clerk, case, Plan(today, both), procedure, now=town.now)


@pytest.mark.parametrize(("day", "told"), [(timedelta(days=-1), "早于受理"), (timedelta(days=1), "晚于今天")])
def test_a_visit_of_before_the_acceptance_or_of_tomorrow_completes_nothing(town, way, day, told):
    way.submit()
    way.accept()
    session, case, procedure = way.at(town.clerk)
    answer = visit_answer(town, procedure)
    answer = replace(answer, visit_day=answer.visit_day + day)
    with pytest.raises(Invalid, match=told) as problem:
        record_visit(session, town.clerk, case, answer, procedure, now=town.now)
    assert problem.value.field == "visit_day"
    assert step_of(session, case.id, StepCode.VISIT).state is not StepState.DONE
