"""PostgreSQL row-level security that repeats each model's visibility below the application (architecture 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, inspect

from core.database import Base
from core.scopes import LEVELS, Visibility

_KEY = "current_setting('doudi.key', true)"
_OTHER = "current_setting('doudi.other', true)"


def _cases(visibility: Visibility) -> Iterator[str]:
    yield "WHEN 'system' THEN true"
    if visibility.county:
        yield f"WHEN 'county' THEN county = {_KEY}"
        yield f"WHEN 'township' THEN county = rpad(left({_KEY}, 6), 12, '0')"
        yield f"WHEN 'village' THEN county = rpad(left({_KEY}, 6), 12, '0')"
    elif visibility.region:
        yield "WHEN 'nation' THEN true"
        for level in LEVELS:
            yield f"WHEN '{level}' THEN {level} = {_KEY}"
    own = []
    if visibility.own:
        own.append(f"{visibility.own}::text = {_KEY}")
    if visibility.own_person:
        own.append(f"{visibility.own_person}::text = {_OTHER}")
    if own:
        yield f"WHEN 'own' THEN {' OR '.join(own)}"
    if visibility.link:
        yield f"WHEN 'link' THEN {visibility.link}::text = {_KEY}"
    assigned = []
    if visibility.assigned_case:
        assigned.append(f"{visibility.assigned_case}::text = ANY(string_to_array({_KEY}, ','))")
    if visibility.assigned_household:
        assigned.append(f"{visibility.assigned_household}::text = ANY(string_to_array({_OTHER}, ','))")
    if assigned:
        yield f"WHEN 'assigned' THEN {' OR '.join(assigned)}"


def policy_condition(visibility: Visibility) -> str:
    """The SQL over one row that repeats `core.scopes.conditions_of` for the scope told to the connection."""
    return f"CASE current_setting('doudi.kind', true) {' '.join(_cases(visibility))} ELSE false END"


# what the public reads, and never writes
PUBLISHED = (
    f"CASE current_setting('doudi.kind', true) WHEN 'public' THEN opens_on <= {_KEY}::date "
    f"AND (closes_on IS NULL OR closes_on >= {_KEY}::date) AND withdrawn_at IS NULL ELSE false END"
)


def policy_statements(tables: Collection[str]) -> Iterator[str]:
    """The SQL that puts a policy on each table of `tables` that not everybody reads; run by the owner, safe to repeat.

    Counters stay without: an upsert from any scope must find the row it adds to, and they tell of nobody.
    """
    for mapper in sorted(Base.registry.mappers, key=lambda each: str(each.local_table)):
        model: type[Base] = mapper.class_
        visibility: Visibility = model.__visible__
        if visibility.reference or visibility.counter or model.__tablename__ not in tables:
            continue
        table = model.__tablename__
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for name in ("scope", "append", "published"):
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"CREATE POLICY scope ON {table} USING ({policy_condition(visibility)})"
        if visibility.append:
            # audit may be written in any scope and read in few (decision 5)
            yield f"CREATE POLICY append ON {table} FOR INSERT WITH CHECK (true)"
        if visibility.public:
            yield f"CREATE POLICY published ON {table} FOR SELECT USING ({PUBLISHED})"


def apply_policies(connection: Connection) -> None:
    """Create or renew all policies; a no-op on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    # a pack, or a test, may have mapped a table that this database does not hold
    for statement in policy_statements(inspect(connection).get_table_names()):
        connection.exec_driver_sql(statement.replace("%", "%%"))
