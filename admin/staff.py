"""Settings, people: who has an account in this place, which roles they hold, who is locked."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.places_to_choose import name_of_place, names_of_places, place_in_reach, places_below, way_to
from core import audit
from core.access import Permission
from core.accounts import queries
from core.accounts.changes import create_staff
from core.accounts.role_words import ROLE_DUTIES, ROLE_WORDS
from core.accounts.signed_in import sessions_of
from core.errors import Invalid
from core.regions.queries import path
from core.web.access_gate import access
from core.web.fields import NameField, TextField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page
from core.web.request import actor, now, session
from core.web.texts import N_

add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.staff_settings",
        N_("人员和角色"),
        "people",
        order=810,
        group=N_("设置"),
        permissions=frozenset({Permission.STAFF_READ}),
    ),
)


class NewStaffForm(Form):
    """A new account; its roles come afterwards, from someone else."""

    full_name = NameField(N_("姓名"), required=True, max_length=60)
    username = TextField(
        N_("用户名"),
        required=True,
        hint=N_("3 到 40 个小写字母、数字、点或短横，以字母开头，例如姓名的拼音"),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )


@blueprint.get("/settings/staff")
@access(Permission.STAFF_READ)
def staff_settings() -> Response:
    """The list, by username, fifty at a time; searched by a part of the name."""
    text = request.args.get("q", "")[:60]
    rows = queries.staff_list(
        session(),
        now=now(),
        text=text,
        after=request.args.get("after", "")[:40],
        disabled=request.args.get("closed") == "1",
    )
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    codes = {row.office for row in rows} | {held.region_code for row in rows for held in row.roles}
    audit.look(session(), "staff.list", now=now())
    return page(
        "admin/staff_list.html",
        "admin/_staff_rows.html",
        rows=rows,
        more=more,
        text=text,
        closed=request.args.get("closed") == "1",
        places=names_of_places(codes),
        role_words=ROLE_WORDS,
        at=now(),
    )


@blueprint.route("/settings/staff/new", methods=["GET", "POST"])
@access(Permission.STAFF_CREATE)
def new_staff() -> Response:
    """Make an account; its one-time password is shown once, on the page that answers."""
    office = place_in_reach(request.args.get("in", ""))
    form = NewStaffForm()
    if form.validate_on_submit():
        try:
            made = create_staff(
                session(),
                actor(),
                username=form.username.data or "",
                full_name=form.full_name.data or "",
                office=office,
                now=now(),
            )
        except Invalid as problem:
            form.mark(problem)
        else:
            return page("admin/staff_password.html", made=made, name=form.full_name.data, new=True)
    return page(
        "admin/staff_new.html",
        form=form,
        office=office,
        place_name=name_of_place(office),
        below=places_below(office),
        way=way_to(office),
    )


@blueprint.get("/settings/staff/<uuid:account_id>")
@access(Permission.STAFF_READ)
def staff_member(account_id: uuid.UUID) -> Response:
    """One member of staff: roles, sign-ins, and what an administrator may do about her account."""
    row = queries.staff_member(session(), account_id, now=now())
    audit.look(session(), "staff.look", ("staff_accounts", account_id), now=now(), region=row.office)
    codes = {row.office, *(held.region_code for held in row.roles)}
    return page(
        "admin/staff_member.html",
        row=row,
        places=names_of_places(codes),
        way=[place.name for place in path(session(), row.office)],
        logins=sessions_of(session(), account_id, now=now()),
        role_words=ROLE_WORDS,
        role_duties=ROLE_DUTIES,
        own=account_id == actor().account_id,
        at=now(),
    )
