"""Reading authorisations: those of a case, those a resident has a part in, and one with its names opened."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core.authorisations.days import china_day, last_day
from core.authorisations.models import Authorisation, AuthorisationState
from core.authorisations.signer_secrets import SignerSecrets, read_secrets
from core.authorisations.texts import TEXTS, AuthorisationText, text_values
from core.sessions import ScopedSession, found


@dataclass(frozen=True, slots=True)
class OpenedAuthorisation:
    """One authorisation as its signer reads it: full names (a paper to the person, decision 17) and the words' values."""

    row: Authorisation
    name: str
    signer_name: str
    signer_phone: str
    text: AuthorisationText
    values: dict[str, object]


def authorisation(session: ScopedSession, authorisation_id: uuid.UUID) -> Authorisation:
    """One row; NotFound out of scope."""
    row: Authorisation = found(session.get(Authorisation, authorisation_id))
    return row


def open_authorisation(
    session: ScopedSession, authorisation_id: uuid.UUID, now: datetime
) -> OpenedAuthorisation:
    """One authorisation with its names in full and the text that was, or will be, signed."""
    row = authorisation(session, authorisation_id)
    opened = read_secrets(session, row)
    first: date = row.valid_from or china_day(now)
    last = row.valid_to or last_day(first, int(row.terms["months"]))
    values = text_values(
        row.terms,
        name=opened.name,
        signer=opened.signer_name,
        id_masked=row.id_masked,
        valid_from=first,
        valid_to=last,
    )
    return OpenedAuthorisation(
        row, opened.name, opened.signer_name, opened.signer_phone, TEXTS[row.text_version], values
    )


def secrets_of(session: ScopedSession, rows: Sequence[Authorisation]) -> dict[uuid.UUID, SignerSecrets]:
    """What is sealed with each authorisation, by its id, for the applicant's own pages."""
    return {row.id: read_secrets(session, row) for row in rows}


def mine(session: ScopedSession) -> Sequence[Authorisation]:
    """Every authorisation a resident's scope shows: of her own applications, and about herself; newest case first."""
    return session.scalars(
        select(Authorisation)
        .where(Authorisation.superseded_at.is_(None))
        .order_by(Authorisation.asked_at.desc(), Authorisation.position)
    ).all()


def history(session: ScopedSession, *case_ids: uuid.UUID) -> Sequence[Authorisation]:
    """All rounds of a case, or of several, for the file."""
    return session.scalars(
        select(Authorisation)
        .where(Authorisation.case_id.in_(case_ids))
        .order_by(Authorisation.position, Authorisation.round)
    ).all()


def unsigned_cases(
    session: ScopedSession, case_ids: Collection[uuid.UUID], day: date
) -> frozenset[uuid.UUID]:
    """Those of the cases in which somebody's signature is missing on `day`: not given, refused, withdrawn or run out."""
    rows = session.scalars(
        select(Authorisation).where(
            Authorisation.case_id.in_(case_ids), Authorisation.superseded_at.is_(None)
        )
    )
    settled = {AuthorisationState.SIGNED, AuthorisationState.WITHOUT}
    return frozenset(row.case_id for row in rows if row.state(day) not in settled)
