"""What was done on a case, by whom and when; and who looked at it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from werkzeug.wrappers import Response

from admin.addresses import url_if
from admin.blueprint import blueprint
from admin.case_counts import RECOUNTED
from admin.case_frame import case_frame
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.audit import EntryRow, Filter
from core.cases.history import HistoryLine, history_of
from core.cases.models import Case
from core.visits.queries import visits_of_case
from core.web.access_gate import access, may
from core.web.formats import day
from core.web.page import page
from core.web.request import now, session
from core.web.texts import N_, gettext, language
from core.workdays import CHINA

LOOKS = frozenset(
    {
        "case.look",
        "person.reveal",
        "document.look",
        "letter.look",
        "visit.look",
        "verification.look",
        "data.look",
    }
)


@blueprint.get("/cases/<uuid:case_id>/history")
@access(Permission.CASE_READ)
def case_history(case_id: uuid.UUID) -> Response:
    """Everything that was done, newest first."""
    frame = case_frame(case_id, "history")
    lines = sorted(
        [*history_of(session(), frame.case), *_visits(frame.case), *_recounts(frame.case)],
        key=lambda each: each.at,
        reverse=True,
    )
    staff = names_of(session(), [line.by for line in lines if line.by is not None])
    return page(
        "admin/cases/history.html",
        frame=frame,
        lines=[
            (line.at, gettext(line.kind), _words(line), staff.get(line.by, "") if line.by else "")
            for line in lines
        ],
        looks=_looks(frame.case),
        audit_url=url_if("staff.audit_trail") if may(Permission.AUDIT_READ) else None,
    )


def _words(line: HistoryLine) -> str:
    values = {
        name: gettext(value) if isinstance(value, str) else value for name, value in line.values.items()
    }
    return gettext(line.text, **values)


def _visits(case: Case) -> list[HistoryLine]:
    return [
        HistoryLine(visit.received_at, N_("入户"), N_("登记入户调查"), {}, visit.submitted_by)
        for visit in visits_of_case(session(), case.id)
    ]


def _recounts(case: Case) -> list[HistoryLine]:
    """When its dates were counted anew because a year's working days were announced."""
    wanted = Filter(
        since=case.submitted_at, until=now() + timedelta(minutes=1), act=RECOUNTED, case_id=case.id
    )
    return [_recounted(row) for row in audit.entries(session(), wanted)]


def _recounted(row: EntryRow) -> HistoryLine:
    before, after = row.changes.get("due_on", (None, None))
    if before is None or after is None:
        return HistoryLine(
            row.at, N_("计时"), N_("按{document}重算期限，不再是暂定"), {"document": row.reason}
        )
    values: dict[str, object] = {
        "document": row.reason,
        "before": day(date.fromisoformat(before), language()),
        "after": day(date.fromisoformat(after), language()),
    }
    return HistoryLine(row.at, N_("计时"), N_("按{document}重算期限：由{before}改为{after}"), values)


def _looks(case: Case) -> list[tuple[EntryRow, int]]:
    """Who looked at the case or revealed a value of it in the last thirty days: the last look of a day, and how many."""
    wanted = Filter(since=now() - timedelta(days=30), until=now() + timedelta(minutes=1), case_id=case.id)
    found: dict[tuple[object, ...], tuple[EntryRow, int]] = {}
    for row in audit.entries(session(), wanted):
        if row.act in LOOKS:
            alike = (row.at.astimezone(CHINA).date(), row.actor_kind, row.actor_name, row.act, row.reason)
            last, times = found.get(alike, (row, 0))
            found[alike] = last, times + 1
    return list(found.values())[:20]
