"""Residents sign in by a code to their phone or by an identity provider; what links an account to a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import NATION, Actor, Permission, job_actor
from core.accounts.codes import CODE_PROBLEMS, PHONE_KIND, CodeAnswer, check_code, send_code
from core.accounts.models import Assurance, IdentityLink, ResidentAccount, SignInWay, VerifiedPhone
from core.accounts.signed_in import begin_session
from core.accounts.staff_sign_in import SignInOutcome
from core.catalogue.regional import MessageChannel
from core.contact_numbers import parse_mobile
from core.database import new_id
from core.errors import Conflict, Invalid
from core.scopes import region_columns
from core.sessions import ScopedSession, found
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
    account = _account_of_phone(session, number) or open_account(session, number, now=now)
    account = _follow_verified_phone(session, account, number, now)
    token = begin_session(session, account, SignInWay.PHONE_CODE, now=now, ip=ip, device=device)
    audit.record(session, "sign-in", account, now=now, actor=Actor("resident", account.id))
    session.flush()
    return SignInOutcome(token=token, account_id=account.id)


def _account_of_phone(session: ScopedSession, phone: str) -> ResidentAccount | None:
    indexes = session.vault.index_all(PHONE_KIND, phone)
    return session.scalar(select(ResidentAccount).where(ResidentAccount.phone_index.in_(indexes)))


def open_account(session: ScopedSession, phone: str, *, now: datetime) -> ResidentAccount:
    """The account of a phone (normalised) that has shown a code, or of a demo's resident; needs a System session."""
    account = ResidentAccount(
        id=new_id(),
        phone_index=session.vault.index(PHONE_KIND, phone),
        assurance=Assurance.PHONE_VERIFIED,
        created_at=now,
    )
    session.vault.seal_into(account, "phone_sealed", phone)
    session.add(account)
    session.flush()
    audit.record(session, "resident.create", account, now=now, actor=Actor("resident", account.id))
    return account


def state_name(session: ScopedSession, account_id: uuid.UUID, name: str) -> None:
    """Keep the name a resident gave herself, for greeting her; it proves nothing and links to nobody."""
    account = found(session.get(ResidentAccount, account_id))
    session.vault.seal_into(account, "name_sealed", name)
    session.flush()


# --- which person an account is (decision 1) --------------------------------------------------------------------


def verify_phone(
    session: ScopedSession,
    actor: Actor,
    person_id: uuid.UUID,
    phone: str,
    *,
    region: str,
    evidence: str,
    now: datetime,
) -> None:
    """A clerk who has the person and her papers before her notes which phone is hers.

    From her next sign-in by code to that phone her account opens her register data. It tells the clerk nothing about
    whether there is an account. `evidence`: what was shown, without numbers.
    """
    actor.require(Permission.CASE_INTAKE)
    index = session.vault.index(PHONE_KIND, parse_mobile(phone))
    _note_phone(session, actor, person_id, index, evidence, now, region)


def give_up_phone(
    session: ScopedSession, actor: Actor, person_id: uuid.UUID, phone: str, *, now: datetime
) -> None:
    """The phone is no longer hers (lost, sold, passed on): a code to it opens nothing of hers any more."""
    actor.require(Permission.CASE_INTAKE)
    rows = session.scalars(
        select(VerifiedPhone).where(
            VerifiedPhone.person_id == person_id,
            VerifiedPhone.phone_index.in_(session.vault.index_all(PHONE_KIND, parse_mobile(phone))),
            VerifiedPhone.ended_at.is_(None),
        )
    ).all()
    for row in rows:
        row.ended_at = now
        audit.record(session, "resident.phone", row, now=now, actor=actor)
    session.flush()


def _people_of_phone(session: ScopedSession, indexes: Sequence[bytes]) -> set[uuid.UUID]:
    rows = session.scalars(
        select(VerifiedPhone.person_id).where(
            VerifiedPhone.phone_index.in_(indexes), VerifiedPhone.ended_at.is_(None)
        )
    )
    return set(rows)


