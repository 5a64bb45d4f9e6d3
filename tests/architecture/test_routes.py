"""The real application, looked at from outside: its addresses read as words, its templates compile with its filters."""

import re
from pathlib import Path

import pytest
from jinja2 import StrictUndefined

from app import create_app
from commands.db import upgrade
from commands.places import ROOT
from commands.templates import templates
from core.settings import Settings


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = tmp_path_factory.mktemp("house")
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'doudi.sqlite'}", testing=True)
    upgrade(settings)
    return create_app(settings)


def words_of(rule):
    """The parts of an address that are written, not filled in."""
    return [part for part in re.sub(r"<[^>]*>", "", rule).split("/") if part]


def test_every_address_is_lower_case_words_joined_by_dashes(app):
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.csv)?", word) for word in words_of(rule.rule))
    ]
    assert not odd


def test_no_address_carries_anything_but_ids_and_codes(app):
    """A name, a number of a person or free text in an address would end in a log and in a browser's history."""
    personal = {"full_name", "phone", "id_number", "card", "address", "text", "password"}
    assert not [rule.rule for rule in app.url_map.iter_rules() if personal & rule.arguments]


def test_there_is_an_application_to_look_at(app):
    assert len(list(app.url_map.iter_rules())) > 20


def test_every_template_compiles_with_the_filters_of_the_application(app):
    assert app.jinja_env.undefined is StrictUndefined
    for name, path in templates(ROOT):
        app.jinja_env.compile(Path(path).read_text(encoding="utf-8"), name, str(path))
