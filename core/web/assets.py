"""Serves our static files: addressed by content so that browsers keep them for a year, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from flask import Response, request
from werkzeug.security import safe_join

from core.errors import NotFound
from core.translations import N_
from core.web.access_gate import PUBLIC, access
from core.web.request import state

STATIC = Path(__file__).parent / "static"
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".json", ".html", ".txt", ".map", ".webmanifest"})
ENDPOINT = "asset"
FOLDER_ADDRESS = "/static"
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: its bytes, the same compressed (or None), and the mark of its content."""

    data: bytes
    packed: bytes | None
    mark: str
    mimetype: str
    state: tuple[int, int]


class Assets:
    """The files below one folder, read at first use and again when they change."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder
        self._known: dict[str, Asset] = {}
        self._addresses: dict[str, tuple[float, str]] = {}
        self._lock = Lock()

    def get(self, name: str) -> Asset | None:
        """The file of that path below the folder, or None."""
        joined = safe_join(str(self.folder), name)
        path = Path(joined) if joined else None
        if path is None or not path.is_file():
            return None
        status = path.stat()
        mark = (status.st_mtime_ns, status.st_size)
        known = self._known.get(name)
        if known is None or known.state != mark:
            known = self._read(path, mark)
            with self._lock:
                self._known[name] = known
        return known

    def address(self, name: str) -> str:
        """`css/theme.css?v=…`, without a mark for no such file; looked at again when it is a second old.

        A page names ten files: to ask the disk for each at every page would be a quarter of its cost.
        """
        read = self._addresses.get(name)
        moment = time.monotonic()
        if read is None or moment - read[0] > 1:
            found = self.get(name)
            read = self._addresses[name] = (moment, quote(name) + (f"?v={found.mark}" if found else ""))
        return read[1]

    @staticmethod
    def _read(path: Path, mark: tuple[int, int]) -> Asset:
        data = path.read_bytes()
        packed = gzip.compress(data, 9, mtime=0) if path.suffix in COMPRESSIBLE else None
        mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Asset(
            data, packed if packed and len(packed) < len(data) else None,
            hashlib.sha256(data).hexdigest()[:12], mimetype, mark,
        )  # fmt: skip


ASSETS = Assets()


def asset(path: str) -> str:
    """The address of a static file, with its content's mark: `/static/css/theme.css?v=…`."""
    return f"{request.script_root}{FOLDER_ADDRESS}/{ASSETS.address(path)}"


@access(PUBLIC)
def serve_asset(path: str) -> Response:
    """One static file; kept for a year where its address carries its mark, asked for again otherwise."""
    found = ASSETS.get(path)
    if found is None:
        raise NotFound(N_("没有这个文件。"))
    state().personal = False
    packed = found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.packed if packed else found.data, mimetype=found.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if found.packed is not None:
        response.vary.add("Accept-Encoding")
    marked = request.args.get("v") == found.mark
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if marked else "no-cache"
    response.set_etag(f"{found.mark}{'-gz' if packed else ''}")
    response.make_conditional(request)
    return response
