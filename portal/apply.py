"""The door of an application: what is begun, what to go on with, and where the family is registered."""

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from core.cases.drafts import begin_draft, change_form, drafts_of, drop_draft, read_draft
from core.errors import Invalid, NotFound
from core.forms import FormDeclaration
from core.web.access_gate import RESIDENT, access
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.procedures import procedure_in
from core.web.request import actor, now, session, signed_in, today
from core.web.texts import N_, gettext, text_of
from portal.apply_known import first_state, last_case
from portal.apply_place import NOT_OPEN, PlaceChoice, choose_place, chosen_place, place_name
from portal.apply_steps import STEPS, pages_of
from portal.apply_wizard import Wizard, apply_page, open_wizard
from portal.blueprint import blueprint

SCHEME = "dibao"
add_to_navigation(blueprint, NavEntry("portal", "portal.apply", N_("我要申请"), "pencil", 10))


@blueprint.get("/apply")
@access(RESIDENT)
def apply() -> Response:
    """What this account has begun and can go on with, and the way to a new application."""
    drafts = drafts_of(session(), signed_in().account_id)
    begun = []
    for draft in drafts:
        pages = pages_of(installation().catalogue.form(draft.form_name, draft.form_version))
        step = next((each.step for each in pages if each.name == draft.step), 1)
        begun.append((draft, place_name(str(draft.state.fields["region"])), step, gettext(STEPS[step - 1])))
    return page(
        "portal/apply/start.html",
        begun=begun,
        handed_in=last_case(session()),
        steps=[gettext(each) for each in STEPS],
    )


@blueprint.route("/apply/new", methods=["GET", "POST"])
@access(RESIDENT)
def apply_new() -> Response:
    """Choose the place, then the draft begins with the form in force there."""
    fault = ""
    if request.method == "POST":
        try:
            place = chosen_place(request.form.get("region", ""))
            form = _form_in(place.code)
        except (Invalid, NotFound) as problem:
            fault = text_of(problem)
        else:
            state = first_state(session(), form, place.code, reuse=request.form.get("reuse") == "1")
            draft = begin_draft(session(), actor(), SCHEME, form, now=now(), state=state)
            return redirect_to(url_for("portal.apply_you", draft_id=draft.id))
    return page(
        "portal/apply/new_place.html",
        status=422 if fault else None,
        choice=_choice(),
        fault=fault,
        here=url_for("portal.apply_new"),
        earlier=last_case(session()),
    )


@apply_page("place")
def place(wizard: Wizard) -> Response:
    """Another place: another office decides, perhaps with another form; what was answered stays."""
    fault = ""
    if request.method == "POST":
        try:
            chosen = chosen_place(request.form.get("region", ""))
            form = _form_in(chosen.code)
        except (Invalid, NotFound) as problem:
            fault = text_of(problem)
        else:
            wizard.keep({"region": chosen.code})
            if form.name != wizard.form.name:
                # the same form keeps the version it was begun with
                change_form(session(), actor(), wizard.draft.id, form, now=now())
            return redirect_to(wizard.next_url)
    region = str(wizard.draft.state.fields["region"])
    return page(
        "portal/apply/place.html",
        status=422 if fault else None,
        wizard=wizard,
        choice=_choice(region),
        fault=fault,
        here=wizard.url("place"),
        chosen=place_name(region),
    )


@blueprint.get("/apply/<uuid:draft_id>")
@access(RESIDENT)
def apply_resume(draft_id: uuid.UUID) -> Response:
    """Back to the page where she stopped, on whatever device."""
    wizard = open_wizard(draft_id, "you")
    if wizard is None:
        return redirect_to(url_for("portal.apply_receipt", draft_id=draft_id))
    names = {each.name for each in wizard.pages}
    return redirect_to(wizard.url(wizard.draft.step if wizard.draft.step in names else "you"))


@blueprint.route("/apply/<uuid:draft_id>/drop", methods=["GET", "POST"])
@access(RESIDENT)
def apply_drop(draft_id: uuid.UUID) -> Response:
    """Delete what was begun, after saying what goes."""
    draft = read_draft(session(), draft_id)
    if request.method == "POST":
        drop_draft(session(), actor(), draft_id, now=now())
        flash(gettext("没交的那份申请删掉了。材料库里的照片还在。"), "info")
        return redirect_to(url_for("portal.apply"))
    return page("portal/apply/drop.html", draft=draft)


def _form_in(region: str) -> FormDeclaration:
    """The form in force in a place. Raises NotFound where the scheme is not run, Invalid where it is not open."""
    procedure = procedure_in(SCHEME, region, today())
    if not procedure.scheme.open_to_apply:
        raise Invalid(NOT_OPEN)
    return procedure.view.form(procedure.scheme.application_form)


def _choice(region: str = "") -> PlaceChoice:
    return choose_place(request.args.get("under", region), request.args.get("q", ""))
