"""Templates compile, carry no inline script or style, and ask no third party for anything."""

import re
from pathlib import Path

import pytest

from commands.places import ROOT
from commands.templates import faults_in_templates, templates

TEMPLATES = [path for _, path in templates(ROOT)]
STATIC = [
    path
    for path in sorted((ROOT / "core/web/static").rglob("*"))
    if path.suffix in {".css", ".js", ".svg", ".html"} and "vendor" not in path.parts
]
FORBIDDEN = [
    ("a value marked safe", re.compile(r"\|\s*safe\b|\bMarkup\(")),
    ("autoescape switched off", re.compile(r"autoescape\s+false")),
    ("an inline style", re.compile(r"\sstyle\s*=", re.IGNORECASE)),
    ("a style element", re.compile(r"<style\b(?![^>]*nonce)", re.IGNORECASE)),
    ("an inline script without nonce", re.compile(r"<script\b(?![^>]*(?:\bsrc=|\bnonce=))", re.IGNORECASE)),
    (
        "an event attribute",
        re.compile(r"\son(?:click|load|change|submit|input|error|key\w+)\s*=", re.IGNORECASE),
    ),
    ("htmx evaluating text", re.compile(r"hx-on[:\w-]*=|hx-vals=['\"]js:|javascript:", re.IGNORECASE)),
]
# the namespaces of SVG and XML are names, nobody fetches them
ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[\w.-]+", re.IGNORECASE)
LOADED = re.compile(
    r"(?:src|href|action|url\(|@import|fetch\()\s*[=(]?\s*['\"]?(?:https?:)?//", re.IGNORECASE
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_template_compiles_and_names_only_templates_that_exist():
    assert faults_in_templates(ROOT) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_has_nothing_the_content_policy_would_refuse(path):
    text = _without_comments(path.read_text(encoding="utf-8"))
    assert not [what for what, pattern in FORBIDDEN if pattern.search(text)]


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name)
def test_nothing_is_fetched_from_a_third_party(path):
    text = _without_comments(path.read_text(encoding="utf-8"))
    assert not LOADED.search(text.replace("http://www.w3.org/", ""))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name.startswith("_")], ids=name)
def test_a_fragment_is_one_element_named_as_its_file(path):
    """So that one URL can answer with the page or with this part of it, and the browser knows where it goes."""
    text = _without_comments(path.read_text(encoding="utf-8"))
    if re.search(r"\{%-?\s*macro", text) or "<" not in text:
        return  # a piece others build with, or one that leaves its element to such a piece
    ids = {found.replace("-", "_").strip("_") for found in re.findall(r"""\bid=["']([\w-]+)""", text)}
    assert path.stem.strip("_") in ids


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|<!--.*?-->|/\*.*?\*/", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    "line",
    [
        "{{ x|safe }}", '<p style="color:red">', "<script>go()</script>", '<a onclick="x()">', "<style>p{}</style>",
        '<b hx-on:click="x">',
    ],
)  # fmt: skip
def test_the_rules_find_what_they_forbid(line):
    assert any(pattern.search(line) for _, pattern in FORBIDDEN)


@pytest.mark.parametrize(
    "line",
    [
        '<script src="/static/a.js" defer></script>',
        '<script nonce="{{ nonce }}">',
        '<progress value="3">',
        "{{ safe_name }}",
    ],
)
def test_the_rules_leave_good_templates_alone(line):
    assert not any(pattern.search(line) for _, pattern in FORBIDDEN)


def test_a_third_party_address_is_found():
    assert LOADED.search('<script src="https://cdn.example.com/a.js">')
    assert LOADED.search("@import '//fonts.example.com/x.css'")
    assert not LOADED.search('<a href="{{ url_for(x) }}">')
