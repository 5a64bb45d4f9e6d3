"""Documents in letters are named so that a family can look them up: in full once, then by their title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# 《…办法》（民发〔2021〕57号）, as a pack cites what its letter stands on
_IN_FULL = re.compile(r"(《[^》]+》)（[^（）]*〔[0-9]{4}〕([0-9]+号)）")


def cited_in_full(paragraphs: Sequence[str], legal_basis: str) -> list[str]:
    """The paragraphs with offices' short form of a document ("57号 第九条") written out as `legal_basis` names it.

    The first mention is `《…》（民发〔2021〕57号）第九条`, each later one `《…》第九条`.
    """
    told = list(paragraphs)
    for document in _IN_FULL.finditer(legal_basis):
        names = _names(document[0], document[1], told=any(document[0] in each for each in told))
        # behind 〔2021〕 it has its year, and is no short form
        short = re.compile(rf"(?<![0-9〕]){document[2]} ?(?=第)")
        told = [short.sub(lambda _: next(names), each) for each in told]  # noqa: B023  (used at once)
    return told


def _names(in_full: str, title: str, *, told: bool) -> Iterator[str]:
    if not told:
        yield in_full
    while True:
        yield title
