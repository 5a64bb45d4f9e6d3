"""Reading letters: those of a case, and one with its text opened."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.encryption import place_of
from core.letters.models import Letter
from core.sessions import ScopedSession, found


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter with its recipient's full name and its paragraphs."""

    letter: Letter
    recipient: str
    paragraphs: list[str]


def letters_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Letter]:
    """The letters of a case, newest first."""
    return session.scalars(
        select(Letter).where(Letter.case_id == case_id).order_by(Letter.issued_at.desc(), Letter.id.desc())
    ).all()


def letter_text(session: ScopedSession, letter_id: uuid.UUID) -> LetterText:
    """One letter, opened; NotFound out of scope."""
    letter: Letter = found(session.get(Letter, letter_id))
    content = session.vault.unseal_json(place_of(letter, "content_sealed"), letter.content_sealed)
    return LetterText(letter, content["recipient"], content["paragraphs"])
