"""Builds the form of a declared section: one field class per kind of question; a pack may subclass the result."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import Field

from core.errors import Problem
from core.forms import MEMBER_ROWS, Answers, Question, QuestionKind, Section
from core.web.choice_fields import (
    ChoiceField,
    ChoicesField,
    RadioChoiceField,
    RegionField,
    TickField,
    YesNoField,
)
from core.web.fields import (
    AnswerField,
    BankAccountField,
    DateField,
    DisabilityCertificateField,
    IdNumberField,
    LongTextField,
    MoneyField,
    NameField,
    PhoneField,
    TextField,
    WholeNumberField,
)  # fmt: skip
from core.web.file_fields import DocumentField, PhotoField, SignatureField
from core.web.messages import wtforms_messages
from core.web.place_fields import LocationField
from core.web.texts import gettext, language, message_text

FIELD_CLASSES: dict[QuestionKind, type[AnswerField]] = {
    QuestionKind.TEXT: TextField,
    QuestionKind.LONG_TEXT: LongTextField,
    QuestionKind.ID_NUMBER: IdNumberField,
    QuestionKind.NAME: NameField,
    QuestionKind.PHONE: PhoneField,
    QuestionKind.MONEY: MoneyField,
    QuestionKind.WHOLE_NUMBER: WholeNumberField,
    QuestionKind.DATE: DateField,
    QuestionKind.YES_NO: YesNoField,
    QuestionKind.CHOICE: RadioChoiceField,
    QuestionKind.CHOICES: ChoicesField,
    QuestionKind.BANK_ACCOUNT: BankAccountField,
    QuestionKind.DISABILITY_CERTIFICATE: DisabilityCertificateField,
    QuestionKind.REGION: RegionField,
    QuestionKind.PHOTO: PhotoField,
    QuestionKind.DOCUMENT: DocumentField,
    QuestionKind.LOCATION: LocationField,
    QuestionKind.SIGNATURE: SignatureField,
}


class _Sentences:
    """The words of WTForms' own validators in the reader's language."""

    def gettext(self, text: str) -> str:
        return _built_in(language()).get(text, gettext(text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self.gettext(singular if count == 1 else plural)


@lru_cache(maxsize=4)
def _built_in(spoken: str) -> dict[str, str]:
    return wtforms_messages(spoken)


class Form(FlaskForm):
    """The base of every form. Labels and hints are msgids and appear in the reader's language.

    `known`: the answers of the case so far, for questions that depend on them. `members`: names of the household's
    members in their order, for questions that point at one.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Sentences:  # noqa: ARG002
            return _Sentences()

    def __init__(
        self,
        formdata: Any = _Auto,
        *,
        data: Mapping[str, Any] | None = None,
        prefix: str = "",
        known: Mapping[str, Any] | None = None,
        members: Sequence[str] = (),
    ) -> None:
        self.known: dict[str, Any] = dict(known or {})
        super().__init__(formdata, data=data, prefix=prefix)
        for field in self:
            field.label.text = gettext(field.label.text)
            field.description = gettext(field.description) if field.description else ""
            if isinstance(field, ChoiceField) and field.question.choices_from == MEMBER_ROWS:
                field.offer_members(members)

    def mark(self, problem: Problem, *, beside: str = "") -> None:
        """Show a problem that core found beside its field, or above the form when it names none of these fields.

        `beside` names the field where the problem itself does not, or names another.
        """
        told = message_text(problem.message, problem.values)
        name = beside or (getattr(problem, "field", None) or "").rpartition(".")[2]
        if name in self:
            self[name].errors = [*self[name].errors, told]
        else:
            self.form_errors: list[str] = [*self.form_errors, told]

    def answers(self) -> Answers:
        """The canonical answers, after `validate`; what was not answered or not asked is left out."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if isinstance(field, AnswerField) and field.data is not None and not field.errors
        }

    def typed(self) -> Answers:
        """What was sent, right or wrong, for a draft: canonical where it could be read, else word for word."""
        kept = self.answers()
        for name, field in self._fields.items():
            if isinstance(field, AnswerField) and name not in kept and field.typed:
                kept[name] = field.typed
        return kept


def field_for(question: Question) -> Any:
    """The unbound field of a question."""
    return FIELD_CLASSES[question.kind](question=question)


def form_class(section: Section, *, base: type[Form] = Form, without: Iterable[str] = ()) -> type[Form]:
    """The form of one section, its fields in the order of the questions; `without` leaves questions out by name."""
    left_out = frozenset(without)
    fields = {
        question.name: field_for(question)
        for question in section.questions
        if question.asked and question.name not in left_out
    }
    # WTForms keeps fields by the order they were made in, which is the order of the questions
    made: type[Form] = types.new_class(
        f"{base.__name__}Of{section.name.title()}", (base,), {}, lambda names: names.update(fields)
    )
    return made


def fields_of(form: Form) -> list[Field]:
    """The fields a person sees, without the token."""
    return [field for field in form if field.type != "CSRFTokenField"]


__all__ = ["FIELD_CLASSES", "Form", "TickField", "field_for", "fields_of", "form_class"]
