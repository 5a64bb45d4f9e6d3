"""The import contracts of pyproject.toml hold, and no new room escapes them."""

import ast
import subprocess
import sys
import tomllib

import pytest

from commands.check import run_gate
from commands.places import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
# what takes a tenth of a second at each start, for a page that is seldom opened
LOADED_WHEN_NEEDED = {"from core.rules.contract import faults_in_rule"}


def test_every_import_goes_the_way_the_architecture_says():
    assert run_gate("import contracts").report == ""


def test_every_part_of_core_has_its_place_in_the_order():
    layers = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "core")
    placed = {part.strip(" ()") for layer in layers for part in layer.replace("|", ":").split(":")}
    found = {
        path.stem
        for path in (ROOT / "core").iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py"))))
    }
    assert found <= placed


def test_the_composition_root_imports_no_command():
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [module for module in named if module.split(".")[0] in {"commands", "tests"}]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_core_imports_at_the_top_of_the_file(path):
    """An import inside a function hides a cycle from the contracts."""
    if "testing" in path.parts:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = [
        ast.unparse(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert set(hidden) <= LOADED_WHEN_NEEDED


def test_serving_loads_no_library_that_only_a_whole_province_needs():
    rooms = "app, admin.packs, portal.home, plugins.national.plugin, core.rules"
    seen = subprocess.run(
        [sys.executable, "-c", f"import sys, {rooms}; print('polars' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert seen.stdout == "False\n"
