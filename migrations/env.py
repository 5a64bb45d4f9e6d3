"""Runs the migrations inside the connection that commands/db.py opened; there is no alembic.ini."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, MetaData
from sqlalchemy.types import TypeDecorator


def plain_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A migration names plain column types: it must still run when our own types have changed."""
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    given = context.config.attributes
    tables: MetaData = given["tables"]
    context.configure(
        connection=given["connection"],
        target_metadata=tables,
        compare_type=True,
        render_as_batch=given["connection"].dialect.name == "sqlite",
        render_item=plain_type,
        # SQLite can roll back table changes too: a power cut midway leaves the old structure whole
        transactional_ddl=True,
        include_object=given.get("include_object"),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
