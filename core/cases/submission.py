"""Submitting an application: everything is sealed and laid out in rows first, then written in one statement per table.

`prepare` does the costly part (checks, encryption) before the transaction begins; `submit_application` only writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import audit
from core.access import Actor
from core.cases.application import Application, MemberAnswer, check_application
from core.cases.declaration_models import DeclaredMember, Layer, StatementLine
from core.cases.message_models import MessageEvent
from core.cases.messages import tell
from core.cases.models import Authority, Case, CaseState
from core.cases.numbers import give_back, next_case_number
from core.cases.procedure import Procedure
from core.cases.steps import begin_steps
from core.database import new_id
from core.encryption import Place, Vault
from core.households.names import is_young_child
from core.masking import mask_id_number, mask_name
from core.scopes import region_columns
from core.sessions import ScopedSession, found, write_rows, write_unless_there


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows ready to write: nothing in them is in the clear that must not be."""

    application: Application
    case: dict[str, Any]
    members: list[dict[str, Any]]
    lines: list[dict[str, Any]]


def prepare(vault: Vault, application: Application, *, now: datetime, today: date) -> Prepared:
    """Check the whole, seal what is secret, allot ids. Raises Invalid with a sentence and the field."""
    check_application(application, today)
    shared = region_columns(application.region_code) | {"owner_account_id": application.owner_account_id}
    member_ids = [new_id() for _ in application.members]
    members = [
        _member_row(vault, application, position, member_ids, shared, today)
        for position in range(len(member_ids))
    ]
    lines = [
        _line_row(vault, application, position, member_ids, shared, now)
        for position in range(len(application.lines))
    ]
    return Prepared(application, _case_row(vault, application, members, shared, now), members, lines)


def submit_application(
    session: ScopedSession, actor: Actor, prepared: Prepared, procedure: Procedure, *, now: datetime
) -> Case:
    """Open the case and freeze its declaration; the second submission of the same draft returns the first case."""
    application = prepared.application
    # the series is taken by one at a time: whoever pressed a moment earlier has her case by now
    number = next_case_number(session, application.region_code, now)
    case = write_unless_there(session, Case, {**prepared.case, "number": number})
    if case is None:
        give_back(session, application.region_code, now)
        submitted: Case = found(session.get(Case, application.id))
        return submitted
    write_rows(session, DeclaredMember, prepared.members)
    write_rows(session, StatementLine, prepared.lines)
    begin_steps(session, actor, case, procedure, now=now)
    tell(session, case, MessageEvent.RECEIVED, now=now)
    audit.record(
        session,
        "case.submit",
        ("cases", application.id),
        now=now,
        region=application.region_code,
        case_id=application.id,
    )
    return case


def _case_row(
    vault: Vault,
    application: Application,
    members: list[dict[str, Any]],
    shared: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    applicant = next(row for row in members if row["is_applicant"])
    texts: dict[str, Any] = {
        "answers_sealed": dict(application.sensitive_answers) or None,
        "proxy_sealed": dict(application.proxy) if application.proxy else None,
    }
    return {
        **shared,
        "id": application.id,
        "scheme": application.scheme,
        "variant": application.variant,
        "area": application.area,
        "pack": application.pack,
        "form_name": application.form_name,
        "form_version": application.form_version,
        "channel": application.channel,
        "origin": application.origin,
        "state": CaseState.SUBMITTED,
        "authority": Authority.COUNTY,
        "region_code": application.region_code,
        "applicant_masked": applicant["name_masked"],
        "household_size": application.counted,
        "related_party": application.related_party,
        "submitted_at": now,
        "answers": dict(application.answers),
        "remarks": [],
        "version": 1,
        **{
            column: None
            if value is None
            else vault.seal_json(Place("cases", column, application.id.hex), value)
            for column, value in texts.items()
        },
    }


def _member_row(
    vault: Vault,
    application: Application,
    position: int,
    ids: list[uuid.UUID],
    shared: Mapping[str, Any],
    today: date,
) -> dict[str, Any]:
    member: MemberAnswer = application.members[position]
    row_id = ids[position]
    child = is_young_child(member.birth_date, today)
    secrets = {
        "name": member.name,
        "id_number": member.id_number,
        "phone": member.phone,
        "disability_certificate": member.disability_certificate,
    }
    return {
        **shared,
        "id": row_id,
        "case_id": application.id,
        "position": position,
        "role": member.role,
        "is_applicant": member.is_applicant,
        "name": "" if child else member.name,
        "name_masked": mask_name(member.name),
        "id_index": vault.index("id_number", member.id_number),
        "id_masked": mask_id_number(member.id_number),
        "secrets_sealed": vault.seal_json(Place("declared_members", "secrets_sealed", row_id.hex), secrets),
        "sex": member.sex,
        "birth_date": member.birth_date,
        "relation": member.relation,
        "counted": member.counted,
        "not_counted_reason": member.not_counted_reason,
        "student": member.student,
        "working": member.working,
        "disability_class": member.disability_class,
        "disability_grade": member.disability_grade,
        "mental_part_grade": member.mental_part_grade,
        "seriously_ill": member.seriously_ill,
        "guardian_member_id": None if member.guardian is None else ids[member.guardian],
    }


def _line_row(
    vault: Vault,
    application: Application,
    position: int,
    ids: list[uuid.UUID],
    shared: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    line = application.lines[position]
    row_id = new_id()
    details = {"description": line.description}
    return {
        **shared,
        "id": row_id,
        "case_id": application.id,
        "layer": Layer.DECLARED,
        "section": line.section,
        "kind": line.kind,
        "line_key": row_id,
        "member_id": None if line.member is None else ids[line.member],
        "amount_fen": line.amount_fen,
        "period": line.period,
        "yearly_fen": line.yearly_fen,
        "months": line.months,
        "item": line.item,
        "deductions": [],
        "quantity": line.quantity,
        "source": "",
        "explanation": "",
        "details_sealed": vault.seal_json(Place("statement_lines", "details_sealed", row_id.hex), details),
        "evidence_document_id": line.document_id,
        "entered_at": now,
    }
