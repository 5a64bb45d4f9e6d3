"""The house keeps its own rules on files: short, named for what they hold, opening with a sentence."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from commands.places import ROOT

LONGEST = 400
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "services"}
# pluggy's own word for the thing that holds plugins
ALLOWED_NAMES = {"plugin_manager.py", "test_plugin_manager.py"}
PYTHON_TOPS = ("core", "portal", "admin", "plugins", "commands", "migrations", "tests", "app.py", "doudi")


def committed_files() -> list[Path]:
    """Files in git or about to be: what others will receive."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


FILES = committed_files()
SOURCES = [
    path
    for path in FILES
    if path.relative_to(ROOT).parts[0] in PYTHON_TOPS and (path.suffix == ".py" or path.name == "doudi")
]
WRITTEN = [
    path
    for path in FILES
    if path.suffix in {".py", ".html", ".css", ".js", ".yaml"}
    and "vendor" not in path.parts
    # drafted by alembic, read once and never changed again
    and path.parent.name != "versions"
]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", [path for path in WRITTEN if path.suffix != ".yaml"], ids=name)
def test_a_file_stays_short_enough_to_read_at_once(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_is_named_for_what_it_holds(path):
    if path.name in ALLOWED_NAMES:
        return
    words = {word for part in path.relative_to(ROOT).parts for word in re.split(r"[_.]", part)}
    assert not words & VAGUE_NAMES


@pytest.mark.parametrize("path", [path for path in SOURCES if path.read_bytes().strip()], ids=name)
def test_a_module_opens_with_one_sentence_saying_what_it_is_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sentence = (ast.get_docstring(tree) or "").split("\n\n")[0].strip()
    assert sentence, "no docstring"
    assert sentence.endswith((".", "。")), sentence
    assert len(sentence) > 20, sentence


# built from pieces so that this file does not name what it forbids
FOREIGN = [
    ("a path of one machine", re.compile(r"(?<![\w.])/(?:work|root|home|Users)/\w+|/tm" + r"p/w\b")),
    (
        "a registry host",
        re.compile(
            r"(?:pypi|pythonhosted|npmjs|tuna\.tsinghua|mirrors\.[\w-]+)\.(?:org|com|cn|net)", re.IGNORECASE
        ),
    ),
    ("an unfinished thought", re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")),
]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_committed_file_names_no_machine_no_registry_and_nothing_unfinished(path):
    if "vendor" in path.parts or path.stat().st_size > 2_000_000:
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    found = {what: match.group() for what, pattern in FOREIGN if (match := pattern.search(text))}
    assert not found


def test_versions_are_exact_and_carry_no_address():
    for constraints in ("constraints.txt", "constraints-bench.txt"):
        lines = (ROOT / constraints).read_text(encoding="utf-8").splitlines()
        assert lines
        assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+(?: ; [\w .='<>!]+)?", line) for line in lines), (
            constraints
        )


def test_every_dependency_has_an_exact_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    exact = {
        re.split("==", line)[0]
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    assert {re.split(r"[\[<>=]", line.lower())[0].replace("_", "-") for line in wanted} <= exact


def test_npm_never_writes_where_a_package_came_from():
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8")
