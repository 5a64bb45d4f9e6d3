"""Showing one masked value for half a minute: a right, a reason, an audit entry (decision 18)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_people import people_of
from admin.corrections import shown_to
from core import audit
from core.access import Permission
from core.cases import people, queries
from core.cases.data_requests import correction
from core.cases.declaration_models import DeclaredMember
from core.cases.models import DataRequest
from core.encryption import place_of
from core.errors import Invalid
from core.households.models import Household, Person
from core.masking import mask_address, mask_id_number, mask_name, mask_phone
from core.sessions import found
from core.web.access_gate import access, safe_next
from core.web.page import page
from core.web.request import now, session
from core.web.texts import N_, gettext

SECONDS = 30
MOST_REASON = 100
_ELEMENT = re.compile(r"[a-z][a-z0-9-]{0,79}")
WHAT = {
    "name": (N_("姓名"), mask_name),
    "id_number": (N_("证件号"), mask_id_number),
    "phone": (N_("电话"), mask_phone),
    "disability_certificate": (N_("残疾证号"), mask_id_number),
    "address": (N_("住址"), mask_address),
}
TEXTS = {"asked": N_("更正申请"), "answered": N_("对更正申请的答复")}


@blueprint.post("/reveal/members/<uuid:member_id>/<what>")
@access(Permission.PERSON_REVEAL)
def reveal_member(member_id: uuid.UUID, what: str) -> Response:
    """A value of a person on a declaration."""
    member: DeclaredMember = found(session().get(DeclaredMember, member_id))
    secrets = people.secrets(session(), member)
    return _show(what, secrets, member, case_id=member.case_id, person_id=member.person_id)


@blueprint.post("/reveal/persons/<uuid:person_id>/<what>")
@access(Permission.PERSON_REVEAL)
def reveal_person(person_id: uuid.UUID, what: str) -> Response:
    """A value of a person on the register."""
    person: Person = found(session().get(Person, person_id))
    vault = session().vault
    secrets = {}
    if person.secrets_sealed is not None:
        secrets = vault.unseal_json(place_of(person, "secrets_sealed"), person.secrets_sealed)
    secrets["name"] = vault.read(person, "name_sealed") or person.name
    return _show(what, secrets, person, person_id=person.id)


@blueprint.post("/reveal/households/<uuid:household_id>/<what>")
@access(Permission.PERSON_REVEAL)
def reveal_household(household_id: uuid.UUID, what: str) -> Response:
    """The address of a household."""
    household: Household = found(session().get(Household, household_id))
    secrets = {}
    if household.address_sealed is not None:
        place = place_of(household, "address_sealed")
        secrets = {"address": session().vault.unseal(place, household.address_sealed)}
    return _show(what, secrets, household, person_id=household.head_person_id)


@blueprint.post("/reveal/corrections/<uuid:correction_id>/<what>")
@access(Permission.PERSON_REVEAL)
def reveal_correction(correction_id: uuid.UUID, what: str) -> Response:
    """What she wrote about her data, or what she was answered, with its numbers."""
    label = found(TEXTS.get(what))
    row: DataRequest = found(session().get(DataRequest, correction_id))
    case = queries.case(session(), row.case_id)
    opened = correction(session(), case.id, row.id)
    shown = _Shown(what, label, opened.text if what == "asked" else opened.answer)
    full = people_of(case).full
    return _reveal(shown, lambda text: shown_to(text, full=full), row, case_id=case.id)


def _show(
    what: str,
    secrets: dict[str, Any],
    subject: DeclaredMember | Person | Household,
    *,
    case_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
) -> Response:
    label, mask = found(WHAT.get(what))
    shown = _Shown(what, label, str(secrets.get(what) or ""))
    return _reveal(shown, mask, subject, case_id=case_id, person_id=person_id)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One value: `what` for the trail, `label` a msgid."""

    what: str
    label: str
    value: str


def _reveal(
    shown: _Shown,
    mask: Callable[[str], str],
    subject: DeclaredMember | Person | Household | DataRequest,
    *,
    case_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
) -> Response:
    """`mask`: how the value stands on the page it came from, and stands there again afterwards."""
    reason = request.form.get("reason", "").strip()[:MOST_REASON]
    if not reason:
        raise Invalid(N_("请先选查看用途，再显示。查看会被记录，本人可查。"), field="reason")
    audit.record(
        session(),
        "person.reveal",
        subject,
        now=now(),
        reason=reason,
        case_id=case_id,
        person_id=person_id,
        changes={"what": [None, shown.what]},
    )
    value, nothing = shown.value, gettext("没有登记")
    element = request.form.get("element", "")
    response = page(
        "admin/revealed.html",
        fragment="admin/_revealed.html",
        element=element if _ELEMENT.fullmatch(element) else "revealed",
        label=gettext(shown.label),
        value=value or nothing,
        mask=mask(value) if value else nothing,
        seconds=SECONDS,
        back=_back(),
    )
    response.headers["Cache-Control"] = "no-store, private"
    if request.headers.get("HX-Request") != "true":
        # without JavaScript the page itself goes back to the mask
        response.headers["Refresh"] = f"{SECONDS}; url={_back()}"
    return response


def _back() -> str:
    referrer = request.referrer or ""
    path = (
        referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else ""
    )
    return safe_next(path) or "/staff/"
