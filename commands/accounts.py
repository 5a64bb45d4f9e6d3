"""`./doudi accounts reset NAME`: gives a locked-out administrator a one-time password when nobody else could."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy import select

from commands.accounts_card import FirstAccount, card
from commands.db import require_present_structure
from commands.places import settings_here
from core.access import job_actor
from core.accounts.changes import reset_password, reset_second_factor
from core.accounts.models import StaffAccount
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.errors import Blocked, NotFound
from core.scopes import System
from core.sessions import open_session
from core.translations import N_

JOB = "accounts-command"
_CLOSED = N_(
    "这个账号已经停用，没有重置。确实还要用的，请由安全管理员在“人员和角色”里先重新启用，"
    "再运行这条命令；安全管理员自己进不去的，请先重置安全管理员的账号。"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="act", required=True, metavar="reset")
    reset = words.add_parser("reset", help="给一个账号新的一次性密码，并清除动态验证码；写入审计记录")
    reset.add_argument("username", metavar="用户名")


def run(arguments: argparse.Namespace) -> int:
    """Reset one account, as whoever may run commands on this machine; the audit trail says so.

    Raises:
        NotFound: nobody has that name.
        Blocked: the account is closed; who may open it again is decided by a person, not by a lost password.
        Problem: the database's structure is not this version's.
    """
    settings = settings_here()
    engine = make_engine(settings.database_url)
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder, create=False))
    now = datetime.now(UTC)
    try:
        require_present_structure(engine)
        with open_session(engine, System(JOB), job_actor(JOB), vault=vault) as session:
            named = StaffAccount.username == arguments.username.strip().lower()
            account = session.execute(
                select(StaffAccount.id, StaffAccount.full_name, StaffAccount.disabled_at).where(named)
            ).first()
            if account is None:
                raise NotFound(N_("没有这个用户名。用户名在“人员和角色”里可以查到。"))
            if account.disabled_at is not None:
                raise Blocked(_CLOSED)
            reset_second_factor(session, session.actor, account.id, now=now)
            made = reset_password(session, session.actor, account.id, now=now)
            session.commit()
    finally:
        engine.dispose()
    print("原来的密码和动态验证码已作废，各处登录已退出。一次性密码只显示这一次，首次登录须修改：")
    print(card([FirstAccount(account.full_name, made.username, made.password)]))
    return 0
