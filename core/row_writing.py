"""Inserts whose SQL and conversions are worked out once per table and database: a row then costs its values alone.

SQLAlchemy looks at a statement and at each row's keys anew at every insert, which was half the cost of a submission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect

_MISSING = object()


class _Cell(NamedTuple):
    """One column of an insert: how a value becomes the driver's, and what stands where a row says nothing."""

    name: str
    convert: Callable[[Any], Any] | None
    default: Callable[[], Any] | None


@dataclass(frozen=True, slots=True)
class _Insert:
    sql: str
    cells: tuple[_Cell, ...]
    names: tuple[str, ...]
    positional: bool

    def values(self, row: Mapping[str, Any]) -> Any:
        made = []
        for name, convert, default in self.cells:
            value = row.get(name, _MISSING)
            if value is _MISSING:
                value = None if default is None else default()
            made.append(value if convert is None else convert(value))
        return tuple(made) if self.positional else dict(zip(self.names, made, strict=True))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, given by column name, in one statement; a column not named takes its default, else NULL."""
    plan = _plan(connection.dialect, table, False)
    made = [plan.values(row) for row in rows]
    connection.exec_driver_sql(plan.sql, made if len(made) > 1 else made[0])


def insert_unless_there(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Write one row unless its primary key is taken; whether it was written."""
    plan = _plan(connection.dialect, table, True)
    return connection.exec_driver_sql(plan.sql, plan.values(row)).rowcount > 0


@lru_cache(maxsize=512)
def _plan(dialect: Dialect, table: Table, unless_there: bool) -> _Insert:
    statement: Any = (sqlite if dialect.name == "sqlite" else postgresql).insert(table)
    if unless_there:
        statement = statement.on_conflict_do_nothing(index_elements=list(table.primary_key.columns))
    names = [column.key for column in table.columns]
    compiled = statement.compile(dialect=dialect, column_keys=names)
    ordered = compiled.positiontup if compiled.positional else names
    cells = tuple(_cell(table.columns[name], dialect) for name in ordered)
    return _Insert(str(compiled), cells, tuple(ordered), bool(compiled.positional))


def _cell(column: Column[Any], dialect: Dialect) -> _Cell:
    default: Any = column.default
    made = None
    if default is not None:
        made = (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
    convert: Any = column.type.dialect_impl(dialect).bind_processor(dialect)
    return _Cell(column.key, convert, made)
