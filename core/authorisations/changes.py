"""What becomes of an authorisation: signed, refused, decided after a refusal, withdrawn, asked again, ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.authorisations.again import ask_again
from core.authorisations.asking import check_ticked, create_for_case
from core.authorisations.days import china_day, last_day
from core.authorisations.links import LinkGone, check_open, holds_ticket
from core.authorisations.models import Authorisation, AuthorisationState, Decision, SignerRole, SigningLevel
from core.authorisations.wards import NO_PROOF, becomes_her_own, refuse_from_afar
from core.errors import Blocked, Invalid, NotAllowed
from core.scopes import Own
from core.sessions import ScopedSession, found
from core.translations import N_

__all__ = [
    "Signature",
    "ask_again",
    "create_for_case",
    "decide_refusal",
    "end_for_case",
    "link_people",
    "refuse",
    "revoke",
    "sign",
]
audit.name_act("authorisation.decide", N_("对拒签作出决定"))
audit.name_act("authorisation.end", N_("核对授权随救助结束"))
_AT_OFFICE = frozenset({SigningLevel.WINDOW, SigningLevel.PAPER})


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signer gave. `document_id`: her signature or the signed paper; `ticket`: of a browser that came by link.

    For an adult for whom a guardian was named: `guardianship_id`, the paper (DocumentKind.GUARDIANSHIP) that shows who may
    sign for her, or `herself`, when she signed before the clerk after all.
    """

    level: SigningLevel
    sources: Sequence[str]
    document_id: uuid.UUID | None
    agreed: bool
    ticket: str = ""
    guardianship_id: uuid.UUID | None = None
    herself: bool = False


def sign(
    session: ScopedSession,
    actor: Actor,
    authorisation_id: uuid.UUID,
    signature: Signature,
    *,
    now: datetime,
    signed_on: date | None = None,
) -> Authorisation:
    """Sign a waiting authorisation; it is valid from that day for the months that were asked.

    `signed_on`: the day written on a paper, not later than today and not before it was asked. Raises Invalid (fields
    `sources`, `signature`, `agreed`, `signed_on`, `guardianship`), Blocked when there is nothing to sign any more, LinkGone,
    NotAllowed.
    """
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    _check_signer(row, actor, signature, now)
    day = china_day(now)
    if row.state(day) is not AuthorisationState.WAITING or row.superseded_at is not None:
        raise Blocked(N_("这份授权已经有了结果，不能再签。请刷新看看现在的情况。"))
    ticked = check_ticked([each["code"] for each in row.sources_asked], signature.sources)
    if not signature.agreed:
        raise Invalid(N_("请看清楚（或者请人念），再勾“我愿意”。"), field="agreed")
    if signature.document_id is None:
        raise Invalid(N_("还没有签名：请在框里签，或者上传签好的纸。"), field="signature")
    of_age = row.is_for_adult_ward(day)
    if of_age and not signature.herself and signature.guardianship_id is None:
        raise Invalid(NO_PROOF, field="guardianship")
    first = signed_on or day
    if first > day or first < china_day(row.asked_at) - timedelta(days=_PAPER_DAYS):
        raise Invalid(N_("签字日期不对：不能晚于今天，也不能比申请早很多。"), field="signed_on")
    row.sources_ticked = ticked
    row.signed_at, row.level = now, signature.level
    row.valid_from, row.valid_to = first, last_day(first, int(row.terms["months"]))
    row.signature_document_id = signature.document_id
    if of_age and signature.herself:
        becomes_her_own(session, row)
    elif of_age:
        row.guardianship_document_id = signature.guardianship_id
    row.recorded_by = actor.account_id if signature.level in _AT_OFFICE else None
    row.ticket_digest, row.ticket_until = None, None
    session.flush()
    act = "authorisation.scan" if signature.level in _AT_OFFICE else "authorisation.sign"
    audit.record(session, act, row, now=now, actor=actor)
    return row


# a paper may have been signed at home before the application came in
_PAPER_DAYS = 31


def _check_signer(row: Authorisation, actor: Actor, signature: Signature, now: datetime) -> None:
    if signature.level not in _AT_OFFICE and row.is_for_adult_ward(china_day(now)):
        raise refuse_from_afar()
    match signature.level:
        case SigningLevel.WINDOW | SigningLevel.PAPER:
            actor.require(Permission.AUTHORISATION_SCAN)
        case SigningLevel.LINK_AND_CODE:
            if actor.kind != "link":
                raise NotAllowed(_NOT_HERS)
            check_open(row, now)
            if not holds_ticket(row, signature.ticket, now):
                raise LinkGone(N_("核对身份已经过了半小时，请重新填身份证号码和验证码。"))
        case SigningLevel.APPLICANT_SESSION:
            _check_applicant(row, actor)
        case SigningLevel.IDENTITY_PROVIDER:
            if actor.kind != "resident" or not _is_signer(row, actor):
                raise NotAllowed(_NOT_HERS)


_NOT_HERS = N_("只能由本人（孩子由监护人）签字或撤回。")


def _check_applicant(row: Authorisation, actor: Actor) -> None:
    is_owner = actor.kind == "resident" and actor.account_id == row.owner_account_id
    if not (is_owner and row.by_applicant):
        raise NotAllowed(_NOT_HERS)


