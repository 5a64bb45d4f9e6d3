"""Photos of a visit: kept sealed as they are taken, small and without a place in them; each look at one is on record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_papers import bytes_of
from admin.visit_known import FILES
from admin.visit_page import SectionForm, VisitDesk
from core.access import Permission
from core.documents.changes import Belonging, store_document
from core.documents.models import Document, DocumentKind
from core.documents.queries import open_document
from core.encrypted_files import StorageFailed
from core.errors import Invalid
from core.forms import Question, QuestionKind
from core.sessions import found
from core.uploads import PAPERS, PHOTOS
from core.visits.drafts import photo_about, read_visit_draft, replace_photo
from core.visits.queries import visit_record
from core.web.access_gate import access
from core.web.formats import clock
from core.web.page import file_response
from core.web.request import actor, now, session
from core.web.stored_files import file_store
from core.web.texts import gettext, language, text_of

KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo or signature already kept: its document, and `已拍 13:58 412 KB` or `已签 13:58`."""

    document_id: uuid.UUID
    text: str


def keep_photos(desk: VisitDesk, sections: Sequence[SectionForm]) -> int | None:
    """Store what came along; the status of the page when one could not be kept, told beside its field."""
    status: int | None = None
    for part in sections:
        for question in part.section.questions:
            if question.kind not in FILES or question.name not in part.form:
                continue
            each = part.form[question.name]
            uploads = getattr(each, "uploads", [])
            content = getattr(each, "image", None) or (bytes_of(uploads[0]) if uploads else None)
            if content is None:
                continue
            before = desk.draft.state.fields.get(question.name)
            document, told, failed = _store(desk, question, content)
            if document is None:
                each.errors, status = [told], failed
                continue
            each.errors = []
            desk.keep({question.name: str(document)})
            if isinstance(before, str) and before != str(document):
                replace_photo(session(), desk.draft.id, before, now=now())
    return status


def _store(desk: VisitDesk, question: Question, content: bytes) -> tuple[uuid.UUID | None, str, int]:
    photo = question.kind is QuestionKind.PHOTO
    kind = DocumentKind.SIGNATURE if question.kind is QuestionKind.SIGNATURE else DocumentKind.VISIT_PHOTO
    belonging = Belonging(
        region_code=desk.case.region_code,
        case_id=desk.case.id,
        about=photo_about(desk.draft.id, question.name),
    )
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
            accept=PHOTOS if photo else PAPERS,
        )
    except Invalid as problem:
        return None, text_of(problem), 422
    except StorageFailed as problem:
        return None, text_of(problem), 507
    return row.id, "", 200


def kept_photos(desk: VisitDesk) -> dict[str, KeptPhoto]:
    """Question → the photo or signature the draft holds."""
    files = {each.name for each in desk.form.questions if each.kind in FILES}
    ids = {
        name: uuid.UUID(value)
        for name, value in desk.draft.state.fields.items()
        if name in files and isinstance(value, str)
    }
    if not ids:
        return {}
    rows = session().scalars(select(Document).where(Document.id.in_(ids.values())))
    told = {row.id: _told(row) for row in rows}
    return {name: KeptPhoto(each, told[each]) for name, each in ids.items() if each in told}


def _told(row: Document) -> str:
    time = clock(row.given_at, language())
    if row.kind is DocumentKind.SIGNATURE:
        return gettext("已签 {time}", time=time)
    return gettext("已拍 {time} {size} KB", time=time, size=max(1, row.size // KILOBYTE))


@blueprint.get("/cases/<uuid:case_id>/visit/photos/<uuid:document_id>")
@access(Permission.VISIT_RECORD)
def visit_draft_photo(case_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A photo of one's own draft."""
    draft = found(read_visit_draft(session(), actor(), case_id))
    found(document_id if str(document_id) in draft.state.fields.values() else None)
    return _picture(document_id)


@blueprint.get("/visits/<uuid:visit_id>/photos/<uuid:document_id>")
@access(Permission.VISIT_READ)
def visit_photo(visit_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A photo (or signature) of a submitted visit."""
    record = visit_record(session(), visit_id)
    found(document_id if str(document_id) in record.answers.values() else None)
    return _picture(document_id)


def _picture(document_id: uuid.UUID) -> Response:
    opened = open_document(session(), file_store(), document_id, now=now())
    return file_response(opened.content, opened.file_name, opened.document.content_kind.value, inline=True)
