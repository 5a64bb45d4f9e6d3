"""`doudi regions rename` and `add`: a place's new name, a new place, entered by their document and told in plain words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from core.catalogue.letter_texts import day_in_words
from core.regions.models import Region
from core.regions.overrides import add_region, rename_region
from core.regions.queries import count_below, node
from core.sessions import ScopedSession


def add_actions(actions: Any, day: Callable[[str], date]) -> None:
    """The two subcommands of `doudi regions`; `day` reads a date."""
    rename = actions.add_parser("rename", help="改名：登记一个区划的新名称，代码不变")
    rename.add_argument("code", metavar="CODE", help="改名的区划代码（12位）")
    added = actions.add_parser("add", help="设立：在上级区划下增加一个新的乡镇、村等")
    added.add_argument("code", metavar="CODE", help="新区划的代码（12位），前几位是上级的")
    added.add_argument("--initials", default="", metavar="XX", help="案件编号的首字母（乡镇以上要填），如CH")
    for each in (rename, added):
        each.add_argument("name", metavar="NAME", help="名称，不带上级：茶乡镇")
        each.add_argument("--on", type=day, required=True, metavar="DATE", help="从哪一天起，如2026-12-01")
        each.add_argument("--document", required=True, help="批准文件的文号")
        each.add_argument("--preview", action="store_true", help="只看会怎样，不登记")


def rename(session: ScopedSession, arguments: argparse.Namespace) -> str:
    """Give a place its new name and say what carries it from now on. Raises as `rename_region`."""
    before = node(session, arguments.code).full_name
    rename_region(session, session.actor, arguments.code, arguments.name, **_order(arguments))
    place = node(session, arguments.code)
    below = count_below(session, place.code)
    told = (
        f"{before}从{day_in_words(arguments.on)}起改名为{place.full_name}（{arguments.document.strip()}）。"
    )
    told += f"\n它下面 {below} 个区划的全称也跟着改了。" if below else ""
    return (
        told
        + "\n代码不变，户、案件和工作人员的授权都不用动；已经发出的通知书和公示保留原名。"
        + _letters(place)
    )


def add(session: ScopedSession, arguments: argparse.Namespace) -> str:
    """Add a place and say from when it may be chosen. Raises as `add_region`."""
    order = _order(arguments) | {"initials": arguments.initials}
    place = add_region(session, session.actor, arguments.code, arguments.name, **order)
    day = day_in_words(arguments.on)
    told = f"{place.full_name}（{place.code}）从{day}起设立（{arguments.document.strip()}）。"
    told += f"\n从{day}起可以选到它；重新载入区划不会把它去掉。"
    return told + (_letters(place) or "里面还没有户；别处并进来的，用 doudi regions merge 登记。")


def _letters(place: Region) -> str:
    return f"案件编号的首字母是{place.name_pinyin_initials}。" if place.name_pinyin_initials else ""


def _order(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"since": arguments.on, "document": arguments.document, "now": datetime.now(UTC)}
