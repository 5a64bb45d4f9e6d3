"""The applicant enters, or corrects, the phone that a relative's codes for signing go to."""

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from core.authorisations.models import Authorisation, PhoneStanding
from core.authorisations.queries import open_authorisation
from core.authorisations.signer_phones import SETTLED, change_signer_phone, may_enter_phone
from core.errors import Blocked, Problem
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.fields import TextField
from core.web.form_builder import Form
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, system_session
from core.web.texts import N_, gettext
from portal.authorise_link import JOB, region_of
from portal.blueprint import blueprint


class SignerPhoneForm(Form):
    """The number of a relative's own mobile phone."""

    mobile = TextField(
        N_("本人的手机号码"), required=True, render_kw={"autocomplete": "off", "inputmode": "tel"}
    )


def phone_href(row: Authorisation) -> str:
    """Where the signed-in resident enters the phone of this signer; "" where she may not."""
    if not may_enter_phone(row, actor(), now()):
        return ""
    return url_for("portal.my_authorisation_phone", authorisation_id=row.id)


@blueprint.route("/my/authorisations/<uuid:authorisation_id>/phone", methods=["GET", "POST"])
@access(RESIDENT)
@limited("12/minute;60/day")
def my_authorisation_phone(authorisation_id: uuid.UUID) -> Response:
    """Ask for the number; kept, the relative gets a fresh link."""
    opened = open_authorisation(session(), authorisation_id, now())
    row = opened.row
    speak_of(region_of(row))
    form = SignerPhoneForm()
    back = url_for("portal.my_authorisations") + f"#signer-{authorisation_id.hex}"
    signer = opened.signer_name or opened.name
    if form.validate_on_submit() and _keep(authorisation_id, form):
        flash(gettext("{name}的手机号存好了，新的签字链接在下面。", name=signer), "success")
        return redirect_to(back)
    if request.method == "GET" and not may_enter_phone(row, actor(), now()):
        raise Blocked(SETTLED)
    return page(
        "portal/authorise/phone.html",
        form=form,
        signer=signer,
        known=row.phone is not PhoneStanding.NONE,
        back_url=back,
        paper_url=url_for("portal.my_authorisation_paper", authorisation_id=authorisation_id),
    )


def _keep(authorisation_id: uuid.UUID, form: SignerPhoneForm) -> bool:
    """Note the number; False, with the reason beside the field, when it cannot be."""
    # the phones of a whole family and what an office looked at lie beyond her own scope
    session().commit()
    with system_session(JOB) as everywhere:
        try:
            change_signer_phone(everywhere, actor(), authorisation_id, form.mobile.data or "", now=now())
        except Problem as problem:
            form.mark(problem, beside="mobile")
            return False
    return True
