"""What templates show is escaped, whatever kind of value it is."""

from __future__ import annotations

from enum import StrEnum

import pytest
from flask import Flask
from jinja2 import StrictUndefined, UndefinedError, pass_context
from markupsafe import Markup

from core.web.template_engine import TemplateEngine


class Word(StrEnum):
    SHARP = "<b>"


@pytest.fixture
def engine() -> TemplateEngine:
    return TemplateEngine(Flask("pages"), autoescape=True, undefined=StrictUndefined)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<i>'&\"", "&lt;i&gt;&#39;&amp;&#34;"),
        (Word.SHARP, "&lt;b&gt;"),
        (Markup("<i>"), "<i>"),
        (7, "7"),
        (None, "None"),
        (["<"], "[&#39;&lt;&#39;]"),
    ],
)
def test_a_value_is_escaped_once_unless_it_is_markup(
    engine: TemplateEngine, value: object, shown: str
) -> None:
    page = "{% macro cell(v) %}<td>{{ v }}</td>{% endmacro %}{% set kept %}{{ v }}{% endset %}{{ cell(v) }}{{ kept }}"
    assert engine.from_string(page).render(v=value) == f"<td>{shown}</td>{shown}"


def test_a_value_that_is_missing_is_a_fault(engine: TemplateEngine) -> None:
    with pytest.raises(UndefinedError):
        engine.from_string("{{ nothing }}").render()


def test_an_imported_macro_knows_the_globals_added_before_it_is_first_used(engine: TemplateEngine) -> None:
    engine.globals["greeting"] = "<hello>"
    macro = engine.from_string("{% macro greet() %}{{ greeting }}{% endmacro %}")
    assert engine.from_string("{% from m import greet %}{{ greet() }}").render(m=macro) == "&lt;hello&gt;"


def test_what_is_called_by_its_name_gets_its_arguments_and_its_answer_is_escaped(
    engine: TemplateEngine,
) -> None:
    engine.globals["told"] = lambda *given, **named: f"<{given}{named}>"
    page = (
        "{% macro pair(a, b='c') %}{{ a }}{{ b }}{{ caller() if caller is defined }}{% endmacro %}"
        "{{ pair('<', b=told(1, x=2)) }}{% call pair('d') %}!{% endcall %}{{ told(**{'class': 3}) }}{{ told(class=4) }}"
    )
    shown = "&lt;&lt;(1,){&#39;x&#39;: 2}&gt;dc!&lt;(){&#39;class&#39;: 3}&gt;&lt;(){&#39;class&#39;: 4}&gt;"
    assert engine.from_string(page).render() == shown


def test_a_function_that_asks_for_the_context_is_given_it(engine: TemplateEngine) -> None:
    @pass_context
    def whose(context, word: str) -> str:
        return f"{word} {context['name']}"

    engine.globals["whose"] = whose
    assert engine.from_string("{{ whose('<') }}").render(name="罗平") == "&lt; 罗平"
