"""What a body answered, as plain values; and how it becomes verified lines beside what the family declared."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from core.cases.declaration_models import Layer, LineKind, Period, Section, StatementLine
from core.cases.models import Case
from core.database import new_id
from core.encryption import place_of
from core.errors import Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_
from core.verification.models import RequestState, VerificationRequest

SECTION_OF: dict[LineKind, Section] = {
    LineKind.WAGE: Section.INCOME,
    LineKind.BUSINESS: Section.INCOME,
    LineKind.PROPERTY_INCOME: Section.INCOME,
    LineKind.TRANSFER: Section.INCOME,
    LineKind.OTHER_INCOME: Section.INCOME,
    LineKind.DEPOSIT: Section.PROPERTY,
    LineKind.SECURITIES: Section.PROPERTY,
    LineKind.INSURANCE: Section.PROPERTY,
    LineKind.DWELLING: Section.PROPERTY,
    LineKind.OTHER_HOUSE: Section.PROPERTY,
    LineKind.VEHICLE: Section.PROPERTY,
    LineKind.ENTERPRISE: Section.PROPERTY,
    LineKind.MEDICAL_EXPENSE: Section.EXPENSE,
    LineKind.SCHOOL_EXPENSE: Section.EXPENSE,
    LineKind.REHABILITATION_EXPENSE: Section.EXPENSE,
}
KIND_NAMES: dict[LineKind, str] = {
    LineKind.WAGE: N_("工资"),
    LineKind.BUSINESS: N_("经营收入"),
    LineKind.PROPERTY_INCOME: N_("财产收入"),
    LineKind.TRANSFER: N_("养老金、补助等"),
    LineKind.OTHER_INCOME: N_("其他收入"),
    LineKind.DEPOSIT: N_("存款、理财"),
    LineKind.SECURITIES: N_("股票、基金"),
    LineKind.INSURANCE: N_("商业保险"),
    LineKind.DWELLING: N_("住房"),
    LineKind.OTHER_HOUSE: N_("其他房屋、土地"),
    LineKind.VEHICLE: N_("车辆"),
    LineKind.ENTERPRISE: N_("开店、办厂、入股"),
    LineKind.MEDICAL_EXPENSE: N_("医药费"),
    LineKind.SCHOOL_EXPENSE: N_("上学费用"),
    LineKind.REHABILITATION_EXPENSE: N_("康复费用"),
}
PERIOD_NAMES: dict[Period, str] = {
    Period.MONTH: N_("每月"),
    Period.YEAR: N_("一年"),
    Period.ONCE: N_("一次性、余额"),
}
# things, not flows: what is owned is stated once
_OWNED = frozenset(kind for kind, section in SECTION_OF.items() if section is Section.PROPERTY)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a body holds on the person. `amount_fen` for `period`; `quantity` of houses, vehicles, firms."""

    kind: LineKind
    amount_fen: int
    period: Period
    quantity: int = 1
    description: str = ""

    @property
    def yearly_fen(self) -> int:
        """Fen a year: a monthly amount twelve times."""
        return self.amount_fen * 12 if self.period is Period.MONTH else self.amount_fen


@dataclass(frozen=True, slots=True)
class Findings:
    """One body's whole answer: lines, or `nothing` on record. `note` says what else the officer must know."""

    lines: tuple[Finding, ...] = ()
    nothing: bool = False
    note: str = ""

    def checked(self) -> Findings:
        """Itself, or Invalid (field `lines`) when it contradicts itself."""
        if self.nothing and self.lines:
            raise Invalid(N_("选了“没有记录”，就不能再填金额；请去掉一样。"), field="lines")
        if not self.nothing and not self.lines:
            raise Invalid(N_("请填查到的内容；没有的，选“没有记录”。"), field="lines")
        for line in self.lines:
            if line.amount_fen < 0 or line.quantity < 0:
                raise Invalid(N_("金额和数量不能是负数。"), field="lines")
            if line.kind in _OWNED and line.period is not Period.ONCE:
                raise Invalid(N_("房子、车、存款这些按余额或一次性填，不按月。"), field="lines")
        return self


def as_json(findings: Findings) -> dict[str, Any]:
    """What is sealed: kinds and periods as their codes."""
    return {
        "nothing": findings.nothing,
        "note": findings.note,
        "lines": [
            asdict(line) | {"kind": str(line.kind), "period": str(line.period)} for line in findings.lines
        ],
    }


