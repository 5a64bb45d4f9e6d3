"""Rows written in bulk say the same to the driver as SQLAlchemy would; a session that only read keeps what is prepared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime

from core import audit
from core.access import job_actor
from core.audit.models import AuditEntry
from core.cases.models import CaseSeries, Task, TaskState
from core.database import AwareDateTime, EnumText, new_id
from core.households.models import Area
from core.regions.models import RegionCounter
from core.row_writing import conversion, insert_rows
from core.scopes import OutOfScope, Region, System, region_columns
from core.sessions import across, count_all_up, count_up, open_session, write_rows

DIALECT = create_engine("sqlite://").dialect
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KINDS: list[tuple[Any, Any, Any, Any]] = [
    (Uuid(), Uuid(), UUID(int=7), UUID(int=7)),
    (Boolean(), Boolean(), True, True),
    (Date(), Date(), date(987, 6, 5), date(987, 6, 5)),
    (LargeBinary(), LargeBinary(), b"\x00\xff", b"\x00\xff"),
    (AwareDateTime(), DateTime(), MOMENT, MOMENT.replace(tzinfo=None)),
]
SERIES = {"township": "520328101000", "year": 2026}
COLUMNS = {
    "region_code": "520328101000",
    "province": "520000000000",
    "city": "520300000000",
    "county": "",
    "township": "",
    "village": "",
}


@pytest.mark.parametrize(("kind", "plain", "value", "same"), KINDS, ids=lambda each: type(each).__name__)
def test_a_quick_conversion_gives_what_sqlalchemy_gives(kind, plain, value, same):
    theirs = plain.dialect_impl(DIALECT).bind_processor(DIALECT)
    ours = conversion(Column("x", kind), DIALECT)
    assert (value if ours is None else ours(value)) == (same if theirs is None else theirs(same))


def test_a_text_that_no_enumeration_knows_is_refused():
    with pytest.raises(ValueError, match="no-area"):
        EnumText(Area).process_bind_param("no-area", DIALECT)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_read_back_as_they_were_written_with_defaults_and_nothing_where_nothing_was_said(
    engine, count
):
    table = Table(
        "test_written", MetaData(), Column("id", Integer, primary_key=True), Column("shared", Uuid), Column("day", Date),
        Column("said", Boolean, default=True), Column("made", Integer, default=lambda: 5), Column("none", Date),
    )  # fmt: skip
    if engine.dialect.name == "postgresql":
        pytest.skip("the role of the application makes no tables")
    table.create(engine)
    rows = [
        {"id": n, "shared": UUID(int=1), "day": date(2026, 1, n + 1) if n else None} for n in range(count)
    ]
    with engine.begin() as connection:
        insert_rows(connection, table, rows)
        read = connection.execute(select(table).order_by(table.c.id)).mappings().all()
    assert [dict(each) for each in read] == [{**row, "said": True, "made": 5, "none": None} for row in rows]


def test_values_that_are_equal_but_not_alike_keep_their_own_form(engine):
    same = {"n": 1}
    entry = region_columns("520328101000") | {
        "at": MOMENT, "act": "test", "done": True, "actor_kind": "job", "chain": "52", "digest": b"",
    }  # fmt: skip
    with open_session(engine, System("test")) as session:
        rows = [entry | {"id": new_id(), "changes": each} for each in (same, {"n": True}, same)]
        write_rows(session, AuditEntry, rows)
        read = session.scalars(select(AuditEntry.changes).order_by(AuditEntry.id)).all()
    assert [type(each["n"]) for each in read] == [int, bool, int]


def test_a_column_that_the_table_does_not_have_is_refused_not_forgotten(engine):
    with (
        open_session(engine, System("test")) as session,
        pytest.raises(ValueError, match="no such column: valeu"),
    ):
        write_rows(session, RegionCounter, [_counter("households") | {"valeu": 1}])


def test_a_number_counts_on_from_the_last_and_is_told(engine):
    with open_session(engine, System("test")) as session:
        first = count_up(session, CaseSeries, SERIES | {"last": 1, "prefix": ""}, "last")
        second = count_up(session, CaseSeries, SERIES | {"last": 4, "prefix": ""}, "last")
        named = count_up(session, CaseSeries, SERIES | {"last": 0, "prefix": "MT"}, "prefix")
    assert (first["last"], second["last"], named["prefix"]) == (1, 5, "MT")


def test_many_counters_are_counted_up_at_once(engine):
    rows = [COLUMNS | {"name": name, "value": 2} for name in ("households", "persons")]
    with open_session(engine, System("test")) as session:
        count_all_up(session, RegionCounter, rows, "value")
        count_all_up(session, RegionCounter, rows[:1], "value")
        read = session.execute(select(RegionCounter.name, RegionCounter.value)).all()
    assert sorted(map(tuple, read)) == [("households", 4), ("persons", 2)]


def test_only_counters_are_counted_up(engine):
    with open_session(engine, System("test")) as session, pytest.raises(OutOfScope):
        count_up(session, AuditEntry, {}, "chain")


def test_a_row_that_is_there_already_is_told_as_sqlalchemy_tells_it_without_its_values(engine):
    row = COLUMNS | {"name": "households", "value": 987654321}
    with open_session(engine, System("test")) as session:
        write_rows(session, RegionCounter, [row])
        with pytest.raises(IntegrityError) as fault:
            write_rows(session, RegionCounter, [row])
    assert "987654321" not in str(fault.value)


def test_what_was_written_and_not_committed_is_taken_back_when_the_session_closes(engine):
    with open_session(engine, System("test")) as session:
        session.scalars(select(RegionCounter)).all()
        write_rows(session, RegionCounter, [COLUMNS | {"name": "households", "value": 1}])
    with open_session(engine, System("test")) as session:
        assert session.scalars(select(RegionCounter)).all() == []


def test_sessions_that_only_read_leave_their_statements_prepared(engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's driver keeps its statements whatever happens")
    # the pool gives its connections in turn
    for _ in range(60):
        with open_session(engine, System("test"), writes=False) as session:
            session.scalars(select(RegionCounter)).all()
    with engine.connect() as connection:
        prepared = connection.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM region_counters" in each for each in prepared)


def _numbers(engine):
    with open_session(engine, System("test"), writes=False) as session:
        return sorted(session.scalars(select(RegionCounter.name)).all())


def _counter(name):
    return COLUMNS | {"name": name, "value": 1}


def test_rows_of_a_nested_block_that_failed_are_taken_back_and_the_others_stay(engine):
    with open_session(engine, System("test")) as session:
        write_rows(session, RegionCounter, [_counter("before")])
        with pytest.raises(IntegrityError), session.begin_nested():
            write_rows(session, RegionCounter, [_counter(name) for name in ("lost", "before")])
        write_rows(session, RegionCounter, [_counter("after")])
        session.commit()
    assert _numbers(engine) == ["after", "before"]


def _task(region):
    return region_columns(region) | {
        "id": new_id(), "kind": "x", "permission": "p", "opened_at": MOMENT, "due_on": MOMENT.date(),
        "state": TaskState.OPEN,
    }  # fmt: skip


def test_what_two_regions_do_at_once_is_told_to_the_database_though_it_only_writes(engine):
    with open_session(engine, Region("520328101000")) as session:
        write_rows(session, Task, [_task("520328101000")])
        with across(session, "test") as both:
            write_rows(both, Task, [_task("441823100000")])
        session.commit()
    with open_session(engine, System("test"), writes=False) as session:
        assert sorted(session.scalars(select(Task.township)).all()) == ["441823100000", "520328101000"]


def test_what_was_looked_at_across_regions_leaves_its_trace(engine):
    with open_session(engine, Region("520328101000"), job_actor("test")) as session:
        with across(session, "test") as both:
            audit.look(both, "case.read", ("cases", 1), now=MOMENT, region="441823100000")
        session.commit()
    with open_session(engine, System("test"), writes=False) as session:
        assert session.scalars(select(AuditEntry.township)).all() == ["441823100000"]


def test_a_session_closes_quietly_when_the_server_has_gone_away(engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")
    session = open_session(engine, System("test"), writes=False)
    session.scalars(select(RegionCounter)).all()
    server = Session.connection(session).connection.driver_connection.info.backend_pid
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({server})")
    session.close()
    assert engine.pool.checkedout() == 0
    assert _numbers(engine) == []
