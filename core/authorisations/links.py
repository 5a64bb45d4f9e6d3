"""A signer's own link: how it is found, and what she must show (a code to her phone, her ID number) before she signs."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import select

from core import audit
from core.access import Actor
from core.accounts.codes import CodeAnswer, check_code, send_code
from core.authorisations.days import china_day
from core.authorisations.models import Authorisation, PhoneStanding
from core.authorisations.phones import mobile_in
from core.authorisations.signer_secrets import read_secrets
from core.catalogue.regional import MessageChannel
from core.encryption import place_of
from core.errors import Blocked, Invalid, Problem
from core.identity_numbers import tidy_number
from core.sessions import ScopedSession, found
from core.translations import N_

audit.name_act("authorisation.code", N_("给签字人发验证码"))
audit.name_act("authorisation.prove", N_("签字人核对身份"))
audit.name_act("authorisation.link", N_("重新发签字链接"))
TRIES = 5
TICKET_LIFE = timedelta(minutes=30)
CODE_PURPOSE = "sign"
_CODE_TEXT = N_("【兜底】核对授权签字的验证码 {code}，{minutes} 分钟内有效。只用来签字，不要告诉别人。")
_AT_OFFICE = N_(
    "这份授权不用链接签：请签字人签在打印的授权书上交到镇里窗口，或者带上身份证到窗口签，一样有效。"
)
_WRONG = N_("身份证号码或者验证码不对。请对照证件和短信再填一次；一直不对的，请到窗口签。")


class LinkGone(Problem):
    """The link may not be signed by any more: expired, tried too often, or replaced. Told alike for all."""

    status = 410


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of code and ID number: a ticket for the browser, or a refusal. Commit whatever the outcome."""

    ticket: str = ""
    refusal: Problem | None = None


def new_token() -> tuple[str, bytes]:
    """A token for a link and its digest; only the digest is searched for."""
    token = secrets.token_urlsafe(24)
    return token, digest(token)


def digest(token: str) -> bytes:
    """SHA-256 of a token."""
    return hashlib.sha256(token.encode()).digest()


def find_link(session: ScopedSession, token: str) -> uuid.UUID | None:
    """The authorisation a link names, or None for a token nobody has. Needs a System session; reads nothing else."""
    return session.scalar(select(Authorisation.id).where(Authorisation.link_digest == digest(token)))


def check_open(row: Authorisation, now: datetime) -> None:
    """Raise LinkGone unless the link may still be used: before its day to sign, afterwards to see and to withdraw.

    Nobody signs by link for an adult, nor without a mobile phone that is hers alone (decision 8).
    """
    expired = row.link_expires_at is None or now >= row.link_expires_at
    done = row.signed_at is not None or row.refused_at is not None
    if not done and row.only_at_office(china_day(now)):
        raise LinkGone(_AT_OFFICE)
    if row.link_failures >= TRIES or row.superseded_at is not None or (expired and not done):
        raise LinkGone(N_("这个链接不能用了。请向申请人或者镇里窗口再要一个新的，也可以直接到窗口签。"))


def token_of(session: ScopedSession, row: Authorisation, now: datetime) -> str | None:
    """The token to show the applicant or a clerk while the link can be signed by; None when there is none."""
    if row.link_sealed is None or row.signed_at is not None or row.refused_at is not None:
        return None
    try:
        check_open(row, now)
    except LinkGone:
        return None
    token: str = session.vault.unseal(place_of(row, "link_sealed"), row.link_sealed)
    return token


def renew_link(session: ScopedSession, actor: Actor, row: Authorisation, *, now: datetime) -> str:
    """Give a waiting authorisation a fresh link; the old one is dead at once. Returns the token.

    Raises Blocked for what is settled already, or signed at the office only.
    """
    if row.signed_at is not None or row.refused_at is not None or row.superseded_at is not None:
        raise Blocked(N_("这份授权已经有了结果，不用再发链接。"))
    if row.only_at_office(china_day(now)):
        raise Blocked(_AT_OFFICE)
    token = give_link(session, row, now)
    session.flush()
    audit.record(session, "authorisation.link", row, now=now, actor=actor)
    return token


def give_link(session: ScopedSession, row: Authorisation, now: datetime) -> str:
    """A fresh token for a row, for as many days as it was asked with; whatever led to it before is dead."""
    token, row.link_digest = new_token()
    session.vault.seal_into(row, "link_sealed", token)
    row.link_expires_at = now + timedelta(days=int(row.terms["link_days"]))
    row.link_failures = 0
    row.ticket_digest, row.ticket_until = None, None
    return token


# --- what she must show -----------------------------------------------------------------------------------------


def send_signing_code(
    session: ScopedSession,
    authorisation_id: uuid.UUID,
    *,
    now: datetime,
    channels: Sequence[MessageChannel] = (),
    demo: bool = False,
) -> None:
    """Send a code to the phone declared for the signer; without one no link leads to her. Needs a System session.

    Raises Invalid when asked too often, LinkGone, Blocked where no channel can send.
    """
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    check_open(row, now)
    audit.record(session, "authorisation.code", row, now=now, actor=Actor("link"))
    send_code(
        session,
        mobile_in(read_secrets(session, row).signer_phone),
        purpose=f"{CODE_PURPOSE}:{row.id.hex}",
        text=_CODE_TEXT,
        now=now,
        channels=channels,
        demo=demo,
    )


def prove_signer(
    session: ScopedSession, authorisation_id: uuid.UUID, id_number: str, code: str, *, now: datetime
) -> Proof:
    """Compare the ID number by its index and the code with the one sent; both must fit. Needs a System session.

    Which of the two was wrong is not told, nor whether anyone of that number exists. After five failures the link is
    dead. Commit whatever comes: each try counts.
    """
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    try:
        check_open(row, now)
    except LinkGone as gone:
        return Proof(refusal=gone)
    numbers = session.vault.index_all("id_number", tidy_number(id_number))
    is_hers = row.signer_index is not None and any(compare_digest(row.signer_index, each) for each in numbers)
    phone = mobile_in(read_secrets(session, row).signer_phone)
    # the code is asked in any case, so that both answers cost the same and each try counts
    answer = check_code(session, phone, code, purpose=f"{CODE_PURPOSE}:{row.id.hex}", now=now)
    done = is_hers and bool(phone) and answer is CodeAnswer.RIGHT
    audit.record(session, "authorisation.prove", row, now=now, actor=Actor("link"), done=done)
    if not done:
        row.link_failures += 1
        session.flush()
        return Proof(refusal=Invalid(_WRONG, field="id_number"))
    ticket, row.ticket_digest = new_token()
    row.ticket_until = now + TICKET_LIFE
    row.phone = PhoneStanding.PROVED
    row.link_failures = 0
    session.flush()
    return Proof(ticket=ticket)


def holds_ticket(row: Authorisation, ticket: str, now: datetime) -> bool:
    """Whether this browser gave code and ID number within the last half hour."""
    if row.ticket_digest is None or row.ticket_until is None or now >= row.ticket_until:
        return False
    return compare_digest(row.ticket_digest, digest(ticket))
