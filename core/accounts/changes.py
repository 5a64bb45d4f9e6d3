"""Staff accounts: made by a system administrator, locked, opened and reset by a security administrator."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core import audit
from core.access import NATION, Actor, Permission, Role, job_actor
from core.accounts.models import PasswordHistory, RoleGrant, StaffAccount
from core.accounts.passwords import (
    NOT_USED_LATELY,
    check_new_password,
    hash_password,
    is_password,
    make_password,
)
from core.accounts.policy import POLICY
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import end_other_sessions, grants_in_force
from core.accounts.staff_sign_in import count_failure
from core.database import new_id
from core.errors import Conflict, Invalid, NotAllowed, Problem
from core.scopes import region_columns
from core.sessions import ScopedSession, found
from core.translations import N_

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
# names that an attacker tries first (GB/T 22239-2019 8.1.4.2: default accounts are renamed or removed)
_COMMON_NAMES = frozenset({"admin", "administrator", "root", "test", "guest", "user", "system"})


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A one-time password, shown once to whoever made it; it must be changed at the first sign-in."""

    account_id: uuid.UUID
    username: str
    password: str

    def __repr__(self) -> str:
        return f"NewPassword(username={self.username!r})"


def create_staff(
    session: ScopedSession,
    actor: Actor,
    *,
    username: str,
    full_name: str,
    office: str,
    now: datetime,
    one_time: bool = True,
) -> NewPassword:
    """Make an account without any role, at the office with that region code. Raises Invalid naming the field.

    `one_time` is False only for the accounts of a demo, whose passwords are made and printed at its start.
    """
    actor.require(Permission.STAFF_CREATE, office)
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid(N_("用户名用 3 到 40 个小写字母、数字、点或短横，以字母开头"), field="username")
    if name in _COMMON_NAMES:
        raise Invalid(N_("这个用户名太常见，容易被人试到；请换一个"), field="username")
    called = " ".join(full_name.split())
    if not called or len(called) > 60:
        raise Invalid(N_("请填写姓名，不超过 60 个字"), field="full_name")
    password = make_password()
    account = StaffAccount(
        id=new_id(),
        username=name,
        full_name=called,
        office=office,
        password_hash=hash_password(password),
        password_changed_at=now,
        must_change_password=one_time,
        created_at=now,
        created_by=actor.account_id,
        **region_columns(office),
    )
    try:
        # the name may be taken by someone outside this scope: only the database knows
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise Invalid(N_("已经有人用这个用户名，请换一个"), field="username") from None
    audit.record(session, "staff.create", account, now=now, actor=actor)
    session.flush()
    return NewPassword(account.id, name, password)


def change_password(
    session: ScopedSession,
    account_id: uuid.UUID,
    *,
    old: str,
    new: str,
    now: datetime,
    login_id: uuid.UUID | None = None,
) -> Problem | None:
    """Change one's own password; every other sign-in ends. None when done, else what to tell.

    A wrong old password counts like a failed sign-in, so commit either way.
    """
    account = found(session.get(StaffAccount, account_id))
    if account.locked_until is not None and account.locked_until > now:
        return Invalid(
            N_("账号已锁定到 {until}，到时再试。"), field="old_password", until=account.locked_until
        )
    if not is_password(old, account.password_hash):
        count_failure(session, account, now)
        return Invalid(N_("现在的密码不对"), field="old_password")
    try:
        check_new_password(new, username=account.username, full_name=account.full_name)
        _check_not_used(session, account, new)
    except Invalid as problem:
        return problem
    _keep_history(session, account, now)
    account.password_hash = hash_password(new)
    account.password_changed_at = now
    account.must_change_password = False
    account.failed_count = 0
    who = Actor("staff", account.id, account.full_name)
    audit.record(session, "password.change", account, now=now, actor=who)
    end_other_sessions(session, who, account.id, now=now, kept=login_id)
    session.flush()
    return None


def _check_not_used(session: ScopedSession, account: StaffAccount, new: str) -> None:
    earlier = session.scalars(
        select(PasswordHistory.password_hash)
        .where(PasswordHistory.account_id == account.id)
        .order_by(PasswordHistory.until.desc(), PasswordHistory.id.desc())
        .limit(POLICY.password_history - 1)
    ).all()
    if any(is_password(new, hashed) for hashed in (account.password_hash, *earlier)):
        raise NOT_USED_LATELY.refusal()


def _keep_history(session: ScopedSession, account: StaffAccount, now: datetime) -> None:
    session.add(
        PasswordHistory(id=new_id(), account_id=account.id, password_hash=account.password_hash, until=now)
    )
    rows = session.scalars(
        select(PasswordHistory)
        .where(PasswordHistory.account_id == account.id)
        .order_by(PasswordHistory.until.desc(), PasswordHistory.id.desc())
        .offset(POLICY.password_history)
    )
    for row in rows:
        session.delete(row)


