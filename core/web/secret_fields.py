"""Form fields for passwords and codes: never tidied, never shown again, never kept for a later try."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms.widgets import PasswordInput, TextInput

from core.web.fields import AnswerField

__all__ = ["CodeField", "SecretField"]


class SecretField(AnswerField):
    """A password, taken exactly as typed; the page that comes back holds it no more."""

    widget = PasswordInput(hide_value=True)
    attributes: ClassVar[Mapping[str, str]] = {"spellcheck": "false", "autocapitalize": "none"}

    def read(self, given: object) -> Any:
        return str(given)


class CodeField(AnswerField):
    """A one-time code of six digits; phones offer the one just received."""

    widget = TextInput()
    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "spellcheck": "false",
    }

    def read(self, given: object) -> Any:
        return str(given)

    def _value(self) -> str:
        return ""
