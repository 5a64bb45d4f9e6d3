"""Seals and unseals values bound to their place, and computes the keyed index that finds equal ones.

A blob is one version byte (the suite), two bytes of key id, twelve of nonce, the sealed text and sixteen of tag.
Nonces are random, which is safe for four thousand million blobs per key: rotate long before.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from os import urandom
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import DeclarativeBase

from core.encryption.ciphers import NONCE_BYTES, Aead, Suite, derive_key, make_cipher, make_keyed_hash
from core.encryption.columns import HEADER_BYTES, is_sealed
from core.encryption.keys import KeyProvider, KeyRing, KeysUnavailable
from core.errors import Problem
from core.translations import N_

_BODY = HEADER_BYTES + NONCE_BYTES
_INDEX_BYTES = 32
# numbers that people type, each in her own way
TYPED_KINDS = frozenset({"id_number", "phone", "mobile", "bank_account", "disability_certificate"})


class SealBroken(Problem):
    """A blob was altered, or lies in another row or column than the one it was sealed for."""

    status = 500


class Place(NamedTuple):
    """Where a blob belongs; `row` is the row's id as 32 hex digits. A blob moved elsewhere does not open."""

    table: str
    column: str
    row: str


def place_of(row: DeclarativeBase, column: str) -> Place:
    """The place of a mapped row's column. Raises ValueError while the row has no id: it is allotted before sealing."""
    row_id: uuid.UUID | None = getattr(row, "id", None)
    if row_id is None:
        msg = f"{row.__tablename__} needs its id before {column} is sealed"
        raise ValueError(msg)
    return Place(row.__tablename__, column, row_id.hex)


