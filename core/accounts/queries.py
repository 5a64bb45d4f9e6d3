"""Reads staff accounts and their roles, as far as the session's scope shows them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.access import Role
from core.accounts.models import RoleGrant, StaffAccount
from core.sessions import ScopedSession, found

PAGE = 50


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One grant in force; `grant_id` to revoke it by."""

    grant_id: uuid.UUID
    role: Role
    region_code: str
    since: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff in a list: nothing of her credentials but whether they are in order."""

    id: uuid.UUID
    username: str
    full_name: str
    office: str
    created_at: datetime
    last_signed_in_at: datetime | None
    locked_until: datetime | None
    disabled_at: datetime | None
    must_change_password: bool
    has_second_factor: bool
    roles: tuple[HeldRole, ...] = ()


_COLUMNS = (
    StaffAccount.id,
    StaffAccount.username,
    StaffAccount.full_name,
    StaffAccount.office,
    StaffAccount.created_at,
    StaffAccount.last_signed_in_at,
    StaffAccount.locked_until,
    StaffAccount.disabled_at,
    StaffAccount.must_change_password,
    StaffAccount.totp_confirmed_at,
)


def staff_list(
    session: ScopedSession, *, now: datetime, text: str = "", after: str = "", disabled: bool = False
) -> list[StaffRow]:
    """Up to PAGE + 1 staff by username from `after` on, each with her roles in force, in two selects.

    `text` is a part of the name or of the username; closed accounts only with `disabled`.
    """
    wanted = select(*_COLUMNS).order_by(StaffAccount.username).limit(PAGE + 1)
    if after:
        wanted = wanted.where(StaffAccount.username > after)
    if text:
        part = text.strip()
        wanted = wanted.where(
            or_(
                StaffAccount.full_name.contains(part, autoescape=True),
                StaffAccount.username.contains(part.lower(), autoescape=True),
            )
        )
    if not disabled:
        wanted = wanted.where(StaffAccount.disabled_at.is_(None))
    rows = session.execute(wanted).all()
    roles = _roles(session, [row.id for row in rows], now)
    return [_row(row, tuple(roles.get(row.id, ()))) for row in rows]


def staff_member(session: ScopedSession, account_id: uuid.UUID, *, now: datetime) -> StaffRow:
    """One member of staff with her roles in force. Raises NotFound outside the scope."""
    row = found(session.execute(select(*_COLUMNS).where(StaffAccount.id == account_id)).first())
    return _row(row, tuple(_roles(session, [account_id], now).get(account_id, ())))


def _row(row: Any, roles: tuple[HeldRole, ...]) -> StaffRow:
    *plain, totp_confirmed_at = row
    values: list[Any] = [*plain, totp_confirmed_at is not None, roles]
    return StaffRow(*values)


def _roles(
    session: ScopedSession, account_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, list[HeldRole]]:
    found_roles: dict[uuid.UUID, list[HeldRole]] = {}
    if not account_ids:
        return found_roles
    rows = session.execute(
        select(
            RoleGrant.account_id,
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.region_code,
            RoleGrant.granted_at,
            RoleGrant.ends_at,
        )
        .where(RoleGrant.account_id.in_(account_ids), _in_force(now))
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    for row in rows:
        held = HeldRole(row.id, row.role, row.region_code, row.granted_at, row.ends_at)
        found_roles.setdefault(row.account_id, []).append(held)
    return found_roles


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(RoleGrant.revoked_at.is_(None), or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now))


@dataclass(frozen=True, slots=True)
class Post:
    """A role that a member of staff holds in a place; one person may hold several."""

    account_id: uuid.UUID
    name: str
    username: str
    role: Role
    region_code: str


def staff_holding(
    session: ScopedSession, roles: Sequence[Role], *, now: datetime, region_code: str = ""
) -> list[Post]:
    """The posts of open accounts in scope that are one of `roles`, by name, to choose a colleague from.

    With `region_code` only grants in exactly that region.
    """
    wanted = (
        select(
            StaffAccount.id,
            StaffAccount.full_name,
            StaffAccount.username,
            RoleGrant.role,
            RoleGrant.region_code,
        )
        .join(RoleGrant, RoleGrant.account_id == StaffAccount.id)
        .where(
            RoleGrant.role.in_(roles),
            _in_force(now),
            StaffAccount.disabled_at.is_(None),
        )
        .distinct()
        .order_by(StaffAccount.full_name, StaffAccount.id, RoleGrant.region_code)
    )
    if region_code:
        wanted = wanted.where(RoleGrant.region_code == region_code)
    return [Post(*row) for row in session.execute(wanted)]


def names_of(session: ScopedSession, account_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Full names of colleagues in scope by account id, for histories; unknown ones are absent."""
    if not account_ids:
        return {}
    rows = session.execute(
        select(StaffAccount.id, StaffAccount.full_name).where(StaffAccount.id.in_(account_ids))
    )
    return {row.id: row.full_name for row in rows}


@dataclass(frozen=True, slots=True)
class PastRole:
    """A role that somebody held in a place, from `since` until `until` (None: still)."""

    role: Role
    region_code: str
    since: datetime
    until: datetime | None

    def held(self, at: datetime) -> bool:
        """Whether it was hers at that moment."""
        return self.since <= at and (self.until is None or at < self.until)


def past_roles(session: ScopedSession, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[PastRole]]:
    """Every role the accounts hold or held, by account id, to tell in what post something was done."""
    found_roles: dict[uuid.UUID, list[PastRole]] = {}
    if not account_ids:
        return found_roles
    rows = session.execute(
        select(
            RoleGrant.account_id,
            RoleGrant.role,
            RoleGrant.region_code,
            RoleGrant.granted_at,
            RoleGrant.ends_at,
            RoleGrant.revoked_at,
        ).where(RoleGrant.account_id.in_(account_ids))
    )
    for row in rows:
        until = min(filter(None, (row.ends_at, row.revoked_at)), default=None)
        held = PastRole(row.role, row.region_code, row.granted_at, until)
        found_roles.setdefault(row.account_id, []).append(held)
    return found_roles
