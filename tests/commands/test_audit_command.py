"""`./doudi audit verify` says in words whether the trail is whole, and answers 1 when it is not."""

from __future__ import annotations

import pytest

from commands.__main__ import main
from core import audit
from core.access import job_actor
from core.database import Base, make_engine
from core.encryption import Vault, key_provider
from core.scopes import System
from core.sessions import open_session
from core.tables import all_tables

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def engine_here(tmp_path, monkeypatch, now):
    """An installation with three entries, not yet sealed."""
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.delenv("DOUDI_DATABASE_URL", raising=False)
    all_tables()
    engine = make_engine(f"sqlite:///{tmp_path / 'doudi.sqlite'}")
    Base.metadata.create_all(engine)
    vault = Vault(key_provider("file", tmp_path / "keys"))
    with open_session(engine, System("test"), job_actor("test"), vault=vault) as session:
        for number in range(3):
            audit.record(session, "search", ("n", number), now=now, region="520328000000")
        session.commit()
    yield engine
    engine.dispose()


def test_a_whole_trail_is_said_to_be_whole_and_its_anchor_printed(engine_here, capsys):
    assert main(["audit", "seal"]) == 0
    anchor = capsys.readouterr().out.split("总封存 ")[1].strip()
    assert main(["audit", "verify", "--expected", anchor]) == 0
    told = capsys.readouterr().out
    assert "3 条记录，其中 0 条还没有封存，1 批，1 个总封存" in told
    assert "没有发现改动、删除或插入" in told
    assert anchor in told


def test_a_row_taken_away_is_told_and_answers_one(engine_here, capsys):
    main(["audit", "seal"])
    with engine_here.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_no_delete")
        connection.exec_driver_sql("DELETE FROM audit_entries WHERE subject_id = '1'")
    assert main(["audit", "verify"]) == 1
    told = capsys.readouterr().out
    assert "520328000000 第 1 批少了记录" in told
    assert "发现 1 处问题" in told


def test_an_anchor_that_never_was_answers_one(engine_here, capsys):
    assert main(["audit", "verify", "--expected", "7:abcd"]) == 1
    assert "整批删除" in capsys.readouterr().out
