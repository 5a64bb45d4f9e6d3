"""A program with one job of forty steps, started by the tests as a process of its own so that it can be killed."""

import argparse
import logging
import socket
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core import jobs_engine
from core.access import job_actor
from core.database import Base, Id, PrimaryId, make_engine, new_id
from core.jobs import Run, Tally, Work, job, read_progress
from core.scopes import SYSTEM_ONLY, System
from core.sessions import ScopedSession, open_session
from core.settings import Settings

STEPS = 40
MADE_UP_ID = "52039919900101001X"


class JobMark(Base):
    """A row per piece of work done; nothing in the table forbids a second one, so a doubled step would show."""

    __tablename__ = "test_job_marks"
    __visible__ = SYSTEM_ONLY

    id: Mapped[PrimaryId]
    row_id: Mapped[Id]
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(20), default="")


def count_pieces(_work: Work) -> int:
    return STEPS


def do_piece(work: Work, number: int) -> Tally:
    work.session.add(JobMark(id=new_id(), row_id=work.row_id, number=number))
    time.sleep(0.02)
    return Tally(done=1, rejected=int(number % 10 == 0))


@job("test.forty")
def forty(run: Run) -> None:
    run.expect(run.count(count_pieces))
    for number in range(run.total):
        run.step(do_piece, number)


def fails_until_mended(work: Work) -> None:
    if not list(work.session.scalars(jobs_mended(work.row_id))):
        msg = f"{MADE_UP_ID} cannot be read"
        raise ValueError(msg)


def jobs_mended(row_id):
    from sqlalchemy import select

    return select(JobMark).where(JobMark.row_id == row_id, JobMark.note == "mended")


@job("test.fails")
def fails(run: Run) -> None:
    run.step(do_piece, 1)
    run.step(fails_until_mended)
    run.step(do_piece, 2)


def returns_a_person(_work: Work) -> str:
    return MADE_UP_ID


@job("test.talks")
def talks(run: Run) -> None:
    run.step(returns_a_person)


def system_session(engine):
    def opens(name: str) -> ScopedSession:
        return open_session(engine, System(name), job_actor(name))

    return opens


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("url")
    parser.add_argument("executor")
    parser.add_argument("job", type=uuid.UUID)
    parser.add_argument("--minutes-later", type=int, default=0)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    refuse_the_outside()
    engine = make_engine(given.url)
    sessions = system_session(engine)
    jobs_engine.launch(Settings(home=given.home, database_url=given.url), sessions, executor=given.executor)
    print("launched", flush=True)
    if given.minutes_later:
        jobs_engine.sweep(datetime.now(UTC) + timedelta(minutes=given.minutes_later))
    while True:
        with sessions("test") as session:
            if not read_progress(session, given.job).moving:
                break
        time.sleep(0.05)
    jobs_engine.stop()
    print("over", flush=True)


def refuse_the_outside() -> None:
    """Nothing in the job system may reach beyond this machine."""
    inside = socket.socket.connect

    def connect(self, address):
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            print(f"outside: {address[0]}", flush=True)
        return inside(self, address)

    socket.socket.connect = connect


if __name__ == "__main__":
    main()
