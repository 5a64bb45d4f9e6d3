"""Reads xlsx and docx piece by piece for the leak scan: cells, paragraphs, heads, notes and properties."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook

from core.identity_numbers import birth_date_in, is_issuer
from core.leak_scan import FileLeak, Piece, safe_name
from core.masking import Kind, mask

_LARGEST_PART = 512 * 1024 * 1024  # a zip that unpacks to more is an attack, not a report
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def workbook_pieces(content: bytes) -> Iterator[Piece | FileLeak]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        shown = safe_name(name)
        yield Piece("工作表名", name)
        sheet = book.get_sheet_by_name(name)
        for row, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
            for column, cell in enumerate(cells):
                place = f"{shown}!{_column_letters(column)}{row}"
                if isinstance(cell, str):
                    yield Piece(place, cell)
                elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == cell // 1:
                    yield from _number_cell(place, cell)
    # notes and properties lie beside the cells
    for part in _parts(content, r"xl/(comments|threadedComments|drawings|persons)\S*\.xml|docProps/\w+\.xml"):
        yield from _loose_texts("批注或属性", part)


def _number_cell(place: str, number: float) -> Iterator[Piece | FileLeak]:
    """A whole number as a reader sees it: Excel keeps fifteen digits and puts zeros for the rest.

    So an ID or card number typed as a number has lost its check digit and is known by its beginning.
    """
    text = str(int(Decimal(f"{number:.15g}")))
    if len(text) == 18 and is_issuer(text) and birth_date_in(text):
        yield FileLeak(Kind.ID_NUMBER, place, mask(Kind.ID_NUMBER, text))
    elif 16 <= len(text) <= 19 and text.startswith("62"):
        yield FileLeak(Kind.BANK_CARD, place, mask(Kind.BANK_CARD, text))
    else:
        yield Piece(place, text)


def document_pieces(content: bytes) -> Iterator[Piece]:
    names = {"document": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
    pattern = r"word/(document|header|footer|footnotes|endnotes|comments)\d*\.xml"
    for name, root in _named_parts(content, pattern):
        kind = re.sub(r"\d+$", "", Path(name).stem)
        place = names.get(kind, "批注")
        cells = dict(_cells_of(root))
        for number, (paragraph, cell) in enumerate(_paragraphs(root, cells), 1):
            yield Piece(place + (cell or f"第 {number} 段"), _paragraph_text(paragraph))
    for part in _parts(content, r"docProps/\w+\.xml"):
        yield from _loose_texts("属性", part)


def _cells_of(root: ET.Element) -> Iterator[tuple[ET.Element, str]]:
    for number, table in enumerate(root.iter(f"{_WORD}tbl"), 1):
        for row_number, row in enumerate(table.findall(f"{_WORD}tr"), 1):
            for cell_number, cell in enumerate(row.findall(f"{_WORD}tc"), 1):
                yield cell, f"第 {number} 个表第 {row_number} 行第 {cell_number} 格"


def _paragraphs(root: ET.Element, cells: dict[ET.Element, str]) -> Iterator[tuple[ET.Element, str | None]]:
    """Paragraphs with the place of the innermost table cell that holds them, if any."""
    stack: list[tuple[ET.Element, str | None]] = [(root, None)]
    while stack:
        element, cell = stack.pop()
        if element.tag == f"{_WORD}p":
            yield element, cell
        cell = cells.get(element, cell)
        stack.extend((child, cell) for child in reversed(element))


def _paragraph_text(paragraph: ET.Element) -> str:
    """The runs of one paragraph joined, deleted ones too: a copy of the file still holds them."""
    texts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == f"{_WORD}p":
            continue  # a text box inside: it comes as a paragraph of its own
        if element.tag in {f"{_WORD}t", f"{_WORD}delText", f"{_WORD}instrText"}:
            texts.append(element.text or "")
        elif element.tag in {f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"}:
            texts.append("\n")
        stack.extend(reversed(element))
    return "".join(texts)


def _loose_texts(place: str, root: ET.Element) -> Iterator[Piece]:
    for text in root.itertext():
        if text.strip():
            yield Piece(place, text)


def _parts(content: bytes, pattern: str) -> Iterator[ET.Element]:
    for _, root in _named_parts(content, pattern):
        yield root


def _named_parts(content: bytes, pattern: str) -> Iterator[tuple[str, ET.Element]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if re.fullmatch(pattern, info.filename):
                if info.file_size > _LARGEST_PART:
                    msg = "a part unpacks to too much"
                    raise ValueError(msg)
                part = archive.read(info)
                if b"<!DOCTYPE" in part:
                    msg = "office files declare no entities"
                    raise ValueError(msg)
                yield info.filename, ET.fromstring(part)  # noqa: S314  (no DOCTYPE, so no entities)


def _column_letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
