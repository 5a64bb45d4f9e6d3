"""Reads a resident's own account for her account page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.masking import mask_mobile
from core.sessions import ScopedSession, found


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """`phone` is masked, empty where she signs in through an identity provider only."""

    phone: str
    created_at: datetime


def account_phone(session: ScopedSession, account_id: uuid.UUID | None) -> str:
    """The phone (11 digits) an account signs in by; "" where it has none or lies out of scope."""
    account = None if account_id is None else session.get(ResidentAccount, account_id)
    return "" if account is None else session.vault.read(account, "phone_sealed") or ""


def phones_of(session: ScopedSession, account_id: uuid.UUID | None, person_id: uuid.UUID | None) -> list[str]:
    """The phones (11 digits) that an account, and then the accounts of a person, sign in by. Needs a System session."""
    accounts = [account_id]
    if person_id is not None:
        accounts += session.scalars(select(ResidentAccount.id).where(ResidentAccount.person_id == person_id))
    return [phone for each in accounts if (phone := account_phone(session, each))]


def own_account(session: ScopedSession) -> OwnAccount:
    """The account of the session's own scope. Raises NotFound in any other."""
    account = found(
        session.scalar(select(ResidentAccount).where(ResidentAccount.id == session.actor.account_id))
    )
    phone = session.vault.read(account, "phone_sealed")
    return OwnAccount(
        mask_mobile(phone) if phone else "",
        account.created_at,
    )
