"""Answers: sealed, beside the declaration, seen by the family; asked again where they are doubted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.cases.comparison import compare
from core.cases.declaration_models import Layer, LineKind, Period
from core.cases.models import StepCode, StepState, Task, TaskState
from core.errors import Invalid, NotAllowed, NotFound
from core.testing.authorising import (
    APPLICANT,
    FAMILY,
    MOTHER,
    SPOUSE,
    answer,
    request_all,
    step_now,
    submit_and_ask,
    wizard_signature,
)
from core.verification.changes import (
    record_result,
    request_recheck,
    requests_of,
)
from core.verification.findings import Finding, Findings, findings_of
from core.verification.models import VerificationRequest
from core.verification.queries import checks_seen_by_resident, open_answer, progress
from core.verification.sending import send_checks

pytestmark = pytest.mark.row("R2-17", "R1-14")
NOTHING = Findings(nothing=True)


@pytest.mark.row("R3-04")
def test_answers_stand_beside_the_declaration_and_the_last_one_completes_the_step(town, signed):
    request_all(signed)
    wage = Findings((Finding(LineKind.WAGE, 120_000, Period.MONTH, description="劳务报酬"),))
    accounts = Findings(
        (
            Finding(LineKind.DEPOSIT, 500_000, Period.ONCE, description="活期"),
            Finding(LineKind.DEPOSIT, 900_000, Period.ONCE, description="定期"),
        )
    )
    answer(signed, wage, member=APPLICANT, source="tax")
    answer(signed, accounts, member=APPLICANT, source="bank")
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.OPEN
    answer(signed, NOTHING)
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.DONE
    assert step_now(signed, StepCode.VERIFICATION).evidence == {"persons": 5, "requests": 40}

    desk = town.at_work(town.clerk)
    lines = {line.any_line.kind: line for line in compare(desk, signed.case_id)}
    wages = lines[LineKind.WAGE].layers
    assert (wages[Layer.DECLARED].yearly_fen, wages[Layer.VERIFIED].yearly_fen) == (1_200_000, 1_440_000)
    deposit = lines[LineKind.DEPOSIT].layers
    assert (deposit[Layer.DECLARED].yearly_fen, deposit[Layer.VERIFIED].yearly_fen) == (
        800_000,
        1_400_000,
    )
    open_tasks = desk.scalars(
        select(Task.kind).where(Task.case_id == signed.case_id, Task.state == TaskState.OPEN)
    )
    assert "verification_results" not in set(open_tasks)


def test_what_nobody_declared_gets_a_line_of_its_own_and_two_bodies_about_one_wage_count_once(town, signed):
    request_all(signed)
    answer(
        signed,
        Findings((Finding(LineKind.VEHICLE, 0, Period.ONCE, 1, "轻型货车"),)),
        member=SPOUSE,
        source="police",
    )
    answer(
        signed,
        Findings((Finding(LineKind.WAGE, 1_300_000, Period.YEAR),)),
        member=APPLICANT,
        source="social_security",
    )
    answer(
        signed,
        Findings((Finding(LineKind.WAGE, 1_500_000, Period.YEAR),)),
        member=APPLICANT,
        source="tax",
    )
    desk = town.at_work(town.clerk)
    found = compare(desk, signed.case_id)
    vehicle = next(line for line in found if line.any_line.kind is LineKind.VEHICLE)
    assert set(vehicle.layers) == {Layer.VERIFIED}
    assert vehicle.differs
    wages = [line for line in found if line.any_line.kind is LineKind.WAGE]
    assert len(wages) == 1
    assert wages[0].layers[Layer.VERIFIED].yearly_fen == 1_500_000


def test_an_answer_that_contradicts_itself_is_not_taken(town, signed):
    row = request_all(signed)[0]
    county = town.at_work(town.officer)
    case = town.case(county, signed.case_id)
    wrong = [
        Findings((Finding(LineKind.WAGE, 1, Period.YEAR),), nothing=True),
        Findings(),
        Findings((Finding(LineKind.WAGE, -1, Period.YEAR),)),
        Findings((Finding(LineKind.DEPOSIT, 1, Period.MONTH),)),
    ]
    for findings in wrong:
        with pytest.raises(Invalid):
            record_result(county, town.officer, case, row.id, findings, town.procedure(county), now=town.now)
    with pytest.raises(NotAllowed):
        record_result(county, town.clerk, case, row.id, NOTHING, town.procedure(county), now=town.now)


def test_answers_are_sealed_and_whoever_opens_one_leaves_a_look(town, signed):
    request_all(signed)
    answer(
        signed,
        Findings((Finding(LineKind.DEPOSIT, 123_456_700, Period.ONCE, description="定期存单"),)),
        member=MOTHER,
        source="bank",
    )
    county = town.at_work(town.officer)
    row = next(
        each
        for each in requests_of(county, signed.case_id)
        if each.source == "bank" and each.position // 100 == MOTHER
    )
    assert b"123456700" not in row.findings_sealed
    assert len(row.result_hash) == 32
    opened = open_answer(county, row, now=town.now)
    assert opened.lines[0].amount_fen == 123_456_700
    county.commit()
    looks = county.scalars(select(AuditEntry).where(AuditEntry.act == "verification.look")).all()
    assert [entry.subject_id for entry in looks] == [str(row.id)]


def test_the_family_sees_who_asked_what_and_when_but_nothing_before_it_went_out(town, signed):
    rows = request_all(signed)
    hers = town.resident(signed.account_id)
    assert list(checks_seen_by_resident(hers)) == []
    county = town.at_work(town.officer)
    mine = [county.get(VerificationRequest, row.id) for row in rows if row.source == "bank"]
    outgoing = send_checks(county, town.officer, mine, now=town.now)
    county.commit()
    assert {each.id_number for each in outgoing} == {each.id_number for each in FAMILY}
    seen = checks_seen_by_resident(town.resident(signed.account_id))
    assert {row.body for row in seen} == {"银行"}
    assert all(findings_of(town.resident(signed.account_id), row) is None for row in seen)
    sent = county.scalars(select(AuditEntry).where(AuditEntry.act == "verification.send")).all()
    assert len(sent) == len(FAMILY)


def test_a_recheck_asks_one_body_anew_and_its_answer_replaces_the_first(town, signed):
    request_all(signed)
    answer(
        signed,
        Findings((Finding(LineKind.WAGE, 3_000_000, Period.YEAR),)),
        member=APPLICANT,
        source="tax",
    )
    answer(signed, NOTHING)
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.DONE
    desk = town.at_work(town.clerk)
    case = town.case(desk, signed.case_id)
    first = next(
        row for row in requests_of(desk, case.id) if row.source == "tax" and row.position // 100 == APPLICANT
    )
    with pytest.raises(Invalid):
        request_recheck(desk, town.clerk, case, first.id, "", town.procedure(desk), now=town.now)
    again = request_recheck(
        desk, town.clerk, case, first.id, "同名同姓，附工资单", town.procedure(desk), now=town.now
    )
    desk.commit()
    assert again.round == 2
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.OPEN
    answer(
        signed,
        Findings((Finding(LineKind.WAGE, 1_200_000, Period.YEAR),)),
        member=APPLICANT,
        source="tax",
    )
    assert step_now(signed, StepCode.VERIFICATION).state is StepState.DONE
    desk = town.at_work(town.clerk)
    wages = [line for line in compare(desk, signed.case_id) if line.any_line.kind is LineKind.WAGE]
    assert len(wages) == 1
    assert not wages[0].differs
    assert progress(requests_of(desk, signed.case_id)).answered == 40


def test_a_request_of_another_case_is_not_answered_through_this_one(town, signed):
    row = request_all(signed)[0]
    other = submit_and_ask(town, wizard_signature(town))
    county = town.at_work(town.officer)
    with pytest.raises(NotFound):
        record_result(
            county,
            town.officer,
            town.case(county, other.case_id),
            row.id,
            NOTHING,
            town.procedure(county),
            now=town.now,
        )
