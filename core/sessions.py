"""Database sessions that keep to one scope for their life: every select, every row written.

Selects go through `do_orm_execute` or `column_rows`, rows through `before_flush` and the two bulk writers below; anything else that
could reach a table is refused (decisions 5 and 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Select, event, select, update
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    UOWTransaction,
    make_transient_to_detached,
    with_loader_criteria,
)

from core.access import NOBODY, Actor
from core.database import BEGUN_LATER, Base, end_reading, tell_at_begin
from core.errors import NotFound
from core.row_writing import add_row, add_rows, insert_rows, insert_unless_there
from core.scopes import (
    LEVELS,
    OutOfScope,
    Scope,
    System,
    admits,
    admits_values,
    conditions_of,
    criteria,
    scope_words,
    write_criteria,
)
from core.statements import models_of, reads_one_class
from core.translations import N_

Row = TypeVar("Row")


class ScopedSession(Session):
    """A session that sees and writes only what its scope admits. `vault` seals secrets, `actor` is who acts.

    `engine`: what it was opened on, for another session beside it. `owes`: something beside rows waits for the commit.
    """

    engine: Engine
    scope: Scope
    actor: Actor
    vault: Any
    wrote = False
    owes = False

    @property
    def is_settled(self) -> bool:
        """Whether a commit would do nothing but end the reading, which closing does for less."""
        return not (self.wrote or self.owes or self.new or self.dirty or self.deleted)

    def close(self) -> None:
        """End the session; what was not committed is taken back."""
        try:
            if not self.wrote and self.is_active and self.in_transaction():
                end_reading(Session.connection(self))
        finally:
            super().close()

    def connection(self, *_: object, **__: object) -> NoReturn:
        """Refused: a bare connection would see past the scope."""
        msg = "a scoped session hands out no connection"
        raise OutOfScope(msg)

    def get(self, entity: Any, ident: Any, **_: Any) -> Any:
        """The row with that primary key inside the scope, or None."""
        mapper = sa_inspect(entity)
        key = mapper.identity_key_from_primary_key(ident if isinstance(ident, tuple) else (ident,))
        if key in self.identity_map:
            return self.identity_map[key]
        columns = [mapper.get_property_by_column(column).class_attribute for column in mapper.primary_key]
        values = ident if isinstance(ident, tuple) else (ident,)
        return self.scalar(select(entity).where(*(c == v for c, v in zip(columns, values, strict=True))))

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = get_transaction = connection


def open_session(
    engine: Engine, scope: Scope, actor: Actor = NOBODY, *, vault: Any = None, writes: bool = True
) -> ScopedSession:
    """A session of one scope for its whole life; `writes` takes SQLite's write lock at the first statement."""
    session = ScopedSession(_beginning(engine, writes), expire_on_commit=False, autoflush=True)
    session.engine = engine
    session.scope = scope
    session.actor = actor
    session.vault = vault
    return session


# an engine with options of its own looks anew for everybody who listens to it: a third of what a session costs
@lru_cache(maxsize=8)
def _beginning(engine: Engine, writes: bool) -> Engine:
    if engine.dialect.name == "postgresql":
        return engine.execution_options(**{BEGUN_LATER: True})
    return engine.execution_options(immediate=True) if writes else engine


@contextmanager
def across(session: ScopedSession, job: str) -> Iterator[ScopedSession]:
    """A session of scope `System(job)` inside the transaction of `session`: for an act that two regions do at once.

    Both commit together or not at all. What it wrote is flushed when the block ends well and taken back when it does not;
    who calls it audits the act in every region it touches.
    """
    session.flush()
    with session.begin_nested():
        # joined to the same connection: on SQLite a second one would wait for the lock that this one holds
        connection = Session.connection(session)
        inner = ScopedSession(
            connection,
            expire_on_commit=False,
            join_transaction_mode="rollback_only",
            info=session.info | {_WRITES_ON: None},
        )
        inner.scope, inner.actor, inner.vault = System(job), session.actor, session.vault
        inner.engine = session.engine
        inner.wrote = session.wrote = True
        try:
            yield inner
            inner.flush()
            # what it looked at counts as looked at here
            session.info.update(inner.info | {_WRITES_ON: None})
        finally:
            # a session that joined leaves the transaction as it is: its end is the outer one's to decide
            inner.close()
        _tell_postgresql(session, None, connection)


