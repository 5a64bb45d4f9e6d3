"""`./doudi db upgrade`: brings the database to this version's structure; refuses one of a newer version."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from commands.places import ROOT, make_home, settings_here
from core.audit.protection import protection_ddl as protection_of_audit
from core.database import Base, make_engine
from core.errors import Problem
from core.row_security import apply_policies
from core.settings import Settings
from core.tables import all_tables
from core.translations import N_
from core.verification.protection import protection_ddl as protection_of_checks

OWNER_URL = "DOUDI_OWNER_DATABASE_URL"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="act", required=True, metavar="upgrade")
    words.add_parser("upgrade", help=f"升级到本版本的结构；PostgreSQL 用 {OWNER_URL} 里的拥有者账号")
    draft = words.add_parser("draft", help="开发用：比较模型和数据库，起草一个新的迁移文件")
    draft.add_argument("message", help="这次改动的一句话说明，用英文")
    draft.add_argument("rooms", nargs="*", metavar="ROOM", help="只看这几个房间的表，如 households")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_here()
    make_home(settings)
    if arguments.act == "draft":
        draft_migration(settings, arguments.message, arguments.rooms)
        return 0
    before, after = upgrade(settings)
    print("数据库结构已是最新。" if before == after else f"数据库结构已从 {before or '空'} 升级到 {after}。")
    return 0


def upgrade(settings: Settings) -> tuple[str, str]:
    """Upgrade to the newest structure, in one transaction, and return (before, after) revisions ("" for empty).

    On PostgreSQL this is the owner's work (`DOUDI_OWNER_DATABASE_URL`); the role the platform runs under then gets
    its rights, and row-level security is renewed.

    Raises:
        Problem: the database is of a newer version, cannot be reached, or the role has no right to change it.
    """
    owner = owner_settings(settings)
    with faults_in_words():
        before, after = _upgrade(owner)
        if not settings.on_sqlite:
            role = make_url(settings.database_url).username or ""
            # the job system keeps its tables in a file of its own on SQLite, and looks after it by itself
            from core import jobs_engine  # noqa: PLC0415

            jobs_engine.migrate(owner, application_role=role)
            _grant(owner, role)
    return before, after


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Turn what a database refuses into a sentence that says what to do.

    Raises:
        Problem: in place of any error of the database.
    """
    try:
        yield
    except OperationalError as error:
        raise Problem(
            N_("连不上数据库（{reason}）。请检查 DOUDI_DATABASE_URL 和数据库是否在运行。"),
            reason=_reason(error),
        ) from None
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise Problem(
            N_(
                "数据库账号没有权限升级结构（{reason}）。请在 DOUDI_OWNER_DATABASE_URL 里给出数据库拥有者的账号。"
            ),
            reason=_reason(error),
        ) from None
    except DatabaseError as error:
        raise Problem(
            N_(
                "打不开数据库（{reason}）。文件可能不是兜底的数据库，或已损坏；请用备份恢复，或用 DOUDI_HOME 指定新的文件夹。"
            ),
            reason=_reason(error),
        ) from None


def owner_settings(settings: Settings) -> Settings:
    """The settings under which tables are made: on PostgreSQL those of the owner, where given."""
    given = os.environ.get(OWNER_URL, "")
    if settings.on_sqlite or not given:
        return settings
    return replace(settings, database_url=given.replace("postgresql://", "postgresql+psycopg://", 1))


def newest_revision() -> str:
    """The revision of this version's structure."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def check_version(connection: Connection) -> str:
    """The revision of a database ("" when empty).

    Raises:
        Problem: it was made by a newer version of this software.
    """
    found = MigrationContext.configure(connection).get_current_revision() or ""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found and found not in known:
        raise Problem(
            N_(
                "数据库是更新版本的兜底建立的（结构 {revision}），本版本打不开。请换用当时或更新的版本；数据没有被改动。"
            ),
            revision=found,
        )
    return found


def require_present_structure(engine: Engine) -> None:
    """For a command that works on a database without upgrading it.

    Raises:
        Problem: the structure is not this version's, or the database cannot be reached.
    """
    with faults_in_words(), engine.connect() as connection:
        if check_version(connection) != newest_revision():
            raise Problem(
                N_(
                    "数据库的结构不是本版本的。请先运行 ./doudi db upgrade"
                    "（PostgreSQL 上用拥有者账号，见 ./doudi db upgrade --help）。"
                )
            )


def _upgrade(settings: Settings) -> tuple[str, str]:
    engine = make_engine(settings.database_url)
    try:
        with engine.execution_options(immediate=True).begin() as connection:
            before = check_version(connection)
            _lift_triggers(connection)
            command.upgrade(_config(connection=connection, tables=all_tables()), "head")
            protect(connection)
        return before, newest_revision()
    finally:
        engine.dispose()


def protect(connection: Connection) -> None:
    """Renew what guards the data below the application: row-level security, and the triggers that refuse a change of
    the audit trail and an uncovered check. Not part of the history: this version's own definitions always hold.
    """
    apply_policies(connection)
    for protection in (protection_of_audit, protection_of_checks):
        for statement in protection(connection.dialect.name):
            connection.exec_driver_sql(statement)


def _lift_triggers(connection: Connection) -> None:
    # SQLite rebuilds a table to change it, and keeps an old trigger that goes by the same name
    if connection.dialect.name == "sqlite":
        for name in (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        ):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _grant(settings: Settings, role: str) -> None:
    engine = make_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            if connection.execute(text("SELECT current_user")).scalar() == role:
                return
            quoted = connection.dialect.identifier_preparer.quote(role)
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
            connection.execute(
                text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
            )
    finally:
        engine.dispose()


def draft_migration(settings: Settings, message: str, rooms: list[str]) -> None:
    """Write a migration for what the models of `rooms` say and the database does not know; a person reads it first."""
    upgrade(settings)
    tables = all_tables()
    wanted = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if not rooms or mapper.class_.__module__.split(".")[1] in rooms
    }

    def of_rooms(item: Any, _name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        return kind != "table" or (other if reflected else item) in wanted

    engine = make_engine(owner_settings(settings).database_url)
    with engine.begin() as connection:
        config = _config(connection=connection, tables=tables, include_object=of_rooms)
        number = sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions()) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
    engine.dispose()
    for path in (ROOT / "migrations" / "versions").glob(f"{number:04d}_*.py"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    for words in (["check", "--fix", "--quiet", "--unsafe-fixes"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *words, "migrations"], cwd=ROOT, check=False)


def _config(**attributes: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(attributes)
    return config


def _reason(error: DatabaseError) -> str:
    # the driver's first line; statements and values stay out
    return str(error.orig).strip().splitlines()[0]
