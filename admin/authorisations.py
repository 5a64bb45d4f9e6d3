"""Authorisations of a case: who signed what, whom it waits for, fresh links, blank papers, asking again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import segno
from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.authorisation_acts import ONE, back_to, opened_of, settle
from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame
from core.access import Permission
from core.authorisations.changes import ask_again
from core.authorisations.coverage import STANDING_WORDS, PersonCoverage
from core.authorisations.links import renew_link
from core.authorisations.models import (
    Authorisation,
    AuthorisationState,
    SignerRole,
)
from core.authorisations.queries import authorisation, history
from core.authorisations.texts import ReadingWay
from core.cases.models import OPEN_STATES
from core.verification.asking import coverage_of
from core.web.access_gate import access
from core.web.authorising import reading_of
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext

READ, SCAN = Permission.AUTHORISATION_READ, Permission.AUTHORISATION_SCAN
_AT = "/cases/<uuid:case_id>/authorisations"


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One person of the table. `acts`: (text, address, whether it posts). `at_office`: no link leads to hers."""

    person: PersonCoverage
    name: str
    signer: str
    state: AuthorisationState | None
    acts: list[tuple[str, str, bool]]
    at_office: bool = False
    adult_ward: bool = False


@blueprint.get(_AT)
@access(READ)
def case_authorisations(case_id: uuid.UUID) -> Response:
    """Everyone of the declaration by every body, and what can be done about each."""
    frame = case_frame(case_id, "authorisations")
    covered = coverage_of(session(), frame.case, frame.procedure, now=now())
    return page(
        "admin/authorisations/list.html",
        frame=frame,
        covered=covered,
        waiting_for=frame.people.waiting_for(covered),
        rows=[_row(frame, person) for person in covered.persons],
        standing_words=STANDING_WORDS,
        older=[row for row in history(session(), case_id) if row.superseded_at is not None],
        names=frame.people.names,
    )


def _row(frame: CaseFrame, person: PersonCoverage) -> SignerRow:
    row = person.authorisation
    name = frame.people.names.get(person.member_id, person.name_masked)
    if row is None:
        return SignerRow(person, name, frame.people.signer(person), None, [])
    signer = frame.people.names.get(row.signer_member_id, row.signer_masked) if row.signer_member_id else ""
    state, day = row.state(today()), today()
    online = row.by_applicant and row.owner_account_id is not None
    at_office = state is AuthorisationState.WAITING and row.only_at_office(day) and not online
    return SignerRow(person, name, signer, state, _acts(frame, row), at_office, row.is_for_adult_ward(day))


def _acts(frame: CaseFrame, row: Authorisation) -> list[tuple[str, str, bool]]:
    if not actor().may(SCAN) or frame.case.state not in OPEN_STATES:
        return []
    wanted: list[tuple[str, str, bool]] = []
    state = row.state(today())
    if state is AuthorisationState.WAITING:
        wanted = [
            (N_("录入签好的纸"), "authorisation_scan", False),
            (N_("打印空白授权书"), "authorisation_paper", False),
            (N_("记下不同意"), "authorisation_refuse", False),
        ]
        if not row.only_at_office(today()):
            wanted.append((N_("重新发链接"), "authorisation_link", True))
    elif state is AuthorisationState.REFUSED and row.decision is None:
        wanted = [(N_("作出决定"), "authorisation_decide", False)]
    elif state is AuthorisationState.SIGNED:
        wanted = [(N_("记下撤回"), "authorisation_withdraw", False)]
        if any(each["required"] and each["code"] not in row.sources_ticked for each in row.sources_asked):
            wanted.append((N_("请本人补签"), "authorisation_again", True))
    elif state in {AuthorisationState.WITHDRAWN, AuthorisationState.EXPIRED, AuthorisationState.WITHOUT}:
        wanted = [(N_("重新请本人签"), "authorisation_again", True)]
    return [
        (
            gettext(text),
            url_for(f"staff.{endpoint}", case_id=frame.case.id, authorisation_id=row.id),
            posts,
        )
        for text, endpoint, posts in wanted
    ]


@blueprint.post(f"{ONE}/again")
@access(SCAN)
def authorisation_again(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Ask for a new signature after a withdrawal, an expiry, or when a needed body was not ticked."""
    opened_of(case_id, authorisation_id)
    ask_again(session(), actor(), authorisation(session(), authorisation_id), now=now())
    settle(case_id, authorisation_id)
    flash(gettext("已经重新请本人签。"), "success")
    return redirect_to(back_to(case_id))


@blueprint.post(f"{ONE}/link")
@access(SCAN)
def authorisation_link(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """A fresh link, shown once on a slip to hand over; the old one is dead."""
    opened, _reading = opened_of(case_id, authorisation_id)
    token = renew_link(session(), actor(), opened.row, now=now())
    link = url_for("portal.sign_link", token=token, _external=True)
    frame = case_frame(case_id, "authorisations")
    return page("admin/authorisations/link.html", frame=frame, opened=opened, link=link, picture=_qr(link))


def _qr(link: str) -> str:
    return str(segno.make(link, error="m").svg_data_uri(scale=5, border=2, dark="#1b2530"))


@blueprint.get(f"{ONE}/paper")
@access(READ)
def authorisation_paper(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """The blank form to print; a paper to the person carries her name in full. `?herself`: an adult signs, no guardian."""
    opened, reading = opened_of(case_id, authorisation_id)
    herself = "herself" in request.args and opened.row.is_for_adult_ward(today())
    if herself:
        reading = reading_of(opened.text, SignerRole.SELF, opened.values, ReadingWay.PAPER)
    return page(
        "admin/authorisations/paper.html",
        opened=opened,
        reading=reading,
        sources=opened.row.sources_asked,
        guardian=opened.row.role is SignerRole.GUARDIAN and not herself,
        code=opened.row.id.hex[-8:],
        back_url=back_to(case_id),
    )
