"""What may be written into the job system's own database: ids, codes and counts, never a value about a person.

DBOS keeps every argument, result and exception in clear (decision 19). This serializer is the last gate before its
tables: what is not small is refused, and of an exception only a code is kept.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from dbos import Serializer

Small = str | int | bool | None

# eleven digits are a phone number, fifteen to nineteen an ID or a bank card: no count is that long
LARGEST_COUNT = 9_999_999_999
_CODE = re.compile(r"[A-Za-z]\w*(?:[.:-]\w+)*", re.ASCII)
_MOST_DIGITS = 8  # a code may end in a date or a version
_REGION = re.compile(r"\d{12}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}(?:-\d{2})?", re.ASCII)


def row_id(value: Small) -> uuid.UUID | None:
    """The id of a row that a step was given, or None where it was given none."""
    return None if value is None else uuid.UUID(str(value))


class NotSmall(TypeError):  # noqa: N818
    """A programming error: a job was handed, or returned, more than an id, a code or a count. Names no value."""


class JobFailed(Exception):  # noqa: N818
    """How a job or step ended badly: `code` only (the name of the error's class), no message, no value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_small(value: object, where: str) -> Small:
    """Return `value` if it is None, a bool, a count, a code (`rotate.keys`), a UUID, a 12-digit region or a day.

    Raises:
        NotSmall: it is anything else; the message says where and of which type, not what.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_COUNT:
        return int(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, str) and _is_code(value):
        return str(value)
    msg = f"{where}: a {type(value).__name__} that is no id, code or count may not enter the job database"
    raise NotSmall(msg)


def _is_code(text: str) -> bool:
    if len(text) > 64:
        return False
    if _REGION.fullmatch(text) or _DAY.fullmatch(text):
        return True
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return bool(_CODE.fullmatch(text)) and sum(each.isdigit() for each in text) <= _MOST_DIGITS


def failure_code(error: BaseException) -> str:
    """The code of an error: its own when it is a JobFailed, else the name of its class."""
    return error.code if isinstance(error, JobFailed) else type(error).__name__[:64]


class SmallValues(Serializer):
    """JSON of small values; also safe to read back, which a pickle is not."""

    def name(self) -> str:
        return "doudi_small_1"

    def serialize(self, data: Any) -> str:
        """Raises NotSmall for anything that is not made of small values, lists and argument dictionaries of them."""
        if isinstance(data, BaseException):
            return json.dumps({"failed": failure_code(data)})
        return json.dumps({"value": _plain(data)}, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        found = json.loads(serialized_data)
        return JobFailed(found["failed"]) if "failed" in found else found["value"]


def _plain(data: object) -> object:
    if isinstance(data, dict):
        return {str(check_small(key, "a name")): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return check_small(data, "a job value")