# --- selects ----------------------------------------------------------------------------------------------------

CHECKED_WRITE = "doudi_checked_write"
_TAKEN_IN = object()
_WRITES_ON = object()
_CHECKED = object()  # known to this module alone: nobody else can mark a statement as checked


@event.listens_for(ScopedSession, "do_orm_execute")
def _limit_statement(state: ORMExecuteState) -> None:
    if state.execution_options.get(CHECKED_WRITE) is _CHECKED:
        return
    if not state.is_select or not state.is_orm_statement:
        _refuse(state.statement)
    session: Any = state.session
    # refreshes and lazy loads are built by the ORM itself, with bare key columns
    by_orm = state.is_column_load or state.is_relationship_load
    if not by_orm:
        _keep_values(state.parameters)
    state.statement = _in_scope(state.statement, session.scope, by_orm)


def column_rows(
    session: ScopedSession, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """Every row of a select of columns, in the session's scope, for what each page asks with a statement made once.

    The ORM is left out where it has nothing to load: that is two fifths of what a small statement costs. A mapped class would
    come as its columns. Raises OutOfScope.
    """
    if not isinstance(statement, Select):
        _refuse(statement)
    _keep_values(values)
    limited = _in_scope(statement, session.scope, by_orm=False)
    if session.autoflush:
        session.flush()
    return Session.connection(session).execute(limited, values).all()


def _keep_values(values: Any) -> None:
    """Refuse a value named as SQLAlchemy names the bound values of the criteria: it would take their place."""
    if values and any(name.rpartition("_")[2].isdecimal() for name in values):
        msg = "a value's name may not end in a number: it could stand in for the scope's own"
        raise OutOfScope(msg)


def _in_scope(statement: Any, scope: Scope, by_orm: bool) -> Any:
    """The statement as it may run in a scope. Raises OutOfScope."""
    known = _limited.setdefault(statement, {})
    key = (scope, by_orm)
    limited = known.get(key, _ABSENT)
    if limited is _ABSENT:
        if len(known) >= _MOST_SCOPES:
            known.clear()
        # None, not the statement itself: it would never be let go of
        limited = known[key] = _limit(statement, scope, by_orm)
    return statement if limited is None else limited


# what a statement made once becomes in a scope: with it, SQLAlchemy keeps the key by which it finds what it compiled
_limited: WeakKeyDictionary[Any, dict[tuple[Scope, bool], Any]] = WeakKeyDictionary()
_MOST_SCOPES = 512
_ABSENT = object()


def _limit(statement: Any, scope: Scope, by_orm: bool) -> Any:
    """The statement with the criteria of the scope, or None where it needs none. Raises OutOfScope."""
    models = models_of(statement, by_orm)
    if isinstance(scope, System):
        return None
    limited = [model for model in models if not model.__visible__.reference]
    if limited and not by_orm and reads_one_class(statement):
        # the same condition, which SQLAlchemy need not look for again among the criteria at every execution
        return statement.where(_criteria(limited[0], scope))
    return statement.options(*(_only(model, scope) for model in limited)) if limited else None


_criteria = lru_cache(maxsize=4096)(criteria)


@lru_cache(maxsize=4096)
def _only(model: type[Base], scope: Scope) -> Any:
    return with_loader_criteria(model, _criteria(model, scope), include_aliases=True)


def _refuse(statement: Any) -> NoReturn:
    msg = f"only ORM selects pass a scoped session, not {type(statement).__name__}"
    raise OutOfScope(msg)


@event.listens_for(ScopedSession, "before_attach")
def _refuse_foreign_row(session: ScopedSession, row: Base) -> None:
    """A row of another session was never checked against this scope: refreshing or writing it would see past it."""
    state: Any = sa_inspect(row)
    # what was deleted comes back into its own session when that is rolled back
    if state.key is not None and not state.was_deleted and session.info.get(_TAKEN_IN) is not row:
        msg = f"a {type(row).__name__} of another session does not enter this one: read it here"
        raise OutOfScope(msg)


# --- writes -----------------------------------------------------------------------------------------------------


@event.listens_for(ScopedSession, "before_flush")
def _check_rows(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    session.wrote = True
    new = set(session.new)
    for row in (*new, *session.dirty, *session.deleted):
        if not admits(row, session.scope, new=row in new):
            msg = f"a row of {type(row).__name__} lies outside the session's scope"
            raise OutOfScope(msg)


def write_rows(session: ScopedSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in one statement, each checked against the scope first."""
    if not rows:
        return
    _admit(session, model, *rows)
    insert_rows(_writing(session), _table(model), rows)


def write_unless_there(session: ScopedSession, model: type[Row], values: Mapping[str, Any]) -> Row | None:
    """Insert a row unless its id is taken, and give it as if it had been read; None where the id was taken.

    For what is pressed twice: nothing is asked before, and who comes second finds the first one's row.
    """
    _admit(session, model, values)
    if not insert_unless_there(_writing(session), _table(model), values):
        return None
    row = model()
    # as a reading fills it: attribute by attribute, each would be noted as a change to undo
    row.__dict__.update(values)
    make_transient_to_detached(row)
    session.info[_TAKEN_IN] = row
    session.add(row)
    del session.info[_TAKEN_IN]
    return row


def _admit(session: ScopedSession, model: Any, *rows: Mapping[str, Any]) -> None:
    if not admits_values(model.__visible__, session.scope, *rows):
        msg = f"a row of {model.__name__} lies outside the session's scope"
        raise OutOfScope(msg)


def _writing(session: ScopedSession) -> Connection:
    session.wrote = True
    kept: Connection | None = session.info.get(_WRITES_ON)
    if kept is None or not kept.in_transaction() or session.in_nested_transaction():
        # asked for anew, it costs as much as converting a row; only so does a nested block begin its savepoint
        kept = session.info[_WRITES_ON] = Session.connection(session)
    return kept


def _table(model: Any) -> Any:
    return model.__table__


def update_rows(
    session: ScopedSession, model: type[Base], values: Mapping[str, Any], *where: ColumnElement[bool]
) -> int:
    """Update the rows of `model` that match `where` and lie in scope; the new values must stay in scope. Returns how many."""
    conditions = conditions_of(model.__visible__, session.scope)
    if conditions is False:
        msg = f"{model.__name__} is not written in this scope"
        raise OutOfScope(msg)
    if conditions is not True:
        changed = {name for each in conditions for name in each} | set(LEVELS)
        if changed & set(values):
            msg = "an update may not move rows between scopes"
            raise OutOfScope(msg)
    session.wrote = True
    statement = update(model).where(*where, write_criteria(model, session.scope))
    result: Any = session.execute(
        statement.values(**values), execution_options={CHECKED_WRITE: _CHECKED, "synchronize_session": False}
    )
    return int(result.rowcount)


def count_up(
    session: ScopedSession, counter: type[Base], row: Mapping[str, Any], column: str
) -> dict[str, Any]:
    """Add `column` of `row` to the counter with the same key, made at first use; the counter as it is then.

    For counters alone: an upsert reads and writes past the scope.
    """
    return add_row(_counting(session, counter), _table(counter), row, column)


def count_all_up(
    session: ScopedSession, counter: type[Base], rows: Sequence[Mapping[str, Any]], column: str
) -> None:
    """The same for many counters in one statement."""
    add_rows(_counting(session, counter), _table(counter), rows, column)


def _counting(session: ScopedSession, counter: type[Base]) -> Connection:
    if not counter.__visible__.counter:
        msg = f"{counter.__name__} is no counter"
        raise OutOfScope(msg)
    return _writing(session)


def found(row: Row | None) -> Row:
    """`row`, or NotFound: out of scope and absent are told alike."""
    if row is None:
        raise NotFound(N_("没有找到。可能已经办结、已经转走，或者不在您负责的地方。"))
    return row


@event.listens_for(ScopedSession, "after_begin")
def _tell_postgresql(session: ScopedSession, _transaction: object, connection: Any) -> None:
    """Repeat the scope to PostgreSQL, whose row-level security checks it again (architecture 6)."""
    if connection.dialect.name == "postgresql":
        tell_at_begin(connection, _told(session.scope))


@lru_cache(maxsize=4096)
def _told(scope: Scope) -> str:
    words = scope_words(scope)
    if any(sign in word for word in words for sign in "'\\"):
        msg = f"no words for row-level security: {words}"
        raise OutOfScope(msg)
    # commands without a plan: as a SELECT of set_config they cost the server a tenth of a page
    return "; ".join(
        f"SET LOCAL doudi.{name} = '{word}'"
        for name, word in zip(("kind", "key", "other"), words, strict=True)
    )
