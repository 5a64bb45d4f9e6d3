"""The words of the law: what a parameter is, who declares it, who enters it, and what was read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from fractions import Fraction

from core.errors import Problem

NATIONAL = "000000000000"


class Area(IntEnum):
    """The kind of a household's registered area; one standard for all its members."""

    URBAN = 1
    RURAL = 2


class Unit(StrEnum):
    """How a value counts. Monthly fen become yearly (× 12) when read."""

    FEN_PER_MONTH = "fen_per_month"
    FEN_PER_YEAR = "fen_per_year"
    FEN = "fen"
    RATIO = "ratio"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"
    COUNT = "count"
    GRADE = "grade"
    YES_NO = "yes_no"
    TEXT = "text"

    @property
    def is_money(self) -> bool:
        return self in _MONEY


_MONEY = frozenset({Unit.FEN_PER_MONTH, Unit.FEN_PER_YEAR, Unit.FEN})

Value = str | int | Fraction


class LawFault(Problem):
    """A parameter file that cannot be used; the message names the file and the key. Raised at start, never later."""

    status = 500


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a key means: its Chinese name, the units it may have, who enters it, the range the texts allow.

    `per_area` means urban and rural values differ; `entered_by` is the lowest level that enters it on screen (""
    when only packs give it); `least` and `most` are inclusive, in the value's own unit.
    """

    key: str
    name: str
    units: tuple[Unit, ...]
    region: str
    per_area: bool = False
    entered_by: str = ""
    least: Fraction | None = None
    most: Fraction | None = None
    document: str = ""
    article: str = ""

    def allows(self, value: Value) -> bool:
        """Whether a number lies in the range the texts allow; a text always does."""
        if isinstance(value, str):
            return True
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated, cited value of a key in a region. `effective_to` is its last day, or None.

    `default` marks a value chosen where the texts are silent; `entered` one that a county entered on screen.
    """

    key: str
    value: Value
    unit: Unit
    region: str
    effective_from: date
    document: str
    area: Area | None = None
    effective_to: date | None = None
    article: str = ""
    default: bool = False
    entered: bool = False
    origin: str = ""  # the file, for faults

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Standard:
    """A value entered on screen with its document number, as a plain row; a later one replaces it from its own day."""

    key: str
    region_code: str
    value: Value
    unit: Unit
    effective_from: date
    document: str
    area: Area | None = None
    effective_to: date | None = None
    article: str = ""

    def as_parameter(self) -> Parameter:
        return Parameter(
            key=self.key,
            value=self.value,
            unit=self.unit,
            region=self.region_code,
            effective_from=self.effective_from,
            document=self.document,
            area=self.area,
            effective_to=self.effective_to,
            article=self.article,
            entered=True,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """One value a decision read: stored with it, shown beside it. `value` is in `unit`, as entered."""

    key: str
    name: str
    value: Value
    unit: Unit
    area: Area | None
    region: str
    effective_from: date
    effective_to: date | None
    document: str
    article: str
    default: bool

    def as_row(self) -> dict[str, str | int | bool | None]:
        """Plain JSON values; a ratio is written "3/2"."""
        return {
            "key": self.key,
            "name": self.name,
            "value": str(self.value) if isinstance(self.value, Fraction) else self.value,
            "unit": self.unit.value,
            "area": None if self.area is None else self.area.name.lower(),
            "region": self.region,
            "effective_from": self.effective_from.isoformat(),
            "effective_to": None if self.effective_to is None else self.effective_to.isoformat(),
            "document": self.document,
            "article": self.article,
            "default": self.default,
        }


def path_of(code: str) -> tuple[str, ...]:
    """A 12-digit region code and its parents by prefix, nearest first, ending with the nation.

    >>> path_of("520328100000")
    ('520328100000', '520328000000', '520300000000', '520000000000', '000000000000')
    """
    parents = [code] + [code[:length].ljust(12, "0") for length in (9, 6, 4, 2)] + [NATIONAL]
    return tuple(dict.fromkeys(parents))
