"""Imports villages from a file: every row is accepted, found unchanged, or rejected with its reason."""

from __future__ import annotations

import csv
import io
import itertools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from core.errors import Invalid
from core.regions.codes import Level, has_shape, level_of, parent_of
from core.regions.divisions import full_name, place_row, read_demo_villages
from core.regions.models import CodeSystem, Region
from core.sessions import ScopedSession, update_rows, write_rows
from core.translations import N_

CHUNK = 2_000  # a chunk is asked for by code, and SQLite takes 32,766 values in one statement
LONGEST_NAME = 60
HEADINGS = {"代码": "code", "区划代码": "code", "名称": "name", "类别": "kind"}
# digits 10-12 say what the committee is (domain part 4); real files stray from it a little, so only a stated kind is
# held to it
KINDS = {
    "居委会": range(1, 200),
    "村委会": range(200, 400),
    "类似居委会": range(400, 500),
    "类似村委会": range(500, 600),
}


@dataclass(frozen=True, slots=True)
class VillageRow:
    """One row as given; `line` is its line in the file, the heading being line 1."""

    line: int
    code: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken, and why."""

    row: VillageRow
    problem: Invalid


class Known(NamedTuple):
    """What the import asks of a place already stored."""

    code: str
    name: str
    full_name: str
    valid_to: date | None
    code_system: CodeSystem


@dataclass(slots=True)
class Imported:
    """What became of a file's rows."""

    added: int = 0
    renamed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.added + self.renamed + self.unchanged + len(self.rejected)


def read_villages(content: bytes) -> Iterator[VillageRow]:
    """The rows of a CSV file, UTF-8 or GB 18030 as Chinese spreadsheets save it; columns beyond code, name, kind are ignored.

    Raises Invalid when the text cannot be read or has no columns code and name.
    """
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""))
    headings = [HEADINGS.get(each.strip(), each.strip()) for each in reader.fieldnames or ()]
    if not {"code", "name"} <= set(headings):
        raise Invalid(N_("文件第一行应有“代码”和“名称”两列（code,name）。"), field="file")
    reader.fieldnames = headings
    return (
        VillageRow(
            reader.line_num,
            # a code typed with a Chinese keyboard has full-width digits
            unicodedata.normalize("NFKC", row.get("code") or "").strip(),
            (row.get("name") or "").strip(),
            (row.get("kind") or "").strip(),
        )
        for row in reader
    )


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(N_("读不出这个文件的文字。请另存为CSV文件（UTF-8）再导入。"), field="file")


def import_villages(
    session: ScopedSession, rows: Iterable[VillageRow], *, code_system: CodeSystem = CodeSystem.STATISTICS
) -> Imported:
    """Write the good rows, a chunk at a time, and tell of the others. A second run changes nothing.

    A new name replaces the old one unless the site named the village itself. Needs a session in scope `System`.
    """
    result = Imported()
    seen: dict[str, int] = {}
    remaining = iter(rows)
    while chunk := list(itertools.islice(remaining, CHUNK)):
        _import_chunk(session, chunk, seen, code_system, result)
    return result


def load_demo_villages(session: ScopedSession) -> Imported:
    """The shipped villages of the demo counties (湄潭县, 阳山县); their townships must be loaded first."""
    rows = (
        VillageRow(line, row["code"], row["name"]) for line, row in enumerate(read_demo_villages(), start=2)
    )
    return import_villages(session, rows)


def _import_chunk(
    session: ScopedSession,
    chunk: list[VillageRow],
    seen: dict[str, int],
    code_system: CodeSystem,
    result: Imported,
) -> None:
    codes = {row.code for row in chunk if has_shape(row.code)}
    codes |= {parent for code in codes if (parent := parent_of(code))}
    statement = select(Region.code, Region.name, Region.full_name, Region.valid_to, Region.code_system).where(
        Region.code.in_(sorted(codes))
    )
    # columns, not entities: a file may hold 600,000 villages, and the session would keep every one
    stored = {row.code: Known(*row) for row in session.execute(statement)}
    new: list[dict[str, Any]] = []
    for row in chunk:
        problem = _fault(row, stored, seen)
        if problem is not None:
            result.rejected.append(Rejected(row, problem))
            continue
        seen[row.code] = row.line
        place = stored.get(row.code)
        if place is None:
            new.append(
                place_row(row.code, row.name, lambda code: _names(stored[code]), code_system=code_system)
            )
        elif place.name == row.name:
            result.unchanged += 1
        else:
            above = _names(stored[row.code[:9] + "000"])
            values = {"name": row.name, "full_name": full_name(row.code, row.name, above)}
            update_rows(session, Region, values, Region.code == row.code)
            result.renamed += 1
    write_rows(session, Region, new)
    result.added += len(new)


def _names(place: Known) -> dict[str, str]:
    return {"code": place.code, "name": place.name, "full_name": place.full_name}


def _fault(row: VillageRow, stored: dict[str, Known], seen: dict[str, int]) -> Invalid | None:
    """Why a row cannot be taken, or None."""
    return _fault_in_code(row, stored, seen) or _fault_in_name(row, stored) or _fault_in_kind(row)


def _fault_in_code(row: VillageRow, stored: dict[str, Known], seen: dict[str, int]) -> Invalid | None:
    township = stored.get(row.code[:9] + "000")
    if "E+" in row.code.upper():
        fault = Invalid(N_("代码被表格软件写成了科学计数。请把这一列设为文本后重新保存。"), field="code")
    elif not has_shape(row.code):
        fault = Invalid(N_("代码应为12位数字。"), field="code")
    elif level_of(row.code) is not Level.VILLAGE:
        fault = Invalid(N_("代码末三位是000，这不是村或社区。"), field="code")
    elif row.code in seen:
        fault = Invalid(N_("代码与第{line}行重复。"), field="code", line=seen[row.code])
    elif township is None:
        fault = Invalid(N_("没有代码为{code}的乡镇或街道。"), field="code", code=row.code[:9] + "000")
    elif township.valid_to is not None:
        fault = Invalid(N_("{name}已撤并，不能再加村或社区。"), field="code", name=township.name)
    else:
        return None
    return fault


def _fault_in_name(row: VillageRow, stored: dict[str, Known]) -> Invalid | None:
    if not row.name:
        return Invalid(N_("没有名称。"), field="name")
    if len(row.name) > LONGEST_NAME:
        return Invalid(N_("名称超过{longest}个字。"), field="name", longest=LONGEST_NAME)
    if not any(unicodedata.category(letter) == "Lo" for letter in row.name):
        return Invalid(N_("名称里没有汉字。"), field="name")
    if any(
        unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn"} or letter == "\ufffd" for letter in row.name
    ):
        return Invalid(N_("名称里有无法显示的字符。"), field="name")
    place = stored.get(row.code)
    if place is not None and place.code_system is CodeSystem.SITE and place.name != row.name:
        return Invalid(N_("本地已把它改为“{name}”，以本地为准。"), field="name", name=place.name)
    return None


def _fault_in_kind(row: VillageRow) -> Invalid | None:
    if not row.kind:
        return None
    if row.kind not in KINDS:
        return Invalid(N_("类别应为{kinds}之一，或留空。"), field="kind", kinds="、".join(KINDS))
    if int(row.code[9:]) not in KINDS[row.kind]:
        return Invalid(
            N_("类别“{kind}”与代码末三位不符。代码无误的，请把类别留空。"), field="kind", kind=row.kind
        )
    return None
