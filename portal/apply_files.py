"""Photos and papers of an application: kept in the account's own library, so that none is asked for twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from core.documents.changes import Belonging, store_document
from core.documents.models import Document, DocumentKind
from core.documents.queries import library, titles
from core.encrypted_files import StorageFailed
from core.errors import Invalid
from core.web.formats import short_day
from core.web.request import actor, now, session, signed_in
from core.web.stored_files import file_store
from core.web.texts import gettext, language, text_of
from portal.apply_wizard import Wizard

_OF_QUESTION = {
    "identity_photo": DocumentKind.ID_CARD,
    "illness_photo": DocumentKind.DIAGNOSIS,
    "marriage_photo": DocumentKind.MARRIAGE,
    "disability_photo": DocumentKind.DISABILITY_CERTIFICATE,
    "promise_signature": DocumentKind.SIGNATURE,
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
# a signature is given for one thing only and is never offered again
_NEVER_AGAIN = frozenset({DocumentKind.SIGNATURE, DocumentKind.PAPER_AUTHORISATION})


@dataclass(frozen=True, slots=True)
class UploadFault:
    """Why a file was not kept, in words; `status` of the page that says so."""

    told: str
    status: int


def kind_for(question: str, line_kind: str = "") -> DocumentKind:
    """What a paper given for a question is."""
    return _OF_QUESTION.get(question) or _OF_LINE.get(line_kind, DocumentKind.OTHER)


def keep_paper(
    wizard: Wizard, question: str, upload: FileStorage, line_kind: str = ""
) -> tuple[uuid.UUID | None, UploadFault | None]:
    """Keep an upload in the library; its id, or what was wrong. Everything typed before is already saved."""
    content = upload.stream.read()
    upload.close()
    return keep_bytes(wizard, question, content, line_kind)


def keep_bytes(
    wizard: Wizard, question: str, content: bytes, line_kind: str = ""
) -> tuple[uuid.UUID | None, UploadFault | None]:
    """The same for bytes."""
    kind = kind_for(question, line_kind)
    whose = Belonging(
        owner_account_id=signed_in().account_id,
        about=wizard.draft.id.hex if kind in _NEVER_AGAIN else "",
    )
    try:
        row = store_document(session(), actor(), file_store(), content, kind, whose, now=now())
    except Invalid as problem:
        return None, UploadFault(text_of(problem), 422)
    except StorageFailed as problem:
        return None, UploadFault(text_of(problem), 507)
    return row.id, None


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A paper of the library: offered again."""

    id: str
    title: str
    given: str


def known_papers(kinds: set[DocumentKind] | None = None) -> list[KnownPaper]:
    """What the account gave before and still keeps, newest first."""
    rows: list[Document] = [
        row for row in library(session(), signed_in().account_id, kinds or ()) if row.kind not in _NEVER_AGAIN
    ]
    names = titles(session(), rows)
    return [
        KnownPaper(str(row.id), gettext(names[row.id]), short_day(row.given_at, language())) for row in rows
    ]
