"""Issuing a letter from its pack's template, and recording that it arrived."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from core import audit
from core.access import Actor
from core.catalogue import LetterDeclaration
from core.catalogue.letter_texts import letter_paragraphs
from core.database import new_id
from core.encryption import place_of
from core.errors import Blocked
from core.letters.citing import cited_in_full
from core.letters.models import Delivery, Letter
from core.masking import mask_name
from core.scopes import region_columns
from core.sessions import ScopedSession
from core.translations import N_


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the letter and where it belongs; `name` in full: a letter is a paper to the person (decision 17)."""

    name: str
    region_code: str
    case_id: uuid.UUID | None = None
    case_number: str = ""
    owner_account_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None


def render_letter(declaration: LetterDeclaration, fields: Mapping[str, object]) -> list[str]:
    """The paragraphs of the letter with its placeholders filled. Raises Blocked for a field the pack asks and nobody gave."""
    missing = [name for name in declaration.fields if name not in fields]
    if missing:
        raise Blocked(
            N_("《{title}》还缺内容：{missing}，补齐后再发。"),
            title=declaration.title,
            missing="、".join(missing),
        )
    return cited_in_full(letter_paragraphs(declaration, fields), declaration.legal_basis)


def issue_letter(
    session: ScopedSession,
    actor: Actor,
    declaration: LetterDeclaration,
    recipient: Recipient,
    fields: Mapping[str, object],
    *,
    now: datetime,
    due_on: date | None = None,
) -> Letter:
    """Write the letter as it leaves. A resident with an account has it at once; others wait for delivery."""
    paragraphs = render_letter(declaration, fields)
    letter = Letter(
        **region_columns(recipient.region_code),
        id=new_id(),
        number=_number(session, recipient, declaration),
        kind=declaration.kind,
        title=declaration.title,
        legal_basis=declaration.legal_basis,
        case_id=recipient.case_id,
        owner_account_id=recipient.owner_account_id,
        person_id=recipient.person_id,
        recipient_masked=mask_name(recipient.name),
        due_on=due_on,
        issued_at=now,
        issued_by=actor.account_id,
    )
    if recipient.owner_account_id is not None:
        letter.delivered_how, letter.delivered_at = Delivery.ACCOUNT, now
    content = {"recipient": recipient.name, "paragraphs": paragraphs}
    letter.content_sealed = session.vault.seal_json(place_of(letter, "content_sealed"), content)
    session.add(letter)
    session.flush()
    audit.record(session, "letter.send", letter, now=now)
    return letter


def _number(session: ScopedSession, recipient: Recipient, declaration: LetterDeclaration) -> str:
    """Case number and a serial within the case: MTYX-2026-000123-2."""
    if recipient.case_id is None:
        return f"{declaration.kind}-{new_id().hex[-8:]}"
    count = session.scalar(
        select(func.count()).select_from(Letter).where(Letter.case_id == recipient.case_id)
    )
    return f"{recipient.case_number}-{(count or 0) + 1}"


def record_delivery(session: ScopedSession, letter: Letter, how: Delivery, *, now: datetime) -> None:
    """Note how and when a paper letter reached its reader; once only."""
    if letter.delivered_at is not None:
        raise Blocked(N_("这封信已经登记送达，不用再登记。"))
    letter.delivered_how, letter.delivered_at = how, now
    session.flush()
    audit.record(session, "letter.deliver", letter, now=now)


def mark_read(session: ScopedSession, letter: Letter, *, now: datetime) -> None:
    """The reader opened her letter for the first time."""
    if letter.read_at is None:
        letter.read_at = now
        session.flush()
