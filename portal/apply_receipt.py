"""The receipt of an application: its number, who must still sign, what happens next and the law's limits; to print."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import segno
from flask import url_for
from werkzeug.wrappers import Response

from core.authorisations.coverage import current as authorisations_of
from core.authorisations.links import token_of
from core.authorisations.models import AuthorisationState
from core.authorisations.queries import names
from core.cases.limits import WHOLE, limit_case
from core.cases.models import Case, StepCode
from core.cases.procedure import Procedure
from core.cases.steps import STEP_NAMES, steps_of
from core.catalogue import LimitDeclaration, LimitUnit
from core.errors import Blocked
from core.forms import Per
from core.regions import queries as regions
from core.sessions import found
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.installation import installation
from core.web.page import page
from core.web.procedures import procedure_of
from core.web.request import now, session, today
from core.web.texts import gettext
from portal.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class Signer:
    """Who must agree to the check. `state` as the component knows it; `mine`: the applicant signs, also for her child.

    `link`: her own address while it can be used, `picture` the same as a data address of a QR code.
    """

    name: str
    relation: str
    state: str
    mine: bool
    link: str
    picture: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step still to come, in plain words, with the limit the law (or the place) sets for it."""

    title: str
    limit: str
    due: date | None


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
        place=regions.node(session(), case.region_code).full_name,
        signers=list(_signers(case)),
        steps=list(_next_steps(case, procedure)),
        office=regions.office(session(), case.region_code),
        whole=_limit_words(procedure, procedure.scheme.limit(WHOLE, limit_case(case))),
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
    known = names(session(), rows)
    form = installation().catalogue.form(case.form_name, case.form_version)
    relations = {each.code: each.label for each in form.question("relation", Per.MEMBER).choices}
    for row in rows:
        token = token_of(session(), row, now())
        link = url_for("portal.sign_link", token=token, _external=True) if token else ""
        relation = gettext("您本人") if row.is_applicant else gettext(relations.get(row.relation, ""))
        picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#1b2530") if link else ""
        yield Signer(known[row.id], relation, _STATES[row.state(today())], row.by_applicant, link, picture)


def _next_steps(case: Case, procedure: Procedure) -> Iterator[NextStep]:
    """The steps after the application. A date is never told without its limit."""
    due = {str(step.code): step.due_on for step in steps_of(session(), case.id)}
    for step in procedure.scheme.steps:
        if step.code == "application" or not (step.resident_title or step.title):
            continue
        told = _limit_words(procedure, procedure.scheme.limit(step.limit)) if step.limit else ""
        yield NextStep(gettext(step.resident_title or step.title), told, due.get(step.code) if told else None)


def _limit_words(procedure: Procedure, limit: LimitDeclaration) -> str:
    try:
        days = procedure.law.days(limit.key)
    except Blocked:
        return ""
    unit = gettext("个工作日") if limit.unit is LimitUnit.WORKING_DAYS else gettext("天")
    whose = gettext("当地规定") if limit.local else gettext("法定")
    after = gettext(STEP_NAMES[StepCode(limit.starts)])
    return gettext("%(whose)s：%(after)s后%(days)s%(unit)s内", whose=whose, after=after, days=days, unit=unit)
