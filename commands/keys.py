"""`./doudi keys rotate`: a fresh data key becomes current and everything older is sealed anew; stop and resume at will."""

from __future__ import annotations

import argparse
from collections import Counter

from commands.places import settings_here
from core.access import job_actor
from core.database import make_engine
from core.encrypted_files import FileStore
from core.encryption import FileKeys, Suite, Vault, key_provider
from core.errors import Problem
from core.rotation import OpenSession, rotate_columns, rotate_files, stale_values
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.translations import N_

JOB = "keys-command"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="act", required=True, metavar="rotate | resume | status")
    rotate = words.add_parser("rotate", help="换上一把新钥匙，并把旧钥匙封存的内容全部重新加密")
    rotate.add_argument(
        "--suite", choices=[suite.value for suite in Suite], help="新钥匙用的算法，默认与现在相同"
    )
    words.add_parser("resume", help="接着上次没做完的重新加密，不换新钥匙")
    words.add_parser("status", help="看还有多少内容是旧钥匙封存的")


def run(arguments: argparse.Namespace) -> int:
    """Rotate, resume or count. Searching keeps working throughout: old and new keys are both at hand until then."""
    settings = settings_here()
    provider = key_provider(settings.key_provider, settings.keys_folder, create=False)
    if arguments.act == "rotate":
        if not isinstance(provider, FileKeys):
            raise Problem(N_("钥匙不由本机文件保管，请在密钥系统里换新，再运行 ./doudi keys resume。"))
        provider.add_data_key(Suite(arguments.suite) if arguments.suite else None)
    engine = make_engine(settings.database_url, hide_parameters=True)
    vault = Vault(provider)

    def session() -> ScopedSession:
        return open_session(engine, System(JOB), job_actor(JOB), vault=vault)

    try:
        if arguments.act != "status":
            _reseal(session, FileStore(settings.files_folder, vault))
        with session() as reading:
            left = stale_values(reading)
        print(f"旧钥匙封存的还有 {left} 处。" if left else "全部内容都由现在的钥匙封存。")
        return 1 if left and arguments.act != "status" else 0
    finally:
        engine.dispose()


def _reseal(session: OpenSession, files: FileStore) -> None:
    done: Counter[str] = Counter()
    for name, count in rotate_columns(session):
        done[name] += count
        print(f"· {name}：{done[name]}", flush=True)
    for count in rotate_files(files):
        done["files"] += count
    print(f"重新加密 {done.total()} 处，其中文件 {done['files']} 个。钥匙文件请马上另存备份。")
