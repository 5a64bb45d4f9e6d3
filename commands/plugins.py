"""`./doudi plugins list|check`: which packs are installed, and whether each keeps the contract."""

from __future__ import annotations

import argparse

from commands.places import settings_here
from core.catalogue import Catalogue, Pack
from core.packs.contract import check_pack
from core.plugin_manager import load_packs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|check")
    actions.add_parser("list", help="列出装好的包和它们说的地方")
    check = actions.add_parser("check", help="检查每个包，不合约定的逐条说出来")
    check.add_argument("names", nargs="*", metavar="包名", help="只检查这几个")


def run(arguments: argparse.Namespace) -> int:
    """List the packs, or check them and give 1 if any has a fault; a broken pack is told by PackFault."""
    catalogue = load_packs(settings_here())
    if arguments.action == "list":
        for pack in catalogue.packs.values():
            print(_line(pack))
        return 0
    return _check(catalogue, arguments.names or sorted(catalogue.packs))


def _line(pack: Pack) -> str:
    regions = "、".join(region.name for region in pack.regions) or "、".join(sorted(pack.region_codes))
    origin = "随系统" if pack.shipped else "第三方"
    schemes = [scheme.name for scheme in pack.schemes]
    schemes += [row.name for row in pack.scheme_amendments if row.code]
    opened = f"；开办：{'、'.join(schemes)}" if schemes else ""
    return f"{pack.name} {pack.info.version}　{pack.info.title}（{origin}）　地区：{regions}{opened}"


def _check(catalogue: Catalogue, names: list[str]) -> int:
    found = False
    for name in names:
        faults = check_pack(catalogue.pack(name), catalogue)
        print(f"{'✗' if faults else '✓'} {name}")
        for fault in faults:
            print(f"    {fault}")
        found = found or bool(faults)
    return 1 if found else 0
