"""Reads a notice's public page as an anonymous visitor and scans what came back (architecture 7)."""

from __future__ import annotations

import re
from contextvars import Context
from datetime import datetime, time

from flask import Flask
from sqlalchemy import select

from core.access import job_actor
from core.cases.models import Case
from core.leak_scan import Leak
from core.notices.changes import public_row_of, record_public_check
from core.notices.content import leaks_in, raw_values
from core.notices.models import Notice, NoticeState
from core.scopes import System
from core.sessions import ScopedSession, found, open_session
from core.web.installation import installation_of
from core.web.request import AS_OF
from core.workdays import CHINA

_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
CHECK = System("notice-check")


def check_notice(app: Flask, notice_id: object, *, now: datetime) -> list[Leak]:
    """Fetch the page on which the notice hangs, on its first day, and scan it; a leak takes it down at once.

    Returns what was found. The scan knows every raw value of every listed person of the case.
    """
    home = installation_of(app)
    with open_session(home.engine, CHECK, job_actor("notice-check"), vault=home.vault) as session:
        notice: Notice = found(session.get(Notice, notice_id))
        case: Case = found(session.get(Case, notice.case_id))
        row = public_row_of(session, notice)
        values = {"listed_name": row.listed_name, "office_phone": row.office_phone}
        # names were judged cell by cell before publishing; on the whole page a namesake of another family is lawful
        forbidden = frozenset(value for value in raw_values(session, case) if any(map(str.isdigit, value)))
        text = _as_visitor(app, f"/notices/{case.village or case.township}?kind={notice.kind}", notice)
        leaks = leaks_in(_without_marks(text), values, forbidden)
        record_public_check(session, notice, len(leaks), now=now)
        session.commit()
        return leaks


def _as_visitor(app: Flask, path: str, notice: Notice) -> str:
    day = datetime.combine(notice.opens_on, time(12), CHINA)
    visitor = app.test_client(use_cookies=False)
    # a request within a request would share its sign-in and its database session: a stranger starts from nothing
    answer = Context().run(visitor.get, path, environ_overrides={AS_OF: day})
    return answer.get_data(as_text=True)


def _without_marks(html: str) -> str:
    """What a reader sees, one blank for each mark, so that numbers split by marks are still found."""
    return _TAGS.sub(" ", html)


def unchecked_notices(session: ScopedSession) -> list[object]:
    """Ids of the notices that hang and were never read back."""
    return list(
        session.scalars(
            select(Notice.id)
            .where(Notice.state == NoticeState.PUBLISHED, Notice.checked_at.is_(None))
            .limit(200)
        )
    )
