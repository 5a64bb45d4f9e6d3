"""`./doudi demo`: makes the demo database without serving; `./doudi demo accounts` gives its accounts fresh passwords.

Places and divisions are real; every person, number, amount and standard is invented and marked 演示 (decision 20).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from commands.accounts_card import FirstAccount, card
from commands.db import require_present_structure
from commands.first_start import prepare, sqlite_file
from commands.places import make_home, settings_here
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.errors import Problem
from core.installation_mark import read_mark
from core.scopes import System
from core.sessions import open_session
from core.settings import Settings
from core.translations import N_


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "在空的地方建演示库，不启动服务。./doudi serve 第一次启动时会自动做这一步。"
    parser.add_argument(
        "act", nargs="?", choices=("accounts",), help="accounts：给演示库的每个账号换一个新密码，打印出来"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the demo database, or renew its passwords, and print its accounts.

    Raises:
        Problem: no demo may or need be made here, or there is none whose passwords could be renewed.
    """
    settings = settings_here()
    if not settings.may_be_demo:
        raise Problem(N_("演示数据只能放在本机的 SQLite 库里。"))
    if arguments.act:
        told = _renewed(settings)
        print("每个账号都换了新密码，原来的作废，登录着的都已退出：")
    else:
        told = _made(settings)
    print(card(told))
    return 0


def _made(settings: Settings) -> Sequence[FirstAccount]:
    make_home(settings)
    made = prepare(settings, now=datetime.now(UTC)).made
    if not made:
        raise Problem(
            N_("{folder} 里已经有一个库，不再造演示数据。要新的演示库，请用 DOUDI_HOME 指定一个空文件夹。"),
            folder=settings.home,
        )
    return made


def _renewed(settings: Settings) -> Sequence[FirstAccount]:
    nothing = Problem(N_("{folder} 里没有演示库。请先运行 ./doudi serve 建一个。"), folder=settings.home)
    if not sqlite_file(settings).exists():
        raise nothing
    # the whole of the demo is needed this once
    from commands.demo_offices import ACTOR  # noqa: PLC0415
    from commands.demo_staff import RESIDENTS, renew_passwords  # noqa: PLC0415

    engine = make_engine(settings.database_url)
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder, create=False))
    try:
        require_present_structure(engine)
        with open_session(engine, System(ACTOR.name), ACTOR, vault=vault) as session:
            mark = read_mark(session)
            if mark is None or not mark.demo:
                raise nothing
            told = [*renew_passwords(session, datetime.now(UTC)), *RESIDENTS]
            session.commit()
            return told
    finally:
        engine.dispose()
