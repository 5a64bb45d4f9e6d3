"""`./doudi audit verify` says in words whether the trail is whole, and answers 1 when it is not."""

from __future__ import annotations

import pytest

from commands.__main__ import main
from core import audit

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def trail(here, now):
    """Three entries, not yet sealed."""
    with here.session() as session:
        for number in range(3):
            audit.record(session, "search", ("n", number), now=now, region="520328000000")
    return here


def test_a_whole_trail_is_said_to_be_whole_and_its_anchor_printed(trail, capsys):
    assert main(["audit", "seal"]) == 0
    anchor = capsys.readouterr().out.split("总封存 ")[1].strip()
    assert main(["audit", "verify", "--expected", anchor]) == 0
    told = capsys.readouterr().out
    assert "3 条记录，其中 0 条还没有封存，1 批，1 个总封存" in told
    assert "没有发现改动、删除或插入" in told
    assert anchor in told


def test_a_row_taken_away_is_told_and_answers_one(trail, capsys):
    main(["audit", "seal"])
    with trail.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_no_delete")
        connection.exec_driver_sql("DELETE FROM audit_entries WHERE subject_id = '1'")
    assert main(["audit", "verify"]) == 1
    told = capsys.readouterr().out
    assert "520328000000 第 1 批少了记录" in told
    assert "发现 1 处问题" in told


def test_an_anchor_that_never_was_answers_one(trail, capsys):
    assert main(["audit", "verify", "--expected", "7:abcd"]) == 1
    assert "整批删除" in capsys.readouterr().out
