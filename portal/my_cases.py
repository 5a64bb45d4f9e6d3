"""Following one's own case: where it stands, who has it, what the law's limit is, what is asked, letters, withdrawing."""

from __future__ import annotations

import uuid

from flask import flash, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.cases import people
from core.cases.changes import require_supplement, supply_missing, withdraw_application
from core.cases.data_requests import requests_of_case
from core.cases.models import OPEN_STATES, Case, CaseState, Pause
from core.cases.steps import steps_of
from core.catalogue import LetterKind
from core.documents.changes import Belonging, attach_to_case, store_document
from core.documents.models import DocumentKind
from core.documents.queries import papers_of_case
from core.errors import Invalid, Problem
from core.letters.changes import mark_read
from core.letters.models import Letter
from core.letters.queries import letter_text, letters_of_case, numbered_items
from core.notices.changes import take_down_ended
from core.regions import queries as regions
from core.sessions import found
from core.translations import N_
from core.web.access_gate import RESIDENT, access
from core.web.current import speak_of
from core.web.file_fields import DocumentField
from core.web.form_builder import Form
from core.web.page import file_response, page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, system_session
from core.web.stored_files import file_store
from core.web.texts import gettext
from portal.blueprint import blueprint
from portal.case_steps import step_lines, whole_limit
from portal.own_records import registered_words

MOST_CASES = 50


@blueprint.get("/my/cases")
@access(RESIDENT)
def my_cases() -> Response:
    """Every application of this account."""
    rows = session().scalars(select(Case).order_by(Case.submitted_at.desc()).limit(MOST_CASES)).all()
    if len(rows) == 1:
        return redirect_to(url_for("portal.my_case", case_id=rows[0].id))
    return page("portal/my_cases.html", rows=rows, words=STATE_WORDS)


@blueprint.get("/my/cases/<uuid:case_id>")
@access(RESIDENT)
def my_case(case_id: uuid.UUID) -> Response:
    """One application, step by step."""
    return _follow(_case(case_id), SupplementForm())


class SupplementForm(Form):
    """Papers that answer the one letter."""

    papers = DocumentField(N_("材料照片"), multiple=True)


@blueprint.post("/my/cases/<uuid:case_id>/supplement")
@access(RESIDENT)
def supplement(case_id: uuid.UUID) -> Response:
    """Answer the one letter: papers go into the file, the case waits for the clerk again."""
    case = _case(case_id)
    require_supplement(session(), case)
    form = SupplementForm()
    if not form.papers.uploads and "done" in request.form and not _given_since_letter(case):
        form.mark(Invalid(N_("还没有材料。请先拍照或选照片，再交。"), field="papers"))
    if form.errors or not form.validate():
        return _follow(case, form)
    try:
        _keep_papers(case, form)
    except Problem as problem:
        form.mark(problem, beside="papers")
        return _follow(case, form)
    if "done" in request.form:
        supply_missing(session(), actor(), case, now=now())
        flash(gettext("材料交上去了，镇里会接着办。"), "success")
    return redirect_to(url_for("portal.my_case", case_id=case.id))


def _keep_papers(case: Case, form: SupplementForm) -> None:
    kept: dict[uuid.UUID, uuid.UUID | None] = {}
    for upload in form.papers.uploads:
        document = store_document(
            session(),
            actor(),
            file_store(),
            upload.read(),
            DocumentKind.OTHER,
            Belonging(owner_account_id=case.owner_account_id),
            now=now(),
            title=gettext("补交的材料"),
        )
        kept[document.id] = None
    attach_to_case(session(), actor(), kept, case.id, case.region_code, now=now())


def _given_since_letter(case: Case) -> int:
    letter = next(
        (each for each in letters_of_case(session(), case.id) if each.kind is LetterKind.DEFICIENCY), None
    )
    if letter is None:
        return 0
    return sum(1 for paper in papers_of_case(session(), case.id) if paper.given_at >= letter.issued_at)


