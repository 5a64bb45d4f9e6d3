"""The `doudi` command: finds the command in the table, runs it, and turns a fault into a sentence."""

from __future__ import annotations

import argparse
import importlib
import sys

from commands.table import find_command, overview
from core.errors import Problem


def main(words: list[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 done, 1 the command's own "no", 2 not understood."""
    given = sys.argv[1:] if words is None else words
    if not given or given[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0 if given else 2
    command = find_command(given[0])
    if command is None:
        print(f"没有“{given[0]}”这个命令。\n\n{overview()}", file=sys.stderr)
        return 2
    try:
        # one command imports only its own room of the house: `scan` starts without Flask, `serve` without pytest
        module = importlib.import_module(command.module)
    except ModuleNotFoundError as missing:
        print(
            f"少了“{missing.name}”，这个命令运行不了。请通过 ./doudi {command.name} 运行，它会先装好所需。",
            file=sys.stderr,
        )
        return 1
    parser = argparse.ArgumentParser(prog=f"doudi {command.name}", description=command.summary)
    module.add_arguments(parser)
    arguments = parser.parse_args(given[1:])
    try:
        return int(module.run(arguments))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
