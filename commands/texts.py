"""`./doudi texts`: collects the texts of pages and rooms into .po files, and brings these up to date, keeping what is translated."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from commands.places import ROOT
from core.web.messages import LANGUAGES, SOURCE_LANGUAGE, po_file

KEYWORDS: dict[str, None] = dict.fromkeys(("_", "N_", "gettext", "ngettext"))
JINJA_OPTIONS = {"extensions": "jinja2.ext.i18n,jinja2.ext.do"}
Found = tuple[str | tuple[str, str], str, int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`update` writes, `check` only tells what is missing (exit 1)."""
    parser.add_argument(
        "act", choices=("update", "check"), help="update 更新 .po 文件；check 只看还缺哪些英文"
    )


def run(arguments: argparse.Namespace) -> int:
    """Bring every package's files up to date, or say what they lack."""
    missing = 0
    for folder, sources in packages(ROOT):
        texts = list(texts_of(sources, ROOT))
        for language in LANGUAGES:
            if language == SOURCE_LANGUAGE:
                continue
            path = po_file(folder, language)
            catalog = updated(path, language, texts)
            lacking = [message for message in catalog if message.id and not message.string]
            missing += len(lacking)
            print(f"{path.relative_to(ROOT)}：{len(texts)} 处，还缺 {len(lacking)} 条译文")
            if arguments.act == "update":
                write(path, catalog)
    return 1 if missing and arguments.act == "check" else 0


def packages(root: Path) -> list[tuple[Path, list[Path]]]:
    """(translations folder, files it answers for): core with its web, portal, admin, each pack."""
    packs = sorted(path.parent for path in (root / "plugins").glob("*/__init__.py"))
    places = [
        (root / "core/web", root / "core"),
        (root / "portal",) * 2,
        (root / "admin",) * 2,
        *((p, p) for p in packs),
    ]
    return [(place / "translations", sorted(_sources(top))) for place, top in places]


def _sources(top: Path) -> Iterator[Path]:
    return (path for path in top.rglob("*") if _holds_texts(path))


def _holds_texts(path: Path) -> bool:
    if path.suffix == ".yaml":
        return path.parent.name == "parameters"
    return path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts)


def texts_of(sources: list[Path], root: Path) -> Iterator[Found]:
    """Every marked text with its file and line. A pack's declarations mark theirs with `N_` too."""
    for path in sources:
        if path.suffix == ".yaml":
            yield from ((text, path.relative_to(root).as_posix(), 0) for text in _texts_of_parameters(path))
            continue
        data = BytesIO(path.read_bytes())
        extracted = (
            extract_python(data, KEYWORDS, (), {"encoding": "utf-8"})
            if path.suffix == ".py"
            else babel_extract(data, tuple(KEYWORDS), (), JINJA_OPTIONS)
        )
        for line, function, found, _comments in extracted:
            text = _message(function, found)
            if text:
                yield text, path.relative_to(root).as_posix(), line


def _texts_of_parameters(path: Path) -> Iterator[str]:
    """What a parameter is called, and what is said in place of a document where none says anything."""
    parameters = yaml.safe_load(path.read_text(encoding="utf-8"))
    yield from (row["name"] for row in parameters.get("declarations") or () if row.get("name"))
    yield from (row["document"] for row in parameters.get("values") or () if row.get("default"))


def _message(function: object, found: object) -> str | tuple[str, str] | None:
    parts = list(found) if isinstance(found, (tuple, list)) else [found]
    words = [each for each in parts if isinstance(each, str) and each]
    if function == "ngettext":
        return (words[0], words[1]) if len(words) >= 2 else None
    return words[0] if words and words[0] is parts[0] else None


def updated(path: Path, language: str, texts: list[Found]) -> Catalog:
    """The catalogue in `path` with exactly these texts; translations kept, also of texts that came back."""
    before = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            before = read_po(file, locale=language)
    template = Catalog(locale=language)
    for text, name, line in texts:
        template.add(text, locations=[(name, line)])
    # a similar text is another text here: a wrong guess in a letter does harm
    before.update(template, no_fuzzy_matching=True)
    return before


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue so that only changed texts change the file: no line numbers, no dates of the day."""
    catalog.project, catalog.version = "Doudi", ""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, sort_by_file=True, include_lineno=False, ignore_obsolete=False, width=120)
