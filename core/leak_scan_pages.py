"""Reads plain text, csv and html piece by piece for the leak scan, each piece with the line or cell it stands in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser

from core.leak_scan import Piece, safe_name

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "wbr",
    ]
)
# drawings and checksums: digits without meaning for a reader
_DEAF_ATTRIBUTES = frozenset({"d", "points", "integrity", "nonce", "viewbox", "transform"})


def decode(content: bytes) -> str:
    """Text of UTF-8, UTF-16 with its mark, or GB 18030. Raises UnicodeDecodeError for anything else."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if b"\0" in content:
        raise UnicodeDecodeError("utf-8", content, content.index(b"\0"), content.index(b"\0") + 1, "binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def line_pieces(content: bytes) -> Iterator[Piece]:
    for number, line in enumerate(decode(content).splitlines(), 1):
        yield Piece(f"第 {number} 行", line)


def csv_pieces(content: bytes) -> Iterator[Piece]:
    text = decode(content)
    head = text.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in rows:
            for column, cell in enumerate(row, 1):
                yield Piece(f"第 {before + 1} 行第 {column} 列", cell)
            before = rows.line_num
    except csv.Error:
        # no csv after all (a lone quote over the whole file): what is left is read line by line
        for number, line in enumerate(text.splitlines()[before:], before + 1):
            yield Piece(f"第 {number} 行", line)


class _Page(HTMLParser):
    """Collects what a visitor sees or could copy: text across inline tags, attributes, comments and scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._text: list[str] = []
        self._line = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.flush()
        line = self.getpos()[0]
        for name, value in attrs:
            if value and name not in _DEAF_ATTRIBUTES:
                self.pieces.append(Piece(f"第 {{line}} 行属性 {safe_name(name)}", value, line))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()

    def handle_data(self, data: str) -> None:
        if not self._text:
            self._line = self.getpos()[0]
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self.pieces.append(Piece("第 {line} 行注释", data, self.getpos()[0]))

    def flush(self) -> None:
        if self._text:
            self.pieces.append(Piece("第 {line} 行", "".join(self._text), self._line))
            self._text = []


def html_pieces(content: bytes) -> Iterator[Piece]:
    page = _Page()
    page.feed(decode(content))
    page.close()
    page.flush()
    yield from page.pieces
