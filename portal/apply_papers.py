"""Papers by photo: each asked once, taken from the library where it was given before; what nobody has to bring is named."""

from __future__ import annotations

import uuid

from flask import flash, request
from werkzeug.wrappers import Response

from core.cases.draft_state import DraftConflict
from core.documents.models import Document
from core.documents.queries import open_document
from core.errors import NotFound
from core.forms import Answers
from core.sessions import found
from core.web.form_builder import Form, form_class
from core.web.page import file_response, page, redirect_to
from core.web.request import now, session
from core.web.stored_files import file_store
from core.web.texts import N_, gettext
from portal.apply_files import KnownPaper, UploadFault, keep_paper, kind_for, known_papers
from portal.apply_questions import autosaving, interim, saved
from portal.apply_wizard import Wizard, apply_page


@apply_page("papers")
def papers(wizard: Wizard) -> Response:
    """Photograph, choose again, or go on without what is not required."""
    section = wizard.page.section
    assert section is not None
    form = wizard.make_form(form_class(section), section)
    status: int | None = None
    if request.method == "POST":
        try:
            wizard.keep({})
            if autosaving():
                return saved(wizard)
            status = _take(wizard, form)
        except DraftConflict as conflict:
            wizard.clash(conflict)
            status = 409
        else:
            answer = interim(wizard) or _pressed(wizard, form)
            if answer is not None and status is None:
                return answer
        form = _shown_again(wizard, form)
        if status is None and request.form.get("do", "next") == "next":
            if form.validate():
                return redirect_to(wizard.next_url)
            status = 422
    return page(
        "portal/apply/papers.html",
        status=status,
        wizard=wizard,
        form=form,
        section=section,
        kept=_kept(wizard, form),
        offered=_offered(wizard, form),
        elsewhere=[
            (gettext(each.label), gettext(each.obtained_from)) for each in section.questions if not each.asked
        ],
    )


def _take(wizard: Wizard, form: Form) -> int | None:
    """Store what was photographed and what was chosen again; the status of what went wrong."""
    status: int | None = None
    chosen: Answers = {}
    for field in form:
        known = request.form.get(f"{field.name}-known", "")
        if known:
            chosen[field.name] = str(_given_before(known).id)
        for upload in getattr(field, "uploads", []):
            document, fault = keep_paper(wizard, field.name, upload)
            if fault is not None:
                wizard_fault(form, field.name, fault)
                status = fault.status
            elif document is not None:
                chosen[field.name] = str(document)
    if chosen:
        wizard.keep(chosen)
    return status


def _given_before(known: str) -> Document:
    """The paper of her library with that id. Raises NotFound for any other word."""
    try:
        document: Document | None = session().get(Document, uuid.UUID(known))
    except ValueError:
        document = None
    return found(document)


def wizard_fault(form: Form, name: str, fault: UploadFault) -> None:
    """Tell beside a field why its file was not kept."""
    form[name].errors = [*form[name].errors, fault.told]


def _pressed(wizard: Wizard, form: Form) -> Response | None:
    what, _, name = request.form.get("do", "next").partition(":")
    if what == "drop":
        # a paper of this page, and no other answer of the draft
        if name not in {field.name for field in form if hasattr(field, "uploads")}:
            raise NotFound(N_("没有这一份材料。请刷新网页再看。"))
        wizard.keep({name: None})
        flash(gettext("这一份不交了。它还在您的材料库里。"), "info")
    return redirect_to(wizard.url("papers", then=wizard.then or None)) if what in {"drop", "save"} else None


def _shown_again(wizard: Wizard, form: Form) -> Form:
    """The form with what is stored now; what was wrong with a file stays told."""
    section = wizard.page.section
    assert section is not None
    errors = {field.name: list(field.errors) for field in form if field.errors}
    fresh = wizard.make_form(form_class(section), section, sent=False)
    for name, told in errors.items():
        fresh[name].errors = told
    return fresh


def _kept(wizard: Wizard, form: Form) -> dict[str, list[tuple[str, str, str, None]]]:
    """Question → the paper given for it, as the upload field lists it."""
    known = {each.id: each for each in known_papers()}
    kept = {}
    for field in form:
        value = wizard.draft.state.fields.get(field.name)
        if isinstance(value, str) and value in known:
            paper = known[value]
            kept[field.name] = [(paper.title, paper.given, wizard.url("paper", document_id=value), None)]
    return kept


def _offered(wizard: Wizard, form: Form) -> dict[str, list[KnownPaper]]:
    """Question → papers of the same kind that were given before and are not chosen yet."""
    offered = {}
    for field in form:
        if not hasattr(field, "uploads") or wizard.draft.state.fields.get(field.name):
            continue
        papers_known = known_papers({kind_for(field.name)})
        if papers_known:
            offered[field.name] = papers_known
    return offered


@apply_page("paper", "papers/<uuid:document_id>", page="papers")
def paper(wizard: Wizard, document_id: uuid.UUID) -> Response:  # noqa: ARG001  (the draft was checked to be hers)
    """One of her own papers, to look at."""
    opened = open_document(session(), file_store(), document_id, now=now())
    return file_response(opened.content, opened.file_name, opened.document.content_kind, inline=True)
