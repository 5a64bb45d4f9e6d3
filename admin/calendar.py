"""Settings: the years whose working days are confirmed, entering one as announced, and how far the recount of dates is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Permission
from core.accounts.queries import names_of
from core.cases.recounting import provisional_cases
from core.errors import NotFound, Problem
from core.jobs import Progress, job_id_of, read_progress, retry, start
from core.scopes import level_column
from core.standards.announced_days import read_days
from core.standards.calendars import announced_year, calendar_in_force, confirm_calendar, entered_years
from core.standards.models import ConfirmedCalendar
from core.web.access_gate import access
from core.web.fields import LongTextField, TextField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.recounting import RECOUNT
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext
from core.workdays import ConfirmedYear, guessed_year

add_to_navigation(
    blueprint,
    NavEntry(
        face="staff",
        endpoint="staff.calendar",
        label=N_("工作日历"),
        icon="calendar",
        order=910,
        group=N_("设置"),
        permissions=frozenset({Permission.CALENDAR_ENTER}),
    ),
)


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of the list: as entered here (`entry`), as shipped, or not announced yet (`known` None)."""

    year: int
    known: ConfirmedYear | None
    entry: ConfirmedCalendar | None


class YearForm(Form):
    """A year as the State Council announced it, in the words of the announcement."""

    document = TextField(N_("通知文号"), required=True)
    days_off = LongTextField(N_("放假的日子"), required=True)
    make_up_days = LongTextField(N_("调休上班的日子"))


@blueprint.get("/settings/calendar")
@access(Permission.CALENDAR_ENTER)
def calendar() -> Response:
    """Which years are confirmed, by which document; the next ones to enter; the last recount."""
    rows = entered_years(session())
    newest = {row.year: row for row in rows}
    confirmed = calendar_in_force(session()).confirmed
    years = range(max([*confirmed, today().year + 1]), min(confirmed) - 1, -1)
    return page(
        "admin/calendar.html",
        fragment="admin/_recount.html",
        lines=[YearLine(year, confirmed.get(year), newest.get(year)) for year in years],
        staff=names_of(session(), [row.entered_by for row in rows if row.entered_by]),
        waiting=provisional_cases(session()),
        entry=rows[-1] if rows else None,
        progress=_progress(rows[-1].id) if rows else None,
        deciding=_may_enter(),
        last_year=today().year + 1,
    )


@blueprint.post("/settings/calendar/recount")
@access(Permission.CALENDAR_ENTER)
def calendar_recount() -> Response:
    """Let a recount that stopped go on where it stopped; one that runs or is over is left alone."""
    rows = entered_years(session())
    if not _may_enter() or not rows:
        raise NotFound(N_("没有停住的重算。"))
    retry(session(), job_id_of(RECOUNT, rows[-1].id), now=now())
    return redirect_to(url_for("staff.calendar"))


def _progress(entry_id: uuid.UUID) -> Progress | None:
    """How far the recount is; nothing where another province entered the year."""
    try:
        return read_progress(session(), job_id_of(RECOUNT, entry_id))
    except NotFound:
        return None


def _may_enter() -> bool:
    return level_column(actor().node) in {"", "province"}


@blueprint.route("/settings/calendar/<int:year>", methods=["GET", "POST"])
@access(Permission.CALENDAR_ENTER)
def calendar_year(year: int) -> Response:
    """Enter or correct a year: first what it says and whom it touches, then the button that does it."""
    known = calendar_in_force(session()).confirmed.get(year)
    if not _may_enter() or not (known or today().year <= year <= today().year + 1):
        raise NotFound(N_("这一年还不能录入。"))
    form = YearForm() if request.method == "POST" else YearForm(data=_as_written(known))
    announced = None
    if request.method == "POST" and form.validate():
        announced = _read(form, year)
    if announced is not None and request.form.get("sure"):
        try:
            entry = confirm_calendar(session(), actor(), announced, now=now())
        except Problem as problem:
            form.mark(problem)
            announced = None
        else:
            start(session(), RECOUNT, entry.id, now=now())
            flash(gettext("已录入，受影响的期限正在重算。"), "success")
            return redirect_to(url_for("staff.calendar"))
    before = known or guessed_year(year)
    return page(
        "admin/calendar_year.html",
        form=form,
        year=year,
        known=known,
        announced=announced,
        more=sorted(announced.days_off - before.days_off) if announced else [],
        fewer=sorted(before.days_off - announced.days_off) if announced else [],
        waiting=provisional_cases(session()),
    )


def _as_written(known: ConfirmedYear | None) -> dict[str, str]:
    if known is None:
        return {}
    return {
        "document": known.document,
        "days_off": " ".join(map(str, sorted(known.days_off))),
        "make_up_days": " ".join(map(str, sorted(known.make_up_days))),
    }


def _read(form: YearForm, year: int) -> ConfirmedYear | None:
    """What the form says, or None with the problem marked beside its field."""
    given = form.answers()
    try:
        off, make_up = (
            read_days(str(given.get(name) or ""), year, name) for name in ("days_off", "make_up_days")
        )
        # "1月1日至3日放假" names weekends too, and a weekend day worked instead stands beside it
        return announced_year(year, str(given["document"]), off - make_up, make_up)
    except Problem as problem:
        form.mark(problem)
        return None
