"""Loads every messages.po of the house at start into one catalogue per language, without a compile step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape
from wtforms.i18n import get_builtin_gnu_translations

SOURCE_LANGUAGE = "zh_CN"
LANGUAGES = ("zh_CN", "en")


@dataclass(slots=True)
class Messages:
    """The texts of one language: by msgid, or by msgid and plural form; an unknown text stays as it is.

    `msgids`: the texts of the house in any language; whatever else a page shows may be somebody's and is not kept.
    """

    language: str
    texts: dict[str, str] = field(default_factory=dict)
    plurals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    msgids: frozenset[str] = frozenset()
    _shown: dict[str, Markup] = field(default_factory=dict)

    def gettext(self, text: str) -> str:
        return self.texts.get(text, text)

    def shown(self, text: str) -> Markup:
        """As gettext, escaped for a page: the same few texts stand on every one."""
        known = self._shown.get(text)
        if known is None:
            known = escape(self.gettext(text))
            if text in self.msgids:
                self._shown[text] = known
        return known

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        forms = self.plurals.get(singular)
        if forms is None:
            return self.gettext(singular if count == 1 else plural)
        return forms[0] if count == 1 or len(forms) == 1 else forms[1]

    def add_file(self, path: Path) -> None:
        """Add the finished translations of one .po file; the first file to speak of a text wins."""
        with path.open("rb") as file:
            for message in read_po(file, locale=self.language):
                if not message.id or message.fuzzy:
                    continue
                if isinstance(message.id, str):
                    if message.string and isinstance(message.string, str):
                        self.texts.setdefault(message.id, message.string)
                elif forms := tuple(form for form in message.string or () if form):
                    self.plurals.setdefault(message.id[0], forms)


def load_messages(folders: Iterable[Path]) -> dict[str, Messages]:
    """One catalogue per language from `<folder>/<language>/LC_MESSAGES/messages.po` of each folder."""
    catalogues = {language: Messages(language) for language in LANGUAGES}
    for folder in folders:
        for language, messages in catalogues.items():
            path = po_file(folder, language)
            if path.exists():
                messages.add_file(path)
    msgids = frozenset(text for messages in catalogues.values() for text in messages.texts)
    for messages in catalogues.values():
        messages.msgids = msgids
    return catalogues


def po_file(folder: Path, language: str) -> Path:
    """Where a folder keeps a language, as gettext's tools expect it."""
    return folder / language / "LC_MESSAGES" / "messages.po"


def translation_folders(root: Path) -> list[Path]:
    """The `translations` folders of core.web, portal, admin and every pack in the tree under `root`."""
    packs = sorted(path for path in (root / "plugins").glob("*/translations"))
    return [root / "core/web/translations", root / "portal/translations", root / "admin/translations", *packs]


def wtforms_messages(language: str) -> dict[str, str]:
    """The built-in sentences of WTForms in a language, for the few fields that use its own validators."""
    if language != SOURCE_LANGUAGE:
        return {}
    catalogue = get_builtin_gnu_translations(["zh"])
    texts = getattr(catalogue, "_catalog", {})
    return {key: value for key, value in texts.items() if isinstance(key, str) and key and value}