@blueprint.route("/my/cases/<uuid:case_id>/withdraw", methods=["GET", "POST"])
@access(RESIDENT)
def withdraw(case_id: uuid.UUID) -> Response:
    """Take the application back, after saying what follows."""
    case = _case(case_id)
    if request.method == "POST":
        withdraw_application(session(), actor(), case, now=now())
        # her own session cannot reach the public row; what hangs comes down with the application
        session().commit()
        with system_session("application-withdrawn") as everywhere:
            take_down_ended(everywhere, now=now(), case_id=case.id)
        flash(gettext("申请已经撤回。以后随时可以再申请。"), "success")
        return redirect_to(url_for("portal.my_case", case_id=case.id))
    return page("portal/withdraw.html", case=case)


@blueprint.get("/my/letters/<uuid:letter_id>")
@access(RESIDENT, writes=True)
def letter(letter_id: uuid.UUID) -> Response:
    """Read one letter, to print or save."""
    opened = letter_text(session(), letter_id)
    mark_read(session(), opened.letter, now=now())
    return page("portal/letter.html", text=opened)


@blueprint.get("/my/letters/<uuid:letter_id>/copy")
@access(RESIDENT, writes=True)
def letter_copy(letter_id: uuid.UUID) -> Response:
    """The letter as a file of its own, which opens on any phone."""
    opened = letter_text(session(), letter_id)
    mark_read(session(), opened.letter, now=now())
    title = gettext(opened.letter.title)
    text = render_template(
        "portal/kept_file.html",
        title=title,
        number=opened.letter.number,
        paragraphs=opened.paragraphs,
        parts=[],
        foot=gettext("依据：%(basis)s", basis=gettext(opened.letter.legal_basis)),
    )
    return file_response(text.encode(), f"{title}-{opened.letter.number}.html", "text/html")


def _case(case_id: uuid.UUID) -> Case:
    case: Case = found(session().get(Case, case_id))
    speak_of(case.region_code)
    return case


def _follow(case: Case, form: SupplementForm) -> Response:
    procedure = procedure_of(case)
    letters = letters_of_case(session(), case.id)
    deficiency = next((each for each in letters if each.kind is LetterKind.DEFICIENCY), None)
    applicant = people.applicant(session(), case.id)
    return page(
        "portal/my_case.html",
        case=case,
        form=form,
        name=people.declared(session(), applicant)["name"],
        registered=registered_words(applicant),
        kind=procedure.scheme.public_kind,
        state=STATE_WORDS[case.state],
        lines=step_lines(case, procedure, steps_of(session(), case.id)),
        wanted=_wanted(deficiency) if case.state is CaseState.AWAITING_SUPPLEMENT and deficiency else None,
        given=_given_since_letter(case),
        letters=letters,
        replies=[row for row in requests_of_case(session(), case.id) if row.answered_at is not None],
        paused=_paused(case),
        open=case.state in OPEN_STATES,
        whole=whole_limit(case, procedure),
        office=regions.office(session(), case.region_code),
        papers=len(papers_of_case(session(), case.id)),
    )


def _paused(case: Case) -> bool:
    statement = select(Pause.id).where(Pause.case_id == case.id, Pause.to_day.is_(None))
    return session().scalar(statement) is not None


def _wanted(deficiency: Letter) -> tuple[Letter, list[str]]:
    return deficiency, numbered_items(letter_text(session(), deficiency.id))


STATE_WORDS: dict[CaseState, str] = {
    CaseState.SUBMITTED: N_("交上去了，等镇里看材料"),
    CaseState.AWAITING_SUPPLEMENT: N_("还差材料，补好就受理"),
    CaseState.SURVEY: N_("受理了，正在调查核对"),
    CaseState.OPINION: N_("调查完了，镇里在提意见"),
    CaseState.NOTICE: N_("镇里同意了，要在村里公示"),
    CaseState.CONFIRMATION: N_("报上去了，等确认"),
    CaseState.GRANTED: N_("批准了"),
    CaseState.REFUSED: N_("没有批准，理由在信里"),
    CaseState.NOT_ACCEPTED: N_("没有受理，理由在信里"),
    CaseState.WITHDRAWN: N_("您撤回了申请"),
}
