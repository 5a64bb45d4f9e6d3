"""Settings, people: granting and revoking roles, step by step: first the place, then the role that fits it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import flash, request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.places_to_choose import name_of_place, place_in_reach, places_below, way_to
from core.access import Permission, Role, incompatible
from core.accounts import queries
from core.accounts.role_changes import grant_role, revoke_role
from core.accounts.role_words import ROLE_DUTIES, ROLE_LEVELS, ROLE_WORDS
from core.errors import Problem
from core.forms import Choice
from core.scopes import level_column
from core.web.access_gate import access
from core.web.choice_fields import RadioChoiceField
from core.web.fields import DateField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import N_, gettext, text_of
from core.workdays import CHINA


class GrantForm(Form):
    """Which role, and until when."""

    role = RadioChoiceField(N_("角色"), required=True)
    last_day = DateField(N_("最后一天"), hint=N_("挂职、借调的填；不填就一直有效，直到收回"))


@dataclass(frozen=True, slots=True)
class Unfit:
    """A role of this level that she cannot hold now, and the role that stands against it (None: she holds it)."""

    role: Role
    against: Role | None


def offered(place: str, row: queries.StaffRow) -> tuple[list[Role], list[Unfit]]:
    """The roles that make sense in a place: those she may be granted, and those she may not, with the reason."""
    level = level_column(place) or "nation"
    held = {each.role for each in row.roles}
    fit: list[Role] = []
    unfit: list[Unfit] = []
    for role in Role:
        if role in ROLE_LEVELS and level not in ROLE_LEVELS[role]:
            continue
        pair = incompatible(held | {role})
        if any(each.role is role and each.region_code == place for each in row.roles):
            unfit.append(Unfit(role, None))
        elif pair is not None:
            unfit.append(Unfit(role, next(iter(pair - {role}))))
        else:
            fit.append(role)
    return fit, unfit


@blueprint.route("/settings/staff/<uuid:account_id>/grant", methods=["GET", "POST"])
@access(Permission.ROLE_GRANT)
def grant(account_id: uuid.UUID) -> Response:
    """Choose the place by links, then the role; a role that must stay apart from one she holds is named, not offered."""
    row = queries.staff_member(session(), account_id, now=now())
    place = place_in_reach(request.args.get("in", "") or row.office)
    fit, unfit = offered(place, row)
    form, refusal = GrantForm(), None
    form.role.options = [Choice(role.value, ROLE_WORDS[role], ROLE_DUTIES[role]) for role in fit]
    if form.validate_on_submit():
        role = Role(str(form.role.data))
        try:
            grant_role(session(), actor(), account_id, role, place, now=now(), ends_at=_end_of(form))
        except Problem as problem:
            refusal = text_of(problem)
        else:
            words = gettext(ROLE_WORDS[role])
            flash(gettext("已授予“{role}”。", role=words), "success")
            return redirect_to(f"/staff/settings/staff/{account_id}")
    return page(
        "admin/staff_grant.html",
        status=422 if refusal else None,
        form=form,
        row=row,
        refusal=refusal,
        place=place,
        place_name=name_of_place(place),
        way=way_to(place),
        below=places_below(place),
        fit=fit,
        unfit=unfit,
        role_words=ROLE_WORDS,
        own=account_id == actor().account_id,
    )


def _end_of(form: GrantForm) -> datetime | None:
    """The end of the last day, in China."""
    day = form.last_day.data
    return None if not day else datetime.combine(date.fromisoformat(str(day)), time.max, CHINA)


@blueprint.post("/settings/staff/<uuid:account_id>/revoke/<uuid:grant_id>")
@access(Permission.ROLE_GRANT)
def revoke(account_id: uuid.UUID, grant_id: uuid.UUID) -> Response:
    """Take a role back."""
    revoke_role(session(), actor(), grant_id, now=now())
    flash(gettext("角色已收回，从现在起不再有效。"), "success")
    return redirect_to(f"/staff/settings/staff/{account_id}")
