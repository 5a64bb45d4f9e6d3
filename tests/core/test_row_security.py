"""PostgreSQL repeats, table by table, what the application's scope says: a statement that got around it finds nothing more."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import text

from core.accounts.models import UnknownSignIn
from core.database import Base
from core.row_security import PUBLISHED, policy_condition, policy_statements
from core.scopes import (
    LEVELS,
    Assigned,
    Link,
    Own,
    Public,
    Region,
    System,
    Visibility,
    admits_values,
    region_columns,
    scope_words,
)
from core.tables import all_tables

pytestmark = pytest.mark.row("R2-28")

ID, OTHER, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))
VILLAGE = "520328104201"
SCOPES = [
    Region("000000000000"),
    Region("520000000000"),
    Region("520300000000"),
    Region("520328000000"),
    Region("520328104000"),
    Region(VILLAGE),
    Region("441823000000"),
    Assigned(frozenset({ID, THIRD}), frozenset({ID})),
    Assigned(),
    Own(ID, OTHER),
    Own(ID),
    Link(ID),
    Public(date(2026, 11, 22)),
    System("test"),
]


def guarded() -> dict[str, Visibility]:
    """Every table but those that everybody reads."""
    all_tables()
    models = [
        mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("core.")
    ]
    seen = {model.__tablename__: model.__visible__ for model in models}
    return {name: visible for name, visible in seen.items() if not (visible.reference or visible.counter)}


def test_every_table_that_not_everybody_reads_has_a_policy():
    enabled = {
        statement.split()[2] for statement in policy_statements(set(guarded())) if "ENABLE ROW" in statement
    }
    assert enabled == set(guarded())


def rows(names: list[str]) -> list[dict[str, object]]:
    """A row of a village that every id fits, then each with one value or all values but one of somewhere else."""
    home = {**region_columns(VILLAGE), **dict.fromkeys(names, ID)}
    away = {**region_columns("441823105001"), **dict.fromkeys(names, THIRD)}
    return [home, away, {**home, **dict.fromkeys(names)}] + [
        {**most, name: value}
        for most, one in ((home, away), (away, {**home, **dict.fromkeys(names, OTHER)}))
        for name, value in one.items()
    ]


def test_the_policy_of_each_table_says_what_the_scope_says(postgresql_engine):
    tables = guarded()
    ids = sorted(
        {
            name
            for each in tables.values()
            for name in (each.own, each.own_person, each.link, each.assigned_case, each.assigned_household)
            if name
        }
    )
    given = [f"CAST(:{name} AS varchar) AS {name}" for name in LEVELS]
    given += [f"CAST(:{name} AS uuid) AS {name}" for name in ids]
    asked = ", ".join(policy_condition(visible) for visible in tables.values())
    statement = as_text(f"SELECT {asked} FROM (SELECT {', '.join(given)}) AS given")
    with postgresql_engine.connect() as connection:
        for scope in SCOPES:
            tell(connection, scope)
            for row in rows(ids):
                said = [bool(each) for each in connection.execute(statement, row).one()]
                wanted = [admits_values(visible, scope, row, new=False) for visible in tables.values()]
                differing = [name for name, a, b in zip(tables, said, wanted, strict=True) if a != b]
                assert not differing, (scope, row)


def as_text(statement):
    """A statement whose casts are not taken for parameters."""
    return text(statement.replace("::", "\\:\\:"))


def tell(connection, scope):
    words = dict(zip(("kind", "key", "other"), scope_words(scope), strict=True))
    for name, word in words.items():
        connection.execute(text(f"SELECT set_config('doudi.{name}', :word, true)"), {"word": word})


@pytest.mark.parametrize(
    ("opens", "closes", "withdrawn", "seen"),
    [
        ("2026-11-22", "2026-11-22", None, True),
        ("2026-11-20", None, None, True),
        ("2026-11-23", None, None, False),
        ("2026-11-01", "2026-11-21", None, False),
        ("2026-11-20", None, "2026-11-21", False),
    ],
)
def test_the_public_finds_what_hangs_today(postgresql_engine, opens, closes, withdrawn, seen):
    row = (
        "SELECT CAST(:opens AS date) AS opens_on, CAST(:closes AS date) AS closes_on, "
        "CAST(:withdrawn AS timestamptz) AS withdrawn_at"
    )
    statement = as_text(f"SELECT {PUBLISHED} FROM ({row}) AS given")
    with postgresql_engine.connect() as connection:
        tell(connection, Public(date(2026, 11, 22)))
        found = connection.execute(statement, {"opens": opens, "closes": closes, "withdrawn": withdrawn})
        assert found.scalar() is seen


def test_a_connection_that_tells_no_scope_sees_no_row(engine, session_in, now):
    """The application's own role, past the application."""
    session = session_in(System("test"))
    session.add(UnknownSignIn(name=b"x" * 32, last_failed_at=now))
    session.commit()
    with engine.connect() as bare:
        seen = bare.execute(text("select count(*) from unknown_sign_ins")).scalar()
        assert seen == (1 if engine.dialect.name == "sqlite" else 0)
