"""./doudi on a bare machine: what it says when something is missing, and that it sets up only once."""

import ast
import importlib.util
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from commands.__main__ import main
from commands.places import ROOT
from commands.table import COMMANDS

SCRIPT = ROOT / "doudi"


def run_script(*words, folder=ROOT, before="", environment=None):
    """Run the script as its own program, after the Python lines `before` have bent the world."""
    program = f"import sys, runpy\nsys.argv = ['doudi', *{words!r}]\n{before}\nrunpy.run_path({str(folder / 'doudi')!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )


@pytest.fixture
def bare(tmp_path):
    """A clone with nothing set up."""
    for name in (
        "doudi",
        "commands/table.py",
        "commands/__init__.py",
        "pyproject.toml",
        "constraints.txt",
        "constraints-bench.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.fixture
def script(bare):
    loader = SourceFileLoader("doudi_script", str(bare / "doudi"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("doudi_script", loader))
    loader.exec_module(module)
    return module


def test_the_overview_needs_nothing_installed(bare):
    told = run_script("--help", folder=bare)
    assert told.returncode == 0
    assert all(command.name in told.stdout and command.summary in told.stdout for command in COMMANDS)
    assert not (bare / ".venv").exists()


@pytest.mark.parametrize("words", [(), ("sevre",)])
def test_a_command_not_understood_is_answered_with_the_overview(bare, words):
    told = run_script(*words, folder=bare)
    assert told.returncode == 2
    assert "serve" in told.stdout + told.stderr
    assert not (bare / ".venv").exists()


def test_an_older_python_is_told_which_one_is_needed(bare):
    before = "import os\nsys.version_info = (3, 9, 2, 'final', 0)\nos.environ['PATH'] = ''"
    told = run_script("serve", folder=bare, before=before)
    assert told.returncode == 1
    assert "3.11" in told.stderr
    assert "3.9" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_older_python_can_read_the_script_far_enough_to_say_so():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_missing_venv_names_the_package_to_install(bare):
    told = run_script("serve", folder=bare, before="sys.modules['ensurepip'] = None")
    assert told.returncode == 1
    assert "apt install python3-venv" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.slow
def test_a_registry_that_cannot_be_reached_is_told_without_its_address(bare):
    nowhere = "http://127.0.0.1:9/simple"
    away = {
        "PIP_INDEX_URL": nowhere,
        "PIP_EXTRA_INDEX_URL": nowhere,
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    told = run_script("serve", folder=bare, environment=away)
    assert told.returncode == 1
    assert "安装组件失败" in told.stderr
    assert "127.0.0.1" not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr


def test_addresses_are_taken_out_of_what_a_tool_says(script):
    said = "ERROR: https://user:secret@mirror.example/simple/x failed\nHTTPSConnectionPool(host='mirror.example', port=443)\nfile:///opt/y"
    told = script.explain("安装失败", said)
    assert "mirror" not in told
    assert "secret" not in told
    assert "/opt/y" not in told


@pytest.fixture
def tools(script, monkeypatch):
    """The script with its two slow acts replaced; `tools.done` tells which were used."""
    script.done = []

    def make_venv():
        script.PYTHON.parent.mkdir(parents=True)
        script.PYTHON.touch()
        script.done.append("venv")

    monkeypatch.setattr(script, "make_venv", make_venv)
    monkeypatch.setattr(script, "install", script.done.append)
    return script


def test_set_up_runs_once_and_then_only_for_what_is_new(tools):
    tools.set_up(())
    tools.set_up(())
    assert tools.done == ["venv", ()]
    tools.set_up(("test",))
    tools.set_up(())
    tools.set_up(("test",))
    assert tools.done == ["venv", (), ("test",)]
    tools.set_up(("bench", "test"))
    assert tools.done[-1] == ("bench", "test")


def test_set_up_runs_again_when_the_versions_change_or_the_last_one_was_cut_off(tools):
    tools.set_up(())
    (tools.ROOT / "constraints.txt").write_text("flask==9\n", encoding="utf-8")
    tools.set_up(())
    tools.STAMP.write_text('{"finger', encoding="utf-8")
    tools.set_up(())
    assert tools.done == ["venv", (), (), ()]


def test_ci_runs_the_command_a_person_runs():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec ./doudi test"
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert os.access(SCRIPT, os.X_OK)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_of_the_table_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command.name, "--help"])
    assert ended.value.code == 0
    assert f"doudi {command.name}" in capsys.readouterr().out


def test_a_command_whose_parts_are_missing_says_how_to_get_them(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "commands.check", None)
    assert main(["check"]) == 1
    assert "./doudi check" in capsys.readouterr().err


def test_the_script_writes_nothing_beside_itself_for_an_overview(bare):
    run_script("--help", folder=bare)
    assert not list(Path(bare).rglob("__pycache__"))
