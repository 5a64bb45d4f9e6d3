"""What an audit entry is worth as bytes: its digest, its proof, and texts freed of personal numbers."""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes
from sqlalchemy import inspect

from core.database import Base
from core.encryption import Vault
from core.masking import Kind, mask
from core.scopes import LEVELS

DIGESTED = (
    "id", "at", "act", "done", "actor_kind", "account_id", "actor_name", "node", "subject_type", "subject_id",
    "person_id", "case_id", "reason", "changes", "login_id", "ip", "chain",
    "province", "city", "county", "township", "village",
)  # fmt: skip
HIDDEN = "***"
# eleven digits are the shortest a phone, card or identity number has; dates, amounts, case numbers have fewer
_LONG_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ \-]?[0-9]){9,}[ \-]?[0-9Xx](?![0-9])")
_DATE = re.compile(r"[12][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]")


def digest_of(values: Mapping[str, Any]) -> bytes:
    """SHA-256 over the digested columns of an entry, the same for a row to be written and for one read back."""
    content = [_plain(values[name]) for name in DIGESTED]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def proof_of(vault: Vault | None, digest: bytes) -> bytes:
    """The keyed index of a digest; empty where a session has no vault (tests)."""
    return b"" if vault is None else vault.index("audit", digest.hex())


def is_proven(vault: Vault | None, digest: bytes, proof: bytes) -> bool:
    """Whether `proof` was made with one of the installation's keys; without a vault nothing is asked."""
    return vault is None or proof in vault.index_all("audit", digest.hex())


def hash_bytes(algorithm: str, *parts: bytes) -> bytes:
    """The hash of the parts joined: `sha256`, or `sm3` (GB/T 32905)."""
    state = hashes.Hash(hashes.SM3() if algorithm == "sm3" else hashes.SHA256())
    for part in parts:
        state.update(part)
    return state.finalize()


def without_numbers(text: str) -> str:
    """`text` with every run of digits long enough to be a phone, card or identity number replaced by stars.

    Full-width digits count as digits; everything else, Chinese punctuation too, stays as it was written.
    """
    even = "".join(_narrow(char) for char in text)
    dates = _DATE.sub(lambda found: "\x00" * len(found[0]), even)
    for each in reversed(list(_LONG_NUMBER.finditer(dates))):
        text = text[: each.start()] + HIDDEN + text[each.end() :]
    return text


def _narrow(char: str) -> str:
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char


def changes_of(row: Base, *names: str) -> dict[str, list[Any]]:
    """What is about to change in a mapped row, before its flush: column name to [before, after].

    Dates, numbers, enums, codes and ids are kept; a text or a sealed value is shown as "***", or masked as its column
    says in `info={"mask": Kind.…}`. The level columns are left out. `names` limits the columns.
    """
    state = inspect(row)
    found: dict[str, list[Any]] = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if not history.has_changes() or attribute.key in LEVELS or (names and attribute.key not in names):
            continue
        kind = attribute.columns[0].info.get("mask")
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        found[attribute.key] = [_shown(before, kind), _shown(after, kind)]
    return found


def _shown(value: Any, kind: Kind | None) -> Any:
    if value is None or isinstance(value, (bool, int, enum.Enum, date, uuid.UUID)):
        return _plain(value)
    if isinstance(value, str):
        if kind is not None:
            return mask(kind, value)
        if value == "" or re.fullmatch(r"[0-9]{12}", value):
            return value
    return HIDDEN


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, enum.Enum):
        return str(value)
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    return value
