"""Confirming a case to its end: the decision, and for a grant the award, the group on the register and the counters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select

from core import audit
from core.access import Actor
from core.awards.ending import end, put_in_group
from core.awards.models import Award
from core.cases import people
from core.cases.confirmations import ConfirmationAnswer, sign_confirmation
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import WHOLE_HOUSEHOLD, Case, Confirmation, Outcome
from core.cases.procedure import Procedure
from core.database import new_id
from core.errors import Blocked
from core.households.models import Household, Person, category_of_scheme
from core.scopes import LEVELS
from core.sessions import ScopedSession, found
from core.translations import N_


def confirm_case(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    answer: ConfirmationAnswer,
    procedure: Procedure,
    *,
    now: datetime,
) -> Confirmation | None:
    """Sign the confirmation and, when it grants, award; None when the case went back for a new opinion (decision 10)."""
    confirmation = sign_confirmation(session, actor, case, answer, procedure, now=now)
    if confirmation is not None and confirmation.outcome is Outcome.GRANTED:
        award(session, actor, case, confirmation, now=now)
    return confirmation


def award(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    confirmation: Confirmation,
    *,
    now: datetime,
) -> Award:
    """The household, or the applicant alone (单人保), receives `confirmation.monthly_fen` from the next month on (第二十一条).

    Nobody receives the same help twice: what a member receives alone ends the day before her family's begins, and the
    case tells it; raises Blocked when somebody it covers is covered already in any other way.
    """
    household: Household = found(session.get(Household, case.household_id))
    alone = None if case.variant == WHOLE_HOUSEHOLD else people.applicant(session, case.id).person_id
    _absorb_others(session, actor, case, confirmation, now=now)
    row = Award(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        household_id=household.id,
        person_id=alone,
        case_id=case.id,
        owner_account_id=case.owner_account_id,
        scheme=case.scheme,
        variant=case.variant,
        monthly_fen=confirmation.monthly_fen,
        parts={
            "top_up_fen": confirmation.computation["monthly_fen"],
            "supplements": confirmation.computation["supplements"],
        },
        starts_on=confirmation.starts_on,
        awarded_at=now,
        awarded_by=actor.account_id,
    )
    session.add(row)
    session.flush()
    put_in_group(session, row, category_of_scheme(case.scheme))
    audit.record(
        session,
        "award.make",
        row,
        now=now,
        case_id=case.id,
        changes={"monthly_fen": [None, row.monthly_fen]},
    )
    return row


def _absorb_others(
    session: ScopedSession, actor: Actor, case: Case, confirmation: Confirmation, *, now: datetime
) -> None:
    """End what members receive alone where the family now receives it; raises Blocked for every other overlap."""
    others = _covering_already(session, case, confirmation)
    if case.variant != WHOLE_HOUSEHOLD or any(other.person_id is None for other in others):
        if others:
            raise Blocked(N_("家里有人已经在享受同一项救助，不能再确定一次。请先办那一项的停发或者变更。"))
        return
    begins: date = found(confirmation.starts_on)
    last_day = begins - timedelta(days=1)
    for other in others:
        end(session, actor, other, last_day, now=now, sooner=True)
        person: Person = found(session.get(Person, other.person_id))
        ended: Case = found(session.get(Case, other.case_id))
        remark = {"text": ABSORBED, "source": "57号 第四条、第八条"}
        told = {"name": person.name_masked, "number": ended.number, "day": last_day.isoformat()}
        case.remarks = [*case.remarks, remark | {"values": told}]


def _covering_already(session: ScopedSession, case: Case, confirmation: Confirmation) -> Sequence[Award]:
    """Help of the same kind, still running when this begins, that covers somebody whom this covers."""
    mine = [member.person_id for member in people.covered(session, case)]
    with_family = select(DeclaredMember.id).where(
        DeclaredMember.case_id == Award.case_id,
        DeclaredMember.person_id.in_(mine),
        DeclaredMember.role == MemberRole.MEMBER,
        DeclaredMember.counted,
    )
    return session.scalars(
        select(Award).where(
            Award.scheme == case.scheme,
            or_(Award.person_id.in_(mine), and_(Award.person_id.is_(None), with_family.exists())),
            or_(Award.ends_on.is_(None), Award.ends_on >= confirmation.starts_on),
        )
    ).all()


ABSORBED = N_("{name}原来单独享受的救助（{number}）到{day}为止，从下个月起并入这家人的，不会重复发放。")
