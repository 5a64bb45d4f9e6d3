"""Reading letters: those of a case, and one with its text opened."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.encryption import place_of
from core.letters.models import Letter
from core.sessions import ScopedSession, found

_DAY = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter with its recipient's full name and its paragraphs, as `LetterDeclaration` says they follow one another."""

    letter: Letter
    recipient: str
    paragraphs: list[str]

    @property
    def greeting(self) -> str:
        """The line that names the reader; empty where the letter begins without."""
        first = self.paragraphs[0] if self.paragraphs else ""
        return first if first.endswith("：") else ""

    @property
    def end(self) -> list[str]:
        """Who sends it, and the day; nothing where the letter ends otherwise."""
        dated = bool(self.paragraphs) and _DAY.fullmatch(self.paragraphs[-1]) is not None
        return self.paragraphs[-2:] if dated else []

    @property
    def sender(self) -> str:
        """The office in whose name it left."""
        return self.end[0] if self.end else ""

    @property
    def body(self) -> list[str]:
        """What stands between the greeting and the end."""
        return self.paragraphs[bool(self.greeting) : len(self.paragraphs) - len(self.end)]


def letters_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[Letter]:
    """The letters of a case, newest first."""
    return session.scalars(
        select(Letter).where(Letter.case_id == case_id).order_by(Letter.issued_at.desc(), Letter.id.desc())
    ).all()


def numbered_items(text: LetterText) -> list[str]:
    """What a letter lists one by one: the missing papers of a deficiency letter, in its own words."""
    return [line.partition(". ")[2] for line in text.paragraphs if line[:1].isdigit() and ". " in line[:4]]


def letter_text(session: ScopedSession, letter_id: uuid.UUID) -> LetterText:
    """One letter, opened; NotFound out of scope."""
    letter: Letter = found(session.get(Letter, letter_id))
    content = session.vault.unseal_json(place_of(letter, "content_sealed"), letter.content_sealed)
    return LetterText(letter, content["recipient"], content["paragraphs"])
