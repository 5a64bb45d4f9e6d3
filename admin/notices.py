"""Notices of a place: publish a case's notice, see the page read back, print it, answer objections, list who was granted."""

from __future__ import annotations

import uuid

from flask import current_app, flash
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Permission
from core.cases.models import Case
from core.notices.changes import public_row_of, publish_first_notice, publish_long_term
from core.notices.models import Notice, NoticeState, Objection, ObjectionState, PublicRow
from core.regions import queries as regions
from core.sessions import ScopedSession, column_rows, found
from core.translations import N_
from core.web.access_gate import access
from core.web.formats import short_day
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.public_check import check_notice
from core.web.request import actor, now, session
from core.web.texts import gettext, language

MOST_ROWS = 100


# asked for the menu of every page, so it is put together once
_WAITING = select(Objection.id).where(Objection.state == ObjectionState.OPEN).limit(99)


def _waiting(database: ScopedSession) -> int:
    return len(column_rows(database, _WAITING))


add_to_navigation(
    blueprint,
    NavEntry(
        face="staff",
        endpoint="staff.notices",
        label=N_("公示"),
        icon="megaphone",
        order=420,
        group=N_("发放与公开"),
        permissions=frozenset({Permission.NOTICE_READ}),
        count=_waiting,
    ),
)


@blueprint.get("/notices")
@access(Permission.NOTICE_READ)
def notices() -> Response:
    """What hangs, what waits to be read back, what was taken down, newest first."""
    rows = (
        session()
        .scalars(select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(MOST_ROWS))
        .all()
    )
    return page("admin/notices.html", rows=[(row, public_row_of(session(), row)) for row in rows])


@blueprint.post("/cases/<uuid:case_id>/notice")
@access(Permission.NOTICE_PUBLISH)
def publish_notice(case_id: uuid.UUID) -> Response:
    """Hang the first notice, then read its page as an anonymous visitor."""
    case: Case = found(session().get(Case, case_id))
    notice = publish_first_notice(session(), actor(), case, procedure_of(case), now=now())
    return _read_back(notice, case_id)


@blueprint.post("/cases/<uuid:case_id>/long-term-notice")
@access(Permission.LETTER_SEND)
def publish_granted(case_id: uuid.UUID) -> Response:
    """List a granted family while the assistance lasts."""
    case: Case = found(session().get(Case, case_id))
    notice = publish_long_term(session(), actor(), case, procedure_of(case), now=now())
    return _read_back(notice, case_id)


def _read_back(notice: Notice, case_id: uuid.UUID) -> Response:
    # the page can be read only once the row stands; the check then writes in a session of its own
    session().commit()
    leaks = check_notice(current_app._get_current_object(), notice.id, now=now())  # type: ignore[attr-defined]  # noqa: SLF001
    if leaks is None:
        flash(
            gettext(
                "公示已张贴，但是以普通访客的身份没有读到它，还没有复核。过几分钟会自动再读；一直“等复核”的，请告诉系统管理员。"
            ),
            "warning",
        )
    elif leaks:
        flash(gettext("公示页上查出不该公开的内容，已经自动撤下。请检查后重新张贴。"), "error")
    else:
        flash(
            gettext(
                "公示已张贴，从{day}起网上看得到。已经以普通访客的身份读过一遍，没有不该公示的信息。",
                day=short_day(notice.opens_on, language()),
            ),
            "success",
        )
    return redirect_to(f"/staff/cases/{case_id}")


@blueprint.get("/notices/<uuid:notice_id>/print")
@access(Permission.NOTICE_READ)
def print_notice(notice_id: uuid.UUID) -> Response:
    """The sheet for the village board: the same whitelist as the public page, nothing else."""
    notice: Notice = found(session().get(Notice, notice_id))
    mine = public_row_of(session(), notice)
    rows = session().scalars(
        select(PublicRow).where(
            PublicRow.village == mine.village,
            PublicRow.township == mine.township,
            PublicRow.kind == mine.kind,
            PublicRow.opens_on == mine.opens_on,
            PublicRow.withdrawn_at.is_(None),
        )
    )
    return page(
        "admin/notice_print.html",
        notice=notice,
        row=mine,
        rows=rows.all(),
        office=regions.office(session(), mine.village or mine.township),
        hanging=notice.state is NoticeState.PUBLISHED,
    )
