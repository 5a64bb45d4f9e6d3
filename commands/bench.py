"""`./doudi bench`: the measured figures, each beside its peer in the same run; nothing else should run meanwhile."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from commands.places import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--largest", type=int, default=3_000_000, help="最大的人口规模（默认 3000000）")
    parser.add_argument("pytest", nargs="*", metavar="PYTEST", help="只跑其中几项：tests/benchmarks 里的文件")


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmarks one after another in one process, their tables printed as they come."""
    chosen = arguments.pytest or ["tests/benchmarks"]
    print(f"测量开始（{os.cpu_count()} 个核心）。期间请不要运行别的程序。", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-s", *chosen],
        cwd=ROOT,
        env={**os.environ, "DOUDI_BENCH_LARGEST": str(arguments.largest)},
        check=False,
    ).returncode
