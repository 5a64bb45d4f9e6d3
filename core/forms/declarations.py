"""Forms as data: what is asked, of whom, for which purpose and on which legal basis (decision 16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class QuestionKind(StrEnum):
    """How an answer is given; the canonical stored value of each kind is told in `core.forms.values`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    ID_NUMBER = "id_number"
    NAME = "name"
    PHONE = "phone"
    MONEY = "money"
    WHOLE_NUMBER = "whole_number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    BANK_ACCOUNT = "bank_account"
    DISABILITY_CERTIFICATE = "disability_certificate"
    REGION = "region"
    PHOTO = "photo"
    DOCUMENT = "document"
    LOCATION = "location"
    SIGNATURE = "signature"


class Sensitivity(StrEnum):
    """PERSONAL tells something about a person; SENSITIVE is one of the kinds of PIPL article 28. Both are stored sealed."""

    PLAIN = "plain"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Enquiry(StrEnum):
    """How facts are established beside the visit at home (R1-14, 57号 第十六条)."""

    NEIGHBOUR = "neighbour"
    LETTER = "letter_enquiry"


class FormSubject(StrEnum):
    """What a form is about; a region has at most one form in force per subject and scheme."""

    APPLICATION = "application"
    VISIT = "visit"
    DISCOVERY = "discovery"
    ASSESSMENT = "assessment"
    SELF_CHECK = "self_check"


class Per(StrEnum):
    """How often a section is asked. Answers of every kind but CASE are a list of rows under the kind's `rows` name."""

    CASE = "case"
    MEMBER = "member"
    SUPPORTER = "supporter"
    INCOME = "income"
    PROPERTY = "property"
    EXPENSE = "expense"

    @property
    def rows(self) -> str:
        """The name in an answer set that holds this kind's list of rows; empty for CASE."""
        return _ROWS[self]


_ROWS = {
    Per.CASE: "",
    Per.MEMBER: "members",
    Per.SUPPORTER: "supporters",
    Per.INCOME: "incomes",
    Per.PROPERTY: "properties",
    Per.EXPENSE: "expenses",
}
# a question of kind CHOICE with these choices points at a row of "members" by its number, from 0
MEMBER_ROWS = "@members"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: stored as `code`, shown as `label`. `raises` names the problem this answer reveals (R0-30)."""

    code: str
    label: str
    hint: str = ""
    raises: str = ""
    law_label: str = ""


@dataclass(frozen=True, slots=True)
class ShownIf:
    """The question is asked only when `question` (same row, else the case) was answered with one of `values`."""

    question: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `minimum`, `maximum`: fen for money, else the number itself. `label_key`: a law parameter or local
    setting whose text replaces `label`, for items a province words itself (R0-28). `may_decline`: a required photo or
    position may be replaced by a reason. `must_agree`: only "yes" lets the form go on (a duty, a promise). `unique`: no two
    rows of the section may give the same answer. `enquiry`: on a visit's yes/no question, "yes" says that it was made.
    """

    name: str
    label: str
    kind: QuestionKind
    required: bool = False
    sensitivity: Sensitivity = Sensitivity.PLAIN
    purpose: str = ""
    legal_basis: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""
    shown_if: ShownIf | None = None
    label_key: str = ""
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 200
    not_future: bool = False
    may_decline: bool = False
    unique: bool = False
    must_agree: bool = False
    prefilled: bool = False
    obtained_from: str = ""
    enquiry: Enquiry | None = None

    @property
    def asked(self) -> bool:
        """False when a platform or the register supplies the answer, so that nobody is asked twice (57号 第十条)."""
        return not self.obtained_from


@dataclass(frozen=True, slots=True)
class Section:
    """A page's worth of questions. `exactly`: (question, value) that exactly one row must give, e.g. one head."""

    name: str
    title: str
    questions: tuple[Question, ...]
    per: Per = Per.CASE
    hint: str = ""
    add_label: str = ""
    at_least: int = 0
    at_most: int = 100
    exactly_one: tuple[str, object] | None = None


@dataclass(frozen=True, slots=True)
class FormDeclaration:
    """A form of one region. `name` + `version` never change meaning: a changed form is a new version, the old one stays."""

    name: str
    version: str
    subject: FormSubject
    title: str
    sections: tuple[Section, ...]
    region_code: str
    scheme: str = ""
    source: str = ""

    @property
    def questions(self) -> Iterator[Question]:
        """Every question of every section, in order."""
        return (question for section in self.sections for question in section.questions)

    def question(self, name: str, per: Per = Per.CASE) -> Question:
        """The question of that name asked so often; KeyError when there is none."""
        for section in self.sections:
            for question in section.questions:
                if question.name == name and section.per is per:
                    return question
        raise KeyError(name)

    def section(self, name: str) -> Section:
        """The section of that name; KeyError when there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    def sections_per(self, per: Per) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.per is per)

    def with_labels(self, labels: Mapping[str, str]) -> FormDeclaration:
        """This form with the labels a province or county has worded itself: `label_key` → text."""
        return replace(
            self,
            sections=tuple(
                replace(
                    section,
                    questions=tuple(
                        replace(question, label=labels.get(question.label_key, question.label))
                        for question in section.questions
                    ),
                )
                for section in self.sections
            ),
        )
