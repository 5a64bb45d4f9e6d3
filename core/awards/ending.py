"""Ending an award (停发): from when nothing is paid, and what ends with it; decided by who confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from core import audit
from core.access import Actor
from core.authorisations.changes import end_for_case
from core.authorisations.models import Authorisation
from core.awards.models import Award
from core.cases.confirmations import require_confirmer
from core.cases.models import Case
from core.cases.procedure import beijing_day
from core.cases.steps import hold
from core.errors import Blocked, Invalid
from core.households.groups import set_category, set_own_category
from core.households.models import Household, LowIncomeCategory, Person, category_of_scheme
from core.notices.changes import LONG_TERM, end_long_term, standing_notice
from core.sessions import ScopedSession, across, found
from core.translations import N_

audit.name_act("award.end", N_("停发救助"))
REASON_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Following:
    """What ends with an award. `listed`: on the long-term list; `authorisations`: how many are in force for its checks."""

    listed: bool
    authorisations: int


def what_follows(session: ScopedSession, case: Case) -> Following:
    """What ending the award of a case will end, to be read before it is decided."""
    signed = select(func.count(Authorisation.id)).where(
        Authorisation.case_id == case.id,
        Authorisation.signed_at.is_not(None),
        Authorisation.revoked_at.is_(None),
        Authorisation.ended_on.is_(None),
    )
    return Following(standing_notice(session, case, LONG_TERM) is not None, session.scalar(signed) or 0)


def earliest_last_day(row: Award, today: date) -> date:
    """The first day that may be an award's last: today, or the day before it begins where it has not begun."""
    return max(today, row.starts_on - timedelta(days=1))


def end_award(
    session: ScopedSession, actor: Actor, row: Award, last_day: date, reason: str, *, now: datetime
) -> None:
    """The assistance ends with `last_day`: who received it leaves the group and the long-term list, and is checked no more.

    Decided by who confirms. Raises Blocked when it ends already, Invalid (`last_day`, `reason`) for a day that is over
    and without a reason, NotAllowed.
    """
    require_confirmer(actor, found(session.get(Case, row.case_id)))
    words = reason.strip()
    if not words or len(words) > REASON_LENGTH:
        raise Invalid(N_("请写明停发的理由。"), field="reason")
    first = earliest_last_day(row, beijing_day(now))
    if last_day < first:
        raise Invalid(N_("最后一天不能早于{day}。"), field="last_day", day=first)
    end(session, actor, row, last_day, reason=words, now=now)


def end(
    session: ScopedSession,
    actor: Actor,
    row: Award,
    last_day: date,
    *,
    now: datetime,
    reason: str = "",
    sooner: bool = False,
) -> None:
    """`sooner`: one that has a later last day already gets this one. Raises Blocked, also for who comes second."""
    case: Case = found(session.get(Case, row.case_id))
    hold(session, case)
    session.refresh(row)
    if row.ends_on is not None and not (sooner and last_day < row.ends_on):
        raise Blocked(N_("这项救助已经定了停发的日子，不用再办。"))
    ended = {"ends_on": [row.ends_on and row.ends_on.isoformat(), last_day.isoformat()]}
    row.ends_on, row.ended_at, row.ended_by, row.end_reason = last_day, now, actor.account_id, reason
    put_in_group(session, row, None)
    end_long_term(session, case, last_day, now=now)
    end_for_case(session, actor, case.id, now=now, from_day=last_day + timedelta(days=1))
    session.flush()
    audit.record(session, "award.end", row, now=now, case_id=case.id, reason=reason, changes=ended)


def put_in_group(session: ScopedSession, row: Award, category: LowIncomeCategory | None) -> None:
    """The one who receives it alone, or the household, is of that group from now on; help that makes none changes none."""
    if category_of_scheme(row.scheme) is None:
        return
    if session.get(Household, row.household_id) is None:
        # the file was transferred and took the group with it: it ends where the file is now (decision 3)
        with across(session, "award-group") as everywhere:
            _set_group(everywhere, row, category)
    else:
        _set_group(session, row, category)


def _set_group(session: ScopedSession, row: Award, category: LowIncomeCategory | None) -> None:
    if row.person_id is not None:
        set_own_category(session, found(session.get(Person, row.person_id)), category)
    else:
        set_category(session, found(session.get(Household, row.household_id)), category)
