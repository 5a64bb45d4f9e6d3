"""Triggers that keep the audit trail append-only below the application; only the owner of the tables could lift them."""

from __future__ import annotations

from collections.abc import Iterator

from core.audit.content import DIGESTED

_REFUSAL = "the audit trail is append-only"
# an entry may be put into a batch once; nothing else about it may ever change
_KEPT = (*DIGESTED, "digest", "proof")
TABLES = ("audit_entries", "audit_batches", "audit_anchors")


def protection_ddl(dialect: str, *tables: str) -> tuple[str, ...]:
    """The statements that protect the audit tables (all of them unless named), safe to repeat, run by their owner.

    `create_all` runs them by itself; a migration that makes the tables runs them after.
    """
    if dialect not in {"sqlite", "postgresql"}:
        msg = f"no protection of the audit trail is known for {dialect}"
        raise ValueError(msg)
    write = _sqlite_trigger if dialect == "sqlite" else _postgresql_trigger
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    statements = [_POSTGRESQL_FUNCTION] if dialect == "postgresql" else []
    for table in tables or TABLES:
        for event, condition in _refused(table, differs):
            statements.extend(write(table, event, condition))
    return tuple(statements)


def _refused(table: str, differs: str) -> Iterator[tuple[str, str]]:
    """Which events on a table are refused, each with the condition of its trigger."""
    if table == "audit_entries":
        changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _KEPT)
        yield "UPDATE", f"WHEN (OLD.batch IS NOT NULL OR NEW.batch IS NULL OR {changed})"
        yield "INSERT", "WHEN (NEW.batch IS NOT NULL)"
    else:
        yield "UPDATE", ""
    yield "DELETE", ""


def _sqlite_trigger(table: str, event: str, condition: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
)


def _postgresql_trigger(table: str, event: str, condition: str) -> Iterator[str]:
    name = f"{table}_no_{event.lower()}"
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} "
        "EXECUTE FUNCTION refuse_audit_change()"
    )
