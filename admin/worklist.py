"""The staff's home: what is due from me, by deadline, with its one next action."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.addresses import in_words, places_below
from admin.blueprint import blueprint
from admin.task_words import (
    ASKED,
    HANGING,
    START_BY_CHECK,
    TASK_WORDS,
    UNSIGNED,
    kinds_of_group,
    page_of,
    place_and_case,
    words_of,
)
from core.access import Permission
from core.authorisations.queries import unsigned_cases
from core.cases.models import StepCode
from core.cases.worklist import TaskCursor, WorkCounts, WorkRow, done_by, worklist, worklist_counts
from core.notices.queries import hanging_cases
from core.sessions import ScopedSession
from core.standards.calendars import calendar_in_force
from core.verification.queries import waiting_cases
from core.web.access_gate import STAFF, access, may
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import actor, session, today
from core.web.texts import N_, gettext
from core.workdays import CHINA, Calendar

HISTOGRAM_DAYS = 9
_COUNTS = "worklist_counts"


def my_counts(database: ScopedSession) -> WorkCounts:
    """How much is due from who is at work; counted once per request, for the page and for the menu."""
    known: WorkCounts | None = database.info.get(_COUNTS)
    if known is None:
        known = database.info[_COUNTS] = worklist_counts(database, database.actor)
    return known


add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.worklist_home",
        N_("待办"),
        "inbox",
        order=10,
        permissions=frozenset({Permission.WORKLIST_READ}),
        count=lambda database: my_counts(database).total,
    ),
)


@dataclass(frozen=True, slots=True)
class DueRow:
    """One row as shown."""

    group: str
    title: str
    about: str
    why: str
    days: int
    href: str
    action: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class DueDay:
    """All rows of one deadline, or all that are overdue."""

    title: str
    about: str
    rows: Sequence[DueRow]


@blueprint.get("/")
@access(STAFF)
def worklist_home() -> Response:
    """What is due from me: the longest overdue first, then day by day."""
    if not actor().may(Permission.WORKLIST_READ):
        return page("admin/worklist_none.html")
    database, calendar = session(), calendar_in_force(session())
    counts = my_counts(database)
    group = request.args.get("kind", "")
    kinds = kinds_of_group(group) & counts.kinds.keys() if group else frozenset()
    found = worklist(database, actor(), kinds=kinds, after=_cursor(request.args.get("after", "")))
    rows = _as_it_stands(database, found.rows)
    names = places_below(row.region_code for row in found.rows)
    since = datetime.combine(today(), time(), CHINA)
    return page(
        "admin/worklist.html",
        fragment="admin/_worklist.html",
        counts=counts,
        overdue=counts.overdue(today()),
        due_today=counts.on(today()),
        pills=_pills(counts, group),
        group=group if kinds else "",
        days=_by_day(rows, names, calendar),
        more=_next_page(found.after, group),
        first_page=not request.args.get("after"),
        histogram=_histogram(counts, calendar),
        done=[
            (row.done_at, gettext(words_of(row.kind).title), place_and_case(row, ""))
            for row in done_by(database, actor(), since)
        ],
    )


def _as_it_stands(database: ScopedSession, rows: Sequence[WorkRow]) -> list[WorkRow]:
    """The rows, said as they stand: a notice that hangs waits for its days, a check for signatures or for the county."""
    notices, checks = _cases_of(rows, StepCode.NOTICE), _cases_of(rows, StepCode.VERIFICATION)
    starts = _cases_of(rows, StepCode.SURVEY_START) if may(Permission.VERIFICATION_REQUEST) else []
    hanging = hanging_cases(database, notices) if notices else frozenset()
    asked = waiting_cases(database, checks) if checks else frozenset()
    unsigned = unsigned_cases(database, [*checks, *starts], today()) if checks or starts else frozenset()
    instead: dict[str, list[tuple[str, Collection[uuid.UUID | None]]]] = {
        StepCode.NOTICE: [(HANGING, hanging)],
        StepCode.VERIFICATION: [(ASKED, asked), (UNSIGNED, unsigned)],
        StepCode.SURVEY_START: [(START_BY_CHECK, set(starts) - unsigned)],
    }
    if not may(Permission.CASE_READ):
        # who has no case page arranges no visit: she makes it
        instead[StepCode.SURVEY_START] = [(StepCode.VISIT, [each.case_id for each in rows])]
    return [
        replace(
            row,
            kind=next((kind for kind, found in instead.get(row.kind, ()) if row.case_id in found), row.kind),
        )
        for row in rows
    ]


def _cases_of(rows: Sequence[WorkRow], kind: StepCode) -> list[uuid.UUID]:
    return [row.case_id for row in rows if row.kind == kind and row.case_id is not None]


def _pills(counts: WorkCounts, chosen: str) -> list[tuple[str, str, str, bool]]:
    totals: dict[str, int] = {}
    for kind in sorted(counts.kinds, key=_order_of):
        group = words_of(kind).group
        totals[group] = totals.get(group, 0) + counts.kinds[kind]
    home = url_for("staff.worklist_home")
    every = f"{counts.total}+" if counts.capped else str(counts.total)
    pills = [(gettext("全部"), home, every, chosen not in totals)]
    for group, total in totals.items():
        href = url_for("staff.worklist_home", kind=group)
        pills.append((gettext(group), href, str(total), group == chosen))
    return pills


def _order_of(kind: str) -> int:
    known = list(TASK_WORDS)
    return known.index(kind) if kind in known else len(known)


def _by_day(rows: Sequence[WorkRow], names: dict[str, str], calendar: Calendar) -> list[DueDay]:
    days = []
    for due_on, tasks in groupby(rows, key=lambda row: None if row.due_on < today() else row.due_on):
        shown = [_due_row(row, names.get(row.region_code, ""), calendar) for row in tasks]
        count = gettext("{count} 件", count=len(shown))
        if due_on is None:
            days.append(DueDay(gettext("已逾期"), gettext("{count} · 上级可见", count=count), shown))
        elif due_on == today():
            about = f"{in_words(due_on)} · {count}{_holiday_ahead(due_on, calendar)}"
            days.append(DueDay(gettext("今天"), about, shown))
        else:
            days.append(DueDay(in_words(due_on), f"{count}{_kind_of_day(due_on, calendar)}", shown))
    return days


def _due_row(row: WorkRow, village: str, calendar: Calendar) -> DueRow:
    words = words_of(row.kind)
    return DueRow(
        group=gettext(words.group),
        title=gettext(words.title),
        about=place_and_case(row, village),
        why=gettext(row.note or words.why) if row.note or words.why else "",
        days=working_days_left(row.due_on, calendar),
        href=page_of(row.kind, row.case_id, row.subject_id),
        action=gettext(words.action),
        provisional=row.due_provisional,
    )


def working_days_left(due_on: date, calendar: Calendar) -> int:
    """Working days until a deadline: 0 on its last day, below 0 after it."""
    now = today()
    if due_on == now:
        return 0
    if due_on > now:
        return max(1, calendar.working_days_between(now, due_on))
    return -max(1, calendar.working_days_between(due_on, now))


def _holiday_ahead(day: date, calendar: Calendar) -> str:
    free = 0
    while not calendar.is_working_day(day + timedelta(days=free + 1)) and free < 15:
        free += 1
    return gettext(" · 明天起放假 {count} 天", count=free) if free > 2 else ""


def _kind_of_day(day: date, calendar: Calendar) -> str:
    if not calendar.is_working_day(day):
        return gettext(" · 不上班，请提前办")
    return gettext(" · 调休上班") if day.weekday() >= 5 else ""


def _histogram(counts: WorkCounts, calendar: Calendar) -> list[tuple[str | None, int, str]]:
    """(label or None, count, kind) for today, with what is overdue, and the working days after it."""
    at = today()
    bars: list[tuple[str | None, int, str]] = [(gettext("今天"), counts.overdue(at) + counts.on(at), "now")]
    # a label is wider than a bar: at least two bars lie between two labels
    day, shown, gap, bare = at, 0, 0, 0
    while shown < HISTOGRAM_DAYS - 1:
        day += timedelta(days=1)
        if not calendar.is_working_day(day):
            gap += 1
            continue
        if gap > 2:
            bars.append((None, 0, "gap"))
            bare += 1
        shown += 1
        bare += 1
        wanted = gap or shown == HISTOGRAM_DAYS - 1
        label = f"{day.month}/{day.day}" if wanted and bare >= 2 else None
        bars.append((label, counts.on(day), "day"))
        bare = 0 if label else bare
        gap = 0
    return bars


def _cursor(text: str) -> TaskCursor | None:
    day, _, task = text.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(task)
    except ValueError:
        return None


def _next_page(after: TaskCursor | None, group: str) -> str | None:
    if after is None:
        return None
    return url_for("staff.worklist_home", after=f"{after[0]}.{after[1].hex}", kind=group or None)
