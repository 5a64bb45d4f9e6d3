"""What an installation does by itself: every few minutes it closes notices, reads them back, renews deadlines, seals,
sweeps; every few seconds it sends the messages that cases wrote.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask

from core import audit
from core.access import job_actor
from core.cases.mergers import follow_mergers
from core.cases.message_sending import Sender
from core.cases.procedure import beijing_day
from core.cases.renewal import renew_deadlines
from core.documents.changes import sweep_files
from core.encrypted_files import FileStore
from core.notices.changes import close_due_notices
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.web.installation import Installation, installation_of
from core.web.procedures import procedure_beside
from core.web.public_check import check_notice, unchecked_notices

log = logging.getLogger("doudi.watch")
_SWEPT = "doudi_files_swept"  # the day on which this process last looked through the files
SOON, EVERY = 5.0, 120.0  # seconds: to the first round, and between the others
MESSAGES_EVERY = 10.0  # seconds


def watch_once(app: Flask, *, now: datetime) -> None:
    """One round. Each part is a transaction of its own, and a fault of one does not keep the others from their work."""
    for part in (
        _close_notices,
        _read_notices_back,
        _renew_deadlines,
        _follow_mergers,
        _seal_audit,
        _sweep_files,
    ):
        try:
            part(app, now)
        except Exception:
            # the next round tries again
            log.exception("a part of the watch failed: %s", part.__name__)


def _close_notices(app: Flask, now: datetime) -> None:
    home = installation_of(app)
    with _session(home, "close-notices") as session:
        closed = close_due_notices(
            session, session.actor, lambda case: procedure_beside(home, session, case, now), now=now
        )
        session.commit()
    if closed:
        log.info("notices closed: %s", closed)


def _read_notices_back(app: Flask, now: datetime) -> None:
    with _session(installation_of(app), "notice-check") as session:
        waiting = unchecked_notices(session)
    for notice_id in waiting:
        check_notice(app, notice_id, now=now)


def _renew_deadlines(app: Flask, now: datetime) -> None:
    home = installation_of(app)
    with _session(home, "renew-deadlines") as session:
        renew_deadlines(session, lambda case: procedure_beside(home, session, case, now), now=now)
        session.commit()


def _follow_mergers(app: Flask, now: datetime) -> None:
    with _session(installation_of(app), "follow-mergers") as session:
        follow_mergers(session, now=now)
        session.commit()


def _seal_audit(app: Flask, now: datetime) -> None:
    with _session(installation_of(app), "audit-seal") as session:
        audit.seal(session, now)
        session.commit()


def _sweep_files(app: Flask, now: datetime) -> None:
    home, day = installation_of(app), beijing_day(now)
    if home.vault is None or app.extensions.get(_SWEPT) == day:
        return
    files = FileStore(home.settings.files_folder, home.vault)
    with _session(home, "sweep-files") as session:
        swept = sweep_files(session, files, now=now)
    app.extensions[_SWEPT] = day
    if swept:
        log.info("files of no paper deleted: %s", swept)


def _session(home: Installation, job: str) -> ScopedSession:
    return open_session(home.engine, System(job), job_actor(job), vault=home.vault)


def send_messages(app: Flask, *, clock: Callable[[], datetime] | None = None) -> int:
    """One round of sending; returns how many messages were sent. `clock`: the installation's, unless told."""
    home = installation_of(app)
    if home.vault is None:
        return 0
    time = clock or home.clock
    return Sender(
        home.engine,
        home.vault,
        lambda region: home.for_region(region, beijing_day(time())).message_channels,
        time,
        demo=home.demo,
    ).send_due()


def start_watch(app: Flask) -> threading.Event:
    """Watch in threads of this process until the returned event is set. Rounds of several processes do no harm."""
    stop = threading.Event()

    def watch() -> None:
        watch_once(app, now=installation_of(app).clock())

    # a slow gateway keeps no notice from closing
    for name, work, every in (
        ("doudi-watch", watch, EVERY),
        ("doudi-messages", partial(send_messages, app), MESSAGES_EVERY),
    ):
        threading.Thread(target=_rounds, args=(stop, work, every), name=name, daemon=True).start()
    return stop


def _rounds(stop: threading.Event, work: Callable[[], object], every: float) -> None:
    wait = SOON
    while not stop.wait(wait):
        try:
            work()
        except Exception:
            # a database away for a while must not end the rounds
            log.exception("a round failed")
        wait = every
