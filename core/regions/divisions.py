"""The shipped divisions of China (levels 1-4) and the demo counties' villages, read from their compressed files."""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from core.regions.codes import NATION, codes_of, is_heading, path_of
from core.regions.models import CodeSystem

NATION_NAME = "全国"
DEMO_COUNTIES = ("520328000000", "441823000000")
# a child called 濮阳县柳屯镇 below 濮阳县 repeats its parent; 芒市镇 below 芒市 is its own name
OWN_NAME_ENDINGS = frozenset({"", "街道", "镇", "乡"})


def read_divisions(provinces: Iterable[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """(code, name, initials) of the nation and levels 1-4, parents first; `provinces` (codes) limits it to those."""
    wanted = None if provinces is None else {code[:2] for code in provinces}
    yield NATION, NATION_NAME, ""
    for row in _rows("divisions.csv.xz"):
        if wanted is None or row["code"][:2] in wanted:
            yield row["code"], row["name"], row["initials"]


def read_demo_villages() -> Iterator[dict[str, str]]:
    """{code, name} of every village of the two demo counties."""
    return _rows("demo-villages.csv")


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    content = (files("core.regions") / "data" / file_name).read_bytes()
    if file_name.endswith(".xz"):
        content = lzma.decompress(content)
    return csv.DictReader(io.StringIO(content.decode("utf-8")))


def join_names(parent_full: str, parent_name: str, name: str) -> str:
    """The full name of a place below `parent_full`, without saying a name twice: 河南省 + 济源市 + 济源市沁园街道."""
    repeats = name.startswith(parent_name) and (
        name == parent_name or name.removeprefix(parent_name) not in OWN_NAME_ENDINGS
    )
    return parent_full.removesuffix(parent_name) + name if repeats else parent_full + name


def place_row(
    code: str,
    name: str,
    parent: Callable[[str], Mapping[str, Any]],
    *,
    initials: str = "",
    code_system: CodeSystem = CodeSystem.STATISTICS,
) -> dict[str, Any]:
    """The columns of one new `regions` row; `parent` gives the row (name, full_name) of a parent's code."""
    columns = codes_of(code)
    path = path_of(columns)
    above = path[-2] if len(path) > 1 else None
    return {
        **columns,
        "code": code,
        "name": name,
        "full_name": full_name(code, name, None if above is None else parent(above)),
        "name_pinyin_initials": initials,
        "level": sum(map(bool, columns.values())),
        "parent_code": above,
        "code_system": code_system,
        "valid_from": None,
        "valid_to": None,
        "merged_into": None,
    }


def full_name(code: str, name: str, parent: Mapping[str, Any] | None) -> str:
    """The name from the province down; a heading (市辖区) carries its province's own."""
    if parent is None:
        return name
    if is_heading(code):
        return str(parent["full_name"])
    if parent["code"] == NATION:
        return name
    above = "" if is_heading(parent["code"]) else str(parent["name"])
    return join_names(str(parent["full_name"]), above, name) if above else f"{parent['full_name']}{name}"
