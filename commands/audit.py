"""`./doudi audit verify`: says whether the audit trail is whole, or what was altered, removed or inserted."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from commands.places import settings_here
from core import audit
from core.access import job_actor
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.scopes import System
from core.sessions import ScopedSession, open_session

JOB = "audit-command"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="act", required=True, metavar="verify | seal")
    verify = words.add_parser("verify", help="校验全部审计记录；有问题时退出码为 1")
    verify.add_argument(
        "--expected", default="", metavar="编号:值", help="外部留存的总封存，用来发现整批删除"
    )
    words.add_parser("seal", help="马上封存还没有封存的记录，打印总封存")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_here()
    engine = make_engine(settings.database_url, hide_parameters=True)
    vault = Vault(key_provider(settings.key_provider, settings.keys_folder, create=False))
    seals = arguments.act == "seal"
    try:
        with open_session(engine, System(JOB), job_actor(JOB), vault=vault, writes=seals) as session:
            return _seal(session) if seals else _verify(session, arguments.expected)
    finally:
        engine.dispose()


def _seal(session: ScopedSession) -> int:
    sealed = audit.seal(session, datetime.now(UTC))
    session.commit()
    print(f"封存了 {sealed} 条。总封存 {audit.last_anchor(session) or '（还没有）'}")
    return 0


def _verify(session: ScopedSession, expected: str) -> int:
    faults = audit.verify(session, expected=expected)
    counts = audit.counts(session)
    for fault in faults:
        print(f"✗ {fault}")
    print(
        f"{counts.entries} 条记录，其中 {counts.unsealed} 条还没有封存，{counts.batches} 批，{counts.anchors} 个总封存。"
    )
    if faults:
        print(f"发现 {len(faults)} 处问题。请保存现场，不要再写入，联系安全管理员。")
        return 1
    print("没有发现改动、删除或插入。")
    anchor = audit.last_anchor(session)
    if anchor:
        print(f"请把总封存抄到系统之外：{anchor}")
    return 0
