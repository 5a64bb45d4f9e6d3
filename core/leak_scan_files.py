"""Finds personal data in files about to be handed on: txt, csv, html, xlsx and docx, with the line or cell of each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from python_calamine import CalamineError

from core.errors import Problem
from core.leak_scan import FileLeak, Piece, safe_name, scan_text
from core.leak_scan_office import document_pieces, workbook_pieces
from core.leak_scan_pages import csv_pieces, html_pieces, line_pieces
from core.translations import N_

_OLE = b"\xd0\xcf\x11\xe0"  # how an Office file with a password, or an old .xls or .doc, begins
_READERS: Mapping[str, Callable[[bytes], Iterable[Piece | FileLeak]]] = {
    ".txt": line_pieces,
    ".csv": csv_pieces,
    ".html": html_pieces,
    ".htm": html_pieces,
    ".xlsx": workbook_pieces,
    ".docx": document_pieces,
}


class UnreadableFile(Problem):
    """The file cannot be scanned, so nothing may be said about it."""

    status = 422


def scan_file(
    path: Path, *, allow: Collection[str] = (), forbidden: Collection[str] = frozenset()
) -> list[FileLeak]:
    """Every leak in the file in reading order; `allow` and `forbidden` as in `scan_text`.

    Raises UnreadableFile for a missing, damaged, password-protected or other kind of file.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(
            N_("{name}：不认识这种文件；能检查 txt、csv、html、xlsx 和 docx"), name=safe_name(path.name)
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(N_("{name}：找不到这个文件"), name=safe_name(path.name)) from None
    except OSError as fault:
        raise UnreadableFile(
            N_("{name}：文件打不开（{reason}）"), name=safe_name(path.name), reason=fault.strerror
        ) from fault
    if content.startswith(_OLE):
        raise UnreadableFile(
            N_("{name}：文件有密码，或是旧版格式；请去掉密码，另存为 xlsx 或 docx 后再检查"),
            name=safe_name(path.name),
        )
    try:
        found: list[FileLeak] = []
        for piece in reader(content):
            if isinstance(piece, FileLeak):
                found.append(piece)
                continue
            # a line break inside one piece of text is only how it was written down
            leaks = scan_text(piece.text.replace("\n", " "), allow=allow, forbidden=forbidden)
            found += [FileLeak(leak.kind, piece.place_at(leak.start), leak.masked) for leak in leaks]
    except (
        UnicodeDecodeError,
        zipfile.BadZipFile,
        CalamineError,
        ET.ParseError,
        KeyError,
        ValueError,
    ) as fault:
        raise UnreadableFile(
            N_("{name}：文件已损坏，或内容与扩展名不符，没法检查"), name=safe_name(path.name)
        ) from fault
    return found