def hash_of(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of an answer in its one written form."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).digest()


def findings_of(session: ScopedSession, request: VerificationRequest) -> Findings | None:
    """The answer opened; None while there is none. The caller leaves a look."""
    if request.findings_sealed is None:
        return None
    content = session.vault.unseal_json(place_of(request, "findings_sealed"), request.findings_sealed)
    lines = tuple(
        Finding(
            LineKind(line["kind"]),
            line["amount_fen"],
            Period(line["period"]),
            line["quantity"],
            line["description"],
        )
        for line in content["lines"]
    )
    return Findings(lines, content["nothing"], content["note"])


def latest(requests: Iterable[VerificationRequest]) -> dict[tuple[uuid.UUID, str], VerificationRequest]:
    """The last round of each person and body."""
    found: dict[tuple[uuid.UUID, str], VerificationRequest] = {}
    for row in sorted(requests, key=lambda each: each.round):
        found[row.member_id, row.source] = row
    return found


# --- verified lines ---------------------------------------------------------------------------------------------


def rebuild_verified_lines(session: ScopedSession, case: Case) -> None:
    """Lay out the verified layer anew from every answer that counts; repeating it changes nothing.

    A finding stands beside the declared line of the same member and kind; what nobody declared gets a line of its own.
    Two bodies that speak of the same declared thing (wage: tax and insurance) make one line, the larger amount.
    """
    requests = session.scalars(
        select(VerificationRequest).where(VerificationRequest.case_id == case.id)
    ).all()
    answered = [row for row in latest(requests).values() if row.state is RequestState.ANSWERED]
    old = session.scalars(
        select(StatementLine).where(StatementLine.case_id == case.id, StatementLine.layer != Layer.ADOPTED)
    ).all()
    declared: dict[tuple[uuid.UUID | None, LineKind], list[StatementLine]] = defaultdict(list)
    for line in sorted(old, key=lambda each: each.id):
        if line.layer is Layer.DECLARED:
            declared[line.member_id, line.kind].append(line)
        elif line.layer is Layer.VERIFIED:
            session.delete(line)
    placed: dict[uuid.UUID, StatementLine] = {}
    for request in sorted(answered, key=lambda each: each.position):
        findings = findings_of(session, request)
        if findings is not None:
            _place(session, case, request, findings, declared, placed)
    session.flush()


def _place(
    session: ScopedSession,
    case: Case,
    request: VerificationRequest,
    findings: Findings,
    declared: Mapping[tuple[uuid.UUID | None, LineKind], list[StatementLine]],
    placed: dict[uuid.UUID, StatementLine],
) -> None:
    by_kind: dict[LineKind, list[Finding]] = defaultdict(list)
    for finding in findings.lines:
        by_kind[finding.kind].append(finding)
    for kind, found in by_kind.items():
        # property without a named owner was declared for the household
        theirs = declared.get((request.member_id, kind)) or declared.get((None, kind)) or []
        for number, (key, finding) in enumerate(_matched(found, theirs)):
            line_key = key or uuid.uuid5(request.id, f"{kind}:{number}")
            known = placed.get(line_key)
            if known is not None and known.yearly_fen >= finding.yearly_fen:
                continue
            if known is not None:
                session.expunge(known)
            placed[line_key] = _line(session, case, request, finding, line_key)


def _matched(
    found: Sequence[Finding], declared: Sequence[StatementLine]
) -> list[tuple[uuid.UUID | None, Finding]]:
    """Each finding with the key of the declared line it speaks of (None: nobody declared it)."""
    if len(declared) == 1 and len(found) > 1:
        # one declared deposit, three accounts at the bank: the sum is what compares
        return [(declared[0].line_key, _sum(found))]
    left = list(declared)
    pairs: list[tuple[uuid.UUID | None, Finding]] = []
    for finding in sorted(found, key=lambda each: -each.yearly_fen):
        nearest = min(left, key=lambda line: abs(line.yearly_fen - finding.yearly_fen), default=None)
        if nearest is not None:
            left.remove(nearest)
        pairs.append((nearest.line_key if nearest else None, finding))
    return pairs


def _sum(found: Sequence[Finding]) -> Finding:
    periods = {each.period for each in found}
    period = periods.pop() if len(periods) == 1 else Period.YEAR
    amounts = [each.amount_fen if period is each.period else each.yearly_fen for each in found]
    words = "；".join(each.description for each in found if each.description)
    return Finding(found[0].kind, sum(amounts), period, sum(each.quantity for each in found), words)


def _line(
    session: ScopedSession,
    case: Case,
    request: VerificationRequest,
    finding: Finding,
    line_key: uuid.UUID,
) -> StatementLine:
    line = StatementLine(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        layer=Layer.VERIFIED,
        section=SECTION_OF[finding.kind],
        kind=finding.kind,
        line_key=line_key,
        member_id=request.member_id,
        amount_fen=finding.amount_fen,
        period=finding.period,
        yearly_fen=finding.yearly_fen,
        quantity=finding.quantity,
        source=request.source,
        entered_by=request.operator_id,
        entered_at=request.answered_at,
    )
    details = {"description": finding.description}
    line.details_sealed = session.vault.seal_json(place_of(line, "details_sealed"), details)
    session.add(line)
    return line
