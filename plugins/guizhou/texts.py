"""The Guizhou texts this pack stands on."""

from __future__ import annotations

GUIZHOU = "520000000000"
REVIEW_2023 = "黔民发〔2023〕2号"


def part(number: str) -> str:
    """A citation of a part of the review notice."""
    return f"{REVIEW_2023} {number}"
