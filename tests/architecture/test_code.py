"""Rules no linter knows: who reads the clock, who prints, how money is held, who commits."""

import ast
from pathlib import Path

import pytest

from commands.places import ROOT


def python_files(*tops: str) -> list[Path]:
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> list[tuple[str, int]]:
    """Every call in a file as its dotted words and line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [(ast.unparse(node.func), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call)]


CORE = python_files("core")
ROOMS = [path for path in CORE if "web" not in path.parts and "testing" not in path.parts]
WRITERS = [
    path
    for path in CORE
    if path.stem in {"changes", "queries"} or path.stem.endswith(("_changes", "_queries"))
]
CLOCKS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
    "datetime.datetime.now", "datetime.date.today",
)  # fmt: skip


@pytest.mark.parametrize("path", ROOMS, ids=name)
def test_core_never_prints(path):
    assert not [line for call, line in calls(path) if call in {"print", "pprint"}]


@pytest.mark.parametrize("path", WRITERS, ids=name)
def test_a_reader_or_writer_is_told_the_time_and_never_asks(path):
    assert not [(call, line) for call, line in calls(path) if call in CLOCKS]


@pytest.mark.parametrize("path", WRITERS, ids=name)
def test_a_reader_or_writer_never_commits(path):
    assert not [
        (call, line)
        for call, line in calls(path)
        if call.endswith((".commit", ".rollback")) or call == "commit"
    ]


# the three that open a second session of a scope of its own, and the health check, which reads no table
MAY_REACH_THE_ENGINE = {
    "core/sessions.py",
    "core/audit/records.py",
    "core/households/identities.py",
    "core/web/metrics.py",
}


@pytest.mark.parametrize("path", python_files("core", "portal", "admin", "plugins"), ids=name)
def test_nobody_reaches_past_a_session_for_the_database_behind_it(path):
    if name(path) in MAY_REACH_THE_ENGINE or "testing" in path.parts:
        return
    past = ("get_bind", "engine.connect", "engine.begin", "raw_connection")
    assert not [(call, line) for call, line in calls(path) if call.endswith(past)]


@pytest.mark.parametrize("path", python_files("core", "portal", "admin", "plugins"), ids=name)
def test_money_is_whole_fen_and_never_a_float(path):
    """No float stands beside a word of money, no money is divided by `/`, and no amount column is a float."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [ast.unparse(node) for node in ast.walk(tree) if _is_float_money(node)]


MONEY_WORDS = ("fen", "yuan", "amount", "income", "standard", "assets", "supplement")


def _speaks_of_money(node: ast.AST) -> bool:
    words = {
        part
        for each in ast.walk(node)
        if isinstance(each, (ast.Name, ast.Attribute))
        for part in (each.id if isinstance(each, ast.Name) else each.attr).split("_")
    }
    return bool(words & set(MONEY_WORDS))


def _is_float_money(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Div()):
            # a path is joined by `/` too: only a division that speaks of money counts
            return _speaks_of_money(node)
        case ast.BinOp(left=left, right=right):
            literal = any(
                isinstance(side, ast.Constant) and isinstance(side.value, float) for side in (left, right)
            )
            return literal and _speaks_of_money(node)
        case ast.Call(func=ast.Name(id="float"), args=[value, *_]):
            return _speaks_of_money(value)
        case ast.AnnAssign(target=target, annotation=annotation):
            return _speaks_of_money(target) and "float" in ast.unparse(annotation)
        case _:
            return False


@pytest.mark.parametrize(
    "line",
    [
        "total_fen / 100",
        "amount * 0.5",
        "float(income_fen)",
        "standard_fen: float = 1",
        "x.yearly_fen / 12.0",
    ],
)
def test_the_money_rule_finds_a_float(line):
    assert any(_is_float_money(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["folder / 'income.yaml'", "total_fen // 100", "ratio * 0.5", "amount_fen: int = 3"]
)
def test_the_money_rule_leaves_whole_numbers_alone(line):
    assert not any(_is_float_money(node) for node in ast.walk(ast.parse(line)))
