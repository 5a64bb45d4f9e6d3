"""What the web server loads in its worker: the app, with the job system running beside it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from flask import Flask

from app import create_app
from commands.places import demo_log, settings_here
from core import jobs_engine
from core.access import job_actor
from core.scopes import System
from core.sessions import ScopedSession, open_session
from core.web.installation import EXTENSION, Installation
from core.web.logs import log_into
from core.web.watch import start_watch

END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def make() -> Flask:
    """The app of this installation; launches the job system, once per process."""
    _end_with_parent()
    settings = settings_here()
    app = create_app(settings)
    home: Installation = app.extensions[EXTENSION]
    if home.demo:
        log_into(demo_log(settings.home))

    def open_job_session(name: str) -> ScopedSession:
        if home.vault is not None:
            home.vault.refresh()
        return open_session(home.engine, System(name), job_actor(name), vault=home.vault)

    jobs_engine.launch(settings, open_job_session)
    start_watch(app)
    return app


def _end_with_parent() -> None:
    """A worker whose server was killed outright would go on holding the port; on Linux the kernel ends it instead."""
    if sys.platform == "linux" and os.getppid() != 1:
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
