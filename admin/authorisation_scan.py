"""A signed paper recorded, or a signature given at the window; for an adult by her guardian with the proof of it."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from admin.authorisation_acts import ONE, SCAN, back_to, done, opened_of, settle
from admin.blueprint import blueprint
from admin.case_frame import case_frame
from core.authorisations.changes import Signature, sign
from core.authorisations.models import Authorisation, SignerRole, SigningLevel
from core.cases import queries as cases
from core.documents.changes import Belonging, store_document
from core.documents.models import Document, DocumentKind
from core.documents.queries import paper_of_member
from core.errors import Problem
from core.forms import Choice
from core.sessions import found
from core.web.access_gate import access
from core.web.choice_fields import ChoicesField, RadioChoiceField, TickField
from core.web.fields import DateField
from core.web.file_fields import DocumentField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.stored_files import file_store
from core.web.texts import N_, gettext

_HERSELF = "herself"


class ScanForm(Form):
    """A signed paper, or a signature given at the window."""

    level = RadioChoiceField(
        N_("怎么签的"),
        required=True,
        choices=(
            Choice(SigningLevel.PAPER, N_("纸上签好交来的")),
            Choice(SigningLevel.WINDOW, N_("在窗口当面签的")),
        ),
    )
    sources = ChoicesField(N_("纸上勾了哪些"), required=True, hint=N_("照纸上的勾，没勾的不要勾。"))
    signed_on = DateField(N_("签字日期"), required=True, hint=N_("照纸上写的，比如 2026-11-22"))
    paper = DocumentField(N_("签好的授权书（扫描件或照片）"), required=True)
    agreed = TickField(N_("已核对签字人的身份证原件，是本人（孩子是监护人）签的"), required=True)


class WardScanForm(ScanForm):
    """The same for an adult for whom a guardian was named: who signed after all, and the proof of guardianship."""

    who = RadioChoiceField(
        N_("谁签的"),
        required=True,
        choices=(
            Choice(
                "guardian", N_("监护人代签"), hint=N_("要有监护关系证明：申请里写了谁是监护人，不算证明。")
            ),
            Choice(_HERSELF, N_("本人签"), hint=N_("本人自己能做主，或者已经成年。不用证明。")),
        ),
    )
    guardianship = DocumentField(
        N_("监护关系证明（扫描件或照片）"),
        hint=N_("监护人代签的要：法院判决书、居（村）委会指定监护人的文书等。"),
    )


@blueprint.route(f"{ONE}/scan", methods=["GET", "POST"])
@access(SCAN)
def authorisation_scan(case_id: uuid.UUID, authorisation_id: uuid.UUID) -> Response:
    """Record a signed paper: its ticks, its day, its scan."""
    opened, reading = opened_of(case_id, authorisation_id)
    row = opened.row
    form = _form(row)
    form.sources.options = [
        Choice(each["code"], gettext(each["body"]), hint=gettext(each["items"])) for each in row.sources_asked
    ]
    proof = _proof_in_file(row)
    if request.method == "POST" and done(
        form, lambda: _record(row, form, proof), gettext("已录入签好的授权书。")
    ):
        return redirect_to(back_to(case_id))
    frame = case_frame(case_id, "authorisations")
    return page(
        "admin/authorisations/scan.html",
        frame=frame,
        opened=opened,
        reading=reading,
        form=form,
        proof=proof,
        adult_ward=row.is_for_adult_ward(today()),
    )


def _form(row: Authorisation) -> ScanForm:
    day = {"signed_on": today().isoformat()}
    if row.is_for_adult_ward(today()):
        form: ScanForm = WardScanForm(data=day)
        form.agreed.label.text = gettext("已核对签字人的身份证原件；监护人代签的，监护关系证明也核对过")
        return form
    form = ScanForm(data=day)
    if row.role is SignerRole.GUARDIAN:
        form.agreed.label.text = gettext("已核对监护人的身份证原件和监护关系，是监护人签的")
    return form


def _proof_in_file(row: Authorisation) -> Document | None:
    """The proof of guardianship the case holds already: no paper is asked for twice."""
    if not row.is_for_adult_ward(today()):
        return None
    return paper_of_member(session(), row.case_id, row.member_id, DocumentKind.GUARDIANSHIP)


def _record(row: Authorisation, form: ScanForm, proof: Document | None) -> None:
    paper = _store(row, form.paper, DocumentKind.PAPER_AUTHORISATION)
    herself, guardianship = False, None
    if isinstance(form, WardScanForm):
        herself = str(form.who.data) == _HERSELF
        guardianship = proof.id if proof else None
        if form.guardianship.uploads and not herself:
            guardianship = _store(row, form.guardianship, DocumentKind.GUARDIANSHIP)
    signature = Signature(
        SigningLevel(str(form.level.data)),
        form.sources.data or [],
        paper,
        agreed=bool(form.agreed.data),
        guardianship_id=guardianship,
        herself=herself,
    )
    sign(session(), actor(), row.id, signature, now=now(), signed_on=form.signed_on.day)
    settle(row.case_id, row.id)


def _store(row: Authorisation, field: DocumentField, kind: DocumentKind) -> uuid.UUID:
    """Keep one upload in the case's file; what is wrong with it is told beside its field."""
    case = found(cases.case(session(), row.case_id))
    signed = kind is DocumentKind.PAPER_AUTHORISATION
    belonging = Belonging(
        region_code=case.region_code,
        case_id=row.case_id,
        member_id=row.member_id,
        person_id=row.person_id,
        authorisation_id=row.id if signed else None,
    )
    content = field.uploads[0].read() if field.uploads else b""
    try:
        return store_document(session(), actor(), file_store(), content, kind, belonging, now=now()).id
    except Problem as problem:
        field.errors = [*field.errors, str(problem)]
        raise
