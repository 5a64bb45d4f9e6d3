"""`doudi scan FILE…`: personal data in files about to be handed on, by kind and place, always masked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.leak_scan_files import UnreadableFile, scan_file
from core.masking import Kind

NAMES = {
    Kind.ID_NUMBER: "身份证号",
    Kind.MOBILE: "手机号",
    Kind.FIXED_PHONE: "固定电话",
    Kind.BANK_CARD: "银行卡号",
    Kind.DISABILITY_CERTIFICATE: "残疾人证号",
    Kind.LISTED_VALUE: "名单中的信息",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="txt、csv、html、xlsx 或 docx 文件")
    parser.add_argument(
        "--allow", action="append", default=[], metavar="TEXT", help="允许出现的内容，如办公电话；可写多次"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each finding; 0 nothing found, 1 something found, 2 nothing found but a file could not be scanned."""
    found = unreadable = 0
    for name in arguments.files:
        try:
            leaks = scan_file(Path(name), allow=arguments.allow)
        except UnreadableFile as problem:
            print(problem, file=sys.stderr)
            unreadable += 1
            continue
        for leak in leaks:
            print(f"{name}\t{leak.place}\t{NAMES[leak.kind]}\t{leak.masked}")
        found += len(leaks)
    if found:
        print(f"发现 {found} 处个人信息，请删去或遮盖后再发布。", file=sys.stderr)
        return 1
    return 2 if unreadable else 0
