"""Papers scanned at the window: kept sealed with the draft, shown again to the office, moved into the case's file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_page import Block, Desk, open_desk, questions_of
from core.access import Permission
from core.cases.from_form import paper_ids
from core.cases.window_drafts import read_window_draft
from core.documents.changes import Belonging, attach_to_case, let_go, store_document
from core.documents.models import Document, DocumentKind
from core.documents.queries import open_document
from core.encrypted_files import StorageFailed
from core.errors import Invalid
from core.forms import Answers, Question, QuestionKind
from core.sessions import found
from core.web.access_gate import access
from core.web.page import file_response
from core.web.request import actor, now, session
from core.web.stored_files import file_store
from core.web.texts import gettext, text_of

_OF_QUESTION = {
    "identity_photo": DocumentKind.ID_CARD,
    "illness_photo": DocumentKind.DIAGNOSIS,
    "marriage_photo": DocumentKind.MARRIAGE,
    "disability_photo": DocumentKind.DISABILITY_CERTIFICATE,
    "promise_signature": DocumentKind.SIGNATURE,
    "proxy_entrustment": DocumentKind.ENTRUSTMENT,
}
_OF_LINE = {
    "wage": DocumentKind.WAGE_PROOF,
    "business": DocumentKind.INCOME_PROOF,
    "property_income": DocumentKind.INCOME_PROOF,
    "transfer": DocumentKind.INCOME_PROOF,
    "medical_expense": DocumentKind.MEDICAL_BILL,
    "rehabilitation_expense": DocumentKind.MEDICAL_BILL,
    "school_expense": DocumentKind.SCHOOL,
}


@dataclass(frozen=True, slots=True)
class UploadFault:
    """Why a file was not kept, in words; `status` of the page that says so."""

    told: str
    status: int


def keep_papers(desk: Desk, blocks: Sequence[Block]) -> int | None:
    """Store every file that came along; the status of the page when one could not be kept, told beside its field."""
    status: int | None = None
    for row, question in questions_of(blocks):
        if question.name not in row.form:
            continue
        field = row.form[question.name]
        uploads = getattr(field, "uploads", [])
        content = getattr(field, "image", None) or (bytes_of(uploads[0]) if uploads else None)
        if content is None:
            continue
        line = str(row.form["kind"].data or "") if "kind" in row.form else ""
        stored, fault = _store(desk, question, content, line)
        if fault is not None:
            field.errors = [*(each for each in field.errors if each), fault.told]
            status = fault.status
        elif stored is not None:
            field.errors = []
            desk.keep({row.prefix + question.name: str(stored)})
    return status


def bytes_of(upload: FileStorage) -> bytes:
    """The content of an upload, whose temporary file is let go of at once."""
    try:
        return upload.stream.read()
    finally:
        upload.close()


def _store(
    desk: Desk, question: Question, content: bytes, line: str
) -> tuple[uuid.UUID | None, UploadFault | None]:
    kind = _OF_QUESTION.get(question.name) or _OF_LINE.get(line, DocumentKind.OTHER)
    belonging = Belonging(region_code=actor().node, about=desk.draft.id.hex)
    try:
        row = store_document(
            session(),
            actor(),
            file_store(),
            content,
            kind,
            belonging,
            now=now(),
            title=gettext(question.label),
        )
    except Invalid as problem:
        return None, UploadFault(text_of(problem), 422)
    except StorageFailed as problem:
        return None, UploadFault(text_of(problem), 507)
    return row.id, None


def move_papers(
    desk: Desk, canonical: Answers, case_id: uuid.UUID, region: str, member_ids: Sequence[uuid.UUID]
) -> None:
    """Put the draft's papers into the case's file; the loose ones are let go of."""
    papers = {
        paper: None if number is None else member_ids[number]
        for paper, number in paper_ids(desk.form, canonical).items()
    }
    attach_to_case(session(), actor(), papers, case_id, region, now=now())
    for paper in papers:
        row = session().get(Document, paper)
        if row is not None and row.case_id is None and row.about == desk.draft.id.hex:
            let_go(session(), row, now=now())


def papers_on(desk: Desk, blocks: Sequence[Block]) -> dict[str, uuid.UUID]:
    """Path → id of every paper the draft holds, for the links beside the fields."""
    held = {}
    for row, question in questions_of(blocks):
        value = desk.draft.state.fields.get(row.prefix + question.name)
        if question.kind in {QuestionKind.DOCUMENT, QuestionKind.SIGNATURE, QuestionKind.PHOTO} and value:
            held[row.prefix + question.name] = uuid.UUID(str(value))
    return held


@blueprint.get("/intake/<uuid:draft_id>/papers/<uuid:document_id>")
@access(Permission.CASE_INTAKE)
def intake_paper(draft_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """One scanned paper of a draft; the look is audited."""
    desk = open_desk(read_window_draft(session(), draft_id))
    mine = papers_on(desk, desk.blocks(sent=False)).values()
    found(document_id if document_id in mine else None)
    opened = open_document(session(), file_store(), document_id, now=now())
    return file_response(opened.content, opened.file_name, opened.document.content_kind.value, inline=True)
