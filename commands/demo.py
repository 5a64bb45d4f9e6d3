"""`./doudi demo`: makes the demo database without serving, as a first `./doudi serve` on this machine would.

Places and divisions are real; every person, number, amount and standard is invented and marked 演示 (decision 20).
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from commands.accounts_card import card
from commands.first_start import prepare
from commands.places import make_home, settings_here
from core.errors import Problem
from core.translations import N_


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "在空的地方建演示库，不启动服务。./doudi serve 第一次启动时会自动做这一步。"


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Make the demo database and print its accounts; raises Problem where one may not or need not be made."""
    settings = settings_here()
    if not settings.may_be_demo:
        raise Problem(N_("演示数据只能放在本机的 SQLite 库里。"))
    make_home(settings)
    made = prepare(settings, now=datetime.now(UTC))
    if not made:
        raise Problem(
            N_("{folder} 里已经有一个库，不再造演示数据。要新的演示库，请用 DOUDI_HOME 指定一个空文件夹。"),
            folder=settings.home,
        )
    print(card(made))
    return 0
