"""Importing a file of answers: each line is accepted or rejected with its reason, and nothing is half recorded."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import audit
from core.access import Actor, Permission
from core.cases import people
from core.cases.declaration_models import DeclaredMember, LineKind, Period
from core.cases.models import Case
from core.cases.procedure import Procedure
from core.database import new_id
from core.errors import Invalid, NotFound, Problem
from core.forms.money import parse_money
from core.identity_numbers import tidy_number
from core.scopes import region_columns
from core.sessions import ScopedSession, found
from core.translations import N_
from core.verification import handed
from core.verification.changes import record_result
from core.verification.exchange_files import SheetRow, read_sheet
from core.verification.findings import KIND_NAMES, Finding, Findings
from core.verification.models import RequestState, ResultImport, VerificationRequest

audit.name_act("verification.import", N_("导入核对结果"))
_FOUND = {"有": True, "是": True, "无": False, "没有": False, "否": False}
_PERIODS = {
    "每月": Period.MONTH,
    "月": Period.MONTH,
    "一年": Period.YEAR,
    "年": Period.YEAR,
    "余额": Period.ONCE,
    "一次性": Period.ONCE,
    "": Period.ONCE,
}
_KINDS = {name: kind for kind, name in KIND_NAMES.items()} | {str(kind): kind for kind in LineKind}


@dataclass(slots=True)
class ImportReport:
    """What became of every line, in the file's order: (line, outcome msgid, reason msgid, its values)."""

    record: ResultImport
    lines: list[tuple[int, str, str, dict[str, Any]]] = field(default_factory=list)


class _Rejected(Exception):  # noqa: N818  (carries a line's reason to its report)
    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values


def import_results(
    session: ScopedSession,
    actor: Actor,
    content: bytes,
    file_name: str,
    procedure_of: Callable[[Case], Procedure],
    *,
    now: datetime,
) -> ImportReport:
    """Read a filled sheet (xlsx, csv) and record what can be recorded. The lines of one request stand or fall together.

    `procedure_of` gives a case its procedure. Requests outside the session's scope are told like unknown ones. Raises
    Invalid (field `file`) when the file as a whole cannot be read.
    """
    actor.require(Permission.VERIFICATION_RECORD)
    rows = read_sheet(content)
    record = ResultImport(
        **region_columns(actor.node),
        id=new_id(),
        file_name=audit.without_numbers(file_name)[:120],
        file_hash=hashlib.sha256(content).digest(),
        received_at=now,
        received_by=actor.account_id,
        accepted=0,
        discarded=0,
        rejections=[],
    )
    report = ImportReport(record)
    for together in _by_request(rows):
        _import_request(session, actor, together, procedure_of, report, now)
    report.lines.sort(key=lambda line: line[0])
    record.rejections = [
        {"line": line, "message": reason, "values": values}
        for line, outcome, reason, values in report.lines
        if outcome == REJECTED
    ]
    session.add(record)
    session.flush()
    counts = {
        "accepted": [None, record.accepted],
        "discarded": [None, record.discarded],
        "rejected": [None, len(record.rejections)],
    }
    audit.record(session, "verification.import", record, now=now, actor=actor, changes=counts)
    return report


ACCEPTED = N_("已登记")
REJECTED = N_("没有登记")
DISCARDED = N_("授权已撤回，未看即弃")


def _by_request(rows: Iterable[SheetRow]) -> Iterable[Sequence[SheetRow]]:
    groups: dict[str, list[SheetRow]] = {}
    for row in rows:
        groups.setdefault(row.request, []).append(row)
    return groups.values()


def _import_request(
    session: ScopedSession,
    actor: Actor,
    rows: Sequence[SheetRow],
    procedure_of: Callable[[Case], Procedure],
    report: ImportReport,
    now: datetime,
) -> None:
    faults: dict[int, tuple[str, dict[str, Any]]] = {}
    findings: Findings | None = None
    request: VerificationRequest | None = None
    try:
        request = _request_of(session, rows)
        findings = _findings(rows, faults)
        if not faults:
            findings = findings.checked()
    except _Rejected as rejected:
        faults = {row.line: (rejected.message, rejected.values) for row in rows}
    except Problem as problem:
        faults = {row.line: (problem.message, problem.values) for row in rows}
    if not faults and request is not None and findings is not None:
        faults = _record(session, actor, request, findings, procedure_of, rows, report, now)
    for row in rows if faults else ():
        message, values = faults.get(row.line, (N_("同一个核对编号的另一行有错，整项没有登记。"), {}))
        report.lines.append((row.line, REJECTED, message, dict(values)))


def _record(
    session: ScopedSession,
    actor: Actor,
    request: VerificationRequest,
    findings: Findings,
    procedure_of: Callable[[Case], Procedure],
    rows: Sequence[SheetRow],
    report: ImportReport,
    now: datetime,
) -> dict[int, tuple[str, dict[str, Any]]]:
    case: Case | None = session.get(Case, request.case_id)
    if case is None:
        return {row.line: (_UNKNOWN, {}) for row in rows}
    try:
        with session.begin_nested():
            answered = record_result(session, actor, case, request.id, findings, procedure_of(case), now=now)
    except Problem as problem:
        return {row.line: (problem.message, problem.values) for row in rows}
    read = answered.state is RequestState.ANSWERED
    report.record.accepted += len(rows) if read else 0
    report.record.discarded += 0 if read else len(rows)
    outcome = ACCEPTED if read else DISCARDED
    report.lines.extend((row.line, outcome, "", {}) for row in rows)
    return {}


_UNKNOWN = N_("没有这个核对编号，或者不归您这里办。")


def _request_of(session: ScopedSession, rows: Sequence[SheetRow]) -> VerificationRequest:
    try:
        request_id = uuid.UUID(rows[0].request)
    except ValueError:
        raise _Rejected(_UNKNOWN) from None
    try:
        request = handed.request(session, request_id)
    except NotFound:
        raise _Rejected(_UNKNOWN) from None
    asked_about = people.secrets(session, found(session.get(DeclaredMember, request.member_id)))
    for row in rows:
        if asked_about["id_number"] != tidy_number(row.id_number):
            raise _Rejected(N_("身份证号和核对编号对不上，可能串行了。"))
    return request


def _findings(rows: Sequence[SheetRow], faults: dict[int, tuple[str, dict[str, Any]]]) -> Findings:
    lines: list[Finding] = []
    nothing = False
    for row in rows:
        found = _FOUND.get(row.found)
        if found is None:
            faults[row.line] = (N_("“结果”一栏要填“有”或者“无”。"), {})
        elif not found:
            nothing = True
        else:
            try:
                lines.append(_finding(row))
            except _Rejected as rejected:
                faults[row.line] = (rejected.message, rejected.values)
            except Invalid as invalid:
                faults[row.line] = (invalid.message, invalid.values)
    return Findings(tuple(lines), nothing)


def _finding(row: SheetRow) -> Finding:
    kind = _KINDS.get(row.kind)
    if kind is None:
        raise _Rejected(
            N_("“种类”一栏没有看懂，请从这些里选：{kinds}。"), kinds="、".join(KIND_NAMES.values())
        )
    period = _PERIODS.get(row.period)
    if period is None:
        raise _Rejected(N_("“周期”一栏要填“每月”“一年”或者“余额”。"))
    amount = parse_money(row.amount or "0")
    if row.quantity and not (row.quantity.isdecimal() and len(row.quantity) <= 4):
        raise _Rejected(N_("“数量”一栏要填整数。"))
    return Finding(kind, amount, period, int(row.quantity or 1), row.description[:200])
