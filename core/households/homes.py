"""Dated memberships: who joins a home, who stays, who leaves, and what becomes of a home that was left."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Mapping
from datetime import date

from sqlalchemy import select

from core.database import new_id
from core.errors import Invalid
from core.households.groups import Deltas
from core.households.models import (
    Household,
    HouseholdStatus,
    LeftOut,
    Membership,
    MembershipReason,
    Person,
)
from core.households.persons import NewMember
from core.households.queries import members
from core.scopes import LEVELS, region_columns
from core.sessions import ScopedSession
from core.translations import N_


def running_memberships(session: ScopedSession, persons: Iterable[Person]) -> dict[uuid.UUID, Membership]:
    """Person id → her membership that runs."""
    rows = session.scalars(
        select(Membership).where(
            Membership.person_id.in_([person.id for person in persons]), Membership.to_day.is_(None)
        )
    )
    return {row.person_id: row for row in rows}


def hold_homes(session: ScopedSession, persons: Iterable[Person]) -> None:
    """Hold the homes of these people to the end of the transaction, before the people are held.

    A transfer holds the home and then writes its people; who took them the other way round would wait for it in a circle.
    """
    running = select(Membership.household_id).where(
        Membership.person_id.in_([person.id for person in persons]), Membership.to_day.is_(None)
    )
    session.scalars(
        select(Household.id).where(Household.id.in_(running)).order_by(Household.id).with_for_update()
    ).all()


def homes_of(
    session: ScopedSession, memberships: Iterable[Membership], *, hold: bool = False
) -> dict[uuid.UUID, Household]:
    """The households of these memberships. `hold`: as they are now, to the end of the transaction."""
    ids = {row.household_id for row in memberships}
    statement = select(Household).where(Household.id.in_(ids)).order_by(Household.id)
    if hold:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    rows = session.scalars(statement)
    return {row.id: row for row in rows}


def followed(
    session: ScopedSession,
    head: Person | None,
    running: Container[uuid.UUID],
    homes: Mapping[uuid.UUID, Household],
) -> Household | None:
    """The household that a declared family is: the one with the same head, or one in which nobody would be left behind."""
    for home in homes.values():
        if head is not None and home.head_person_id == head.id:
            return home
    for home in homes.values():
        if all(row.person.id in running for row in members(session, home.id)):
            return home
    return None


def move_within(household: Household, region_code: str, deltas: Deltas) -> None:
    """Set down that a household lives in another village of the same office."""
    if household.region_code == region_code:
        return
    counted = ["households", *([f"category.{household.category}"] if household.category else [])]
    for name in counted:
        deltas[household.region_code, name] -= 1
        deltas[region_code, name] += 1
    for level, code in region_columns(region_code).items():
        setattr(household, level, code)
    household.region_code = region_code


def stay_or_join(
    session: ScopedSession,
    household: Household,
    person_id: uuid.UUID,
    member: NewMember,
    running: Membership | None,
    *,
    today: date,
    case_id: uuid.UUID | None,
) -> None:
    """Keep the membership that runs when nothing about it changed; else it ends today and another begins."""
    reason = MembershipReason.ACCEPTED
    if running is not None:
        same_home = running.household_id == household.id
        stated = (member.relation, member.counted, member.not_counted_reason)
        if same_home and (running.relation, running.counted, running.not_counted_reason) == stated:
            return
        ended = MembershipReason.CHANGED if same_home else MembershipReason.JOINED_ANOTHER
        _end(running, ended, today)
        reason = MembershipReason.CHANGED if same_home else reason
        # the database lets one membership of a person run: the old one must have ended before
        session.flush()
    session.add(
        Membership(
            **{level: getattr(household, level) for level in LEVELS},
            id=new_id(),
            household_id=household.id,
            person_id=person_id,
            relation=member.relation,
            counted=member.counted,
            not_counted_reason=member.not_counted_reason,
            from_day=today,
            reason=reason,
            case_id=case_id,
        )
    )


def _end(membership: Membership, reason: MembershipReason, today: date) -> None:
    membership.to_day, membership.end_reason = today, reason


def let_go(
    session: ScopedSession,
    household: Household,
    staying: Container[uuid.UUID],
    reasons: Mapping[uuid.UUID, LeftOut],
    deltas: Deltas,
    *,
    today: date,
) -> None:
    """End the memberships of whoever the accepted family no longer names, each with its reason (R3-05).

    They stay on the register without a home. Raises Invalid naming those for whom no reason was given.
    """
    leaving = [row for row in members(session, household.id) if row.person.id not in staying]
    silent = [row.person.name_masked for row in leaving if row.person.id not in reasons]
    if silent:
        raise Invalid(
            N_("登记在这一户的{names}没有写进这次申请。请逐人核实，选为什么不算这家人（57号 第七条）。"),
            field="left_out",
            names="、".join(silent),
        )
    for row in leaving:
        _end(row.membership, MembershipReason.NOT_DECLARED, today)
        row.membership.left_out = reasons[row.person.id]
        row.person.household_id = None
        deltas[household.region_code, "persons"] -= 1


def settle_left(session: ScopedSession, household: Household, deltas: Deltas) -> None:
    """A home that somebody left: count it anew, give it another head, or close it when nobody is left."""
    left = members(session, household.id)
    if not left:
        household.status = HouseholdStatus.CLOSED
        deltas[household.region_code, "households"] -= 1
        if household.category is not None:
            deltas[household.region_code, f"category.{household.category}"] -= 1
            household.category = None
        household.size = 0
        return
    household.size = sum(1 for row in left if row.membership.counted)
    if household.head_person_id not in {row.person.id for row in left}:
        household.head_person_id, household.head_masked = left[0].person.id, left[0].person.name_masked
