"""Submitting a walk-in: everything checked as the portal's, twins cleared up, one case with its authorisations and slip."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from flask import request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_page import ADDED, Block, Desk, made_up_allowed
from admin.intake_papers import move_papers
from admin.intake_twins import Twin, covered_of, left_out_of, twins_of
from core import audit
from core.access import Permission
from core.cases import queries
from core.cases.changes import letter_fields, recipient_of
from core.cases.from_form import application_from, whole_faults
from core.cases.models import OPEN_STATES, Case, Channel
from core.cases.procedure import Procedure
from core.cases.submission import prepare, submit_application
from core.cases.window_drafts import mark_window_submitted, read_window_draft
from core.catalogue import LetterKind
from core.documents.queries import papers_of_case
from core.documents.titles import KIND_TITLES
from core.errors import Invalid
from core.forms import Answers, FieldFault, Per, read_answers
from core.letters.changes import issue_letter
from core.letters.queries import letter_text, letters_of_case
from core.verification.asking import ADULT_AGE, ask_family, coverage_of
from core.web.access_gate import access, may
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, message_text

PROXY_PARTS = ("name", "relation", "id_number", "phone")


def clear_blank_rows(desk: Desk) -> bool:
    """Take out rows that were added and left empty; whether there were any."""
    state = desk.draft.state
    blank = [
        f"{name}/{key}"
        for name, keys in state.rows.items()
        if name != Per.MEMBER.rows
        for key in keys
        if not any(
            value not in (None, "") for question, value in state.row(name, key).items() if question != ADDED
        )
    ]
    if blank:
        desk.keep({}, removed=blank)
    return bool(blank)


def check(desk: Desk, blocks: Sequence[Block]) -> Answers | None:
    """The canonical answers, or None with every fault beside its field."""
    canonical, faults = read_answers(desk.form, desk.answers, today=today(), demo=made_up_allowed())
    adult_age = desk.procedure.law.number(ADULT_AGE)
    faults += whole_faults(canonical, today(), adult_age, demo=made_up_allowed())
    for fault in faults:
        _mark(blocks, fault)
    for key in _silent_members(desk):
        row = next(row for block in blocks if block.per is Per.MEMBER for row in block.rows if row.key == key)
        row.form.mark(Invalid(N_("写一项收入，或者选“没有收入：是”"), field="no_income"))
    wrong = any(
        row.form.errors or getattr(row.form, "form_errors", None) for block in blocks for row in block.rows
    )
    return None if wrong or faults or any(block.problems for block in blocks) else canonical


def _mark(blocks: Sequence[Block], fault: FieldFault) -> None:
    rows, _, rest = fault.path.partition(".")
    number, _, name = rest.partition(".")
    told = message_text(fault.message, fault.values)
    for block in blocks:
        if not rest and block.per.rows == rows and rows:
            block.problems.append(told)
            return
        if block.per.rows != (rows if rest else ""):
            continue
        for position, row in enumerate(block.rows):
            question = name if rest else rows
            if question in row.form and (not rest or str(position) == number):
                if not row.form[question].errors:
                    row.form[question].errors = [told]
                return
    blocks[0].problems.append(told)


def _silent_members(desk: Desk) -> Iterator[str]:
    """Of whose income nothing was said yet: the whole family is asked, not only some of it (R3-05)."""
    state = desk.draft.state
    speaking = {state.fields.get(f"incomes/{key}/member") for key in state.rows.get(Per.INCOME.rows, [])}
    for key in desk.member_keys:
        row = state.row(Per.MEMBER.rows, key)
        if row.get("counted") is not False and key not in speaking and row.get("no_income") is not True:
            yield key


def twins_found(desk: Desk, canonical: Answers) -> list[Twin]:
    """What the index says of everybody on the application, supporters too."""
    family = canonical.get(Per.MEMBER.rows, ())
    people = [*family, *canonical.get(Per.SUPPORTER.rows, ())]
    scheme, variant = desk.draft.scheme, str(canonical.get("variant", ""))
    return twins_of(people, scheme, variant) + covered_of(family, scheme, variant) + left_out_of(family)


def submit(desk: Desk, canonical: Answers) -> uuid.UUID | None:
    """Open the case; the id of the first one where the button was pressed twice. None: a colleague changed the draft.

    Raises Invalid where the whole cannot stand.
    """
    draft = read_window_draft(session(), desk.draft.id, lock=True)
    if draft.case_id is not None:
        return draft.case_id
    if draft.revision != desk.draft.revision:
        return None
    proxy = (
        {part: str(canonical.get(f"proxy_{part}", "")) for part in PROXY_PARTS}
        if canonical.get("by_proxy")
        else None
    )
    application = application_from(
        desk.declared,
        {
            name: value
            for name, value in canonical.items()
            if name != "by_proxy" and not name.startswith("proxy_")
        },
        application_id=draft.id,
        scheme=draft.scheme,
        pack=desk.procedure.view.pack_of_scheme[draft.scheme],
        # the window, or somebody who acts for the applicant (R2-07)
        channel=Channel.PROXY if proxy else Channel.WINDOW,
        today=today(),
        demo=made_up_allowed(),
        proxy=proxy,
    )
    prepared = prepare(session().vault, application, now=now(), today=today())
    try:
        case = submit_application(session(), actor(), prepared, desk.procedure, now=now())
        case.intake_account_id = actor().account_id
        member_ids = [row["id"] for row in prepared.members]
        move_papers(desk, canonical, case.id, case.region_code, member_ids)
        ask_family(session(), actor(), case, desk.procedure, now=now())
        issue_slip(case, desk.procedure)
        mark_window_submitted(session(), draft.id, case.id)
        session().flush()
    except IntegrityError:
        # the other press was quicker
        session().rollback()
    return draft.id


# --- the slip ---------------------------------------------------------------------------------------------------


def issue_slip(case: Case, procedure: Procedure) -> uuid.UUID:
    """The paper that says what was handed in (收件回执); one per case."""
    known = [row for row in letters_of_case(session(), case.id) if row.kind is LetterKind.ACCEPTANCE_SLIP]
    if known:
        return known[0].id
    papers = {gettext(KIND_TITLES[row.kind]): None for row in papers_of_case(session(), case.id)}
    fields = letter_fields(session(), case, procedure, now()) | {"items": [gettext("申请表"), *papers]}
    declaration = procedure.scheme.letter(LetterKind.ACCEPTANCE_SLIP)
    return issue_letter(session(), actor(), declaration, recipient_of(session(), case), fields, now=now()).id


@blueprint.route("/cases/<uuid:case_id>/acceptance-slip", methods=["GET", "POST"])
@access(Permission.LETTER_READ, Permission.CASE_INTAKE)
def acceptance_slip(case_id: uuid.UUID) -> Response:
    """The slip to print; an application that came online gets one when a clerk asks for it."""
    case = queries.case(session(), case_id)
    slip = next(
        (row for row in letters_of_case(session(), case.id) if row.kind is LetterKind.ACCEPTANCE_SLIP), None
    )
    if slip is None:
        actor().require(Permission.CASE_INTAKE)
        if request.method != "POST":
            return page("admin/intake/slip_ask.html", case=case)
        issue_slip(case, procedure_of(case))
        return redirect_to(url_for("staff.acceptance_slip", case_id=case_id))
    audit.look(session(), "letter.look", slip, now=now())
    return page(
        "admin/intake/slip.html",
        case=case,
        text=letter_text(session(), slip.id),
        to_sign=_to_sign(case),
        came_by={Channel.PROXY: gettext("代办"), Channel.WINDOW: gettext("窗口")}.get(
            case.channel, gettext("网上")
        ),
    )


def _to_sign(case: Case) -> bool:
    """Whether somebody has still to sign, and who asks may see to it."""
    if case.state not in OPEN_STATES or not may(Permission.AUTHORISATION_SCAN):
        return False
    return bool(coverage_of(session(), case, procedure_of(case), now=now()).waiting_for)
