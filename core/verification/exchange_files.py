"""The sheet that goes out to a body and comes back filled in: written with text cells only, read as rows of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import python_calamine
import xlsxwriter

from core.errors import Invalid
from core.translations import N_
from core.verification.sending import Outgoing

COLUMNS = (
    "核对编号",
    "姓名",
    "身份证号",
    "单位",
    "查什么",
    "结果（有/无）",
    "种类",
    "金额（元）",
    "周期（每月/一年/余额）",
    "数量",
    "说明",
)
REPORT_COLUMNS = ("行号", "结果", "原因")
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled line; `line` is its number in the file, from 1 with the heading. All texts are stripped."""

    line: int
    request: str
    id_number: str
    found: str
    kind: str
    amount: str
    period: str
    quantity: str
    description: str


def write_sheet(outgoing: Sequence[Outgoing]) -> bytes:
    """An Excel file with one line per request. Every cell is text: numbers keep their digits, formulas stay words."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("核对")
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "num_format": "@"})
    sheet.set_column(0, 0, 34, text)
    sheet.set_column(1, len(COLUMNS) - 1, 20, text)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(COLUMNS):
        sheet.write_string(0, column, title, bold)
    for line, each in enumerate(outgoing, start=1):
        values = (each.request.id.hex, each.name, each.id_number, each.request.body, each.request.items)
        for column, value in enumerate(values):
            sheet.write_string(line, column, value, text)
    book.close()
    return buffer.getvalue()


def write_report(rows: Sequence[tuple[int, str, str]]) -> bytes:
    """Line number, outcome and reason of every line as CSV that Excel opens; nothing of a person stands in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(REPORT_COLUMNS)
    for line, outcome, reason in rows:
        writer.writerow((line, _harmless(outcome), _harmless(reason)))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def read_sheet(content: bytes) -> list[SheetRow]:
    """The filled lines of an Excel or CSV file. Raises Invalid (field `file`) for another kind, or other columns."""
    table = _table(content)
    if not table:
        raise Invalid(N_("这个文件是空的；请重新选择"), field="file")
    heading = [cell.strip() for cell in table[0]]
    places = {title: heading.index(title) for title in COLUMNS if title in heading}
    missing = [title for title in (COLUMNS[0], COLUMNS[2], COLUMNS[5]) if title not in places]
    if missing:
        raise Invalid(
            N_("第一行缺这几栏：{columns}。请用系统下载的核对表填写，不要改表头。"),
            field="file",
            columns="、".join(missing),
        )
    if len(table) - 1 > MOST_ROWS:
        raise Invalid(N_("一次最多导入 {most} 行，请分几个文件。"), field="file", most=MOST_ROWS)
    return list(_rows(table, places))


def _rows(table: list[list[str]], places: dict[str, int]) -> Iterator[SheetRow]:
    for number, cells in enumerate(table[1:], start=2):
        row = cells

        def cell(title: str, row: list[str] = row) -> str:
            place = places.get(title)
            return row[place].strip() if place is not None and place < len(row) else ""

        if any(value.strip() for value in row):
            yield SheetRow(
                number,
                cell(COLUMNS[0]),
                cell(COLUMNS[2]),
                cell(COLUMNS[5]),
                cell(COLUMNS[6]),
                cell(COLUMNS[7]),
                cell(COLUMNS[8]),
                cell(COLUMNS[9]),
                cell(COLUMNS[10]),
            )


def _table(content: bytes) -> list[list[str]]:
    if content[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            cells = book.get_sheet_by_index(0).to_python()
        except (python_calamine.CalamineError, OSError, ValueError, IndexError) as fault:
            raise _unreadable() from fault
        return [[_text(cell) for cell in row] for row in cells]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return list(csv.reader(io.StringIO(text)))
    raise _unreadable()


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _unreadable() -> Invalid:
    return Invalid(N_("这个文件读不出来；请用系统下载的 Excel 核对表，或另存为 CSV"), field="file")
