"""The audit page: who did or looked at what in this place, in plain words, for the audit administrator alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from admin.audit_words import field_in_words, value_in_words
from admin.blueprint import blueprint
from admin.places_to_choose import names_of_places
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.audit.queries import PAGE
from core.forms import Choice
from core.web.access_gate import access
from core.web.choice_fields import ChoiceField
from core.web.fields import DateField, TextField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import now, session, system_session, today
from core.web.texts import N_, gettext
from core.workdays import CHINA

add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.audit_trail",
        N_("审计记录"),
        "eye",
        order=890,
        group=N_("设置"),
        permissions=frozenset({Permission.AUDIT_READ}),
    ),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FilterForm(Form):
    """Days, act and person of staff; everything may be left out."""

    since = DateField(N_("从"))
    until = DateField(N_("到"))
    act = ChoiceField(N_("做了什么"))
    staff = TextField(N_("谁"), max_length=60)

    class Meta(Form.Meta):
        csrf = False


@blueprint.get("/audit")
@access(Permission.AUDIT_READ)
def audit_trail() -> Response:
    """Newest first, fifty at a time; today's when no day is asked for. Looking leaves an entry of its own."""
    form = FilterForm(request.args or None, data={"since": today(), "until": today()})
    form.act.nothing = N_("全部")
    form.act.options = [
        Choice(code, words) for code, words in sorted(audit.known_acts().items(), key=lambda item: item[0])
    ]
    right = form.validate() if request.args else True
    wanted = _wanted(form)
    rows = audit.entries(session(), wanted, before=_before()) if right else []
    more, rows = len(rows) > PAGE, rows[:PAGE]
    places, staff = names_of_places(_places_in(rows)), _staff_in(rows)
    with system_session("audit-page", writes=False) as database:
        sealed_at = audit.last_sealed_at(database)
    audit.look(session(), "audit.look", now=now())
    return page(
        "admin/audit.html",
        "admin/_audit_rows.html",
        form=form,
        rows=[shown(row, places, staff) for row in rows],
        next_url=_next_url(rows[-1]) if more else None,
        sealed_at=sealed_at,
    )


def _wanted(form: FilterForm) -> audit.Filter:
    last = _day(form.until.data) or today()
    first = _day(form.since.data) or last - timedelta(days=30)
    return audit.Filter(
        since=datetime.combine(first, time.min, CHINA),
        until=datetime.combine(last + timedelta(days=1), time.min, CHINA),
        act=form.act.data or "",
        staff=form.staff.data or "",
        account_id=_id("account"),
        person_id=_id("person"),
        case_id=_id("case"),
        refused=request.args.get("refused") == "1",
    )


def _day(value: date | str | None) -> date | None:
    """The day of a date field: what was given beforehand is a date, what was typed its ISO text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _before() -> tuple[datetime, uuid.UUID] | None:
    """Where the page before ended: microseconds since 1970 and the entry's id."""
    moment, _, entry = request.args.get("before", "").partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), uuid.UUID(entry)
    except (ValueError, OverflowError):
        return None


def _next_url(last: audit.EntryRow) -> str:
    microseconds = (last.at - _EPOCH) // timedelta(microseconds=1)
    given = {name: value for name, value in request.args.items() if name != "before" and value}
    given["before"] = f"{microseconds}-{last.id.hex}"
    return f"/staff/audit?{urlencode(given)}"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An entry in words; `day` is the day in China; `changes` are (field, before, after)."""

    day: date
    at: datetime
    who: str
    place: str
    act: str
    done: bool
    subject: str
    reason: str
    changes: list[tuple[str, str, str]]
    ip: str


def shown(row: audit.EntryRow, places: Mapping[str, str], staff: Mapping[str, str]) -> ShownRow:
    """The entry as the page shows it; staff by their names, everything else by the end of its id."""
    subject = ""
    if row.subject_type:
        which = staff.get(row.subject_id) or row.subject_id[-12:]
        subject = f"{gettext(audit.subject_words(row.subject_type))} {which}"
    return ShownRow(
        day=row.at.astimezone(CHINA).date(),
        at=row.at,
        who=who_in_words(row),
        place=places.get(row.node, ""),
        act=gettext(audit.act_words(row.act)),
        done=row.done,
        subject=subject,
        reason=row.reason,
        changes=[
            (
                field_in_words(name),
                value_in_words(row.act, name, before, places),
                value_in_words(row.act, name, after, places),
            )
            for name, before, after in _changes(row)
        ],
        ip=row.ip,
    )


def _staff_in(rows: Sequence[audit.EntryRow]) -> dict[str, str]:
    """Names of the staff that the rows are about, by account id."""
    about = {row.subject_id for row in rows if row.subject_type == "staff_accounts"}
    return {
        str(account): name
        for account, name in names_of(session(), [uuid.UUID(each) for each in about]).items()
    }


def who_in_words(row: audit.EntryRow) -> str:
    """Who acted: staff and jobs by name; a resident is not named in the trail."""
    if row.actor_kind == "resident":
        return gettext("居民本人")
    if row.actor_kind == "link":
        return gettext("凭链接签字的人")
    if row.actor_kind == "job":
        return gettext("系统（{job}）", job=row.actor_name)
    return row.actor_name or gettext("没有登录的人")


def _changes(row: audit.EntryRow) -> list[tuple[str, Any, Any]]:
    """(field, before, after) as stored; what was written without a before has none."""
    found = []
    for name, pair in row.changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 and name != "steps" else ("", pair)
        found.append((name, before, after))
    return found


def _places_in(rows: Sequence[audit.EntryRow]) -> set[str]:
    """Every region code that the rows speak of."""
    values = (value for row in rows for _, *pair in _changes(row) for value in pair)
    codes = {value for value in values if isinstance(value, str) and len(value) == 12 and value.isdigit()}
    return codes | {row.node for row in rows if row.node}
