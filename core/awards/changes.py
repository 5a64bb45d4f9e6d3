"""Confirming a case to its end: the decision, and for a grant the award, the group on the register and the counters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from core import audit
from core.access import Actor
from core.authorisations.changes import end_for_case
from core.awards.models import Award
from core.cases.confirmations import ConfirmationAnswer, require_confirmer, sign_confirmation
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import WHOLE_HOUSEHOLD, Case, Confirmation, Outcome
from core.cases.people import members
from core.cases.procedure import Procedure
from core.cases.steps import hold
from core.database import new_id
from core.errors import Blocked
from core.households.changes import set_category
from core.households.models import Household, category_of_scheme
from core.notices.changes import end_long_term
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
    """The household receives `confirmation.monthly_fen` from the next month on (57号 第二十一条).

    Raises Blocked when one of those it covers is covered already: nobody receives the same help twice.
    """
    _require_uncovered(session, case, confirmation)
    household: Household = found(session.get(Household, case.household_id))
    row = Award(
        **{level: getattr(case, level) for level in LEVELS},
        id=new_id(),
        household_id=household.id,
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
    category = category_of_scheme(case.scheme)
    if category is not None:
        set_category(session, household, category)
    audit.record(
        session,
        "award.make",
        row,
        now=now,
        case_id=case.id,
        changes={"monthly_fen": [None, row.monthly_fen]},
    )
    return row


def _require_uncovered(session: ScopedSession, case: Case, confirmation: Confirmation) -> None:
    mine = [
        member.person_id
        for member in members(session, case.id)
        if member.role is MemberRole.MEMBER
        and member.counted
        and (case.variant == WHOLE_HOUSEHOLD or member.is_applicant)
    ]
    other = session.scalar(
        select(Award.id)
        .join(DeclaredMember, DeclaredMember.case_id == Award.case_id)
        .where(
            DeclaredMember.person_id.in_(mine),
            DeclaredMember.role == MemberRole.MEMBER,
            DeclaredMember.counted,
            or_(Award.variant == WHOLE_HOUSEHOLD, DeclaredMember.is_applicant),
            Award.scheme == case.scheme,
            or_(Award.ends_on.is_(None), Award.ends_on >= confirmation.starts_on),
        )
        .limit(1)
    )
    if other is not None:
        raise Blocked(N_("家里有人已经在享受同一项救助，不能再确定一次。请先办那一项的停发或者变更。"))


def end_award(session: ScopedSession, actor: Actor, row: Award, last_day: date, *, now: datetime) -> None:
    """The assistance ends with `last_day`: the family leaves its group, the long-term list, and nothing is checked any more.

    Decided by who confirms. Raises Blocked when it ends already, NotAllowed.
    """
    case: Case = found(session.get(Case, row.case_id))
    require_confirmer(actor, case)
    hold(session, case)
    session.refresh(row)
    if row.ends_on is not None:
        raise Blocked(N_("这项救助已经定了停发的日子，不用再办。"))
    row.ends_on = last_day
    set_category(session, found(session.get(Household, row.household_id)), None)
    end_long_term(session, case, last_day, now=now)
    end_for_case(session, actor, case.id, now=now, from_day=last_day + timedelta(days=1))
    session.flush()
    ended = {"ends_on": [None, last_day.isoformat()]}
    audit.record(session, "award.end", row, now=now, case_id=case.id, changes=ended)


audit.name_act("award.end", N_("停发救助"))
