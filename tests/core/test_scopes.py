"""A session sees and writes only what its scope admits, whatever statement is tried."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import (
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, aliased, make_transient_to_detached, mapped_column, relationship

from core.audit import look
from core.database import Base, Id, PrimaryId, new_id
from core.scopes import (
    Assigned,
    Link,
    Own,
    Public,
    Region,
    RegionScoped,
    System,
    Visibility,
    level_column,
    region_columns,
)
from core.sessions import OutOfScope, column_rows, update_rows, write_rows

pytestmark = pytest.mark.row("R2-28")


class Cabinet(RegionScoped, Base):
    __tablename__ = "test_cabinets"
    __visible__ = Visibility(region=True, own="owner_id", link="id", assigned_case="id")
    id: Mapped[PrimaryId]
    owner_id: Mapped[Id]
    label: Mapped[str] = mapped_column(default="")


class Drawer(RegionScoped, Base):
    __tablename__ = "test_drawers"
    __visible__ = Visibility(region=True)
    id: Mapped[PrimaryId]
    cabinet_id: Mapped[Id]


class Shelf(RegionScoped, Base):
    __tablename__ = "test_shelves"
    __visible__ = Visibility(region=True)
    id: Mapped[PrimaryId]
    cabinets: Mapped[list[Cabinet]] = relationship(
        primaryjoin="Shelf.id == foreign(Cabinet.owner_id)", viewonly=True
    )


class Secret(Base):
    __tablename__ = "test_secrets"
    __visible__ = Visibility()
    id: Mapped[PrimaryId]


MEITAN, YONGXING, FENGGANG = "520328000000", "520328104000", "520327000000"
OWNER = uuid.UUID(int=7)


def cabinet(code: str, **values: object) -> Cabinet:
    return Cabinet(
        id=new_id(), owner_id=values.pop("owner_id", uuid.UUID(int=1)), **region_columns(code), **values
    )


@pytest.fixture
def filled(system):
    here, there = cabinet(YONGXING, owner_id=OWNER, label="here"), cabinet("520327100000", label="there")
    system.add_all([here, there])
    system.add(Drawer(id=new_id(), cabinet_id=there.id, **region_columns("520327100000")))
    system.add(Drawer(id=new_id(), cabinet_id=here.id, **region_columns(YONGXING)))
    system.add(Secret(id=new_id()))
    system.commit()
    return here, there


def test_levels_are_read_from_the_code():
    assert [
        level_column(code) for code in ("000000000000", "520000000000", "520300000000", MEITAN, YONGXING)
    ] == [
        "",
        "province",
        "city",
        "county",
        "township",
    ]
    assert region_columns(YONGXING) == {
        "province": "520000000000",
        "city": "520300000000",
        "county": MEITAN,
        "township": YONGXING,
        "village": "",
    }


@pytest.mark.parametrize(
    ("scope", "labels"),
    [
        (Region("000000000000"), {"here", "there"}),
        (Region("520000000000"), {"here", "there"}),
        (Region(MEITAN), {"here"}),
        (Region(YONGXING), {"here"}),
        (Region(FENGGANG), {"there"}),
        (Region("440000000000"), set()),
        (Own(OWNER), {"here"}),
        (Own(uuid.UUID(int=99)), set()),
        (Link(uuid.UUID(int=99)), set()),
        (Assigned(), set()),
        (Public(date(2026, 11, 22)), set()),
        (System("test"), {"here", "there"}),
    ],
)
def test_each_scope_sees_its_own_rows_only(session_in, filled, scope, labels):
    session = session_in(scope)
    assert {each.label for each in session.scalars(select(Cabinet))} == labels
    other, below, named = aliased(Cabinet), select(Cabinet.label).subquery(), select(Cabinet.label).cte()
    # by the ORM and past it
    for ask in (session.execute, lambda statement: column_rows(session, statement)):
        for column_of in (Cabinet, other, below.c, named.c):
            assert {label for (label,) in ask(select(column_of.label))} == labels
        for counting in (
            select(func.count()).select_from(Cabinet),
            select(select(func.count(Cabinet.id)).scalar_subquery()),
        ):
            assert [count for (count,) in ask(counting)] == [len(labels)]


def test_a_statement_made_once_gives_each_scope_its_own_rows(session_in, filled):
    kept = select(Cabinet.label).where(Cabinet.id.is_not(None))
    for _ in range(2):
        for scope, labels in (
            (Region(MEITAN), {"here"}),
            (System("test"), {"here", "there"}),
            (Own(OWNER), {"here"}),
            (Region(FENGGANG), {"there"}),
            (Public(date(2026, 11, 22)), set()),
        ):
            session = session_in(scope)
            assert set(session.scalars(kept)) == labels
            assert {label for (label,) in column_rows(session, kept)} == labels


def test_columns_show_what_the_session_wrote_before(session_in):
    session = session_in(Region(MEITAN))
    session.add(cabinet(YONGXING, label="new"))
    assert column_rows(session, select(Cabinet.label)) == [("new",)]


def test_a_row_of_another_region_is_absent_by_id_join_and_subquery(session_in, filled):
    here, there = filled
    session = session_in(Region(MEITAN))
    assert session.get(Cabinet, there.id) is None
    assert session.get(Cabinet, here.id) is not None
    joined = select(Drawer.id).join(Cabinet, Cabinet.id == Drawer.cabinet_id)
    assert len(session.scalars(joined).all()) == 1
    assert session.scalars(select(Cabinet.id).where(Cabinet.id.in_(select(Drawer.cabinet_id)))).all() == [
        here.id
    ]
    exists = select(Cabinet.label).where(select(Drawer.id).where(Drawer.cabinet_id == there.id).exists())
    assert session.scalars(exists).all() == []
    assert column_rows(session, exists) == []
    assert len(column_rows(session, joined)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        select(Cabinet.__table__.c.id),
        select(Cabinet.id, Drawer.__table__.c.id),
        select(Cabinet.id).where(Cabinet.id.in_(select(Drawer.__table__.c.cabinet_id))),
        select(Cabinet.id, text("(select max(id) from test_secrets)")),
        select(Cabinet.id).where(text("1=1")),
        select(Cabinet.id, literal_column("(select max(id) from test_secrets)")),
        select(Cabinet.id).union(select(Drawer.id)),
        select(table("test_cabinets", column("id"))),
        select(Cabinet).from_statement(text("select * from test_cabinets")),
        select(Cabinet).from_statement(select(Cabinet.__table__)),
        select(aliased(Cabinet.__table__).c.id, Cabinet.id),
        select(func.count()).select_from(Cabinet).join(Drawer.__table__, true()),
        select(func.count(Cabinet.id)).select_from(Secret.__table__),
        select(Cabinet.label).prefix_with("id from test_secrets union select"),
        select(Cabinet.label).suffix_with("union select id from test_secrets"),
        select(Cabinet.label).with_statement_hint("union select id from test_secrets", "sqlite"),
        select(Cabinet.label.op("|| (select max(id) from test_secrets) ||")("")),
        select(aliased(Cabinet, select(Cabinet.__table__).subquery())),
        select(Cabinet).from_statement(union_all(select(Cabinet), select(Cabinet))),
        select(Cabinet).from_statement(update(Cabinet).values(label="x").returning(Cabinet)),
        select(Cabinet.label).execution_options(doudi_checked_write=True).order_by(text("1")),
        text("select * from test_cabinets"),
        insert(Cabinet).values(id=new_id()),
        update(Cabinet).values(label="x"),
        delete(Cabinet),
        update(Cabinet.__table__).values(label="x"),
        delete(Cabinet.__table__),
        select(delete(Cabinet).returning(Cabinet.label).cte().c.label),
        select(insert(Cabinet).values(id=new_id()).returning(Cabinet.label).cte().c.label),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "scope", [Region(MEITAN), Own(OWNER), Public(date(2026, 11, 22))], ids=lambda s: type(s).__name__
)
def test_every_way_around_the_scope_is_refused(session_in, filled, statement, scope):
    session = session_in(scope)
    for ask in (session.execute, lambda each: column_rows(session, each)):
        with pytest.raises(OutOfScope):
            ask(statement)


def test_no_value_stands_in_for_one_of_the_scope(session_in, filled):
    session = session_in(Region(MEITAN))
    for ask in (session.execute, lambda *given: column_rows(session, *given)):
        with pytest.raises(OutOfScope):
            ask(select(Cabinet.label), {"county_1": FENGGANG})


def test_no_connection_and_no_bulk_methods(session_in):
    session = session_in(Region(MEITAN))
    for refused in (
        session.connection,
        session.get_transaction,
        lambda: session.bulk_save_objects([]),
        lambda: session.bulk_insert_mappings(Cabinet, []),
        lambda: session.bulk_update_mappings(Cabinet, []),
    ):
        with pytest.raises(OutOfScope):
            refused()


def test_nobody_marks_a_statement_as_checked_but_the_writers(session_in, filled):
    session = session_in(Region(MEITAN))
    marked = select(Cabinet.label).execution_options(doudi_checked_write=True)
    assert session.scalars(marked).all() == ["here"]
    with pytest.raises(OutOfScope):
        session.execute(text("select id from test_secrets"), execution_options={"doudi_checked_write": True})


def test_a_row_of_another_session_does_not_enter_this_one(session_in, filled):
    """Attached from elsewhere it was never checked: a refresh would read it, a flush would write it."""
    _, there = filled
    session = session_in(Region(MEITAN))
    disguised = Cabinet(id=there.id, owner_id=OWNER, label="mine", **region_columns(YONGXING))
    make_transient_to_detached(disguised)
    for attach in (session.add, session.delete, lambda row: session.merge(row, load=False)):
        with pytest.raises(OutOfScope):
            attach(disguised)


def test_what_was_deleted_comes_back_when_that_is_rolled_back(session_in, filled):
    session = session_in(Region(MEITAN))
    mine = session.get(Cabinet, filled[0].id)
    session.delete(mine)
    session.flush()
    session.rollback()
    assert session.get(Cabinet, filled[0].id) is mine


def test_models_are_joined_by_hand_because_a_relationship_loads_rows_unseen(session_in):
    with pytest.raises(OutOfScope):
        session_in(Region(MEITAN)).scalars(select(Shelf)).all()


@pytest.mark.parametrize("node", ["", "52", "52032800000x", "５２０３２８００００００"])
def test_a_region_that_is_none_is_no_scope(node):
    """An empty node would otherwise be read as the whole nation."""
    with pytest.raises(OutOfScope):
        Region(node)


def test_a_model_that_no_one_but_jobs_may_see_yields_nothing(session_in, filled):
    assert session_in(Region(MEITAN)).scalars(select(Secret.id)).all() == []
    assert len(session_in(System("test")).scalars(select(Secret.id)).all()) == 1


def test_rows_outside_the_scope_cannot_be_written(session_in, filled):
    here, _ = filled
    session = session_in(Region(MEITAN))
    session.add(cabinet("520327100000"))
    with pytest.raises(OutOfScope):
        session.flush()
    session.rollback()
    mine = session.get(Cabinet, here.id)
    mine.county = FENGGANG
    with pytest.raises(OutOfScope):
        session.flush()
    session.rollback()
    stranger = {"id": new_id(), "owner_id": OWNER, "label": "", **region_columns("520327100000")}
    with pytest.raises(OutOfScope):
        write_rows(session, Cabinet, [stranger])
    with pytest.raises(OutOfScope):
        update_rows(session, Cabinet, {"county": FENGGANG}, Cabinet.id == here.id)


def test_bulk_writers_stay_inside_the_scope(session_in, filled):
    session = session_in(Region(MEITAN))
    write_rows(
        session, Cabinet, [{"id": new_id(), "owner_id": OWNER, "label": "new", **region_columns(YONGXING)}]
    )
    assert update_rows(session, Cabinet, {"label": "seen"}) == 2
    session.commit()
    assert set(session_in(System("test")).scalars(select(Cabinet.label))) == {"seen", "there"}


def test_only_a_session_that_merely_read_needs_no_commit(session_in, filled, now):
    reading, dirty, new, looking = (session_in(Region(MEITAN)) for _ in range(4))
    assert reading.scalars(select(Cabinet.label)).all() == ["here"]
    assert reading.is_settled
    dirty.scalars(select(Cabinet)).one().label = "elsewhere"
    new.add(cabinet(YONGXING))
    look(looking, "case.look", now=now)
    assert not dirty.is_settled
    assert not new.is_settled
    assert not looking.is_settled
    new.flush()
    assert not new.is_settled