# --- by a security administrator --------------------------------------------------------------------------------


def reset_password(
    session: ScopedSession, actor: Actor, account_id: uuid.UUID, *, now: datetime
) -> NewPassword:
    """Give an account a new one-time password and sign it out everywhere."""
    account = _administered(session, actor, account_id, now)
    password = make_password()
    _keep_history(session, account, now)
    account.password_hash = hash_password(password)
    account.password_changed_at = now
    account.must_change_password = True
    account.failed_count, account.locked_until = 0, None
    end_other_sessions(session, actor, account.id, now=now)
    audit.record(session, "password.reset", account, now=now, actor=actor)
    session.flush()
    return NewPassword(account.id, account.username, password)


def reset_second_factor(
    session: ScopedSession, actor: Actor, account_id: uuid.UUID, *, now: datetime
) -> None:
    """Forget an account's second factor (a lost phone); she sets a new one up at her next sign-in."""
    account = _administered(session, actor, account_id, now)
    account.totp_sealed, account.totp_confirmed_at, account.totp_last_step = None, None, 0
    end_other_sessions(session, actor, account.id, now=now)
    audit.record(session, "second-factor.reset", account, now=now, actor=actor)
    session.flush()


def unlock_staff(session: ScopedSession, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """Lift a lock before its time."""
    account = _administered(session, actor, account_id, now)
    account.failed_count, account.locked_until = 0, None
    audit.record(session, "staff.unlock", account, now=now, actor=actor)
    session.flush()


def disable_staff(session: ScopedSession, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """Close an account that is no longer needed, at once and everywhere; its history stays."""
    account = _administered(session, actor, account_id, now)
    if account.disabled_at is None:
        account.disabled_at = now
        end_other_sessions(session, actor, account.id, now=now)
        audit.record(session, "staff.disable", account, now=now, actor=actor)
        session.flush()


def enable_staff(session: ScopedSession, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """Open a closed account again."""
    account = _administered(session, actor, account_id, now)
    account.disabled_at = None
    audit.record(session, "staff.enable", account, now=now, actor=actor)
    session.flush()


def _administered(session: ScopedSession, actor: Actor, account_id: uuid.UUID, now: datetime) -> StaffAccount:
    """An account of the security administrator's region that is not her own. Raises NotFound, NotAllowed.

    All its roles must lie in her region: with a password made for it she would hold those above her own.
    """
    account: StaffAccount = found(session.get(StaffAccount, account_id))
    actor.require(Permission.STAFF_LOCK, account.office)
    for grant in grants_in_force(session, account.id, now):
        actor.require(Permission.STAFF_LOCK, grant.region_code)
    if account.id == actor.account_id:
        raise NotAllowed(N_("自己的账号请由另一位安全管理员办理。"))
    return account


# --- an empty installation --------------------------------------------------------------------------------------

# in the order they are made, with the beginning of each one's user name
FIRST_ADMINISTRATORS = {
    Role.SYSTEM_ADMINISTRATOR: "xitong",
    Role.SECURITY_ADMINISTRATOR: "anquan",
    Role.AUDIT_ADMINISTRATOR: "shenji",
}


def create_first_administrators(
    session: ScopedSession, now: datetime, *, region: str = NATION
) -> list[tuple[str, str]]:
    """The three separated administrators of an empty installation: (username, one-time password) each.

    Needs a System session. The names end in random digits, so that nobody can guess them. Raises Conflict if anyone
    has an account already.
    """
    if session.scalar(select(func.count()).select_from(StaffAccount)):
        raise Conflict(N_("这里已经有人员账号，不能再建第一批管理员"))
    made = []
    actor = job_actor("first start")
    for role, stem in FIRST_ADMINISTRATORS.items():
        username = f"{stem}-{secrets.randbelow(9000) + 1000}"
        password = make_password()
        account = StaffAccount(
            id=new_id(),
            username=username,
            full_name=ROLE_WORDS[role],
            office=region,
            password_hash=hash_password(password),
            password_changed_at=now,
            created_at=now,
            **region_columns(region),
        )
        session.add(account)
        session.flush()
        session.add(
            RoleGrant(
                id=new_id(),
                account_id=account.id,
                role=role,
                region_code=region,
                granted_at=now,
                **region_columns(region),
            )
        )
        audit.record(session, "staff.create", account, now=now, actor=actor)
        made.append((username, password))
    session.flush()
    return made
