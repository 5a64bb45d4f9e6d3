"""The applicant enters or corrects the phone of somebody who still must sign, while that person has shown no code to it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.accounts.codes import PHONE_KIND
from core.accounts.models import ResidentAccount, VerifiedPhone
from core.accounts.residents import account_phone
from core.authorisations.coverage import current
from core.authorisations.days import china_day
from core.authorisations.links import give_link
from core.authorisations.models import Authorisation, AuthorisationState, PhoneStanding
from core.authorisations.phones import DeclaredPhone, mobile_in, sharing_a_phone, standing_of
from core.authorisations.signer_secrets import change_secrets, read_secrets
from core.contact_numbers import parse_mobile
from core.errors import Blocked, Invalid, NotAllowed
from core.sessions import ScopedSession, found
from core.translations import N_

audit.name_act("authorisation.phone", N_("填写或更正签字人的手机号"))
_NOT_YOURS = N_("只有申请人能填家里人签字用的手机号。")
SETTLED = N_("这份授权现在不用填手机号。请刷新看看现在的情况。")
_HERS = N_("这个号码本人已经用过，不能在这里换。换了手机的，请本人带身份证到窗口签，或者签在纸上。")
_ANOTHERS = N_(
    "这是您的或者家里别人的手机，收验证码分不清是谁在签。请填本人自己的号码；本人没有手机的，签在纸上或者到窗口签。"
)


def may_enter_phone(row: Authorisation, actor: Actor, now: datetime) -> bool:
    """Whether `actor` may give this signer another phone: the applicant, while she waits and a link could lead to her."""
    day = china_day(now)
    waits = row.state(day) is AuthorisationState.WAITING and row.superseded_at is None
    by_link = row.signer_index is not None and not (row.by_applicant or row.is_for_adult_ward(day))
    is_owner = actor.kind == "resident" and actor.account_id == row.owner_account_id
    return is_owner and waits and by_link and row.phone is not PhoneStanding.PROVED


def change_signer_phone(
    session: ScopedSession, actor: Actor, authorisation_id: uuid.UUID, phone: str, *, now: datetime
) -> None:
    """Note `phone` (as typed) for the signer of a row and of every other row she signs in the case; their links are fresh.

    It must be a mobile that is hers alone: a phone the family shares signs for nobody from afar (decision 8). What she has
    shown a code to, or an office looked at, is not replaced by another's word. Whoever shared her old phone may be alone
    with it now, and gets a link. Needs a System session. Raises NotAllowed, Blocked, Invalid (field `mobile`).
    """
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    if actor.kind != "resident" or actor.account_id != row.owner_account_id:
        raise NotAllowed(_NOT_YOURS)
    number = parse_mobile(phone)
    rows = current(session, row.case_id)
    hers = [each for each in rows if each.signer_member_id == row.signer_member_id]
    if any(each.phone is PhoneStanding.PROVED for each in hers) or _seen_at_office(session, rows, row):
        raise Blocked(_HERS)
    if not may_enter_phone(row, actor, now):
        raise Blocked(SETTLED)
    signer = row.signer_member_id
    declared = [each for each in _declared(session, rows) if each.key != signer]
    shared = sharing_a_phone([*declared, DeclaredPhone(signer, number, False)], _owner(session, row))
    if signer in shared or _verified_of(session, _relatives(session, rows, row), number):
        raise Invalid(_ANOTHERS, field="mobile")
    for each in hers:
        if each.signed_at is None:
            _write(session, each, number, now)
    _stand_anew(session, rows, now)
    session.flush()
    audit.record(session, "authorisation.phone", row, now=now, actor=actor)


def _owner(session: ScopedSession, row: Authorisation) -> str:
    return account_phone(session, row.owner_account_id)


def _declared(session: ScopedSession, rows: Sequence[Authorisation]) -> list[DeclaredPhone]:
    """The phone of every signer of a case, once."""
    applicants = {row.member_id for row in rows if row.is_applicant}
    # of somebody who signed for one and waits for another, what stands with the waiting one is newer
    by_age = sorted(rows, key=lambda row: row.signed_at is None)
    signers = {row.signer_member_id: row for row in by_age if row.signer_member_id is not None}
    return [
        DeclaredPhone(key, read_secrets(session, row).signer_phone, key in applicants)
        for key, row in signers.items()
    ]


def _seen_at_office(session: ScopedSession, rows: Sequence[Authorisation], row: Authorisation) -> bool:
    """Whether a clerk looked at the phone that stands there now, the signer's card in hand."""
    hers = {each.person_id for each in rows if each.member_id == row.signer_member_id}
    return _verified_of(session, hers - {None}, mobile_in(read_secrets(session, row).signer_phone))


def _relatives(
    session: ScopedSession, rows: Sequence[Authorisation], row: Authorisation
) -> Collection[uuid.UUID | None]:
    """Everybody of the case, and whose account applied, but the signer: as far as they are known on the register."""
    account = session.get(ResidentAccount, row.owner_account_id)
    family = {each.member_id: each.person_id for each in rows}
    signer = family.pop(row.signer_member_id, None) if row.signer_member_id else None
    return {*family.values(), account.person_id if account is not None else None} - {None, signer}


def _verified_of(session: ScopedSession, persons: Collection[uuid.UUID | None], number: str) -> bool:
    """Whether an office saw that this phone is one of these people's; each may have several."""
    seen = select(VerifiedPhone.id).where(
        VerifiedPhone.person_id.in_(persons),
        VerifiedPhone.phone_index.in_(session.vault.index_all(PHONE_KIND, number)),
        VerifiedPhone.ended_at.is_(None),
    )
    return session.scalar(seen.limit(1)) is not None


def _write(session: ScopedSession, row: Authorisation, number: str, now: datetime) -> None:
    change_secrets(session, row, signer_phone=number)
    row.phone_changed_at = now
    # what was sent to another phone opens nothing any more
    row.link_digest, row.link_sealed, row.link_expires_at = None, None, None


def _stand_anew(session: ScopedSession, rows: Sequence[Authorisation], now: datetime) -> None:
    """Say for every unsigned row how its phone stands now, and give a link to whom a code reaches."""
    day = china_day(now)
    sharing = sharing_a_phone(_declared(session, rows), _owner(session, rows[0]))
    for row in rows:
        if row.signed_at is not None or row.phone is PhoneStanding.PROVED:
            continue
        row.phone = standing_of(
            read_secrets(session, row).signer_phone, shared=row.signer_member_id in sharing
        )
        waits = row.state(day) is AuthorisationState.WAITING and not row.by_applicant
        if waits and row.link_digest is None and not row.only_at_office(day):
            give_link(session, row, now)
