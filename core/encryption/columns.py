"""The column type of sealed values, which refuses clear text, and the list of every column that uses it."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.encryption.ciphers import NONCE_BYTES, TAG_BYTES, Suite

HEADER_BYTES = 3
SHORTEST_BLOB = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
VERSION_BYTES = frozenset(suite.version_byte for suite in Suite)


def is_sealed(value: object) -> bool:
    """Whether a value is a blob of the vault, by its first byte and its length."""
    return isinstance(value, bytes) and len(value) >= SHORTEST_BLOB and value[0] in VERSION_BYTES


class EncryptedText(TypeDecorator[bytes]):
    """A column that holds only what the vault sealed. Clear text, or a search by it, raises TypeError."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None or is_sealed(value):
            return value
        # the value itself must not reach a traceback or a log
        msg = f"an encrypted column takes sealed bytes, not {type(value).__name__}: seal it with the vault"
        raise TypeError(msg)

    def process_literal_param(self, value: bytes | None, dialect: Dialect) -> str:  # noqa: ARG002
        msg = "an encrypted value is never written into the text of a statement"
        raise TypeError(msg)


def encrypted_columns(metadata: MetaData) -> list[Column[bytes]]:
    """Every encrypted column of every table, sorted by table and column name; key rotation walks them."""
    return sorted(
        (
            column
            for table in metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, EncryptedText)
        ),
        key=lambda column: (column.table.name, column.name),
    )
