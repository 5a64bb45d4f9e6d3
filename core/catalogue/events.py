"""What a pack is told when something happened, and what it may answer; no names, no numbers of people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One counted or uncounted member: `age` in full years; `disability_class`, `disability_grade` None without certificate.

    `mental_part_grade`: of the intellectual or mental part of a multiple disability (class 7), None where there is none.
    """

    age: int
    relation: str
    counted: bool
    working: bool
    student: bool
    seriously_ill: bool
    disability_class: int | None = None
    disability_grade: int | None = None
    mental_part_grade: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as packs see it. `variant` as in the scheme ("household", "single_person"); `area` "urban" or "rural"."""

    case_id: uuid.UUID
    number: str
    scheme: str
    variant: str
    area: str
    region_code: str
    members: tuple[MemberFacts, ...]


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """How a case was decided. Amounts in fen; `per_head_yearly_fen` and `standard_yearly_fen` as the rule used them."""

    granted: bool
    monthly_fen: int
    per_head_yearly_fen: int
    standard_yearly_fen: int
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """A household of the register as packs see it; `category` as in the register, empty when in none."""

    household_id: uuid.UUID
    region_code: str
    area: str
    category: str
    members: tuple[MemberFacts, ...]


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit that was just recorded: its form and its coded answers (`core.forms.coded_answers`): no words, no names."""

    visit_id: uuid.UUID
    case_id: uuid.UUID | None
    region_code: str
    form_name: str
    form_version: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remark:
    """A line a pack adds to the case's history for the staff; `text` a msgid filled from `values`."""

    text: str
    source: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem a visit brought to light (R0-03): what, and which department it concerns."""

    code: str
    text: str
    department: str
    source: str
