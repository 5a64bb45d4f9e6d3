"""The power fails in the middle of a submission: each application is there whole, or not at all."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from core.audit.models import AuditEntry
from core.authorisations.models import Authorisation
from core.cases.declaration_models import DeclaredMember, StatementLine
from core.cases.message_models import CaseMessage
from core.cases.models import Case, CaseSeries, CaseStep, Task
from core.scopes import System

PROGRAM = Path(__file__).with_name("submitting_program.py")
WHOLE = {DeclaredMember: 5, StatementLine: 6, CaseStep: 9, Task: 1, CaseMessage: 1, Authorisation: 5}


def submit_until_killed(town, tmp_path, url, after):
    """Ids of what the program said was committed before it was killed, `after` seconds past its first submission."""
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(tmp_path), url, town.now.isoformat()],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    )
    said = [program.stdout.readline()]
    time.sleep(after)
    program.kill()
    said += program.stdout.read().splitlines()
    program.wait(30)
    program.stdout.close()
    return [line.strip() for line in said if line.strip()]


def wait_for_the_server(engine):
    """A PostgreSQL server finishes the commit it was told before it notices that who told it is dead."""
    working = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    until = time.monotonic() + 30
    while engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if not connection.scalar(working):
                return
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.row("R2-07")
def test_a_submission_cut_off_by_sigkill_leaves_all_or_nothing(town, tmp_path):
    url = town.engine.url.render_as_string(hide_password=False)
    for session in town.opened:
        session.close()
    said = [
        each for after in (0.07, 0.151, 0.233) for each in submit_until_killed(town, tmp_path, url, after)
    ]
    wait_for_the_server(town.engine)
    with town.session(System("count")) as session:
        ids = session.scalars(select(Case.id)).all()
        # whatever was said to be committed is there; at most the one in hand at each cut was not said any more
        assert {each.replace("-", "") for each in said} <= {each.hex for each in ids}
        assert len(ids) <= len(said) + 3
        for model, each in WHOLE.items():
            counts = session.execute(
                select(model.case_id, func.count(model.id)).group_by(model.case_id)
            ).all()
            assert {count for _case, count in counts} == {each}, model
            assert {case for case, _count in counts} == set(ids), model
        acts = select(func.count(AuditEntry.id)).where(AuditEntry.act == "case.submit")
        assert session.scalar(acts) == len(ids)
        # no number was used up by what never was
        assert session.scalar(select(CaseSeries.last)) == len(ids)
