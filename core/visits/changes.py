"""Recording a visit: two named workers, the province's form, photos and position, and what they saw of the declared lines."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import audit
from core.access import Actor, Permission
from core.cases.application import LineAnswer
from core.cases.changes import survey_may_start
from core.cases.declaration_models import Layer, StatementLine
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import complete_step, step_of
from core.cases.tasks import COUNTY_VISIT, finish_tasks
from core.catalogue import VisitFacts
from core.database import new_id
from core.encryption import Place, place_of
from core.errors import Blocked, Invalid
from core.forms import FormDeclaration, QuestionKind, coded_answers, split_answers, validate_answers
from core.scopes import LEVELS
from core.sessions import ScopedSession, write_rows
from core.translations import N_
from core.visits.models import Visit, VisitKind, VisitPhoto, VisitSurveyor
from core.visits.plan import by_county


@dataclass(frozen=True, slots=True)
class Surveyor:
    """A worker who was there: a staff account and its full name."""

    account_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """What the visitors found about one declared line (`line_key`), or something nobody declared (None)."""

    line: LineAnswer
    member_id: uuid.UUID | None = None
    line_key: uuid.UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitAnswer:
    """A visit as filled in: the form's answers (photos are ids of stored documents), who was there, what they saw.

    `id`: the draft's: a second submission of one draft finds the first. `demo`: made-up ID numbers pass.
    """

    form: FormDeclaration
    answers: Mapping[str, Any]
    surveyors: Sequence[Surveyor]
    visit_day: date
    kind: VisitKind = VisitKind.HOME
    seen: Sequence[SeenLine] = ()
    id: uuid.UUID | None = None
    demo: bool = False


def record_visit(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    answer: VisitAnswer,
    procedure: Procedure,
    *,
    now: datetime,
) -> Visit:
    """Store the visit for good. The first home visit of a round completes its step; the county's own is noted."""
    actor.require(Permission.VISIT_RECORD)
    known: Visit | None = session.get(Visit, answer.id) if answer.id is not None else None
    if known is not None:
        return known
    if case.accepted_at is None or case.state not in OPEN_STATES:
        raise Blocked(N_("受理以后、办结以前才能登记入户。"))
    _check(actor, answer, procedure, beijing_day(case.accepted_at), beijing_day(now))
    plain, sensitive = split_answers(answer.form, dict(answer.answers))
    visit = Visit(
        **{level: getattr(case, level) for level in LEVELS},
        id=answer.id or new_id(),
        case_id=case.id,
        household_id=case.household_id,
        owner_account_id=case.owner_account_id,
        kind=answer.kind,
        by_county=by_county(actor),
        form_name=answer.form.name,
        form_version=answer.form.version,
        visit_day=answer.visit_day,
        answers=dict(plain),
        submitted_by=actor.account_id,
        received_at=now,
    )
    visit.answers_sealed = session.vault.seal_json(place_of(visit, "answers_sealed"), sensitive)
    visit.findings = _findings(visit, coded_answers(answer.form, answer.answers), procedure)
    session.add(visit)
    session.flush()
    _write_parts(session, visit, answer)
    _write_seen(session, actor, case, answer.seen, now)
    audit.record(session, "visit.record", visit, now=now, case_id=case.id)
    _move_case(session, actor, case, visit, procedure, now)
    return visit


def _check(actor: Actor, answer: VisitAnswer, procedure: Procedure, accepted: date, today: date) -> None:
    least = procedure.law.number(procedure.scheme.visitors_key)
    accounts = {each.account_id for each in answer.surveyors}
    if len(accounts) < least:
        raise Invalid(
            N_("入户要有至少{least}名工作人员，请写全（57号第十六条）。"), field="surveyors", least=least
        )
    if actor.account_id not in accounts:
        raise Invalid(N_("登记人要是入户人员之一。"), field="surveyors")
    if answer.visit_day > today:
        raise Invalid(N_("调查日期不能晚于今天。"), field="visit_day")
    if answer.visit_day < accepted:
        raise Invalid(N_("调查日期不能早于受理那天：受理以后才入户调查。"), field="visit_day")
    faults = validate_answers(answer.form, dict(answer.answers), today=today, demo=answer.demo)
    if faults:
        raise Invalid(faults[0].message, field=faults[0].path, **dict(faults[0].values))


