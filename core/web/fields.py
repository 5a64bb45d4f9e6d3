"""Form fields for the kinds of answers that are typed: each reads as core.forms reads, and says what is wrong humanely."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TelInput, TextArea, TextInput

from core.contact_numbers import parse_bank_account
from core.errors import Invalid
from core.forms import Choice, Question, QuestionKind, ShownIf, Today, is_empty, is_shown, read_value
from core.translations import N_
from core.web.formats import typed_money
from core.web.installation import installation
from core.web.request import today
from core.web.texts import gettext, message_text

__all__ = [
    "AnswerField", "BankAccountField", "DateField", "DisabilityCertificateField", "IdNumberField", "LongTextField",
    "MoneyField", "NameField", "PhoneField", "TextField", "WholeNumberField",
]  # fmt: skip


class AnswerField(Field):
    """An answer to one question, given or made up from the arguments.

    Before `validate`, `data` is the stored value; after it, the canonical value of core.forms.values, or None when
    nothing was answered. `typed` keeps what was sent, word for word, for showing again and for drafts.
    """

    kind: ClassVar[QuestionKind] = QuestionKind.TEXT
    widget = TextInput()
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off"}

    def __init__(
        self,
        label: str | None = None,
        validators: Sequence[Any] | None = None,
        *,
        question: Question | None = None,
        required: bool = False,
        hint: str = "",
        choices: Sequence[Choice | tuple[str, str]] = (),
        minimum: int | None = None,
        maximum: int | None = None,
        max_length: int = 200,
        not_future: bool = False,
        shown_if: ShownIf | None = None,
        render_kw: Mapping[str, Any] | None = None,
        **bound: Any,
    ) -> None:
        """`label`, `hint`: msgids. `minimum`, `maximum`: fen for money, else the number. `bound` comes from WTForms."""
        self.question = question or Question(
            name=bound.get("name", ""),
            label=label or "",
            kind=self.kind,
            required=required,
            hint=hint,
            choices=tuple(each if isinstance(each, Choice) else Choice(*each) for each in choices),
            minimum=minimum,
            maximum=maximum,
            max_length=max_length,
            not_future=not_future,
            shown_if=shown_if,
        )
        self.typed: str | None = None
        self.declined: str | None = None
        # a native `required` would stop the form in the browser, before our sentences can help
        super().__init__(
            self.question.label,
            validators,
            description=self.question.hint,
            render_kw={**self.attributes, **(render_kw or {})},
            **bound,
        )
        if self.question.required:
            self.flags.needed = True

    @property
    def needed(self) -> bool:
        """Whether it must be answered when it is asked at all; templates mark the others."""
        return bool(self.question.required)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Also read the reason given instead of an answer, where the question allows one."""
        if self.question.may_decline and formdata is not None:
            self.declined = (formdata.get(f"{self.name}-declined") or "").strip() or None
        if data is None:
            super().process(formdata, extra_filters=extra_filters)
        else:
            super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = str(valuelist[0]) if valuelist else None

    def given(self) -> object:
        """What is to be read: what was sent, else what was stored before."""
        if self.declined:
            return {"declined": self.declined}
        return self.typed if self.raw_data is not None else self.data

    def pre_validate(self, form: Any) -> None:
        """Read the answer, or stop with the sentence that says what to mend."""
        given = self.given()
        if not is_shown(self.question, _known(form)):
            self.data = None
            raise StopValidation
        if is_empty(given):
            self.data = None
            if self.question.required and self.question.asked:
                raise StopValidation(self.missing())
            return
        try:
            self.data = self.read(given)
        except Invalid as fault:
            raise StopValidation(message_text(fault.message, fault.values)) from None

    def missing(self) -> str:
        """The sentence for no answer."""
        return gettext("请填写“{label}”", label=gettext(self.question.label))

    def read(self, given: object) -> Any:
        """The canonical value. Raises Invalid."""
        return read_value(self.question, given, _clock())

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.written(self.data)

    def written(self, value: Any) -> str:
        """A stored value as a person would type it."""
        return str(value)


def _known(form: Any) -> dict[str, Any]:
    known: dict[str, Any] = dict(getattr(form, "known", {}))
    for name, field in form._fields.items():
        known[name] = field.data
    return known


def _clock() -> Today:
    return Today(today(), demo=installation().demo or installation().settings.testing)


class TextField(AnswerField):
    """One line."""


class LongTextField(AnswerField):
    """Several lines."""

    kind = QuestionKind.LONG_TEXT
    widget = TextArea()
    attributes: ClassVar[Mapping[str, str]] = {"rows": "4"}


class NameField(AnswerField):
    """A name as on the document: rare characters (𠮷) and the dot of minority names pass, pictures do not."""

    kind = QuestionKind.NAME

    def read(self, given: object) -> Any:
        if any(unicodedata.category(char) in {"So", "Sk", "Cs", "Co"} for char in str(given)):
            raise Invalid(N_("姓名里不能有表情或符号；请按证件上的姓名填写，生僻字可以直接填"))
        # invisible characters come along when a name is pasted, and make two of one person
        return super().read("".join(char for char in str(given) if unicodedata.category(char) != "Cf"))


class IdNumberField(AnswerField):
    """A citizen ID or permit number; stored as 18 characters with a capital X."""

    kind = QuestionKind.ID_NUMBER
    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "off",
        "spellcheck": "false",
        "autocapitalize": "characters",
    }


class ComparedNumberField(TextField):
    """An ID number that is compared with one at hand and not kept: however it is typed, no fault of form is told."""

    attributes = IdNumberField.attributes


class DisabilityCertificateField(IdNumberField):
    """A disability certificate number."""

    kind = QuestionKind.DISABILITY_CERTIFICATE


class PhoneField(AnswerField):
    """A mobile or fixed phone."""

    kind = QuestionKind.PHONE
    widget = TelInput()
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off", "inputmode": "tel"}


class BankAccountField(AnswerField):
    """An account number; `warning` says that it looks unusual, which never blocks."""

    kind = QuestionKind.BANK_ACCOUNT
    attributes: ClassVar[Mapping[str, str]] = {
        "autocomplete": "off",
        "inputmode": "numeric",
        "spellcheck": "false",
    }

    @property
    def warning(self) -> str | None:
        """The sentence to show beside an account that reads but looks odd, or None."""
        if self.errors or not self.data:
            return None
        try:
            message = parse_bank_account(str(self.data)).warning
        except Invalid:
            return None
        return gettext(message) if message else None


class MoneyField(AnswerField):
    """Yuan as people write them, stored as fen."""

    kind = QuestionKind.MONEY
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off", "inputmode": "decimal"}

    def written(self, value: Any) -> str:
        return typed_money(value) if isinstance(value, int) else str(value)


class WholeNumberField(AnswerField):
    """A count."""

    kind = QuestionKind.WHOLE_NUMBER
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off", "inputmode": "numeric"}


class DateField(AnswerField):
    """A day: 2026-11-22, 2026年11月22日 or 20261122; `day` is it as a date."""

    kind = QuestionKind.DATE
    attributes: ClassVar[Mapping[str, str]] = {"autocomplete": "off", "inputmode": "numeric"}

    def read(self, given: object) -> Any:
        text = unicodedata.normalize("NFKC", str(given)).strip() if not isinstance(given, date) else given
        if isinstance(text, str) and len(text) == 8 and text.isascii() and text.isdigit():
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        return super().read(text)

    @property
    def day(self) -> date | None:
        """The day, once validated."""
        return date.fromisoformat(self.data) if self.data else None
