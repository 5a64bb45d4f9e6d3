"""The migrations make exactly the tables the models speak of, on both databases, once and again."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from commands.db import OWNER_URL, check_version, newest_revision, owner_settings, upgrade
from commands.first_start import prepare
from core import jobs_engine
from core.database import make_engine
from core.errors import Problem
from core.settings import Settings
from core.tables import all_tables
from core.testing.fixtures import NOW
from core.testing.postgresql import APP_ROLE, app_role_url, start_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path, monkeypatch):
    """An installation whose database is empty; on PostgreSQL it runs as a role that owns nothing."""
    if request.param == "sqlite":
        return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'upgraded.sqlite'}")
    folder, worker = (request.getfixturevalue(name) for name in ("postgresql_folder", "worker_name"))
    owner = start_postgresql(folder, f"upgrade_{worker}")
    monkeypatch.setenv(OWNER_URL, owner)
    return Settings(home=tmp_path, database_url=app_role_url(owner))


def ours(_item, name, kind, _reflected, _other):
    # tests bring tables of their own
    return not (kind == "table" and name.startswith("test_"))


def test_the_migrations_and_the_models_agree(settings):
    assert upgrade(settings) == ("", newest_revision())
    engine = make_engine(owner_settings(settings).database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, all_tables()) == []
    engine.dispose()


TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY 1",
}


def triggers(url):
    engine = make_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(TRIGGERS[engine.dialect.name])).all()
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("settings", "engine"), [("sqlite", "sqlite"), ("postgresql", "postgresql")], indirect=True
)
def test_the_database_itself_guards_what_the_models_ask_it_to_guard(settings, engine):
    """Tables made by the models carry triggers; an upgraded installation must carry the same ones."""
    upgrade(settings)
    upgrade(settings)
    wanted = engine.url.render_as_string(hide_password=False)
    found = triggers(owner_settings(settings).database_url)
    assert found == triggers(wanted)
    assert {table for _, table, _ in found} >= {"audit_entries", "verification_requests"}


def test_a_second_upgrade_changes_nothing(settings):
    upgrade(settings)
    assert upgrade(settings) == (newest_revision(), newest_revision())


def test_a_database_of_a_newer_version_is_refused_and_left_alone(settings):
    upgrade(settings)
    engine = make_engine(owner_settings(settings).database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Problem, match="9999"):
        upgrade(settings)
    with engine.connect() as connection, pytest.raises(Problem, match="更新版本"):
        check_version(connection)
    engine.dispose()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_the_platform_runs_under_a_role_that_owns_nothing_and_may_use_everything(settings):
    upgrade(settings)
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == APP_ROLE
        owned = text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert connection.execute(owned).scalar() == 0
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'SELECT 1 FROM "{table}" LIMIT 1'))
        secured = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
            )
        ).scalars()
        assert {"jobs", "households", "cases"} <= set(secured)
        connection.execute(text(f"SELECT 1 FROM {jobs_engine.SCHEMA}.workflow_status LIMIT 1"))
    engine.dispose()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_an_owner_s_account_is_refused_for_serving(settings, monkeypatch):
    owner = owner_settings(settings)
    upgrade(settings)
    monkeypatch.delenv(OWNER_URL)
    with pytest.raises(Problem, match="行级保护"):
        prepare(owner, now=NOW)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_an_old_structure_without_the_owner_s_account_is_told(settings, monkeypatch):
    monkeypatch.delenv(OWNER_URL)
    with pytest.raises(Problem, match="db upgrade"):
        prepare(settings, now=NOW)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path):
    away = Settings(home=tmp_path, database_url="postgresql+psycopg://li:geheim@127.0.0.1:9/doudi")
    with pytest.raises(Problem, match="连不上数据库") as refused:
        prepare(away, now=NOW)
    assert "geheim" not in str(refused.value)


def test_an_upgrade_cut_off_midway_leaves_the_old_structure(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'doudi.sqlite'}")

    def power_cut(connection):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("commands.db.protect", power_cut)
        with pytest.raises(KeyboardInterrupt):
            upgrade(settings)
    engine = create_engine(settings.database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    assert upgrade(settings) == ("", newest_revision())