def _findings(visit: Visit, coded: Mapping[str, Any], procedure: Procedure) -> list[dict[str, Any]]:
    facts = VisitFacts(
        visit_id=visit.id,
        case_id=visit.case_id,
        region_code=procedure.view.region_code,
        form_name=visit.form_name,
        form_version=visit.form_version,
        answers=coded,
    )
    return [
        {"code": each.code, "text": each.text, "department": each.department, "source": each.source}
        for each in procedure.view.visit_recorded(facts, procedure.law)
    ]


def _write_parts(session: ScopedSession, visit: Visit, answer: VisitAnswer) -> None:
    shared = {
        **{level: getattr(visit, level) for level in LEVELS},
        "visit_id": visit.id,
        "case_id": visit.case_id,
        "household_id": visit.household_id,
        "owner_account_id": visit.owner_account_id,
    }
    by_account = {each.account_id: each.name for each in answer.surveyors}
    write_rows(
        session,
        VisitSurveyor,
        [
            shared | {"id": new_id(), "account_id": account, "name": name}
            for account, name in by_account.items()
        ],
    )
    write_rows(session, VisitPhoto, [shared | {"id": new_id(), **photo} for photo in _photos(answer)])


def _photos(answer: VisitAnswer) -> Iterator[dict[str, Any]]:
    for question in answer.form.questions:
        given = answer.answers.get(question.name)
        if question.kind is not QuestionKind.PHOTO or given is None:
            continue
        declined = given["declined"] if isinstance(given, Mapping) else ""
        yield {
            "question": question.name,
            "document_id": None if declined else uuid.UUID(str(given)),
            "declined_reason": declined,
        }


def _write_seen(
    session: ScopedSession, actor: Actor, case: Case, seen: Sequence[SeenLine], now: datetime
) -> None:
    rows = []
    for each in seen:
        row_id = new_id()
        details = {"description": each.line.description, "note": each.note}
        rows.append(
            {
                **{level: getattr(case, level) for level in LEVELS},
                "id": row_id,
                "case_id": case.id,
                "owner_account_id": case.owner_account_id,
                "layer": Layer.VISITED,
                "section": each.line.section,
                "kind": each.line.kind,
                "line_key": each.line_key or row_id,
                "member_id": each.member_id,
                "amount_fen": each.line.amount_fen,
                "period": each.line.period,
                "yearly_fen": each.line.yearly_fen,
                "months": each.line.months,
                "item": each.line.item,
                "deductions": [],
                "quantity": each.line.quantity,
                "source": "visit",
                "explanation": "",
                "details_sealed": session.vault.seal_json(
                    Place("statement_lines", "details_sealed", row_id.hex), details
                ),
                "evidence_document_id": each.line.document_id,
                "entered_by": actor.account_id,
                "entered_at": now,
            }
        )
    write_rows(session, StatementLine, rows)


def _move_case(
    session: ScopedSession, actor: Actor, case: Case, visit: Visit, procedure: Procedure, now: datetime
) -> None:
    at_home = visit.kind is VisitKind.HOME
    if visit.by_county and at_home:
        case.county_visited_at = now
        finish_tasks(session, actor, case, COUNTY_VISIT, now=now)
        session.flush()
    survey_may_start(session, actor, case, procedure, now=now)
    # the survey is the township's (57号 art. 16); what the county sees beside it stands in no step
    if at_home and not visit.by_county and step_of(session, case.id, StepCode.VISIT).state is StepState.OPEN:
        complete_step(session, actor, case, StepCode.VISIT, {"visit_id": str(visit.id)}, procedure, now=now)
