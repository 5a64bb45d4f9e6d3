"""The audit page: who did or looked at what in this place, in plain words, for the audit administrator alone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core import audit
from core.access import Permission
from core.accounts.role_words import ROLE_WORDS
from core.audit.queries import PAGE
from core.forms import Choice
from core.regions.queries import full_names
from core.web.access_gate import access
from core.web.choice_fields import ChoiceField
from core.web.fields import DateField, TextField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import CHINA, now, session, system_session, today
from core.web.texts import N_, gettext

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
_ROLES = {role.value: words for role, words in ROLE_WORDS.items()}


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
    form.act.options = [
        Choice(code, words) for code, words in sorted(audit.known_acts().items(), key=lambda item: item[0])
    ]
    right = form.validate() if request.args else True
    wanted = _wanted(form)
    rows = audit.entries(session(), wanted, before=_before()) if right else []
    more, rows = len(rows) > PAGE, rows[:PAGE]
    with system_session("audit-page", writes=False) as database:
        sealed_at = audit.last_sealed_at(database)
    audit.look(session(), "audit.look", now=now())
    return page(
        "admin/audit.html",
        "admin/_audit_rows.html",
        form=form,
        rows=rows,
        next_url=_next_url(rows[-1]) if more else None,
        places=full_names(session(), {row.node for row in rows if row.node}),
        act_words=audit.act_words,
        subject_words=audit.subject_words,
        changes_in_words=changes_in_words,
        who_in_words=who_in_words,
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


def who_in_words(row: audit.EntryRow) -> str:
    """Who acted: staff and jobs by name; a resident is not named in the trail."""
    if row.actor_kind == "resident":
        return gettext("居民本人")
    if row.actor_kind == "link":
        return gettext("凭链接签字的人")
    if row.actor_kind == "job":
        return gettext("系统（{job}）", job=row.actor_name)
    return row.actor_name or gettext("没有登录的人")


def changes_in_words(row: audit.EntryRow) -> list[tuple[str, str, str]]:
    """(field, before, after) of what changed; roles by their names."""
    found = []
    for name, pair in row.changes.items():
        before, after = [*pair, "", ""][:2] if isinstance(pair, list) else ("", pair)
        found.append((gettext(_ROLES.get(name, name)), _shown(before), _shown(after)))
    return found


def _shown(value: Any) -> str:
    if value is None or value == "":
        return gettext("无")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return str(value)
