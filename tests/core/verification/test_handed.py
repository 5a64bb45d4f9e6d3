"""Whose questions are whose on both databases: the body's that was handed them, all of them the county's (R2-28, R2-17)."""

from __future__ import annotations

import pytest

from core.access import Actor, Grant, Role
from core.accounts.assignments import assign, assignments_of
from core.accounts.changes import create_staff
from core.accounts.role_changes import grant_role
from core.cases.models import StepCode, StepState
from core.errors import NotFound
from core.scopes import Assigned, HandedWork, System
from core.testing.authorising import BODIES, answer, ask_everybody, step_now
from core.testing.town import COUNTY
from core.verification.changes import record_result, requests_of
from core.verification.exchange_files import read_sheet, write_sheet
from core.verification.findings import Findings
from core.verification.importing import import_results
from core.verification.models import RequestState
from core.verification.queries import import_of, imports, request, waiting_requests
from core.verification.sending import send_checks

pytestmark = pytest.mark.row("R2-28", "R2-17")
NOTHING = Findings((), nothing=True)


@pytest.fixture
def asked(town):
    return ask_everybody(town)


@pytest.fixture
def taxwoman(town, asked, cheap_passwords):
    """A department officer to whom the county handed the tax office's questions on the case."""
    with town.session(System("test")) as session:
        made = create_staff(
            session, session.actor, username="shuiwu", full_name="何税", office=COUNTY, now=town.now
        )
        role = Role.DEPARTMENT_OFFICER
        grant_role(session, session.actor, made.account_id, role, COUNTY, now=town.now)
        day = town.now.date()
        assign(
            session,
            session.actor,
            made.account_id,
            "tax",
            day,
            case_id=asked.case_id,
            region=COUNTY,
            now=town.now,
        )
        session.commit()
    return Actor("staff", made.account_id, "何税", COUNTY, frozenset({Grant(role, COUNTY)}))


@pytest.fixture
def hers(town, asked, taxwoman):
    """Her session, as her sign-in opens it."""
    scope = Assigned(
        frozenset({asked.case_id}), work=frozenset({HandedWork(asked.case_id, "tax", town.now.date())})
    )
    return lambda: town.session(scope, taxwoman)


def of(town, asked, source):
    with town.session(System("test")) as session:
        return [row for row in requests_of(session, asked.case_id) if row.source == source]


def test_she_is_shown_her_own_bodys_questions_and_no_other(town, asked, hers):
    session = hers()
    assert {row.source for row in waiting_requests(session)} == {"tax"}
    with pytest.raises(NotFound):
        request(session, of(town, asked, "bank")[0].id)
    narrower = town.session(Assigned(frozenset({asked.case_id})), session.actor)
    assert not waiting_requests(narrower), "a bought-in worker's visit shows no question"


def test_an_answer_for_another_body_is_not_taken_from_her(town, asked, hers, taxwoman):
    session = hers()
    case = town.case(session, asked.case_id)
    bank = of(town, asked, "bank")[0].id
    with pytest.raises(NotFound):
        record_result(session, taxwoman, case, bank, NOTHING, town.procedure(session), now=town.now)


def test_her_last_answer_gives_the_case_back_and_the_last_of_all_completes_the_check(
    town, asked, hers, taxwoman
):
    session = hers()
    case = town.case(session, asked.case_id)
    for row in waiting_requests(session):
        record_result(session, taxwoman, case, row.id, NOTHING, town.procedure(session), now=town.now)
    session.commit()
    session.close()
    with town.session(System("test")) as everywhere:
        assert not assignments_of(everywhere, asked.case_id, town.now.date())
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.OPEN
    town.close()
    answer(asked, NOTHING)
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.DONE


def test_her_officers_answer_is_the_last_though_she_sees_no_other(town, asked, hers, taxwoman):
    for source in set(BODIES) - {"tax"}:
        answer(asked, NOTHING, source=source)
        town.close()
    session = hers()
    case = town.case(session, asked.case_id)
    for row in waiting_requests(session):
        record_result(session, taxwoman, case, row.id, NOTHING, town.procedure(session), now=town.now)
    session.commit()
    session.close()
    assert step_now(asked, StepCode.VERIFICATION).state is StepState.DONE


def test_her_file_is_taken_line_by_line_and_read_back_by_her_alone(town, asked, hers, taxwoman):
    county = town.at_work(town.officer)
    sheet = read_sheet(write_sheet(send_checks(county, town.officer, waiting_requests(county), now=town.now)))
    county.commit()
    county.close()
    lines = ["核对编号,身份证号,结果（有/无）", *(f"{row.request},{row.id_number},无" for row in sheet)]
    session = hers()
    procedure = town.procedure(session)
    report = import_results(
        session, taxwoman, "\n".join(lines).encode(), "结果.csv", lambda _: procedure, now=town.now
    )
    session.commit()
    taxes = of(town, asked, "tax")
    assert report.record.accepted == len(taxes)
    assert len(report.record.rejections) == len(sheet) - len(taxes)
    assert {row.state for row in taxes} == {RequestState.ANSWERED}
    assert RequestState.ANSWERED not in {row.state for row in of(town, asked, "bank")}
    assert [row.id for row in imports(session)] == [report.record.id]
    session.close()
    other = town.session(Assigned(), Actor("staff", asked.case_id, "别的", COUNTY, taxwoman.grants))
    assert not imports(other)
    with pytest.raises(NotFound):
        import_of(other, report.record.id)
