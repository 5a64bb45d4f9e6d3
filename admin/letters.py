"""Letters of a case: read as they left, print, and note how a paper one reached its reader."""

from __future__ import annotations

import uuid

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import case_frame
from core import audit
from core.access import Permission
from core.cases.changes import deliver_letter
from core.errors import Invalid
from core.letters.models import Delivery, Letter
from core.letters.queries import letter_text, letters_of_case
from core.regions.queries import office
from core.sessions import found
from core.web.access_gate import access, may
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

DELIVERY_WORDS = {
    Delivery.ACCOUNT: N_("网上收到"),
    Delivery.IN_PERSON: N_("当面交给本人"),
    Delivery.POST: N_("邮寄"),
    Delivery.VILLAGE: N_("村（社区）代送"),
}
ON_PAPER = (Delivery.IN_PERSON, Delivery.POST, Delivery.VILLAGE)


@blueprint.get("/cases/<uuid:case_id>/letters")
@access(Permission.LETTER_READ)
def case_letters(case_id: uuid.UUID) -> Response:
    """The letters of a case and whether each arrived."""
    frame = case_frame(case_id, "letters")
    return page(
        "admin/cases/letters.html",
        frame=frame,
        letters=letters_of_case(session(), case_id),
        words={how: gettext(text) for how, text in DELIVERY_WORDS.items()},
        ways=[(str(how), gettext(DELIVERY_WORDS[how])) for how in ON_PAPER],
        may_send=may(Permission.LETTER_SEND),
    )


@blueprint.get("/letters/<uuid:letter_id>")
@access(Permission.LETTER_READ)
def letter(letter_id: uuid.UUID) -> Response:
    """One letter as it left, for reading and printing."""
    opened = letter_text(session(), letter_id)
    row = opened.letter
    audit.look(session(), "letter.look", row, now=now(), case_id=row.case_id)
    return page(
        "admin/letters/letter.html",
        text=opened,
        office=office(session(), row.village or row.township or row.county),
        back=url_for("staff.case_letters", case_id=row.case_id) if row.case_id else "/staff/",
    )


@blueprint.post("/letters/<uuid:letter_id>/delivery")
@access(Permission.LETTER_SEND)
def deliver(letter_id: uuid.UUID) -> Response:
    """Note how a paper letter reached its reader; once."""
    row: Letter = found(session().get(Letter, letter_id))
    how = request.form.get("how", "")
    if how not in {str(each) for each in ON_PAPER}:
        raise Invalid(N_("请选是怎么送达的，再登记。"), field="how")
    deliver_letter(session(), actor(), row, Delivery(how), now=now())
    flash(gettext("已登记送达。"), "success")
    return redirect_to(url_for("staff.case_letters", case_id=row.case_id) if row.case_id else "/staff/")
