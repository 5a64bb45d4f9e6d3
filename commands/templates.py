"""Finds the faults of Jinja templates that no page needs to be opened for: they compile, and what they name exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, meta

# folders of templates that come with libraries, by the first part of their name
OF_LIBRARIES = ("bootstrap5/", "bootstrap/", "base/")


def template_folders(root: Path) -> list[Path]:
    """Every folder called `templates` of the house: core.web, portal, admin and each pack."""
    return sorted(
        folder
        for top in ("core/web", "portal", "admin", "plugins")
        for folder in (root / top).rglob("templates")
    )


def templates(root: Path) -> Iterator[tuple[str, Path]]:
    """Each template as (name it is included by, file)."""
    for folder in template_folders(root):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".txt", ".xml", ".svg"}:
                yield path.relative_to(folder).as_posix(), path


class _AnyName(dict[str, object]):
    """Filters and tests of the app are registered by the app; here only the grammar is looked at."""

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: object = None) -> object:  # the compiler asks by get, not by []
        return super().get(name, default) or self[name]

    def __missing__(self, name: str) -> object:
        return lambda *values, **_: values[0] if values else ""


def faults_in_templates(root: Path) -> list[str]:
    """One line per fault, with file and line: a template that does not compile, or names one that does not exist."""
    environment = Environment(
        undefined=StrictUndefined, autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"]
    )
    environment.filters = cast("Any", _AnyName(environment.filters))
    environment.tests = cast("Any", _AnyName(environment.tests))
    known = {name for name, _ in templates(root)}
    faults = []
    for name, path in templates(root):
        source = path.read_text(encoding="utf-8")
        try:
            environment.compile(source, name, str(path))
            named = meta.find_referenced_templates(environment.parse(source))
        except TemplateSyntaxError as error:
            faults.append(f"{path.relative_to(root)}:{error.lineno}: {error.message}")
            continue
        faults += [
            f"{path.relative_to(root)}: no template {other}"
            for other in named
            if other and other not in known and not other.startswith(OF_LIBRARIES)
        ]
    return faults
