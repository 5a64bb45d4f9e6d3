"""docs/hooks.md tells every hook: its exact signature, an example that runs, and a pack that uses it."""

import inspect
import re
from pathlib import Path

import pytest

from core import hookspecs

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/hooks.md").read_text("utf-8")
HOOKS = {
    name: spec
    for name, spec in vars(hookspecs).items()
    if inspect.isfunction(spec) and hasattr(spec, f"{hookspecs.PROJECT}_spec")
}


def _sections():
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0].strip(): part for part in parts}


SECTIONS = _sections()


def test_there_are_hooks():
    assert len(HOOKS) == 12


def test_every_hook_has_a_heading_and_every_heading_is_a_hook():
    assert set(SECTIONS) == set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_the_signature_is_the_one_in_the_code(name):
    told = re.findall(r"```python\n(.*?)```", SECTIONS[name], re.DOTALL)[0].strip()
    assert told == f"{name}{inspect.signature(HOOKS[name])}".replace("'", "")


@pytest.mark.parametrize("name", HOOKS)
def test_the_example_runs_and_defines_the_hook_it_explains(name):
    example = re.findall(r"```python\n(.*?)```", SECTIONS[name], re.DOTALL)[1]
    space = {"__name__": f"example_of_{name}"}
    exec(compile(example, f"docs/hooks.md#{name}", "exec"), space)
    implementation = space[name]
    assert hasattr(implementation, f"{hookspecs.PROJECT}_impl")
    known = set(inspect.signature(HOOKS[name]).parameters)
    assert set(inspect.signature(implementation).parameters) <= known


@pytest.mark.parametrize("name", HOOKS)
def test_the_pack_named_really_uses_it(name):
    [path] = re.findall(r"Used by `(plugins/\w+/plugin\.py)`", SECTIONS[name])
    assert re.search(rf"@hookimpl\ndef {name}\(", (ROOT / path).read_text("utf-8"))


@pytest.mark.parametrize("name", HOOKS)
def test_every_spec_says_when_it_fires(name):
    assert inspect.getdoc(HOOKS[name])
    assert "Fires " in SECTIONS[name]
