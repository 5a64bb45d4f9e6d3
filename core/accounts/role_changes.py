"""Roles granted and revoked by a security administrator within her own region."""

from __future__ import annotations

import uuid
from datetime import datetime

from core import audit
from core.access import Actor, Permission, Role, incompatible, region_contains
from core.accounts.models import RoleGrant, StaffAccount
from core.accounts.role_words import ROLE_LEVELS, ROLE_WORDS
from core.accounts.signed_in import grants_in_force
from core.database import new_id
from core.errors import Conflict, Invalid, NotAllowed
from core.scopes import LEVELS, level_column
from core.sessions import ScopedSession, found
from core.translations import N_


def grant_role(
    session: ScopedSession,
    actor: Actor,
    account_id: uuid.UUID,
    role: Role,
    region_code: str,
    *,
    now: datetime,
    ends_at: datetime | None = None,
) -> RoleGrant:
    """Give a role in a region and all below it.

    Raises NotFound for an account outside the scope, NotAllowed outside the administrator's region or for herself,
    Invalid for a role that does not fit the region or the roles already held, Conflict when she holds it already.
    """
    account = found(session.get(StaffAccount, account_id))
    actor.require(Permission.ROLE_GRANT, region_code)
    if actor.kind != "job" and not region_contains(actor.node, region_code):
        raise NotAllowed(N_("只能授予您现在所在地区以内的角色。要授予别处的，请先换到那个地区。"))
    if account.id == actor.account_id:
        raise NotAllowed(N_("不能给自己授予角色，请另一位安全管理员办理。"))
    if account.disabled_at is not None:
        raise Invalid(N_("这个账号已经停用，先重新启用再授予角色"), field="role")
    levels = ROLE_LEVELS.get(role)
    if levels is not None and level_column(region_code) not in levels:
        raise Invalid(
            N_("“{role}”只授予在它办事的那一级地区；请换一个地区或角色"),
            field="region_code",
            role=ROLE_WORDS[role],
        )
    held = grants_in_force(session, account.id, now)
    if any(grant.role is role and grant.region_code == region_code for grant in held):
        raise Conflict(N_("在这个地区已经有这个角色"))
    _check_together({grant.role for grant in held}, role)
    grant = RoleGrant(
        id=new_id(),
        account_id=account.id,
        role=role,
        region_code=region_code,
        granted_at=now,
        granted_by=actor.account_id,
        ends_at=ends_at,
        **{name: getattr(account, name) for name in LEVELS},
    )
    session.add(grant)
    audit.record(
        session, "role.grant", account, now=now, actor=actor, changes={role.value: ["", region_code]}
    )
    session.flush()
    return grant


def _check_together(held: set[Role], role: Role) -> None:
    pair = incompatible(held | {role})
    if pair is None:
        return
    other = next(iter(pair - {role}), role)
    raise Invalid(
        N_("“{role}”和“{other}”不能由同一个人担任：一人办、另一人审，互相监督。要改任的，请先收回“{other}”"),
        field="role",
        role=ROLE_WORDS[role],
        other=ROLE_WORDS[other],
    )


def revoke_role(session: ScopedSession, actor: Actor, grant_id: uuid.UUID, *, now: datetime) -> None:
    """Take a role back; it ends with the holder's next request. Raises NotFound, NotAllowed."""
    grant = found(session.get(RoleGrant, grant_id))
    actor.require(Permission.ROLE_GRANT, grant.region_code)
    if grant.account_id == actor.account_id:
        raise NotAllowed(N_("不能收回自己的角色，请另一位安全管理员办理。"))
    if grant.revoked_at is None:
        grant.revoked_at, grant.revoked_by = now, actor.account_id
        changes = {grant.role.value: [grant.region_code, ""]}
        subject = ("staff_accounts", grant.account_id)
        audit.record(
            session, "role.revoke", subject, now=now, actor=actor, region=_office(grant), changes=changes
        )
        session.flush()


def _office(grant: RoleGrant) -> str:
    return next((code for name in reversed(LEVELS) if (code := getattr(grant, name))), "")