def _is_signer(row: Authorisation, actor: Actor) -> bool:
    """Whether a resident is the one who signs: the applicant for what she signs, or the person of her own account."""
    if row.owner_account_id is not None and actor.account_id == row.owner_account_id and row.by_applicant:
        return True
    session = sa_inspect(row).session
    scope = getattr(session, "scope", None)
    own_person = scope.person_id if isinstance(scope, Own) else None
    return own_person is not None and own_person == row.person_id and row.role is not SignerRole.GUARDIAN


def refuse(
    session: ScopedSession,
    actor: Actor,
    authorisation_id: uuid.UUID,
    reason: str,
    *,
    now: datetime,
    ticket: str = "",
) -> Authorisation:
    """Record that she does not agree; nothing follows by itself (decision 8). Raises Blocked, LinkGone, NotAllowed."""
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    if actor.kind == "staff":
        actor.require(Permission.AUTHORISATION_SCAN)
    elif actor.kind == "link":
        check_open(row, now)
        if not holds_ticket(row, ticket, now):
            raise LinkGone(N_("核对身份已经过了半小时，请重新填身份证号码和验证码。"))
    elif not _is_signer(row, actor):
        raise NotAllowed(_NOT_HERS)
    if row.signed_at is not None or row.refused_at is not None or row.superseded_at is not None:
        raise Blocked(N_("这份授权已经有了结果。签过的要收回，请点“撤回”。"))
    row.refused_at = now
    row.recorded_by = actor.account_id if actor.kind == "staff" else None
    if reason.strip():
        session.vault.seal_into(row, "refusal_sealed", reason.strip()[:500])
    session.flush()
    audit.record(session, "authorisation.refuse", row, now=now, actor=actor)
    return row


def decide_refusal(
    session: ScopedSession,
    actor: Actor,
    authorisation_id: uuid.UUID,
    decision: Decision,
    reason: str,
    *,
    now: datetime,
) -> Authorisation:
    """The clerk's decision after a refusal, with a reason: ask again, or for a supporter go on without.

    Returns the row that counts from now on. A member of the household cannot be left out: without her the check does
    not begin (57号 第九、二十九条). Raises Invalid (fields `reason`, `decision`), Blocked.
    """
    actor.require(Permission.AUTHORISATION_SCAN)
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    if row.refused_at is None or row.decision is not None:
        raise Blocked(N_("没有等您决定的拒签。请刷新看看现在的情况。"))
    if not reason.strip():
        raise Invalid(N_("请写明理由，会和案件一起保存。"), field="reason")
    if decision is Decision.WITHOUT and row.role is not SignerRole.SUPPORTER:
        raise Invalid(
            N_("共同生活的家人不能略过。可以再请她签；坚决不签的，按不配合核对办理。"), field="decision"
        )
    row.decision, row.decision_reason = decision, reason.strip()
    row.decided_at, row.decided_by = now, actor.account_id
    session.flush()
    audit.record(session, "authorisation.decide", row, now=now, actor=actor, reason=reason)
    return ask_again(session, actor, row, now=now) if decision is Decision.ASK_AGAIN else row


def revoke(
    session: ScopedSession,
    actor: Actor,
    authorisation_id: uuid.UUID,
    *,
    now: datetime,
    ticket: str = "",
    reason: str = "",
) -> Authorisation:
    """Take a signature back; from this moment nothing may be asked (PIPL 15). What was asked before stays valid.

    Pages call `core.verification.withdrawals.withdraw_authorisation`, which also stops the requests that wait. `reason` only
    for a clerk who notes that the signer said so at the window. Raises Blocked when nothing is signed, NotAllowed.
    """
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    if actor.kind == "staff":
        actor.require(Permission.AUTHORISATION_SCAN)
        if not reason.strip():
            raise Invalid(N_("请写明是谁、怎样提出撤回的。"), field="reason")
    elif actor.kind == "link":
        if not holds_ticket(row, ticket, now):
            raise LinkGone(N_("核对身份已经过了半小时，请重新填身份证号码和验证码。"))
    elif not _is_signer(row, actor):
        raise NotAllowed(_NOT_HERS)
    if row.signed_at is None or row.revoked_at is not None:
        raise Blocked(N_("这份授权没有签过，或者已经撤回，不用再撤。"))
    row.revoked_at = now
    session.flush()
    audit.record(session, "authorisation.withdraw", row, now=now, actor=actor, reason=reason)
    return row


def link_people(session: ScopedSession, case_id: uuid.UUID, persons: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """The family of a case is on the register: whoever signed in as herself sees what was signed about her (R2-17).

    `persons`: declared member to person of the register.
    """
    for row in session.scalars(select(Authorisation).where(Authorisation.case_id == case_id)):
        row.person_id = persons.get(row.member_id, row.person_id)
    session.flush()


def end_for_case(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID, *, now: datetime, from_day: date | None = None
) -> int:
    """Assistance or the case is over: its authorisations end on `from_day` (default today). Returns how many."""
    rows = session.scalars(
        select(Authorisation).where(
            Authorisation.case_id == case_id,
            Authorisation.revoked_at.is_(None),
            Authorisation.ended_on.is_(None),
        )
    ).all()
    for row in rows:
        row.ended_on = from_day or china_day(now)
        audit.record(session, "authorisation.end", row, now=now, actor=actor)
    session.flush()
    return len(rows)
