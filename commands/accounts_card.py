"""The card of accounts that a first start prints: whom to sign in as, each password made at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width


class FirstAccount(NamedTuple):
    """Where, as what and who (永兴镇 · 镇经办 · 石梅), and how to sign in: a name and a password, or a phone number alone."""

    role: str
    sign_in: str
    password: str


def card(accounts: Sequence[FirstAccount]) -> str:
    """The accounts as lines whose columns stand below one another in a terminal."""
    widths = [max((_width(row[column]) for row in accounts), default=0) for column in range(3)]
    return "\n".join(
        "  "
        + "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in accounts
    )


def _width(words: str) -> int:
    # a Chinese character takes two columns of a terminal
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in words)