def _follow_verified_phone(
    session: ScopedSession, account: ResidentAccount, phone: str, now: datetime
) -> ResidentAccount:
    """The account to sign in to: linked by the phone an office verified; a new one when that phone changed hands.

    A phone verified for several people links to none of them; see `claim_person`.
    """
    people = _people_of_phone(session, session.vault.index_all(PHONE_KIND, phone))
    if account.assurance is Assurance.WINDOW_CHECKED and account.person_id not in people:
        # the number was given up and has a new owner, who must not find the drafts of the one before
        account.phone_index, account.phone_sealed = None, None
        session.flush()
        account = open_account(session, phone, now=now)
    if account.person_id is None and len(people) == 1:
        _link(session, account, people.pop(), Assurance.WINDOW_CHECKED, job_actor("sign-in"), now, "")
    return account


def claim_person(
    session: ScopedSession, account_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> bool:
    """Link an account to one of the people its phone was verified for, as where a family shares one phone.

    False, and nothing else, for anyone whose phone was not verified as this person's, whatever she knows of her: what
    is shown must not differ from the answer for a person who does not exist. Needs a System session.
    """
    account: ResidentAccount = found(session.get(ResidentAccount, account_id))
    mine = [] if account.phone_index is None else [account.phone_index]
    if account.person_id is not None or person_id not in _people_of_phone(session, mine):
        return account.person_id == person_id
    _link(session, account, person_id, Assurance.WINDOW_CHECKED, job_actor("sign-in"), now, "")
    return True


def raise_assurance(
    session: ScopedSession,
    actor: Actor,
    account_id: uuid.UUID,
    person_id: uuid.UUID,
    level: Assurance,
    evidence: str,
    *,
    now: datetime,
) -> None:
    """Link an account to a person after a check at the window, or on the word of an identity provider (a job actor).

    Needs a System session. Raises NotAllowed without the right, Invalid for a level that links to nobody, Conflict for
    an account that is someone else already.
    """
    actor.require(Permission.CASE_INTAKE)
    if level.rank < Assurance.WINDOW_CHECKED.rank:
        raise Invalid(N_("自己填写的姓名和证件号不能用来打开档案"), field="level")
    account = found(session.get(ResidentAccount, account_id))
    if level is Assurance.WINDOW_CHECKED and account.phone_index is not None:
        _note_phone(session, actor, person_id, account.phone_index, evidence, now)
    _link(session, account, person_id, level, actor, now, evidence)


def _note_phone(
    session: ScopedSession,
    actor: Actor,
    person_id: uuid.UUID,
    index: bytes,
    evidence: str,
    now: datetime,
    region: str = "",
) -> None:
    row = VerifiedPhone(
        id=new_id(),
        person_id=person_id,
        phone_index=index,
        evidence=audit.without_numbers(evidence)[:120],
        verified_at=now,
        verified_by=actor.account_id,
        **region_columns(region or actor.node or NATION),
    )
    session.add(row)
    audit.record(session, "resident.phone", row, now=now, actor=actor, reason=evidence)
    session.flush()


def _link(
    session: ScopedSession,
    account: ResidentAccount,
    person_id: uuid.UUID,
    level: Assurance,
    actor: Actor,
    now: datetime,
    evidence: str,
) -> None:
    if account.person_id not in {None, person_id}:
        raise Conflict(N_("这个账号已经是另一个人的，请先由本人到窗口更正"))
    before = account.assurance
    account.person_id = person_id
    account.assurance = max(before, level, key=lambda each: each.rank)
    audit.record(
        session,
        "resident.assurance",
        account,
        now=now,
        actor=actor,
        person_id=person_id,
        reason=evidence,
        changes={"assurance": [before.value, account.assurance.value]},
    )
    session.flush()


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
        _link(session, account, person_id, Assurance.IDENTITY_PROVIDER, vouched, now, "")
    token = begin_session(session, account, SignInWay.IDENTITY_PROVIDER, now=now, ip=ip, device=device)
    audit.record(session, "sign-in", account, now=now, actor=Actor("resident", account.id))
    session.flush()
    return SignInOutcome(token=token, account_id=account.id)


def _account_for_identity(
    session: ScopedSession, phone: str, person_id: uuid.UUID | None, now: datetime
) -> ResidentAccount:
    account = _account_of_phone(session, parse_mobile(phone)) if phone else None
    if account is not None and account.person_id in {None, person_id}:
        return account
    account = ResidentAccount(id=new_id(), assurance=Assurance.IDENTITY_PROVIDER, created_at=now)
    session.add(account)
    session.flush()
    return account
