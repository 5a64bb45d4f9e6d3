"""Looks through a statement before it runs: which models it touches, and whether any part of it would see past the scope."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, UpdateBase
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause, TextClause, UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import CTE, Alias, CompoundSelect, FromClause, Join, ReturnsRows, TableClause

from core.database import Base
from core.scopes import OutOfScope, Visibility

_model_cache: dict[Any, tuple[type[Base], ...]] = {}


def models_of(statement: Any, by_orm: bool) -> tuple[type[Base], ...]:
    """Every model a select touches, at any depth; raises OutOfScope for a part that no criteria would reach."""
    key = statement._generate_cache_key()  # noqa: SLF001  (the public cache key is the same object)
    known = _model_cache.get((key.key, by_orm)) if key is not None else None
    if known is not None:
        return known
    found: dict[type[Base], None] = {}
    for part in visitors.iterate(statement):
        _inspect(part, found, by_orm)
    models = tuple(found)
    if key is not None:
        if len(_model_cache) > 5000:
            _model_cache.clear()
        _model_cache[key.key, by_orm] = models
    return models


def reads_one_class(statement: Any) -> bool:
    """Whether a select reads one mapped class under its own name and nothing else: no join, alias, nested select or CTE."""
    if statement._setup_joins or statement._from_obj:  # noqa: SLF001
        return False
    sources = [part for part in visitors.iterate(statement) if isinstance(part, ReturnsRows)]
    tables = {part.name for part in sources if isinstance(part, Table)}
    return len(tables) == 1 and all(part is statement or isinstance(part, Table) for part in sources)


def _inspect(part: Any, found: dict[type[Base], None], by_orm: bool) -> None:
    if isinstance(part, Select) and part._propagate_attrs.get("compile_state_plugin") != "orm":  # noqa: SLF001
        msg = "a select of bare tables sees past the scope: select mapped attributes"
    elif isinstance(part, (TextClause, CompoundSelect, UpdateBase)):
        msg = f"{type(part).__name__} sees past the scope"
    elif _adds_words(part):
        msg = "words of SQL beside a statement see past the scope"
    elif isinstance(part, ColumnClause) and part.is_literal and part.name != "*":
        msg = "a literal column sees past the scope"
    elif not by_orm and (_is_bare_column(part) or _joins_bare_table(part)):
        msg = "a bare column or table sees past the scope: use mapped classes and attributes"
    elif isinstance(part, TableClause) and not isinstance(part, Table):
        msg = "a made-up table sees past the scope"
    else:
        if isinstance(part, Table):
            found[_model_of_table(part.name)] = None
        return
    raise OutOfScope(msg)


def _is_bare_column(part: Any) -> bool:
    return (
        isinstance(part, ColumnClause)
        and isinstance(part.table, (Table, Alias))
        and "parententity" not in part._annotations  # noqa: SLF001
    )


def _joins_bare_table(part: Any) -> bool:
    """Whether a table itself is named as what to read from: criteria are put on mapped classes only."""
    named: tuple[Any, ...] = ()
    if isinstance(part, Select):
        named = (*part._from_obj, *(join[0] for join in part._setup_joins))  # noqa: SLF001
    elif isinstance(part, Join):
        named = (part.left, part.right)
    return any(isinstance(each, Table) and "parententity" not in each._annotations for each in named)  # noqa: SLF001


def _adds_words(part: Any) -> bool:
    """Whether SQL was written by hand around a part: prefixes, suffixes, hints, operators of one's own."""
    written = ("_prefixes", "_suffixes", "_hints", "_statement_hints")
    if isinstance(part, (Select, CTE)) and any(getattr(part, name, None) for name in written):
        return True
    return isinstance(part, (BinaryExpression, UnaryExpression)) and isinstance(part.operator, custom_op)


@lru_cache(maxsize=512)
def _model_of_table(name: str) -> type[Base]:
    for mapper in Base.registry.mappers:
        table: FromClause = mapper.local_table
        if isinstance(table, Table) and table.name == name:
            model: type[Base] = mapper.class_
            if not isinstance(model.__visible__, Visibility):
                msg = f"{model.__name__} does not say who may see it"
                raise OutOfScope(msg)
            if mapper.relationships:
                msg = (
                    f"{model.__name__} has relationships: a join along one would load rows no criteria reach"
                )
                raise OutOfScope(msg)
            return model
    msg = f"no model for table {name}"
    raise OutOfScope(msg)
