"""`./doudi check`: the quality gates, side by side, each told in one line; under a minute."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from commands.places import ROOT
from commands.templates import faults_in_templates


@dataclass(frozen=True, slots=True)
class Finding:
    """What one gate said: `report` is empty when all is well."""

    gate: str
    report: str
    seconds: float


def _tool(*words: str) -> Callable[[], str]:
    def run() -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
        )
        return (done.stdout + done.stderr).strip() if done.returncode else ""

    return run


GATES: dict[str, Callable[[], str]] = {
    "mypy --strict": _tool("-m", "mypy"),
    "import contracts": _tool(
        "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"
    ),
    "ruff": _tool("-m", "ruff", "check", "--quiet", "."),
    "ruff format": _tool("-m", "ruff", "format", "--check", "--quiet", "."),
    "templates": lambda: "\n".join(faults_in_templates(ROOT)),
}


def run_gate(gate: str) -> Finding:
    """Run one gate of `GATES` by name."""
    began = time.monotonic()
    report = GATES[gate]()
    return Finding(gate, report, time.monotonic() - began)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gates", nargs="*", metavar="GATE", help=f"只跑其中几项：{'、'.join(GATES)}")


def run(arguments: argparse.Namespace) -> int:
    """Run the gates, print a line for each and the report of those that found something; 1 if any did."""
    wanted = arguments.gates or list(GATES)
    unknown = [gate for gate in wanted if gate not in GATES]
    if unknown:
        print(f"没有这一项检查：{'、'.join(unknown)}。有：{'、'.join(GATES)}。", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        findings = list(pool.map(run_gate, wanted))
    for finding in findings:
        print(f"{'✗' if finding.report else '✓'} {finding.gate}（{finding.seconds:.1f} 秒）")
    for finding in findings:
        if finding.report:
            print(f"\n── {finding.gate} ──\n{finding.report}")
    return 1 if any(finding.report for finding in findings) else 0
