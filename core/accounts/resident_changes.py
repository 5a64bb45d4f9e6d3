"""Residents sign in by a code to their phone or by an identity provider."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, job_actor
from core.accounts.codes import CODE_PROBLEMS, CodeAnswer, check_code, send_code
from core.accounts.models import Assurance, IdentityLink, ResidentAccount, SignInWay
from core.accounts.person_links import account_after_code, account_of_phone, link, open_account
from core.accounts.signed_in import begin_session
from core.accounts.staff_sign_in import SignInOutcome
from core.catalogue.regional import MessageChannel
from core.contact_numbers import parse_mobile
from core.database import new_id
from core.errors import Invalid
from core.sessions import ScopedSession
from core.translations import N_

SIGN_IN = "sign-in"
_CODE_TEXT = N_("【兜底】登录验证码 {code}，{minutes} 分钟内有效。工作人员不会向您要验证码，请不要告诉别人。")


def request_code(
    session: ScopedSession,
    phone: str,
    *,
    now: datetime,
    channels: Sequence[MessageChannel] = (),
    demo: bool = False,
) -> None:
    """Send a sign-in code; does and says the same whether or not the phone is known. Needs a System session.

    Raises Invalid (fields `mobile`, `phone`) for what is no mobile number or asked too often, Blocked without a channel.
    """
    number = parse_mobile(phone)
    send_code(session, number, purpose=SIGN_IN, text=_CODE_TEXT, now=now, channels=channels, demo=demo)
    audit.record(session, "resident.code", now=now, actor=Actor("nobody"))


def confirm_code(
    session: ScopedSession,
    phone: str,
    code: str,
    *,
    now: datetime,
    ip: str | None = None,
    device: str = "",
) -> SignInOutcome:
    """Sign in with a code; the account is made at the first time. Commit whatever the outcome. Needs a System session."""
    number = parse_mobile(phone)
    answer = check_code(session, number, code, purpose=SIGN_IN, now=now)
    if answer is not CodeAnswer.RIGHT:
        audit.record(session, "sign-in.refused", now=now, actor=Actor("nobody"), done=False)
        return SignInOutcome(refusal=Invalid(CODE_PROBLEMS[answer], field="code"))
    account = account_of_phone(session, number) or open_account(session, number, now=now)
    account = account_after_code(session, account, number, now)
    token = begin_session(session, account, SignInWay.PHONE_CODE, now=now, ip=ip, device=device)
    audit.record(session, "sign-in", account, now=now, actor=Actor("resident", account.id))
    session.flush()
    return SignInOutcome(token=token, account_id=account.id)


# --- identity providers -----------------------------------------------------------------------------------------


def sign_in_with_identity(
    session: ScopedSession,
    provider: str,
    subject: str,
    *,
    now: datetime,
    person_id: uuid.UUID | None = None,
    name: str = "",
    phone: str = "",
    ip: str | None = None,
    device: str = "",
) -> SignInOutcome:
    """Sign in someone whom an identity provider vouches for. Needs a System session.

    `subject` is the provider's lasting name for her, kept as a keyed index only. `person_id` when the provider vouched
    for an identity number that the register knows. `phone` only if the provider verified it: an account that already
    signs in by this phone is hers, unless it is linked to someone else.
    """
    index = session.vault.index(f"identity:{provider}", subject)
    known = session.scalar(
        select(IdentityLink.account_id).where(
            IdentityLink.provider == provider,
            IdentityLink.subject_index.in_(session.vault.index_all(f"identity:{provider}", subject)),
        )
    )
    account = None if known is None else session.get(ResidentAccount, known)
    if account is None:
        account = _account_for_identity(session, phone, person_id, now)
        session.add(
            IdentityLink(
                id=new_id(), account_id=account.id, provider=provider, subject_index=index, linked_at=now
            )
        )
        audit.record(session, "identity.link", account, now=now, actor=Actor("resident", account.id))
    if name:
        session.vault.seal_into(account, "name_sealed", name)
    vouched = job_actor(f"identity provider {provider}")
    if person_id is not None:
        link(session, account, person_id, Assurance.IDENTITY_PROVIDER, vouched, now)
    token = begin_session(session, account, SignInWay.IDENTITY_PROVIDER, now=now, ip=ip, device=device)
    audit.record(session, "sign-in", account, now=now, actor=Actor("resident", account.id))
    session.flush()
    return SignInOutcome(token=token, account_id=account.id)


def _account_for_identity(
    session: ScopedSession, phone: str, person_id: uuid.UUID | None, now: datetime
) -> ResidentAccount:
    account = account_of_phone(session, parse_mobile(phone)) if phone else None
    if account is not None and account.person_id in {None, person_id}:
        return account
    account = ResidentAccount(id=new_id(), assurance=Assurance.IDENTITY_PROVIDER, created_at=now)
    session.add(account)
    session.flush()
    return account
