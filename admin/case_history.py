"""What was done on a case, by whom and when; and who looked at it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from werkzeug.wrappers import Response

from admin.addresses import url_if
from admin.blueprint import blueprint
from admin.case_counts import RECOUNTED, acts_of, kept_back
from admin.case_frame import case_frame
from admin.reveal import TEXTS, WHAT
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.audit import Alike, EntryRow, Filter
from core.audit.models import AuditEntry
from core.cases.history import HistoryLine, history_of
from core.cases.models import Case
from core.sessions import ScopedSession, across
from core.visits.queries import visits_of_case
from core.web.access_gate import access, may
from core.web.formats import day
from core.web.page import page
from core.web.request import now, session
from core.web.texts import N_, gettext, language

LOOKED_DAYS = 30
# an act's kind goes by its code, else by the first word of it
KINDS = {
    "case.extend": N_("计时"),
    "case.resume": N_("计时"),
    "assignment": N_("交办"),
    "authorisation": N_("核对授权"),
    "award": N_("发放"),
    "document": N_("材料"),
    "household": N_("家庭档案"),
    "letter": N_("文书"),
    "line": N_("核算"),
    "notice": N_("公示"),
    "objection": N_("异议"),
    "verification": N_("核对"),
    "visit": N_("入户"),
}
# said here as the buttons of the case say it
ACTS = {
    "line.adopt": N_("说明差异，采信核算数值"),
    "verification.request": N_("发起信息核对"),
}
APPLICANT, SYSTEM = N_("申请人"), N_("自动")
ACTORS = {"resident": APPLICANT, "link": N_("凭链接签字的人"), "job": SYSTEM}

# beside lines of these kinds that nobody did stands that the system did
BY_ITSELF = frozenset({N_("进度"), N_("短信")})


class Line(NamedTuple):
    """One line of the record, in words."""

    at: datetime
    kind: str
    text: str
    by: str


class Look(NamedTuple):
    """Looks that are alike: the last time, at what, how often, what for, who."""

    at: datetime
    what: str
    times: int
    reason: str
    by: str


@blueprint.get("/cases/<uuid:case_id>/history")
@access(Permission.CASE_READ)
def case_history(case_id: uuid.UUID) -> Response:
    """Everything that was done, newest first, and who looked in the last thirty days."""
    frame = case_frame(case_id, "history")
    case = frame.case
    rows = [*history_of(session(), case), *_visits(case)]
    with across(session(), "case-history") as trail:
        acts = acts_of(trail, case.id)
        looks = audit.looks(
            trail,
            AuditEntry.case_id == case.id,
            since=now() - timedelta(days=LOOKED_DAYS),
            acts=audit.LOOKS - kept_back(),
        )
        rows += _recounts(trail, case)
        # staff of other offices are not in scope
        names = names_of(trail, list({row.by for row in rows if row.by is not None}))
    lines = [*_by_rows(case, rows, names), *map(_act, acts[: audit.MOST_ACTS])]
    return page(
        "admin/cases/history.html",
        frame=frame,
        lines=sorted(lines, key=lambda line: line.at, reverse=True),
        looks=[_look(each) for each in looks[: audit.MOST_LOOKS]],
        more_acts=len(acts) > audit.MOST_ACTS,
        more_looks=len(looks) > audit.MOST_LOOKS,
        audit_url=url_if("staff.audit_trail", case=case.id) if may(Permission.AUDIT_READ) else None,
    )


def _by_rows(case: Case, lines: Sequence[HistoryLine], names: Mapping[uuid.UUID, str]) -> Iterator[Line]:
    """What rows of their own tell of, better than the trail does."""
    known = dict(names)
    if case.owner_account_id is not None:
        known[case.owner_account_id] = gettext(APPLICANT)
    for line in lines:
        values = {
            name: gettext(value) if isinstance(value, str) else value for name, value in line.values.items()
        }
        by = known.get(line.by, "") if line.by else ""
        if line.by is None and line.kind in BY_ITSELF:
            by = gettext(SYSTEM)
        yield Line(line.at, gettext(line.kind), gettext(line.text, **values), by)


def _act(row: Alike) -> Line:
    kind = KINDS.get(row.act) or KINDS.get(row.act.partition(".")[0], N_("办理"))
    text = gettext(ACTS.get(row.act) or audit.act_words(row.act))
    if row.times > 1:
        text = gettext("{act}（{count} 项）", act=text, count=row.times)
    return Line(row.at, gettext(kind), text, _who(row))


def _look(row: Alike) -> Look:
    what = gettext(audit.act_words(row.act))
    if row.what:
        label = WHAT[row.what][0] if row.what in WHAT else TEXTS.get(row.what, row.what)
        what = gettext("{act}：{value}", act=what, value=gettext(label))
    return Look(row.at, what, row.times, row.reason, _who(row))


def _who(row: Alike) -> str:
    """Staff by name; a job's own name says nothing to whoever works on cases."""
    if row.actor_kind in ACTORS:
        return gettext(ACTORS[row.actor_kind])
    return row.actor_name or gettext("没有登录的人")


def _visits(case: Case) -> list[HistoryLine]:
    return [
        HistoryLine(visit.received_at, N_("入户"), N_("登记入户调查"), {}, visit.submitted_by)
        for visit in visits_of_case(session(), case.id)
    ]


def _recounts(trail: ScopedSession, case: Case) -> list[HistoryLine]:
    """When its dates were counted anew because a year's working days were announced."""
    wanted = Filter(
        since=case.submitted_at, until=now() + timedelta(minutes=1), act=RECOUNTED, case_id=case.id
    )
    return [_recounted(row) for row in audit.entries(trail, wanted)]


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
