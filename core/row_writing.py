"""Inserts whose SQL and conversions are worked out once per table and database: a row then costs its values alone.

SQLAlchemy looks at a statement and at each row's keys anew at every insert, which was half the cost of a submission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Date, LargeBinary, Table, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect

from core.database import ask_driver

Convert = Callable[[Any], Any]
# what SQLAlchemy's own conversions for SQLite do, in one call of C each
_QUICK: dict[type, Convert | None] = {
    Uuid: attrgetter("hex"),
    Boolean: int,
    Date: date.isoformat,
    LargeBinary: None,
}


class _Insert(NamedTuple):
    """An insert of one table: `blank` is the row that says nothing, `made` what is made anew where a row says nothing."""

    sql: str
    names: tuple[str, ...]
    blank: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    take: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    conversions: tuple[tuple[int, Convert], ...]
    positional: bool

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Of every row what the driver takes. Column by column, because rows written together share much."""
        columns: list[Sequence[Any]] = list(zip(*map(self.take, map(self._whole, rows)), strict=True))
        for position, convert in self.conversions:
            column = columns[position]
            # the very same object: values that are equal, as 1 and True, may be stored differently
            if len(set(map(id, column))) > 1:
                columns[position] = [None if value is None else convert(value) for value in column]
            elif column[0] is not None:
                columns[position] = (convert(column[0]),) * len(rows)
        made = zip(*columns, strict=True)
        return list(made) if self.positional else [dict(zip(self.names, row, strict=True)) for row in made]

    def _whole(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        if len(row) == len(self.names):
            return row
        whole = {**self.blank, **row}
        if len(whole) > len(self.names):
            msg = f"no such column: {', '.join(sorted(row.keys() - self.blank.keys()))}"
            raise ValueError(msg)
        for name, make in self.made:
            if name not in row:
                whole[name] = make()
        return whole


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, given by column name, in one statement; a column not named takes its default, else NULL."""
    plan = _plan(connection.dialect, table, _plain)
    ask_driver(connection, plan.sql, plan.values(rows))


def insert_unless_there(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Write one row unless its primary key is taken; whether it was written."""
    plan = _plan(connection.dialect, table, _unless_there)
    return bool(ask_driver(connection, plan.sql, *plan.values([row])).rowcount > 0)


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], column: str) -> None:
    """Add each row's `column` to the row with the same primary key, made where there is none; in one statement."""
    plan = _plan(connection.dialect, table, _adding, column)
    ask_driver(connection, plan.sql, plan.values(rows))


def add_row(connection: Connection, table: Table, row: Mapping[str, Any], column: str) -> dict[str, Any]:
    """The same for one row; returns the row as it is then, by column name. For numbers and texts alone."""
    plan = _plan(connection.dialect, table, _adding_told, column)
    names = (each.key for each in table.columns)
    return dict(zip(names, ask_driver(connection, plan.sql, *plan.values([row])).fetchone(), strict=True))


def _plain(insert: Any, table: Table) -> Any:
    return insert(table)


def _unless_there(insert: Any, table: Table) -> Any:
    return insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key.columns))


def _adding(insert: Any, table: Table, column: str) -> Any:
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={column: table.c[column] + new.excluded[column]},
    )


def _adding_told(insert: Any, table: Table, column: str) -> Any:
    return _adding(insert, table, column).returning(*table.columns)


@lru_cache(maxsize=512)
def _plan(dialect: Dialect, table: Table, made_by: Callable[..., Any], *column: str) -> _Insert:
    statement = made_by((sqlite if dialect.name == "sqlite" else postgresql).insert, table, *column)
    names = [each.key for each in table.columns]
    compiled = statement.compile(dialect=dialect, column_keys=names)
    ordered = tuple(compiled.positiontup if compiled.positional else names)
    columns = [table.columns[name] for name in ordered]
    defaults: dict[str, Any] = {each.key: each.default for each in columns if each.default is not None}
    return _Insert(
        sql=str(compiled),
        names=ordered,
        blank=dict.fromkeys(ordered) | {n: each.arg for n, each in defaults.items() if not each.is_callable},
        made=tuple((name, partial(each.arg, None)) for name, each in defaults.items() if each.is_callable),
        take=itemgetter(*ordered),
        conversions=tuple(
            (position, convert)
            for position, each in enumerate(columns)
            if (convert := conversion(each, dialect)) is not None
        ),
        positional=bool(compiled.positional),
    )


def conversion(column: Column[Any], dialect: Dialect) -> Convert | None:
    """What makes a value of the column the driver's; None where it is that already."""
    if dialect.name == "sqlite" and type(column.type) in _QUICK:
        return _QUICK[type(column.type)]
    convert: Convert | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return convert
