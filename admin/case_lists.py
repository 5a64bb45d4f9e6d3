"""Cases in the place one works in: under way or finished, newest first."""

from __future__ import annotations

import uuid

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.addresses import places_below
from admin.blueprint import blueprint
from core.access import Permission
from core.cases.models import OPEN_STATES, CaseState
from core.cases.queries import case_page as page_of_cases
from core.standards.calendars import calendar_in_force
from core.web.access_gate import access
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import session, today
from core.web.texts import N_, gettext

GROUPS: dict[str, tuple[str, frozenset[CaseState]]] = {
    "open": (N_("在办"), OPEN_STATES),
    "acceptance": (N_("待受理"), frozenset({CaseState.SUBMITTED, CaseState.AWAITING_SUPPLEMENT})),
    "survey": (N_("调查核对"), frozenset({CaseState.SURVEY})),
    "opinion": (N_("初审"), frozenset({CaseState.OPINION})),
    "notice": (N_("公示"), frozenset({CaseState.NOTICE})),
    "confirmation": (N_("审核确认"), frozenset({CaseState.CONFIRMATION})),
    "ended": (N_("已办结"), frozenset(CaseState) - OPEN_STATES),
}

add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.case_list",
        N_("申请办理"),
        "file",
        order=110,
        group=N_("办理"),
        permissions=frozenset({Permission.CASE_READ}),
    ),
)


@blueprint.get("/cases")
@access(Permission.CASE_READ)
def case_list() -> Response:
    """Cases of the place, newest first; the addresses carry no name."""
    chosen = request.args.get("state", "open")
    if chosen not in GROUPS:
        chosen = "open"
    found = page_of_cases(session(), GROUPS[chosen][1], before=_cursor(request.args.get("before", "")))
    return page(
        "admin/cases/list.html",
        fragment="admin/cases/_case_rows.html",
        groups=[
            (gettext(text), url_for("staff.case_list", state=code), None, code == chosen)
            for code, (text, _states) in GROUPS.items()
        ],
        rows=found.rows,
        names=places_below(row.region_code for row in found.rows),
        calendar=calendar_in_force(session()),
        today=today(),
        older=url_for("staff.case_list", state=chosen, before=found.before.hex) if found.before else None,
        newest=url_for("staff.case_list", state=chosen) if request.args.get("before") else None,
    )


def _cursor(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
