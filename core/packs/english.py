"""The texts a pack shows to people, and which of them its English file translates."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from core.catalogue import Pack

# fields of declarations that people read; citations (source, legal_basis) stay as the law prints them
SHOWN = frozenset(
    {
        "label", "title", "hint", "name", "law_name", "law_label", "purpose", "summary", "summary_with_figures", "gives",
        "text", "otherwise", "body", "items", "add_label", "public_kind", "register_title", "resident_title",
        "obtained_from",
    }
)  # fmt: skip
FILE = Path("translations") / "en" / "LC_MESSAGES" / "messages.po"


def texts_of(pack: Pack) -> frozenset[str]:
    """Every Chinese text in the pack's declarations that is shown to people."""
    declared = (
        pack.info,
        *pack.regions,
        *pack.schemes,
        *pack.scheme_amendments,
        *pack.forms,
        *pack.form_amendments,
        *pack.channels,
        *pack.identity_providers,
        *pack.blueprints,
    )
    return frozenset(text for row in declared for text in _shown(row) if not text.isascii())


def english_of(pack: Pack) -> frozenset[str]:
    """The msgids that the pack's English file translates; none when there is no file. Raises OSError, ValueError."""
    path = pack.folder / FILE
    if not path.exists():
        return frozenset()
    with path.open("rb") as file:
        return frozenset(
            str(message.id) for message in read_po(file, locale="en") if message.id and message.string
        )


def _shown(row: object) -> Iterator[str]:
    if isinstance(row, tuple):
        for each in row:
            yield from _shown(each)
    elif dataclasses.is_dataclass(row):
        for field in dataclasses.fields(row):
            value = getattr(row, field.name)
            if isinstance(value, str):
                if field.name in SHOWN and value:
                    yield value
            else:
                yield from _shown(value)
