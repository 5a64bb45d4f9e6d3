"""PostgreSQL row-level security that repeats each model's visibility below the application (architecture 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, inspect

from core.database import Base
from core.scopes import LEVELS, RegionScoped, Visibility

_KEY = "current_setting('doudi.key', true)"
_OTHER = "current_setting('doudi.other', true)"


def _cases(visibility: Visibility) -> Iterator[str]:
    yield "WHEN 'system' THEN true"
    if visibility.region:
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
    if visibility.public:
        yield (
            f"WHEN 'public' THEN opens_on <= {_KEY}::date AND (closes_on IS NULL OR closes_on >= {_KEY}::date) "
            "AND withdrawn_at IS NULL"
        )


def policy_statements(tables: Collection[str]) -> Iterator[str]:
    """The SQL that puts a policy on each region-scoped table of `tables`; run by the owner, once per table version."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: str(each.local_table)):
        model: type[Base] = mapper.class_
        if not issubclass(model, RegionScoped) or model.__tablename__ not in tables:
            continue
        table = model.__tablename__
        expression = (
            f"CASE current_setting('doudi.kind', true) {' '.join(_cases(model.__visible__))} ELSE false END"
        )
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS scope ON {table}"
        # audit may be written in any scope and read in few (decision 5)
        written = "true" if model.__visible__.append else expression
        yield f"CREATE POLICY scope ON {table} USING ({expression}) WITH CHECK ({written})"


def apply_policies(connection: Connection) -> None:
    """Create or renew all policies; a no-op on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    # a pack, or a test, may have mapped a table that this database does not hold
    for statement in policy_statements(inspect(connection).get_table_names()):
        connection.exec_driver_sql(statement.replace("%", "%%"))
