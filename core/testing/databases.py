"""The databases tests begin from, made once by each worker and copied for each test: an empty one, and the founded town."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.database import Base, make_engine
from core.encryption import Vault, key_provider
from core.tables import all_tables
from core.testing.town import found_town

_FOUNDED = "founded"


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Files of one worker: `empty` has every table and no row, `town` the founded town, `keys` the keys it was founded with."""

    empty: Path
    town: Path
    keys: Path


def make_beginnings(folder: Path, now: datetime) -> Beginnings:
    """Make the files in `folder`; the town is founded at `now`."""
    all_tables()
    made = Beginnings(folder / "empty.sqlite", folder / "town.sqlite", folder / "keys")
    engine = make_engine(f"sqlite:///{made.empty}")
    Base.metadata.create_all(engine)
    # the last connection that closes leaves everything in the one file
    engine.dispose()
    shutil.copy(made.empty, made.town)
    engine = make_engine(f"sqlite:///{made.town}")
    found_town(engine, Vault(key_provider("file", made.keys)), now).close()
    engine.dispose()
    return made


def put_in_place(engine: Engine, file: Path) -> None:
    """Let an SQLite engine find a copy of `file`; it stays the same engine, so what it compiled is not compiled anew."""
    engine.dispose()
    place = Path(str(engine.url.database))
    for left in place.parent.glob(f"{place.name}*"):
        left.unlink()
    shutil.copy(file, place)


def found_on_postgresql(owner: Engine, made: Beginnings) -> None:
    """Put the founded town into the empty tables of PostgreSQL: the first time from the file, then from a copy beside them."""
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        kept = connection.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema"),
            {"schema": _FOUNDED},
        ).all()
        for name in kept:
            connection.execute(text(f"INSERT INTO public.{name} TABLE {_FOUNDED}.{name}"))
        if not kept:
            _carry_over(connection, made)


def _carry_over(connection: Connection, made: Beginnings) -> None:
    connection.execute(text(f"CREATE SCHEMA {_FOUNDED}"))
    source = make_engine(f"sqlite:///{made.town}")
    with source.connect() as file:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row) for row in file.execute(table.select()).mappings()]:
                connection.execute(table.insert(), rows)
                connection.execute(text(f"CREATE TABLE {_FOUNDED}.{table.name} AS TABLE public.{table.name}"))
    source.dispose()


def empty_postgresql(owner: Engine) -> None:
    """Take every row away: only where there are any, and without the files that TRUNCATE makes anew for every index."""
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in _filled(connection):
            connection.execute(text(f"DELETE FROM {name}"))


def _filled(connection: Connection) -> list[str]:
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in Base.metadata.tables)
    return list(connection.scalars(text(" UNION ALL ".join(asked))))
