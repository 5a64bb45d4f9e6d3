"""Entering a standard with the document that says so."""

from __future__ import annotations

import uuid
from datetime import datetime
from fractions import Fraction

from core import audit
from core.access import Actor, Permission
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed, NotFound
from core.law import Declaration, LawBook, Standard, path_of
from core.scopes import LEVELS, level_column, region_columns
from core.sessions import ScopedSession
from core.standards.models import EnteredStandard
from core.standards.queries import as_standard, standards_of
from core.translations import N_


def may_enter_at(declared: Declaration, node: str) -> bool:
    """Whether the level of `node` enters the value: that of the declaration, and those above it; "" is a job."""
    if not declared.entered_by:
        return False
    level = level_column(node) if node else ""
    return not level or LEVELS.index(level) <= LEVELS.index(declared.entered_by)


def enter_standard(
    session: ScopedSession, actor: Actor, book: LawBook, standard: Standard, *, now: datetime
) -> EnteredStandard:
    """Enter a value from its day on.

    Raises NotAllowed below the level that enters it, Invalid outside the law's range, without a document, or for a day twice.
    """
    actor.require(Permission.STANDARD_ENTER, standard.region_code)
    declared = book.declaration(standard.key, path_of(standard.region_code))
    if not may_enter_at(declared, actor.node):
        raise NotAllowed(N_("“{name}”由上级录入，这里不能录。"), name=declared.name)
    entered = map(as_standard, standards_of(session, standard.region_code))
    book.with_standards(entered).check_standard(standard, path_of(standard.region_code))
    value = standard.value
    row = EnteredStandard(
        **region_columns(standard.region_code),
        id=new_id(),
        region_code=standard.region_code,
        key=standard.key,
        area=standard.area.name.lower() if standard.area else "",
        unit=standard.unit.value,
        number=None if isinstance(value, str) else Fraction(value).numerator,
        denominator=1 if isinstance(value, str) else Fraction(value).denominator,
        wording=value if isinstance(value, str) else "",
        effective_from=standard.effective_from,
        effective_to=standard.effective_to,
        document=standard.document.strip(),
        article=standard.article,
        entered_by=actor.account_id,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "standard.enter",
        row,
        now=now,
        region=standard.region_code,
        changes={standard.key: [None, str(value)]},
    )
    return row


def withdraw_standard(
    session: ScopedSession, actor: Actor, standard_id: uuid.UUID, reason: str, *, now: datetime
) -> EnteredStandard:
    """Take back what was entered by mistake; what was in force before holds again, decisions keep what they read.

    Raises NotFound for one that is not there, NotAllowed outside one's region, Invalid without a reason, Blocked twice.
    """
    row: EnteredStandard | None = session.get(EnteredStandard, standard_id)
    if row is None:
        raise NotFound(N_("没有找到这条录入。"))
    actor.require(Permission.STANDARD_ENTER, row.region_code)
    if not reason.strip():
        raise Invalid(N_("请写明为什么作废，会一直留在记录里。"), field="reason")
    if row.withdrawn_at is not None:
        raise Blocked(N_("这条已经作废。"))
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_for = actor.account_id, now, reason.strip()[:200]
    session.flush()
    audit.record(session, "standard.withdraw", row, now=now, region=row.region_code, reason=reason)
    return row


audit.name_act("standard.withdraw", N_("作废录入的标准"))
