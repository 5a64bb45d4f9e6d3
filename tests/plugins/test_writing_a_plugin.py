"""docs/writing-a-plugin.md takes a stranger to an installed pack: every file on the page is made, installed and run."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/writing-a-plugin.md").read_text("utf-8")
FILES = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """The files of the page in a folder of their own, the package installed by pip into a folder beside."""
    folder = tmp_path_factory.mktemp("stranger")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    build_here = ["--no-build-isolation"] if int(version("setuptools").split(".")[0]) >= 75 else []
    command = ["pip", "install", "--quiet", "--no-deps", *build_here, "--target", str(folder / "installed")]
    done = _run(folder, "-m", *command, str(folder / "doudi-hebei"))
    assert done.returncode == 0, done.stderr
    return folder


def _run(folder, *words):
    paths = [str(folder / "installed"), str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "DOUDI_HOME": str(folder / "var")}
    environment |= {"PYTHONIOENCODING": "utf-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment.pop("DOUDI_PACKS", None)
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip


def test_the_page_holds_every_file_it_speaks_of():
    assert set(FILES) == {
        "doudi-hebei/pyproject.toml",
        "doudi-hebei/doudi_hebei/__init__.py",
        "doudi-hebei/doudi_hebei/parameters/heating.yaml",
        "doudi-hebei/doudi_hebei/plugin.py",
        "doudi-hebei/doudi_hebei/translations/en/LC_MESSAGES/messages.po",
        "doudi-hebei/tests/test_contract.py",
        "look.py",
    }


def test_the_minutes_add_up_to_fifteen():
    assert sum(int(minutes) for minutes in re.findall(r"\((\d+) minutes?\)", PAGE)) == 15


def test_an_installed_package_is_listed_with_its_scheme(workshop):
    done = _run(workshop, "-m", "commands", "plugins", "list")
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("hebei ")]
    assert "hebei 1.0" in line
    assert "第三方" in line
    assert "冬季取暖救助" in line


def test_it_keeps_the_contract(workshop):
    done = _run(workshop, "-m", "commands", "plugins", "check", "hebei")
    assert (done.returncode, done.stdout.strip()) == (0, "✓ hebei")


def test_its_scheme_is_in_the_catalogue_where_it_is_enabled(workshop):
    done = _run(workshop, "look.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["冬季取暖救助 9 冬天用什么取暖", "15"]
    assert all(f"`{line}`" in PAGE for line in done.stdout.splitlines())


def test_its_own_suite_passes(workshop):
    done = _run(workshop, "-m", "pytest", "-q", "-p", "no:cacheprovider", "doudi-hebei/tests")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_a_mistake_in_the_package_stops_every_command_with_a_sentence(workshop):
    plugin = workshop / "installed/doudi_hebei/plugin.py"
    good = plugin.read_text("utf-8")
    plugin.write_text(good.replace("def register_schemes", "def register_scheme"), "utf-8")
    try:
        done = _run(workshop, "-m", "commands", "plugins", "list")
    finally:
        plugin.write_text(good, "utf-8")
    assert done.returncode == 1
    assert "包“hebei”不能载入" in done.stderr
    assert "docs/hooks.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_translation_is_told_by_the_check(workshop):
    words = workshop / "installed/doudi_hebei/translations/en/LC_MESSAGES/messages.po"
    good = words.read_text("utf-8")
    words.write_text(good.replace('msgstr "Coal"', 'msgstr ""'), "utf-8")
    try:
        done = _run(workshop, "-m", "commands", "plugins", "check", "hebei")
    finally:
        words.write_text(good, "utf-8")
    assert done.returncode == 1
    assert "烧煤" in done.stdout
