"""The words of a page: the reader's language, translation of msgids, and problems told in that language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, has_app_context, has_request_context, request
from markupsafe import Markup, escape

from core.errors import Problem
from core.web.formats import day, moment
from core.web.messages import LANGUAGES, SOURCE_LANGUAGE, Messages
from core.web.proxies import belongings

__all__ = ["LANGUAGES", "N_", "SOURCE_LANGUAGE", "_", "gettext", "language", "ngettext", "text_of"]

LANGUAGE_COOKIE = "doudi_language"
EXTENSION = "doudi_messages"
_WISHES = {"zh": SOURCE_LANGUAGE, "zh_CN": SOURCE_LANGUAGE, "zh-CN": SOURCE_LANGUAGE, "en": "en"}


def N_(text: str) -> str:  # noqa: N802  (the name gettext tools look for)
    """Mark a text for translation that is shown later."""
    return text


def language() -> str:
    """`zh_CN` or `en`: as the address (`?lang=en`), the cookie, or nothing says; never guessed from the browser."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    found: str | None = belongings().get("language")
    if found is None:
        wish = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or ""
        found = g.language = _WISHES.get(wish, SOURCE_LANGUAGE)
    return found


def messages() -> Messages:
    """The catalogue of the reader's language."""
    found: Messages | None = belongings().get("messages")
    if found is None:
        found = current_app.extensions[EXTENSION][language()]
        if has_request_context():
            g.messages = found
    return found


def gettext(text: str, /, **values: Any) -> str:
    """`text` in the reader's language, its %(name)s or {name} filled from `values`."""
    translated = messages().gettext(text) if has_app_context() else text
    return fill(translated, values) if values else translated


def ngettext(singular: str, plural: str, count: int, /, **values: Any) -> str:
    """As gettext, of one or of many; `count` is also a value."""
    return fill(messages().ngettext(singular, plural, count), {"count": count, "num": count, **values})


_ = gettext


def fill(text: str, values: dict[str, Any]) -> str:
    """Put values in: %(name)s as templates write it, {name} as core does. Without values the text is left alone."""
    if not values:
        return text
    return text % values if "%(" in text else text.format(**values)


def text_of(problem: Problem) -> str:
    """The sentence of a problem in the reader's language; values that are themselves texts or days are put so too."""
    return message_text(problem.message, problem.values)


def message_text(message: str, values: Any) -> str:
    """A core msgid with its values in the reader's language."""
    known = messages()
    if not values:
        # a problem's braces are always placeholders, so a doubled one is a literal
        return known.gettext(message)
    return known.gettext(message).format(**{name: _shown(value, known) for name, value in values.items()})


def _shown(value: object, known: Messages) -> object:
    if isinstance(value, datetime):
        return moment(value, known.language)
    if isinstance(value, date):
        return day(value, known.language)
    if isinstance(value, str):
        return known.gettext(value)
    return value


# --- templates --------------------------------------------------------------------------------------------------


def _template_text(text: str, /, **values: Any) -> Markup:
    """`_()` of templates: text and values are escaped, markup passed as a value stays."""
    translated = messages().shown(str(text))
    if not values:
        return translated
    return translated % values if "%(" in translated else translated.format(**values)


def _template_ntext(singular: str, plural: str, count: int, /, **values: Any) -> Markup:
    translated = escape(messages().ngettext(singular, plural, count))
    filled = {"count": count, "num": count, "n": count, **values}
    return translated % filled if "%(" in translated else translated.format(**filled)


def install_texts(app: Flask, catalogues: dict[str, Messages]) -> None:
    """Give templates `_`, `ngettext` and {% trans %}."""
    app.extensions[EXTENSION] = catalogues
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Any = app.jinja_env
    # old style: {% trans %} bodies are trusted text of ours, while _() escapes whatever it is given
    install.install_gettext_callables(
        gettext=lambda text: messages().gettext(text),
        ngettext=lambda singular, plural, count: messages().ngettext(singular, plural, count),
        newstyle=False,
    )
    app.jinja_env.globals["_"] = _template_text
    app.jinja_env.globals["ngettext"] = _template_ntext
