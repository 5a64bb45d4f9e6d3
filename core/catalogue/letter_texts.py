"""Letter templates: one environment to check them at start and to fill them when a letter is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from jinja2 import StrictUndefined, meta
from jinja2.sandbox import SandboxedEnvironment

from core.catalogue.schemes import LetterDeclaration


def day_in_words(day: date) -> str:
    """`2026年11月22日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def yuan_in_figures(fen: int) -> str:
    """Fen as `1,234.50`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


# packs are installed code, yet their letter texts need no more than placeholders, conditions and two filters
LETTER_TEXTS = SandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)
LETTER_TEXTS.filters["day"] = day_in_words
LETTER_TEXTS.filters["yuan"] = yuan_in_figures


def letter_paragraphs(declaration: LetterDeclaration, fields: Mapping[str, object]) -> list[str]:
    """The letter's paragraphs, filled. Raises jinja2.UndefinedError for a field that nobody gave."""
    text = LETTER_TEXTS.from_string(declaration.template.read_text(encoding="utf-8")).render(dict(fields))
    return [line.strip() for line in text.splitlines() if line.strip()]


def fields_used(declaration: LetterDeclaration) -> frozenset[str]:
    """Every placeholder of the template. Raises OSError for a missing file, TemplateError for a broken one."""
    source = declaration.template.read_text(encoding="utf-8")
    LETTER_TEXTS.from_string(source)
    return frozenset(meta.find_undeclared_variables(LETTER_TEXTS.parse(source)))
