"""The receipt of an application: its number, who must still sign, what happens next and the law's limits; to print."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from flask import url_for
from werkzeug.wrappers import Response

from core.authorisations.coverage import current as authorisations_of
from core.authorisations.links import token_of
from core.authorisations.models import AuthorisationState, PhoneStanding
from core.authorisations.queries import secrets_of
from core.cases.models import Case
from core.cases.steps import steps_of
from core.forms import Per
from core.regions import queries as regions
from core.regions.names import spoken
from core.sessions import found
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.installation import installation
from core.web.page import page
from core.web.procedures import procedure_of
from core.web.request import now, session, today
from core.web.texts import gettext
from portal.blueprint import blueprint
from portal.case_steps import step_lines, whole_limit
from portal.signer_phone import phone_href


@dataclass(frozen=True, slots=True)
class Signer:
    """Who must agree to the check. `state` as the component knows it; `mine`: the applicant signs, also for her child.

    `link`: her own address while it can be used, `picture` the same as a data address of a QR code; `at_office`: none leads
    to hers, she signs on paper or at the window. `phone_href`: where her phone is entered, of `signer`, of whom none is known, else "".
    """

    name: str
    relation: str
    state: str
    mine: bool
    link: str
    picture: str
    at_office: bool
    phone_href: str
    signer: str


@blueprint.get("/apply/<uuid:draft_id>/receipt")
@access(RESIDENT)
def apply_receipt(draft_id: uuid.UUID) -> Response:
    """Shown after submitting and whenever she comes back; the case has the draft's id."""
    case: Case = found(session().get(Case, draft_id))
    speak_of(case.region_code)
    procedure = procedure_of(case)
    return page(
        "portal/apply/receipt.html",
        case=case,
        scheme=gettext(procedure.scheme.public_kind),
        place=spoken(regions.node(session(), case.region_code).full_name),
        signers=list(_signers(case)),
        lines=step_lines(case, procedure, steps_of(session(), case.id)),
        office=regions.office(session(), case.region_code),
        whole=whole_limit(case, procedure),
    )


_STATES = {
    AuthorisationState.WAITING: "waiting",
    AuthorisationState.SIGNED: "signed",
    AuthorisationState.REFUSED: "refused",
    AuthorisationState.WITHOUT: "refused",
    AuthorisationState.WITHDRAWN: "withdrawn",
    AuthorisationState.EXPIRED: "waiting",
    AuthorisationState.ENDED: "withdrawn",
}


def _signers(case: Case) -> Iterator[Signer]:
    rows = authorisations_of(session(), case.id)
    secrets = secrets_of(session(), rows)
    form = installation().catalogue.form(case.form_name, case.form_version)
    relations = {each.code: each.label for each in form.question("relation", Per.MEMBER).choices}
    for row in rows:
        token = token_of(session(), row, now())
        link = url_for("portal.sign_link", token=token, _external=True) if token else ""
        relation = gettext("您本人") if row.is_applicant else gettext(relations.get(row.relation, ""))
        picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#1b2530") if link else ""
        at_office = row.only_at_office(today()) and not row.by_applicant
        state = _STATES[row.state(today())]
        phone = phone_href(row) if row.phone is PhoneStanding.NONE else ""
        name, signer = secrets[row.id].name, secrets[row.id].signer_name
        yield Signer(name, relation, state, row.by_applicant, link, picture, at_office, phone, signer)
