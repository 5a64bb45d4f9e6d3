"""Staff sign in with name and password, then with a second factor; five failures lock the account for a while."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from core import audit
from core.access import Actor, job_actor
from core.accounts.models import SignInWay, StaffAccount, UnknownSignIn
from core.accounts.passwords import NOBODYS_HASH, is_password
from core.accounts.policy import POLICY
from core.accounts.signed_in import begin_session
from core.encryption import Vault
from core.errors import Invalid, Problem
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.translations import N_

_FORGET_UNKNOWN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """Either `token` for the cookie, or `refusal` to show. A refusal is no exception: its count must be committed."""

    token: str = ""
    account_id: uuid.UUID | None = None
    refusal: Problem | None = None


def sign_in_staff(
    engine: Engine,
    vault: Vault | None,
    username: str,
    password: str,
    *,
    now: datetime,
    demo: bool = False,
    ip: str | None = None,
    device: str = "",
) -> SignInOutcome:
    """Check name and password and begin a session; commits by itself.

    An unknown name is answered like a known one: in the same time, with the same count and the same lock. The password
    is hashed between two short transactions, so that nobody waits for a lock meanwhile.
    """
    name = username.strip().lower()
    with open_session(engine, System("sign-in"), job_actor("sign-in"), vault=vault, writes=False) as session:
        hashed = session.scalar(select(StaffAccount.password_hash).where(StaffAccount.username == name))
    right = is_password(password, hashed or NOBODYS_HASH)
    with open_session(engine, System("sign-in"), job_actor("sign-in"), vault=vault) as session:
        audit.trace(session, login_id=None, ip=ip)
        if hashed is None:
            outcome = SignInOutcome(refusal=_unknown(session, name, now))
        else:
            outcome = _known(session, name, right, now, demo, ip, device)
        session.commit()
    return outcome


def _known(
    session: ScopedSession, name: str, right: bool, now: datetime, demo: bool, ip: str | None, device: str
) -> SignInOutcome:
    account = session.scalars(
        select(StaffAccount).where(StaffAccount.username == name).with_for_update()
    ).one()
    who = Actor("staff", account.id, account.full_name)
    if account.locked_until is not None and account.locked_until > now:
        audit.record(session, "sign-in.refused", account, now=now, actor=who, done=False)
        return SignInOutcome(refusal=_locked(account.locked_until))
    if not right:
        refusal = count_failure(session, account, now)
        audit.record(session, "sign-in.refused", account, now=now, actor=who, done=False)
        return SignInOutcome(refusal=refusal)
    if account.disabled_at is not None:
        audit.record(session, "sign-in.refused", account, now=now, actor=who, done=False)
        return SignInOutcome(refusal=Invalid(N_("这个账号已经停用。需要恢复的，请联系本单位的安全管理员。")))
    if account.totp_confirmed_at is None:
        # with a second factor only that one clears the count: else a stolen password would buy endless guesses at it
        account.failed_count = 0
        # each sign-in is shown a secret of its own to set up: one that somebody saw before proves nothing
        account.totp_sealed = None
    account.locked_until = None
    token = begin_session(session, account, SignInWay.PASSWORD, now=now, demo=demo, ip=ip, device=device)
    audit.record(session, "sign-in", account, now=now, actor=who)
    return SignInOutcome(token=token, account_id=account.id)


def count_failure(session: ScopedSession, account: StaffAccount, now: datetime) -> Problem:
    """Count one wrong password or second factor; locks at the fifth. Returns what to tell."""
    count, until = _counted(account.failed_count, account.locked_until, now)
    account.failed_count, account.locked_until = count, until
    if until is not None:
        who = Actor("staff", account.id, account.full_name)
        audit.record(session, "sign-in.locked", account, now=now, actor=who, done=False)
    session.flush()
    return _locked(until) if until else _wrong(count)


def _unknown(session: ScopedSession, name: str, now: datetime) -> Problem:
    """What an account of that name would have been told."""
    for old in session.scalars(
        select(UnknownSignIn).where(UnknownSignIn.last_failed_at < now - _FORGET_UNKNOWN_AFTER).limit(100)
    ):
        session.delete(old)
    digest = hashlib.sha256(name.encode()).digest()
    row = session.get(UnknownSignIn, digest)
    if row is None:
        row = UnknownSignIn(name=digest, failed_count=0)
        session.add(row)
    if row.locked_until is not None and row.locked_until > now:
        refusal: Problem = _locked(row.locked_until)
    else:
        row.failed_count, row.locked_until = _counted(row.failed_count, row.locked_until, now)
        refusal = _locked(row.locked_until) if row.locked_until else _wrong(row.failed_count)
    row.last_failed_at = now
    # the name tried is not kept: people type passwords into the wrong field
    audit.record(session, "sign-in.refused", now=now, actor=Actor("nobody"), done=False)
    session.flush()
    return refusal


def _counted(failed: int, locked_until: datetime | None, now: datetime) -> tuple[int, datetime | None]:
    """The count after one more failure and until when it locks, if it does; a lock that is over starts anew."""
    failed = 1 if locked_until is not None else failed + 1
    return failed, now + POLICY.lock if failed >= POLICY.failures_before_lock else None


def _wrong(failed: int) -> Problem:
    left = POLICY.failures_before_lock - failed
    if left > 2:
        return Invalid(N_("用户名或密码不对，请再看看大小写和输入法。"))
    return Invalid(
        N_("用户名或密码不对。再输错 {left} 次，账号会锁定 {minutes} 分钟。"),
        left=left,
        minutes=POLICY.lock // timedelta(minutes=1),
    )


def _locked(until: datetime) -> Problem:
    return Invalid(
        N_("连续输错 {count} 次，账号已锁定到 {until}。到时再试，或者请本单位的安全管理员解除。"),
        count=POLICY.failures_before_lock,
        until=until,
    )
