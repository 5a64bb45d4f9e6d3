"""Which person an account is: checked at the window, her card in the clerk's hand and her phone in her own (decision 1)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.accounts.codes import PHONE_KIND
from core.accounts.models import Assurance, LoginSession, ResidentAccount, SignInWay, VerifiedPhone
from core.accounts.policy import POLICY
from core.contact_numbers import parse_mobile
from core.database import new_id
from core.errors import Conflict, Invalid
from core.masking import mask_mobile
from core.scopes import region_columns
from core.sessions import ScopedSession, found
from core.translations import N_

audit.name_act("resident.phone-end", N_("停用核对过的手机号"))
audit.name_act("resident.unlink", N_("证件号更正，居民账号不再打开档案"))
ID_CARD = N_("居民身份证原件，本人在场")
_NOT_JUST_NOW = N_(
    "这个号码 {minutes} 分钟内没有登录过。请本人现在用这部手机登录一次（打开网站，点“登录”，填短信验证码），再来核对。"
)
_ANOTHERS = N_("这个号码已经核对给另一个人，比如家里人合用。要改给现在这位，请那个人先来窗口停用。")


def account_of_phone(session: ScopedSession, phone: str) -> ResidentAccount | None:
    """The account that signs in by a phone (11 digits), if any. Needs a System session."""
    indexes = session.vault.index_all(PHONE_KIND, phone)
    row: ResidentAccount | None = session.scalar(
        select(ResidentAccount).where(ResidentAccount.phone_index.in_(indexes))
    )
    return row


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


def account_after_code(
    session: ScopedSession, account: ResidentAccount, phone: str, now: datetime
) -> ResidentAccount:
    """The account to sign in to: a new one when the number was given up and has a new owner.

    She must not find the drafts of the one before.
    """
    if account.assurance is Assurance.WINDOW_CHECKED and not _is_verified(session, account):
        _part_from_phone(session, account, now)
        return open_account(session, phone, now=now)
    return account


def check_at_window(
    session: ScopedSession,
    actor: Actor,
    person_id: uuid.UUID,
    phone: str,
    *,
    region: str,
    now: datetime,
    evidence: str = ID_CARD,
) -> None:
    """Link the account of `phone` to a person who stands at the window with her card; the phone is noted as hers.

    She signed in by a code to it within the hour before, so that a slip of the pen opens nobody else's file. `region`: the
    person's, in which the clerk works. Needs a System session. Raises NotAllowed, Invalid (field `mobile`) for what is no
    phone that just signed in, or for one verified as another person's.
    """
    actor.require(Permission.CASE_INTAKE, region)
    number = parse_mobile(phone)
    account = account_of_phone(session, number)
    if account is None or not _came_just_now(session, account.id, now):
        raise Invalid(_NOT_JUST_NOW, field="mobile", minutes=POLICY.window_sign_in // timedelta(minutes=1))
    if account.person_id not in {None, person_id}:
        if _is_verified(session, account):
            raise Invalid(_ANOTHERS, field="mobile")
        # an identity provider opened it for somebody who held this number before; she who holds it now starts afresh
        _part_from_phone(session, account, now)
        account = open_account(session, number, now=now)
    if account.person_id is None or not _is_verified(session, account):
        _note_phone(session, actor, person_id, account, number, evidence, now, region)
    link(session, account, person_id, Assurance.WINDOW_CHECKED, actor, now, evidence=evidence, region=region)


def verified_phones(session: ScopedSession, person_id: uuid.UUID) -> Sequence[VerifiedPhone]:
    """The phones that open a person's file, wherever they were verified, the newest first. Needs a System session."""
    return session.scalars(
        select(VerifiedPhone)
        .where(VerifiedPhone.person_id == person_id, VerifiedPhone.ended_at.is_(None))
        .order_by(VerifiedPhone.verified_at.desc(), VerifiedPhone.id.desc())
    ).all()


def give_up_phone(
    session: ScopedSession,
    actor: Actor,
    person_id: uuid.UUID,
    phone_id: uuid.UUID,
    *,
    region: str,
    now: datetime,
) -> None:
    """The phone is no longer hers (lost, sold, passed on): a code to it opens nothing of hers any more.

    Needs a System session. Raises NotAllowed, NotFound for another person's phone.
    """
    actor.require(Permission.CASE_INTAKE, region)
    row = found(
        session.scalar(
            select(VerifiedPhone).where(VerifiedPhone.id == phone_id, VerifiedPhone.person_id == person_id)
        )
    )
    if row.ended_at is None:
        row.ended_at, row.given_up = now, True
        audit.record(session, "resident.phone-end", row, now=now, actor=actor, region=region)
        session.flush()


