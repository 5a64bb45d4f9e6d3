"""What a pack says of a kind of assistance: its steps, limits, sources, letters and notices, all as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Authority(StrEnum):
    """Who takes a step."""

    APPLICANT = "applicant"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class AreaKind(StrEnum):
    """The areas a scheme knows; the standard follows the household's registered area."""

    URBAN = "urban"
    RURAL = "rural"


class LimitUnit(StrEnum):
    """Working days follow the confirmed calendar; calendar days move off a holiday (Civil Code 203)."""

    WORKING_DAYS = "working_days"
    DAYS = "days"


class LimitCase(StrEnum):
    """Which cases a limit is for; the nearest special one wins over ALWAYS."""

    ALWAYS = "always"
    DELEGATED = "delegated"
    HARD = "hard"


class PersonKind(StrEnum):
    """Whose economy is verified, hence who must sign (decision 8)."""

    MEMBERS = "members"
    SUPPORTERS = "supporters"


class NoticeField(StrEnum):
    """Everything a notice may ever show (domain 2.8, decision 13); a field that is not here cannot be listed."""

    APPLICANT_NAME = "applicant_name"
    VILLAGE = "village"
    VILLAGE_GROUP = "village_group"
    HOUSEHOLD_SIZE = "household_size"
    KIND = "kind"
    MONTHLY_AMOUNT = "monthly_amount"
    OPENS_ON = "opens_on"
    CLOSES_ON = "closes_on"
    HOW_TO_OBJECT = "how_to_object"
    OFFICE_PHONE = "office_phone"


class ChildNameRule(StrEnum):
    """How a child who heads a case is named; the notice never says why (decision 13)."""

    SURNAME_ONLY = "surname_only"
    NO_NAME = "no_name"


class LetterKind(StrEnum):
    """Papers sent to a person (domain 2.9)."""

    ACCEPTANCE = "acceptance"
    ACCEPTANCE_SLIP = "acceptance_slip"
    DEFICIENCY = "deficiency"
    NOT_ACCEPTED = "not_accepted"
    AUTHORISATION = "authorisation"
    PROMISE = "promise"
    ENTRUSTMENT = "entrustment"
    VERIFICATION_RESULT = "verification_result"
    RECHECK_RESULT = "recheck_result"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class StepDeclaration:
    """One step: `after` names the steps that must be done first; `starts_clock`: the whole limit runs from its end."""

    code: str
    title: str
    authority: Authority
    after: tuple[str, ...] = ()
    limit: str = ""
    starts_clock: bool = False
    resident_title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LimitDeclaration:
    """A statutory limit. `key`: the law parameter that holds the number of days; `starts`, `ends`: step codes.

    `local`: set by the place, not by the national text, and shown as such (decision 11).
    """

    code: str
    title: str
    key: str
    starts: str
    ends: str
    unit: LimitUnit = LimitUnit.WORKING_DAYS
    when: LimitCase = LimitCase.ALWAYS
    local: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceRequirement:
    """One body that is asked, what it is asked about, and whether the scheme cannot do without it."""

    code: str
    body: str
    items: str
    required: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class LetterDeclaration:
    """A letter: `template` is a UTF-8 text file of paragraphs with Jinja placeholders, of which `fields` lists every one.

    The first line greets the reader and ends with "："; the last two are the office that sends it and the day.
    """

    kind: LetterKind
    title: str
    template: Path
    legal_basis: str
    fields: tuple[str, ...] = ()
    tells_appeal: bool = False


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice: its whitelist, how long it hangs (law parameter `days_key`; empty: while assistance lasts)."""

    code: str
    title: str
    fields: tuple[NoticeField, ...]
    days_key: str
    child_name_rule: ChildNameRule
    source: str = ""


@dataclass(frozen=True, slots=True)
class RelatedPartyRule:
    """Whose near relations are registered apart and always visited by the county (57号 第十一、二十条)."""

    question: str
    register_title: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class VariantDeclaration:
    """A way to receive the scheme; the public kind stays the scheme's (decision 13). `rule`: the `scheme` of its rules."""

    code: str
    title: str
    hint: str
    source: str
    rule: str


@dataclass(frozen=True, slots=True)
class PauseReason:
    """A listed reason to stop the clock after acceptance (decision 11)."""

    code: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of assistance in one region.

    Numbers are law parameters: `income_window_key` (whole months before the month of application), `visitors_key` (least
    number of people on a visit), the keys of `limits`.
    `public_kind` is what notices call it. `delegation_key`: the law parameter saying whether the township confirms.
    `limits`, `letters`, `notices` and `sources` are looked up by code; an amendment of a nearer region may replace each.
    """

    code: str
    name: str
    region_code: str
    public_kind: str
    areas: tuple[AreaKind, ...]
    steps: tuple[StepDeclaration, ...]
    limits: tuple[LimitDeclaration, ...]
    income_window_key: str
    visitors_key: str
    sources: tuple[SourceRequirement, ...]
    required_persons: tuple[PersonKind, ...]
    letters: tuple[LetterDeclaration, ...]
    notices: tuple[NoticeKind, ...]
    application_form: str
    visit_form: str
    related_party_rule: RelatedPartyRule
    variants: tuple[VariantDeclaration, ...]
    pause_reasons: tuple[PauseReason, ...] = ()
    confirm_authority: Authority = Authority.COUNTY
    delegation_key: str = ""
    open_to_apply: bool = True
    source: str = ""

    def step(self, code: str) -> StepDeclaration:
        """The step of that code; KeyError when the scheme has none."""
        return _by(self.steps, "code", code)

    def limit(self, code: str, when: LimitCase = LimitCase.ALWAYS) -> LimitDeclaration:
        """The limit of that code for such cases, else for all; KeyError when there is none."""
        for wanted in (when, LimitCase.ALWAYS):
            for limit in self.limits:
                if limit.code == code and limit.when is wanted:
                    return limit
        raise KeyError(code)

    def variant(self, code: str) -> VariantDeclaration:
        """The variant of that code; KeyError when the scheme has none."""
        return _by(self.variants, "code", code)

    def source_requirement(self, code: str) -> SourceRequirement:
        """What body `code` is asked; KeyError when the scheme asks none of that code."""
        return _by(self.sources, "code", code)

    def letter(self, kind: LetterKind) -> LetterDeclaration:
        """The letter of that kind; KeyError when the scheme has none."""
        return _by(self.letters, "kind", kind)

    def notice(self, code: str) -> NoticeKind:
        """The notice kind of that code; KeyError when the scheme has none."""
        return _by(self.notices, "code", code)


def _by(rows: tuple[T, ...], name: str, value: str) -> T:
    for row in rows:
        if getattr(row, name) == value:
            return row
    raise KeyError(value)
