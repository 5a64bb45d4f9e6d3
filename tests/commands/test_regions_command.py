"""`./doudi regions merge` says in plain words what it entered and what follows, and shows it first where asked."""

from __future__ import annotations

from datetime import date

import pytest

from commands.__main__ import main
from core.access import job_actor
from core.database import Base, make_engine, new_id
from core.households.models import Area, Household
from core.regions.changes import load_divisions
from core.regions.queries import node
from core.scopes import System, region_columns
from core.sessions import open_session
from core.tables import all_tables

pytestmark = pytest.mark.row("R2-28")
OLD, NEW = "520328102000", "520328101000"


@pytest.fixture
def engine_here(tmp_path, monkeypatch, now):
    """An installation with the places of Guizhou and one household in the township that goes."""
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.delenv("DOUDI_DATABASE_URL", raising=False)
    all_tables()
    engine = make_engine(f"sqlite:///{tmp_path / 'doudi.sqlite'}")
    Base.metadata.create_all(engine)
    with open_session(engine, System("test"), job_actor("test")) as session:
        load_divisions(session, ["52"])
        session.add(
            Household(
                **region_columns(OLD),
                id=new_id(),
                region_code=OLD,
                number="H1",
                head_person_id=new_id(),
                head_masked="周*",
                size=1,
                area=Area.RURAL,
                sort=1,
                entered_at=now,
            )
        )
        session.commit()
    yield engine
    engine.dispose()


def merge(*more, on="2027-01-01"):
    return main(["regions", "merge", OLD, NEW, "--on", on, "--document", "黔府发〔2026〕演示1号", *more])


def last_day(engine):
    with open_session(engine, System("test"), job_actor("test")) as session:
        return node(session, OLD).valid_to


def test_a_merger_is_shown_first_and_entered_once(engine_here, capsys):
    assert merge("--preview") == 0
    told = capsys.readouterr().out
    assert "只看，没有登记" in told
    assert "复兴镇从2027年1月1日起并入贵州省遵义市湄潭县永兴镇（黔府发〔2026〕演示1号）" in told
    assert "那里有 1 户。到2027年1月1日，" in told
    assert last_day(engine_here) is None

    assert merge() == 0
    assert "已登记" in capsys.readouterr().out
    assert last_day(engine_here) == date(2026, 12, 31)

    assert merge() == 0
    assert "这件撤并已经登记过，不再登记" in capsys.readouterr().out


def test_a_day_that_is_none_is_said_in_words(engine_here, capsys):
    with pytest.raises(SystemExit):
        merge(on="2027-13-40")
    assert "“2027-13-40”不是日期" in capsys.readouterr().err
    assert last_day(engine_here) is None
