"""Reads a notice's public page as an anonymous visitor and scans what came back (architecture 7)."""

from __future__ import annotations

from contextvars import Context
from datetime import datetime, time

import structlog
from flask import Flask
from sqlalchemy import select

from core.access import job_actor
from core.cases.models import Case
from core.leak_scan import Leak
from core.leak_scan_pages import html_pieces
from core.notices.changes import public_row_of, record_public_check
from core.notices.content import leaks_in, raw_values
from core.notices.models import Notice, NoticeState, PublicRow
from core.scopes import System
from core.sessions import ScopedSession, found, open_session
from core.web.installation import installation_of
from core.web.request import AS_OF
from core.workdays import CHINA

log = structlog.get_logger("doudi.notices")
CHECK = System("notice-check")
# what is shorter (a house number) stands on any page as a count or a day
SHORTEST_FORBIDDEN = 5


def check_notice(app: Flask, notice_id: object, *, now: datetime) -> list[Leak] | None:
    """Fetch the page on which the notice hangs, on its first day, and scan it; a leak takes it down at once.

    Returns what was found, or None when the page could not be read or the notice does not stand on it: then nothing is
    recorded, and the watch asks again. The scan knows every raw value of every listed person of the case.
    """
    home = installation_of(app)
    with open_session(home.engine, CHECK, job_actor("notice-check"), vault=home.vault) as session:
        notice: Notice = found(session.get(Notice, notice_id))
        case: Case = found(session.get(Case, notice.case_id))
        row = public_row_of(session, notice)
        values = {"listed_name": row.listed_name, "office_phone": row.office_phone}
        # names were judged cell by cell before publishing; on the whole page a namesake of another family is lawful
        forbidden = frozenset(
            value
            for value in raw_values(session, case)
            if len(value) >= SHORTEST_FORBIDDEN and any(map(str.isdigit, value))
        )
        content = _as_visitor(app, row, notice)
        if content is None:
            log.error("public notice not found by a visitor", notice=str(notice.id))
            return None
        # a line break inside one piece of text is only how it was written down
        texts = [piece.text.replace("\n", " ") for piece in html_pieces(content)]
        leaks = [leak for text in texts for leak in leaks_in(text, values, forbidden)]
        record_public_check(session, notice, len(leaks), now=now)
        session.commit()
        return leaks


def _as_visitor(app: Flask, row: PublicRow, notice: Notice) -> bytes | None:
    """The page of the list that begins with the notice's row, or None where a visitor does not find the row."""
    path = f"/notices/{row.village or row.township}?kind={notice.kind}&from={row.id}"
    day = datetime.combine(notice.opens_on, time(12), CHINA)
    visitor = app.test_client(use_cookies=False)
    # a request within a request would share its sign-in and its database session: a stranger starts from nothing
    answer = Context().run(visitor.get, path, environ_overrides={AS_OF: day})
    hangs = answer.status_code == 200 and f'id="notice-{row.id}"' in answer.text
    return answer.get_data() if hangs else None


def unchecked_notices(session: ScopedSession) -> list[object]:
    """Ids of the notices that hang and were never read back."""
    return list(
        session.scalars(
            select(Notice.id)
            .where(Notice.state == NoticeState.PUBLISHED, Notice.checked_at.is_(None))
            .limit(200)
        )
    )
