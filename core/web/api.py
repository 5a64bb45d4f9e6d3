"""The names of core.web that a pack with pages of its own may import."""

from core.web.access_gate import LINK, PUBLIC, RESIDENT, STAFF, access, may
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
from core.web.form_builder import Form, form_class
from core.web.identity_sign_in import enter_with_identity, next_page
from core.web.limits import limited
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import file_response, page, redirect_to
from core.web.place_fields import LocationField
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, ngettext, text_of

__all__ = [
    "LINK",
    "N_",
    "PUBLIC",
    "RESIDENT",
    "STAFF",
    "AnswerField",
    "BankAccountField",
    "ChoiceField",
    "ChoicesField",
    "DateField",
    "DisabilityCertificateField",
    "DocumentField",
    "Form",
    "IdNumberField",
    "LocationField",
    "LongTextField",
    "MoneyField",
    "NameField",
    "NavEntry",
    "PhoneField",
    "PhotoField",
    "RadioChoiceField",
    "RegionField",
    "SignatureField",
    "TextField",
    "TickField",
    "WholeNumberField",
    "YesNoField",
    "access",
    "actor",
    "add_to_navigation",
    "enter_with_identity",
    "file_response",
    "form_class",
    "gettext",
    "limited",
    "may",
    "next_page",
    "ngettext",
    "now",
    "page",
    "redirect_to",
    "session",
    "text_of",
    "today",
]  # fmt: skip
