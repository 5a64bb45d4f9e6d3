"""`./doudi bench`: the measured figures, each beside its peer in the same run; nothing else should run meanwhile."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from commands.places import ROOT

FOLDER = ROOT / "tests" / "benchmarks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--largest", type=int, default=3_000_000, help="最大的人口规模（默认 3000000）")
    parser.add_argument("names", nargs="*", metavar="NAME", help="只跑其中几项，如 rules encryption")


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmarks one after another in one process; exit code 1 when a figure misses its limit."""
    os.environ["DOUDI_BENCH_LARGEST"] = str(arguments.largest)
    sys.path.insert(0, str(ROOT))
    known = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    chosen = arguments.names or list(known)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"没有这一项：{'、'.join(unknown)}。有：{'、'.join(known)}。")
        return 2
    print(f"测量开始（{os.cpu_count()} 个核心）。期间请不要运行别的程序。", flush=True)
    missed = 0
    for name in chosen:
        print(f"\n{name}", flush=True)
        for figure in importlib.import_module(f"tests.benchmarks.bench_{name}").run():
            print(f"  {figure}", flush=True)
            missed += not figure.ok
    return 1 if missed else 0
