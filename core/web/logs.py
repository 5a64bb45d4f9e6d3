"""One JSON line per event, without personal data: whatever looks like a number of a person is masked on its way out."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
import unicodedata
from collections.abc import Callable, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

import structlog
from flask import Flask, Response, current_app, g, request

from core.web.request import state

EXTENSION = "doudi_request_log"
# values the program itself makes: they hold digits and tell nothing of a person
OUR_OWN = frozenset({"timestamp", "level", "logger", "report", "event", "status", "milliseconds", "endpoint", "method", "frames"})  # fmt: skip
MASK = "[…]"
FILE_SIZE = 10_000_000  # bytes
# any run of seven digits or more, also with what people write between them, perhaps closed by the X of an ID number;
# more than the leak scan finds, because a log loses nothing by it
_LONG_NUMBER = re.compile(r"[0-9](?:[\s\-._/()]{0,2}[0-9]){6,}[Xx]?")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’|\([^()]*=[^()]*\)|=\([^()]*\)")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]{2,}")
EventDict = MutableMapping[str, Any]


def mask_numbers(text: str) -> str:
    """`text` with every long number masked, also in full-width digits."""
    folded = unicodedata.normalize("NFKC", text)
    return _LONG_NUMBER.sub(MASK, folded) if _LONG_NUMBER.search(folded) else text


def mask_event(_logger: object, _name: str, event: EventDict) -> EventDict:
    """The processor that stands before the writer: every value except our own is scanned."""
    for key, value in event.items():
        if key not in OUR_OWN:
            event[key] = _masked(value)
        elif key == "event":
            event[key] = mask_numbers(str(value))
    return event


def _masked(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1_000_000 else MASK
    if isinstance(value, dict):
        return {str(key): _masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(each) for each in value]
    return mask_numbers(str(value))


def tell_fault(_logger: object, _name: str, event: EventDict) -> EventDict:
    """An exception as its kind, its bare sentence and where it happened: its values (answers, SQL parameters) stay out."""
    info = event.pop("exc_info", None)
    fault = info[1] if isinstance(info, tuple) else (sys.exc_info()[1] if info is True else info)
    if isinstance(fault, BaseException):
        frames = traceback.extract_tb(fault.__traceback__)
        event["fault"] = type(fault).__name__
        event["sentence"] = bare_sentence(fault)
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


def bare_sentence(fault: BaseException) -> str:
    """The first line of a fault's message without anything quoted, in brackets or in Chinese: names hide there."""
    first = (str(fault).splitlines() or [""])[0]
    return _CHINESE.sub("…", _QUOTED.sub("…", mask_numbers(first)))[:300]


_PROCESSORS: list[Callable[..., Any]] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
    tell_fault,
    mask_event,
]


class MaskingHandler(logging.Handler):
    """Ours, to be told from handlers that others put on the root logger."""


class _ToStream(MaskingHandler, logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the time."""

    def __init__(self, stream: TextIO | None) -> None:
        logging.Handler.__init__(self)
        self._given = stream

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return self._given or sys.stderr


class _ToFile(MaskingHandler, RotatingFileHandler):
    """Keeps one file before the present one."""


def configure_logs(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send our events and those of libraries through the mask to `stream` (standard error)."""
    # no line says from where in the code or which thread it comes, so it is not worked out (Python's logging, Optimization)
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, MaskingHandler)]
    _add(_ToStream(stream))
    # libraries speak up when something is wrong, not of their daily work
    root.setLevel(logging.WARNING)
    logging.getLogger("doudi").setLevel(level)
    structlog.configure(
        processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def log_into(path: Path) -> None:
    """Write everything to a file, of which the stream keeps what is wrong: for whoever reads her terminal."""
    for each in logging.getLogger().handlers:
        if isinstance(each, _ToStream):
            each.setLevel(logging.WARNING)
    _add(_ToFile(path, maxBytes=FILE_SIZE, backupCount=1, encoding="utf-8"))


def _add(handler: MaskingHandler) -> None:
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.getLogger().addHandler(handler)


def start_timer() -> None:
    """Before every request."""
    g.began = time.perf_counter()


def log_request(response: Response) -> None:
    """One line per request: which page, how it ended, how long it took; no address, no query, no person.

    Whether we live is asked every few seconds, by machines: that is no news.
    """
    if request.endpoint == "healthz":
        return
    current_app.extensions[EXTENSION].info(
        "request",
        report=state().report,
        method=request.method,
        endpoint=request.endpoint or "none",
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        face=state().face,
    )


def install_logs(app: Flask) -> None:
    """Time every request of `app`. Unconfigured, structlog would print local variables beside a fault: never that."""
    if not structlog.is_configured():
        configure_logs()
    # bound once: structlog would put a logger together for every line
    app.extensions[EXTENSION] = structlog.get_logger("doudi.request").bind()
    app.before_request(start_timer)