class Vault:
    """One per process, shared by threads: cipher objects are kept by key id. `provider` is asked again when needed."""

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider
        self._take(provider.ring())

    def refresh(self) -> None:
        """Take up keys that a rotation added; cheap when nothing changed (one stat with the file provider)."""
        ring = self._provider.ring()
        if ring is not self._ring and ring != self._ring:
            self._take(ring)

    # --- values -------------------------------------------------------------------------------------------------

    def seal(self, place: Place, text: str) -> bytes:
        """Seal one text. For several fields of a row, `seal_row` is cheaper."""
        header, encrypt = self._sealing
        nonce = urandom(NONCE_BYTES)
        # _bound_to, written out: a call costs a tenth of the whole
        bound = f"{place[1]}\x1f{place[0]}\x1f{place[2]}".encode()
        return header + nonce + encrypt(nonce, text.encode(), bound)

    def unseal(self, place: Place, blob: bytes) -> str:
        """The text. Raises SealBroken if altered or moved, KeysUnavailable if its key is gone."""
        return self._open(place, blob).decode()

    def seal_row(self, table: str, row_id: uuid.UUID, texts: Mapping[str, str]) -> dict[str, bytes]:
        """Seal several fields of one row: texts by column name."""
        header, encrypt = self._sealing
        nonces = urandom(NONCE_BYTES * len(texts))
        rest = f"\x1f{table}\x1f{row_id.hex}".encode()
        sealed = {}
        start = 0
        for column, text in texts.items():
            nonce = nonces[start : start + NONCE_BYTES]
            start += NONCE_BYTES
            sealed[column] = header + nonce + encrypt(nonce, text.encode(), column.encode() + rest)
        return sealed

    def unseal_column(
        self, table: str, column: str, blobs: Iterable[tuple[uuid.UUID, bytes | None]]
    ) -> list[str | None]:
        """One column of many rows (a list page): texts in the order of (row id, blob); None stays None."""
        return [
            None if blob is None else self._open(Place(table, column, row_id.hex), blob).decode()
            for row_id, blob in blobs
        ]

    def seal_json(self, place: Place, value: Any) -> bytes:
        """Seal a JSON value, its integers of 64 bits at most; fields always shown together cost a quarter this way."""
        return self.seal(place, orjson.dumps(value).decode())

    def unseal_json(self, place: Place, blob: bytes) -> Any:
        """The JSON value sealed by `seal_json`; raises as `unseal` does."""
        return orjson.loads(self._open(place, blob))

    def seal_into(self, row: DeclarativeBase, column: str, text: str | None) -> None:
        """Set a mapped row's encrypted column; None clears it."""
        setattr(row, column, None if text is None else self.seal(place_of(row, column), text))

    def read(self, row: DeclarativeBase, column: str) -> str | None:
        """The text of a mapped row's encrypted column, or None; raises as `unseal` does."""
        blob: bytes | None = getattr(row, column)
        return None if blob is None else self.unseal(place_of(row, column), blob)

    def is_current(self, blob: bytes) -> bool:
        """Whether a blob is sealed with the key now in force."""
        return blob[:HEADER_BYTES] == self._sealing[0]

    # --- index --------------------------------------------------------------------------------------------------

    def index(self, kind: str, value: str) -> bytes:
        """32 bytes that equal values of one kind share: one byte of index key id, 31 of HMAC.

        For the numbers of `TYPED_KINDS` width, case, blanks and dashes make no difference; all else must be exactly
        equal, because an identity provider's subject `a-b` and `AB` are two people.
        """
        return self._index_with(self._ring.current_index, kind, value)

    def index_all(self, kind: str, value: str) -> list[bytes]:
        """The index under every key, the current one first: search with these while a rotation runs."""
        current = self._ring.current_index
        keys = [current, *(key_id for key_id in sorted(self._ring.index) if key_id != current)]
        return [self._index_with(key_id, kind, value) for key_id in keys]

    def _index_with(self, key_id: int, kind: str, value: str) -> bytes:
        keyed = self._hashes.get((key_id, kind))
        if keyed is None:
            key = self._ring.index[key_id]
            keyed = make_keyed_hash(key.algorithm, key.secret, f"{kind}\x1f".encode())
            self._hashes[(key_id, kind)] = keyed
        message = _comparable(value) if kind in TYPED_KINDS else value
        return key_id.to_bytes() + keyed(message.encode())[: _INDEX_BYTES - 1]

    # --- files --------------------------------------------------------------------------------------------------

    @property
    def current_header(self) -> bytes:
        """Version byte and key id that a new file begins with."""
        return self._sealing[0]

    def file_cipher(self, header: bytes, salt: bytes, purpose: bytes) -> Aead:
        """A cipher for one file alone, derived from the data key that `header` names.

        Raises KeysUnavailable if that key is gone, SealBroken if the header names none.
        """
        self._cipher(header)
        key = self._ring.data[int.from_bytes(header[1:HEADER_BYTES])]
        return make_cipher(key.suite, derive_key(key.suite, key.secret, salt, purpose))

    # --- keys ---------------------------------------------------------------------------------------------------

    def _take(self, ring: KeyRing) -> None:
        ciphers: dict[bytes, Aead] = {}
        for key_id, key in ring.data.items():
            ciphers[_header(key.suite, key_id)] = make_cipher(key.suite, key.secret)
        header = _header(ring.data[ring.current].suite, ring.current)
        self._ring = ring
        self._ciphers = ciphers
        self._hashes: dict[tuple[int, str], Callable[[bytes], bytes]] = {}
        self._sealing = (header, ciphers[header].encrypt)

    def _cipher(self, header: bytes) -> Aead:
        cipher = self._ciphers.get(header)
        if cipher is None:
            # another process may have rotated since
            self.refresh()
            cipher = self._ciphers.get(header)
        if cipher is None:
            raise KeysUnavailable(
                N_("这条加密资料用的钥匙（编号 {key}）不在本系统；请系统管理员从备份恢复钥匙文件"),
                key=int.from_bytes(header[1:HEADER_BYTES]),
            )
        return cipher

    def _open(self, place: Place, blob: bytes) -> bytes:
        if not is_sealed(blob):
            raise _broken(place)
        cipher = self._ciphers.get(blob[:HEADER_BYTES]) or self._cipher(blob[:HEADER_BYTES])
        try:
            return cipher.decrypt(blob[HEADER_BYTES:_BODY], blob[_BODY:], _bound_to(place))
        except InvalidTag:
            raise _broken(place) from None


def _header(suite: Suite, key_id: int) -> bytes:
    return suite.version_byte.to_bytes() + key_id.to_bytes(2)


def _bound_to(place: Place) -> bytes:
    # by index: joining or unpacking a named tuple copies it first, three times the cost
    return f"{place[1]}\x1f{place[0]}\x1f{place[2]}".encode()


def _comparable(value: str) -> str:
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return "".join(value.replace("-", "").split()).upper()


def _broken(place: Place) -> SealBroken:
    return SealBroken(
        N_(
            "这条加密资料读不出来（{table} 的 {column}）：它被改动过，或不在原来的位置。"
            "请联系系统管理员，先不要修改这条记录"
        ),
        table=place.table,
        column=place.column,
    )
