"""The second factor of staff: a time-based code (RFC 6238) whose steps are never accepted twice."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select

from core import audit
from core.access import Actor
from core.accounts.models import LoginSession, StaffAccount
from core.accounts.staff_sign_in import count_failure
from core.errors import Conflict, Invalid, Problem
from core.sessions import ScopedSession, found
from core.translations import N_

_STEP_SECONDS = 30
_TOLERANCE = 1  # one step before and after: a phone's clock may be half a minute off


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: `secret` to type in, `uri` for the QR code. Shown once, to its owner."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Enrolment()"


def begin_enrolment(session: ScopedSession, account_id: uuid.UUID, *, issuer: str) -> Enrolment:
    """The secret of a second factor not yet confirmed; the same one until confirmed. Raises Conflict once it is."""
    account = found(session.get(StaffAccount, account_id))
    if account.totp_confirmed_at is not None:
        raise Conflict(N_("动态验证码已经设置好了。换手机的，请先请安全管理员清除。"))
    secret = session.vault.read(account, "totp_sealed")
    if secret is None:
        secret = pyotp.random_base32()
        session.vault.seal_into(account, "totp_sealed", secret)
        session.flush()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=issuer)
    return Enrolment(secret, uri)


def pass_second_factor(
    session: ScopedSession, account_id: uuid.UUID, login_id: uuid.UUID, code: str, *, now: datetime
) -> Problem | None:
    """Check a code; None when it is right and the session may go on, else what to tell.

    The first right code confirms an enrolment. A wrong one is counted like a wrong password, so commit either way. Once
    confirmed, other sessions keep their own state.
    """
    # held: guesses sent at once must each see the count of the others
    account: StaffAccount = found(
        session.scalar(select(StaffAccount).where(StaffAccount.id == account_id).with_for_update())
    )
    login = found(session.get(LoginSession, login_id))
    who = Actor("staff", account.id, account.full_name)
    if account.locked_until is not None and account.locked_until > now:
        return Invalid(N_("账号已锁定到 {until}，到时再试。"), field="code", until=account.locked_until)
    secret = session.vault.read(account, "totp_sealed")
    step = _matching_step(secret, code, now) if secret else None
    if step is None or step <= account.totp_last_step:
        refusal = count_failure(session, account, now)
        audit.record(session, "sign-in.second-factor", account, now=now, actor=who, done=False)
        if account.locked_until is not None and account.locked_until > now:
            return refusal
        if step is not None:
            return Invalid(N_("这个验证码已经用过了。请等 30 秒，用下一个。"), field="code")
        return Invalid(N_("验证码不对。请看手机上现在显示的六位数；手机时间要准。"), field="code")
    account.totp_last_step = step
    account.failed_count = 0
    first = account.totp_confirmed_at is None
    if first:
        account.totp_confirmed_at = now
    login.second_factor_at = now
    act = "second-factor.enrol" if first else "sign-in.second-factor"
    audit.record(session, act, account, now=now, actor=who)
    session.flush()
    return None


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, or None."""
    typed = "".join(char for char in code if char.isdigit())
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_SECONDS
    matches = [
        step
        for step in range(present - _TOLERANCE, present + _TOLERANCE + 1)
        if secrets.compare_digest(totp.generate_otp(step).encode(), typed.encode())
    ]
    return max(matches, default=None)
