"""All answers on one page, each with the way to change it; the promise of truth; and submitting, once however often pressed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from core.cases.draft_state import DraftConflict
from core.cases.drafts import mark_submitted, read_draft
from core.cases.from_form import application_from, paper_ids, whole_faults
from core.cases.models import Case, Channel
from core.cases.submission import prepare, submit_application
from core.documents.changes import attach_to_case, copy_id
from core.errors import Blocked, Invalid
from core.forms import Answers, FieldFault, Per, read_answers
from core.verification.asking import ask_family, signature_of_draft
from core.web.form_builder import Form, form_class
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, signed_in, today
from core.web.texts import gettext, message_text
from portal.apply_files import keep_bytes
from portal.apply_questions import interim
from portal.apply_review import groups, office_phone
from portal.apply_steps import page_of
from portal.apply_sums import running_sum, sheets
from portal.apply_wizard import Wizard, apply_page, made_up_allowed


@apply_page("check")
def check(wizard: Wizard) -> Response:
    """Look at everything, promise, submit."""
    section = wizard.page.section
    assert section is not None
    form = wizard.make_form(form_class(section), section)
    status: int | None = None
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        promised = form.validate()
        try:
            wizard.keep(wizard.values(form, section))
        except DraftConflict as conflict:
            wizard.clash(conflict)
            status = 409
        else:
            if (answer := interim(wizard)) is not None:
                return answer
            if request.form.get("do") != "submit":
                # the Enter key in a box must not submit an application
                return redirect_to(wizard.url("check"))
            _keep_signature(wizard, form)
            canonical, faults = read_all(wizard)
            own = {question.name for question in section.questions}
            told = [_linked(wizard, fault) for fault in faults if fault.path not in own]
            told += silent_members(wizard)
            if promised and not told and not form.errors:
                return _submit(wizard, canonical)
            status = 422
    return page(
        "portal/apply/check.html",
        status=status,
        wizard=wizard,
        form=form,
        section=section,
        told=told,
        groups=groups(wizard),
        unsigned=wizard.draft.state.signature is None,
        sums=running_sum(wizard),
        phone=office_phone(wizard),
    )


def read_all(wizard: Wizard) -> tuple[Answers, list[FieldFault]]:
    """The canonical answers and everything that is wrong with them."""
    canonical, faults = read_answers(
        wizard.form, wizard.draft.answers(wizard.form), today=today(), demo=made_up_allowed()
    )
    between = whole_faults(canonical, today(), wizard.adult_age, demo=made_up_allowed())
    return canonical, [*faults, *between]


def silent_members(wizard: Wizard) -> list[tuple[str, str]]:
    """Of whose income nothing was said yet: the whole family is asked, not only some of it (R3-05)."""
    return [
        (
            wizard.url("incomes", then="check") + f"#none-{sheet.person.key}",
            gettext("%(name)s：写一项收入，或者勾“没有收入”", name=sheet.person.name),
        )
        for sheet in sheets(wizard)
        if sheet.person.counted and not sheet.lines and not sheet.nothing
    ]


def _linked(wizard: Wizard, fault: FieldFault) -> tuple[str, str]:
    """(address where it can be mended, sentence)."""
    told = message_text(fault.message, fault.values)
    rows, _, rest = fault.path.partition(".")
    name = page_of(wizard.form, fault.path)
    number = rest.partition(".")[0]
    keys = wizard.draft.state.rows.get(rows, [])
    if number.isdigit() and int(number) < len(keys):
        key = keys[int(number)]
        if rows in {Per.MEMBER.rows, Per.SUPPORTER.rows}:
            per = Per.MEMBER if rows == Per.MEMBER.rows else Per.SUPPORTER
            card = wizard.person(per, key)
            kind = "family" if per is Per.MEMBER else "supporters"
            where = wizard.url("you") if card.is_self else wizard.url("person", kind=kind, key=key)
            return f"{where}?then=check", f"{card.name}{gettext('：')}{told}"
        return wizard.url(name, edit=key, then="check") + "#edit", told
    anchor = f"#{fault.path}" if "." not in fault.path and not keys else ""
    return wizard.url(name, then="check") + anchor, told


def _keep_signature(wizard: Wizard, form: Form) -> None:
    """Keep a hand-written promise with the draft; what is wrong with the photo is told beside it."""
    for field in form:
        uploads = getattr(field, "uploads", [])
        content = getattr(field, "image", None) or (uploads[0].stream.read() if uploads else None)
        if content is None or field.errors:
            continue
        document, fault = keep_bytes(wizard, field.short_name, content)
        if fault is not None:
            field.errors = [*field.errors, fault.told]
        elif document is not None:
            wizard.keep({field.short_name: str(document)})


# --- submitting -------------------------------------------------------------------------------------------------


def _submit(wizard: Wizard, canonical: Answers) -> Response:
    """One case however often the button is pressed, on however many devices: the case has the draft's id."""
    receipt = redirect_to(wizard.url("receipt"))
    draft = read_draft(session(), wizard.draft.id, lock=True)
    if draft.case_id is not None:
        return receipt
    if draft.revision != wizard.draft.revision:
        # changed between reading and locking: look again instead of submitting what nobody saw
        return redirect_to(wizard.url("check"))
    scheme = wizard.draft.scheme
    try:
        application = application_from(
            wizard.form,
            canonical,
            application_id=draft.id,
            scheme=scheme,
            pack=wizard.procedure.view.pack_of_scheme[scheme],
            channel=Channel.ONLINE,
            today=today(),
            demo=made_up_allowed(),
            owner_account_id=signed_in().account_id,
        )
        prepared = prepare(session().vault, application, now=now(), today=today())
    except Invalid as problem:
        session().rollback()
        return page(
            "portal/apply/refused.html",
            status=422,
            wizard=wizard,
            told=message_text(problem.message, problem.values),
        )
    try:
        case = submit_application(session(), actor(), prepared, wizard.procedure, now=now())
        _attach(wizard, canonical, case, [row["id"] for row in prepared.members])
        mark_submitted(session(), draft.id, case.id)
        session().flush()
    except IntegrityError:
        # the other press was quicker
        session().rollback()
    except Blocked:
        # a county that has not entered a limit the law leaves to it; nothing a resident could mend
        session().rollback()
        return page("portal/apply/not_ready.html", status=409, wizard=wizard, phone=office_phone(wizard))
    return receipt


def _attach(wizard: Wizard, canonical: Answers, case: Case, member_ids: Sequence[uuid.UUID]) -> None:
    """The papers go into the case's file, and everybody is asked for her authorisation (decision 7)."""
    papers = {
        paper: None if number is None else member_ids[number]
        for paper, number in paper_ids(wizard.form, canonical).items()
    }
    signature = signature_of_draft(wizard.draft.state.signature, wizard.member_keys)
    if signature is not None and signature.document_id is not None:
        papers[signature.document_id] = member_ids[0]
    attach_to_case(session(), actor(), papers, case.id, case.region_code, now=now())
    kept = copy_id(case.id, signature.document_id) if signature and signature.document_id else None
    ask_family(session(), actor(), case, wizard.procedure, now=now(), signature=signature, document_id=kept)
