"""The authorisation as a signer reads it, and the form she signs: the same in the wizard, by link and afterwards."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.authorisations.models import SignerRole
from core.authorisations.texts import AuthorisationText, ReadingWay
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.errors import Problem
from core.forms import Choice
from core.sessions import ScopedSession
from core.uploads import PAPERS
from core.web.choice_fields import ChoicesField, TickField
from core.web.fields import LongTextField
from core.web.file_fields import SignatureField
from core.web.form_builder import Form
from core.web.request import actor, now
from core.web.stored_files import file_store
from core.web.texts import N_, gettext, message_text


@dataclass(frozen=True, slots=True)
class Reading:
    """The words in the reader's language. `terms`: (what, the part that must strike the eye, the rest).

    `consequences`: what follows from not signing and from withdrawing; `refusal`: from not signing alone.
    """

    title: str
    lead: str
    terms: list[tuple[str, str, str]]
    consequences: list[str]
    refusal: list[str]
    how_to_withdraw: str
    basis: str
    statement: str


def reading_of(
    text: AuthorisationText, role: SignerRole, values: Mapping[str, object], way: ReadingWay
) -> Reading:
    """A version of the text filled in, for who reads it in that way."""

    def say(message: str) -> str:
        return message_text(message, values)

    refusal = [say(text.if_refused)]
    if role is SignerRole.SUPPORTER:
        refusal.append(say(text.supporter_refusal))
    return Reading(
        title=say(text.title[role]),
        lead=say(text.lead),
        terms=[
            (gettext("查谁"), "", say(text.whom[role])),
            (gettext("谁来查"), "", say(text.asked_by)),
            (gettext("为了什么"), "", say(text.purpose)),
            (gettext("到什么时候"), say(text.until), say(text.after_until)),
            (gettext("您能看到"), "", say(text.sees[way])),
        ],
        consequences=[*refusal, say(text.if_withdrawn), say(text.in_any_case)],
        refusal=[*refusal, say(text.in_any_case)],
        how_to_withdraw=say(text.how_to_withdraw[way]),
        basis=say(text.basis),
        statement=say(text.statement[role]),
    )


class SignForm(Form):
    """Ticks, signature and will; nothing is ticked beforehand."""

    sources = ChoicesField(N_("同意查哪些"), required=True)
    signature = SignatureField(N_("您的签名"), required=True)
    agreed = TickField(N_("我愿意"), required=True)


class WizardSignForm(SignForm):
    """The applicant's own: she may sign for the children whose guardian she is in the same breath."""

    as_guardian = ChoicesField(N_("也代孩子签"))


class ReasonForm(Form):
    """A reason one may give, or leave out."""

    reason = LongTextField(N_("原因"), max_length=500)


def offer(form: SignForm, sources: Iterable[Mapping[str, Any]], reading: Reading) -> None:
    """Fill in the bodies of this case and the sentence of this signer."""
    form.sources.options = [
        Choice(str(each["code"]), str(each["body"]), hint=str(each["items"])) for each in sources
    ]
    form.agreed.label.text = reading.statement


def store_signature(database: ScopedSession, form: SignForm, belonging: Belonging, *, title: str) -> Any:
    """Keep what the signer wrote or photographed; None, with the reason beside the field, when it cannot be kept."""
    field = form.signature
    content = field.image if field.image is not None else field.uploads[0].read() if field.uploads else b""
    kind = DocumentKind.SIGNATURE if field.image is not None else DocumentKind.PAPER_AUTHORISATION
    try:
        return store_document(
            database,
            actor(),
            file_store(),
            content,
            kind,
            belonging,
            now=now(),
            title=title,
            accept=PAPERS,
        )
    except Problem as problem:
        form.mark(problem, beside="signature")
        return None


def source_rows(sources: Sequence[Any]) -> list[dict[str, Any]]:
    """Bodies of a scheme as an authorisation keeps them, in the reader's language."""
    return [
        {
            "code": each.code,
            "body": gettext(each.body),
            "items": gettext(each.items),
            "required": each.required,
        }
        for each in sources
    ]
