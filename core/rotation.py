"""Key rotation: everything sealed with an older key is sealed anew, a few hundred values a commit, resumable anywhere.

Nothing remembers where it stopped: a value says itself which key sealed it, so a run that was killed goes on with what
is still old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, func, select

from core.database import Base
from core.encrypted_files import FileStore
from core.encryption import Place, Vault, encrypted_columns
from core.sessions import ScopedSession, update_rows
from core.tables import all_tables

CHUNK = 500
HEADER_BYTES = 3
_PLAIN_BYTES = LargeBinary()  # the header is no sealed value: the column type would refuse it
OpenSession = Callable[[], ScopedSession]


def rotate_columns(open_session: OpenSession) -> Iterator[tuple[str, int]]:
    """Reseal every stale value; yields (table.column, values done) after each commit. `open_session` gives System sessions."""
    for column in encrypted_columns(all_tables()):
        while done := _reseal_some(open_session, column):
            yield f"{column.table.name}.{column.name}", done


def _reseal_some(open_session: OpenSession, column: Column[bytes]) -> int:
    model = _model_of(column)
    value: Any = getattr(model, column.name)
    row: Any = model
    with open_session() as session:
        # another rotation may have begun meanwhile: its key is the current one then
        session.vault.refresh()
        header = session.vault.current_header
        stale = session.execute(
            select(row.id, value)
            .where(value.is_not(None), func.substr(value, 1, HEADER_BYTES, type_=_PLAIN_BYTES) != header)
            .limit(CHUNK)
        ).all()
        for row_id, blob in stale:
            fresh = reseal(session.vault, Place(model.__tablename__, column.name, row_id.hex), blob)
            if fresh is None:
                continue
            # the row may have been written since it was read: then it already carries the new key
            update_rows(session, model, {column.name: fresh}, row.id == row_id, value == blob)
        session.commit()
        return len(stale)


def reseal(vault: Vault, place: Place, blob: bytes) -> bytes | None:
    """The blob sealed anew with the current key, or None when it already is: safe to repeat after a crash.

    Raises SealBroken for an altered or moved blob and KeysUnavailable for a lost key, as `Vault.unseal` does.
    """
    text = vault.unseal(place, blob)
    return None if vault.is_current(blob) else vault.seal(place, text)


def _model_of(column: Column[bytes]) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is column.table)


def stale_values(session: ScopedSession) -> int:
    """How many values an older key still seals."""
    header = session.vault.current_header
    total = 0
    for column in encrypted_columns(all_tables()):
        value: Any = getattr(_model_of(column), column.name)
        condition = func.substr(value, 1, HEADER_BYTES, type_=_PLAIN_BYTES) != header
        total += int(session.scalar(select(func.count(value)).where(value.is_not(None), condition)) or 0)
    return total


def rotate_files(files: FileStore) -> Iterator[int]:
    """Reseal every stale file; yields 1 for each done."""
    for file_id in files.file_ids():
        if files.reseal(file_id):
            yield 1