def gave_up(session: ScopedSession, person_id: uuid.UUID | None, phone: str) -> bool:
    """Whether the office noted of a phone (11 digits) that it was hers and no longer is. Needs a System session."""
    known = session.scalars(
        select(VerifiedPhone).where(
            VerifiedPhone.person_id == person_id,
            VerifiedPhone.phone_index.in_(session.vault.index_all(PHONE_KIND, phone)),
        )
    ).all()
    return any(row.given_up for row in known) and all(row.ended_at for row in known)


def link(
    session: ScopedSession,
    account: ResidentAccount,
    person_id: uuid.UUID,
    level: Assurance,
    actor: Actor,
    now: datetime,
    *,
    evidence: str = "",
    region: str = "",
) -> None:
    """Make an account a person's, once; its assurance only rises. Raises Conflict for an account that is someone else's."""
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
        region=region,
        person_id=person_id,
        reason=evidence,
        changes={"assurance": [before.value, account.assurance.value]},
    )
    session.flush()


def unlink_person(
    session: ScopedSession, actor: Actor, person_id: uuid.UUID, *, now: datetime, region: str
) -> None:
    """Her number was another than the one these accounts and phones were checked by: none of them opens her file any more.

    Whoever was checked showed a card with the old number, and may be somebody else; she comes to the window with her card,
    or through an identity provider, once more (decision 1). What an account applied for stays its own. Needs a System session.
    """
    for phone in verified_phones(session, person_id):
        phone.ended_at = now
        audit.record(session, "resident.phone-end", phone, now=now, actor=actor, region=region)
    for account in session.scalars(select(ResidentAccount).where(ResidentAccount.person_id == person_id)):
        before = account.assurance
        account.person_id = None
        if before is Assurance.WINDOW_CHECKED:
            account.assurance = Assurance.PHONE_VERIFIED
        audit.record(
            session,
            "resident.unlink",
            account,
            now=now,
            actor=actor,
            region=region,
            person_id=person_id,
            changes={"assurance": [before.value, account.assurance.value]},
        )
    session.flush()


def _is_verified(session: ScopedSession, account: ResidentAccount) -> bool:
    """Whether the account's phone is noted as its person's today."""
    verified = select(VerifiedPhone.id).where(
        VerifiedPhone.person_id == account.person_id,
        VerifiedPhone.phone_index == account.phone_index,
        VerifiedPhone.ended_at.is_(None),
    )
    return session.scalar(verified.limit(1)) is not None


def _came_just_now(session: ScopedSession, account_id: uuid.UUID, now: datetime) -> bool:
    came = select(LoginSession.id).where(
        LoginSession.account_id == account_id,
        LoginSession.way == SignInWay.PHONE_CODE,
        LoginSession.began_at > now - POLICY.window_sign_in,
    )
    return session.scalar(came.limit(1)) is not None


def _part_from_phone(session: ScopedSession, account: ResidentAccount, now: datetime) -> None:
    """The number is not this account's any more, and whoever came in by it is signed out."""
    account.phone_index, account.phone_sealed = None, None
    logins = session.scalars(
        select(LoginSession).where(
            LoginSession.account_id == account.id,
            LoginSession.way == SignInWay.PHONE_CODE,
            LoginSession.ended_at.is_(None),
        )
    )
    for login in logins:
        login.ended_at = now
    session.flush()


def _note_phone(
    session: ScopedSession,
    actor: Actor,
    person_id: uuid.UUID,
    account: ResidentAccount,
    phone: str,
    evidence: str,
    now: datetime,
    region: str,
) -> None:
    row = VerifiedPhone(
        id=new_id(),
        person_id=person_id,
        phone_index=account.phone_index,
        phone_masked=mask_mobile(phone),
        evidence=audit.without_numbers(evidence)[:120],
        verified_at=now,
        verified_by=actor.account_id,
        **region_columns(region),
    )
    session.add(row)
    audit.record(session, "resident.phone", row, now=now, actor=actor, reason=evidence)
    session.flush()
