"""Names on the register: what is stored plain, what sealed, and the two-character index to find them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

CHILD_AGE = 14  # PIPL art. 28: everything about a minor under 14 is sensitive


def age_on(birth: date, day: date) -> int:
    """Full years, reached on the birthday; born 29 February: 1 March in common years (domain part 7)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_young_child(birth: date, day: date) -> bool:
    """Under 14: the name is sealed and not searchable (decision 17)."""
    return age_on(birth, day) < CHILD_AGE


def bigrams(name: str) -> Iterator[str]:
    """Each pair of neighbouring characters, once; a one-character name yields itself."""
    letters = name.replace(" ", "")
    pairs = {letters[i : i + 2] for i in range(len(letters) - 1)} or {letters}
    yield from sorted(pairs)
