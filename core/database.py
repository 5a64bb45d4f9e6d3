"""The declarative base, our column types, and engines for SQLite and PostgreSQL that commit durably."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Annotated, Any, ClassVar

import orjson
import uuid_utils.compat as uuid7_source
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    Index,
    MetaData,
    String,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class AwareDateTime(TypeDecorator[datetime]):
    """A point in time, always aware; stored as UTC on both databases. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive datetime was given where an aware one is needed"
            raise ValueError(msg)
        stored = value.astimezone(UTC)
        return stored.replace(tzinfo=None) if dialect.name == "sqlite" else stored

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite the same text as SQLAlchemy's own, in a third of the time."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def process(value: datetime | None) -> str | None:
            stored = self.process_bind_param(value, dialect)
            return None if stored is None else stored.isoformat(" ", "microseconds")

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        """Read at once as what it is: a list reads hundreds of instants and words."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)
        # timestamptz: the driver gives it aware, in the zone of the session
        return lambda value: None if value is None else value.astimezone(UTC)


class _Members(dict[str | None, StrEnum | None]):
    """The members of an enumeration by their texts. Raises ValueError for an unknown one, as the enumeration does."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__({member.value: member for member in kind} | {None: None})
        self.kind = kind

    def __missing__(self, text: str | None) -> StrEnum:
        return self.kind(str(text))


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored as its short text; an unknown text in the database is an error, not a surprise later."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._members = _Members(kind)
        self._texts = {member.value: str(member.value) for member in kind}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        # asking the enumeration costs more than all else that a column does; a member equals its text
        known = self._texts.get(value)
        return str(self.kind(value)) if known is None else known

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        """The member of a text; a null stays one."""
        return self._members.__getitem__


JsonColumn = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[uuid.UUID, mapped_column(Uuid())]
PrimaryId = Annotated[uuid.UUID, mapped_column(Uuid(), primary_key=True)]
Instant = Annotated[datetime, mapped_column(AwareDateTime())]
Fen = Annotated[int, mapped_column(BigInteger())]
RegionCode = Annotated[str, mapped_column(String(12))]
Json = Annotated[dict[str, Any], mapped_column(JsonColumn)]


class Base(DeclarativeBase):
    """Every table. `__visible__` says which kinds of scope may see its rows (core/scopes.py)."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: AwareDateTime()}
    __visible__: ClassVar[Any] = None


def new_id() -> uuid.UUID:
    """A UUIDv7: allotted by the application, ordered by time, so inserts stay at the end of the index."""
    return uuid7_source.uuid7()


def some(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of those rows alone that fit `where`; with `unique`, the database lets only one such row be."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def make_engine(url: str, **options: Any) -> Engine:
    """An engine whose commits are on disk when they return: WAL and synchronous=FULL on SQLite."""
    # hide_parameters: an error of the database would otherwise print the values of its row into the log
    options = {
        "hide_parameters": True,
        "json_serializer": _to_json,
        "json_deserializer": orjson.loads,
        **options,
    }
    if not url.startswith("sqlite"):
        engine = create_engine(url, **options)
        if "isolation_level" not in options:
            event.listen(engine, "connect", _prepare_postgresql)
            event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_wake, engine.dialect))
        return engine
    # check_same_thread: one request may begin in one worker thread and its stream end in another
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


RESTED = 2.0  # seconds
_RESTS_SINCE = "doudi_rests_since"


def _note_rest(_connection: Any, record: Any) -> None:
    record.info[_RESTS_SINCE] = monotonic()


def _wake(dialect: Dialect, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that rested for a while whether it still lives; asked at every request, it costs a tenth of a page."""
    if monotonic() - record.info.get(_RESTS_SINCE, monotonic()) < RESTED:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as fault:
        # the pool takes another one and forgets all that are as old
        raise DisconnectionError from fault


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # we say BEGIN ourselves: the driver's implicit one is a message of its own
    connection.autocommit = True


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(BEGUN_LATER) and options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN")


def ask_driver(connection: Connection, words: str, *values: Any, **options: Any) -> Any:
    """Run one statement on the driver itself, with one row of `values` or a list of rows; returns its cursor.

    Through SQLAlchemy it costs as much again as the database takes. Raises what SQLAlchemy would; values stay untold.
    """
    cursor = connection.connection.cursor()
    try:
        if values and isinstance(values[0], list):
            cursor.executemany(words, *values)
        else:
            cursor.execute(words, *values, **options)
    except connection.dialect.loaded_dbapi.Error as fault:
        lost = connection.dialect.is_disconnect(fault, connection.connection.driver_connection, cursor)
        told = DBAPIError.instance(
            words, None, fault, connection.dialect.loaded_dbapi.Error,
            hide_parameters=True, connection_invalidated=lost, dialect=connection.dialect,
        )  # fmt: skip
        if lost:
            connection.invalidate(fault)
        raise told from fault
    return cursor


# the execution option of a connection whose user says BEGIN with `tell_at_begin`, before anything else
BEGUN_LATER = "doudi_begun_later"


def tell_at_begin(connection: Connection, words: str) -> None:
    """Send `words`, which may not hold values, to PostgreSQL; in one message with BEGIN where nothing is begun yet."""
    driver: Any = connection.connection.driver_connection
    begun = driver.pgconn.transaction_status
    # several commands in one message cannot be prepared
    ask_driver(connection, words if begun else f"BEGIN; {words}", prepare=False)


def end_reading(connection: Connection) -> None:
    """Say COMMIT where a transaction only read: at a ROLLBACK psycopg forgets every statement that it prepared."""
    if connection.dialect.name != "postgresql" or connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    if driver.info.transaction_status.name == "INTRANS":
        # a server that has gone away took the transaction with it
        with suppress(DBAPIError):
            ask_driver(connection, "COMMIT")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # we say BEGIN ourselves: the driver's implicit one is deferred and cannot be made immediate
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
        "cache_size=-65536",
        "mmap_size=1073741824",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a writer that reads first must take the write lock at once, or it may find its snapshot stale at the first write
    words = "BEGIN IMMEDIATE" if connection.get_execution_options().get("immediate", False) else "BEGIN"
    ask_driver(connection, words)
