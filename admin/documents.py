"""The papers of a case: what lies in its file, and one paper shown or saved, which leaves a look."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import case_frame
from core.access import Permission
from core.documents.queries import open_document, papers_of_case, titles
from core.documents.titles import KIND_TITLES
from core.web.access_gate import access
from core.web.page import file_response, page
from core.web.request import now, session
from core.web.stored_files import file_store


@blueprint.get("/cases/<uuid:case_id>/documents")
@access(Permission.DOCUMENT_READ)
def case_documents(case_id: uuid.UUID) -> Response:
    """Everything in the file of a case, by kind and person."""
    frame = case_frame(case_id, "documents")
    papers = papers_of_case(session(), case_id)
    return page(
        "admin/documents/list.html",
        frame=frame,
        papers=papers,
        titles=titles(session(), papers),
        kind_titles=KIND_TITLES,
    )


@blueprint.get("/documents/<uuid:document_id>")
@access(Permission.DOCUMENT_READ)
def document(document_id: uuid.UUID) -> Response:
    """One paper, decrypted for this answer alone: shown in the browser, or saved with `?save=1`. Never kept on the way."""
    opened = open_document(session(), file_store(), document_id, now=now())
    inline = request.args.get("save") != "1"
    return file_response(opened.content, opened.file_name, str(opened.document.content_kind), inline=inline)
