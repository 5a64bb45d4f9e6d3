"""Forms declared as data, without any web framework: declarations, reading and checking answers, sealing what is personal."""

from core.forms.answers import (
    Answers,
    FieldFault,
    coded_answers,
    is_shown,
    join_answers,
    read_answers,
    split_answers,
    validate_answers,
)
from core.forms.declarations import (
    MEMBER_ROWS,
    Choice,
    Enquiry,
    FormDeclaration,
    FormSubject,
    Per,
    Question,
    QuestionKind,
    Section,
    Sensitivity,
    ShownIf,
)
from core.forms.money import parse_money
from core.forms.values import Today, is_empty, read_value

__all__ = [
    "MEMBER_ROWS",
    "Answers",
    "Choice",
    "Enquiry",
    "FieldFault",
    "FormDeclaration",
    "FormSubject",
    "Per",
    "Question",
    "QuestionKind",
    "Section",
    "Sensitivity",
    "ShownIf",
    "Today",
    "coded_answers",
    "is_empty",
    "is_shown",
    "join_answers",
    "parse_money",
    "read_answers",
    "read_value",
    "split_answers",
    "validate_answers",
]
