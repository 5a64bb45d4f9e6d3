"""Every table says which kinds of scope see it, and the list of them is read by a person when it changes (decision 5)."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import false, true

from core.database import Base
from core.scopes import Assigned, Link, Own, Public, Region, RegionScoped, System, Visibility, criteria
from core.tables import all_tables

ID = uuid.UUID(int=1)
SCOPES = {
    "region": Region("520328000000"),
    "assigned": Assigned(frozenset({ID}), frozenset({ID})),
    "own": Own(ID, ID),
    "link": Link(ID),
    "public": Public(date(2026, 11, 22)),
    "system": System("test"),
}
# whole tables that anyone may read: divisions, offices, law, calendars, enabled packs, the demo mark
READ_BY_ALL = {
    "confirmed_calendars",
    "installation",
    "pack_enablings",
    "region_changes",
    "region_offices",
    "regions",
    "standards",
}


def models() -> dict[str, type[Base]]:
    all_tables()
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("core.")
    }


def seen_by(model: type[Base]) -> dict[str, str]:
    """Per scope: "all", "none" or "some" rows."""
    found = {}
    for name, scope in SCOPES.items():
        condition = criteria(model, scope)
        found[name] = "all" if condition.compare(true()) else "none" if condition.compare(false()) else "some"
    return found


def test_every_model_says_who_may_see_it():
    silent = [name for name, model in models().items() if not isinstance(model.__visible__, Visibility)]
    assert silent == []


def test_only_public_facts_are_read_by_all():
    assert {name for name, model in models().items() if model.__visible__.reference} == READ_BY_ALL


def test_system_sees_every_table_and_the_public_only_published_rows():
    for name, model in models().items():
        seen = seen_by(model)
        assert seen["system"] == "all", name
        if name not in READ_BY_ALL:
            assert seen["public"] == ("some" if name == "public_rows" else "none"), name


@pytest.mark.row("R2-28")
def test_nobody_but_a_job_sees_whole_tables_about_people():
    for name, model in models().items():
        if name in READ_BY_ALL:
            continue
        seen = seen_by(model)
        assert all(seen[kind] != "all" for kind in ("region", "assigned", "own", "link", "public")), name


def test_a_table_seen_by_region_carries_every_level_column():
    for name, model in models().items():
        if model.__visible__.region and issubclass(model, RegionScoped):
            assert {"province", "city", "county", "township", "village"} <= set(
                model.__table__.columns.keys()
            ), name


def test_columns_named_by_visibility_exist():
    for name, model in models().items():
        visible = model.__visible__
        wanted = {
            visible.own,
            visible.own_person,
            visible.link,
            visible.assigned_case,
            visible.assigned_household,
        }
        assert {column for column in wanted if column} <= set(model.__table__.columns.keys()), name


def test_a_signer_by_link_sees_her_authorisation_and_nothing_of_the_family():
    seen = {name for name, model in models().items() if seen_by(model)["link"] == "some"}
    assert not seen & {"cases", "declared_members", "statement_lines", "persons", "households", "letters"}
    assert "authorisations" in seen
