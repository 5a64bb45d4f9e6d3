"""Reads a 12-digit region code: its level, what lies above it, what it contains; no database.

A code is 2 digits of province, 2 of city, 2 of county, 3 of township, 3 of village; a parent is the same code with the
lower digits zero (domain part 4). Three things in the real codes need a rule:

* Dongguan, Zhongshan and Danzhou have townships directly below the city; the source gives them a county of the same
  code as the city (441900). Here they are one node of level CITY, and `codes_of(township)["county"]` is that city's code:
  every township has a county code, and the city's office acts as the county.
* Municipalities (Beijing 1101 市辖区, Chongqing 5002 县) and counties directly below a province (4290 省直辖县级行政区划) have a
  city that is only a heading. The node exists, so that every parent does; `is_heading` tells it, and screens skip it.
* Jinmen is listed a second time as its own township (350527000); the converter leaves that row out.
"""

from __future__ import annotations

from enum import IntEnum

from core.access import NATION, region_contains
from core.errors import Invalid
from core.scopes import LEVELS, level_column, region_columns
from core.translations import N_

__all__ = [
    "LEVELS", "NATION", "Level", "check_code", "codes_of", "contains", "has_shape", "is_heading", "level_column",
    "level_of", "parent_of", "path_codes", "path_of",
]  # fmt: skip

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
DIRECTLY_BELOW_PROVINCE = "90"


class Level(IntEnum):
    """How far below the nation a node lies; ordered, larger is lower."""

    NATION = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


def has_shape(code: str) -> bool:
    """Whether `code` is twelve ASCII digits."""
    return len(code) == 12 and code.isascii() and code.isdigit()


def check_code(code: str) -> str:
    """`code`, or Invalid when it is not twelve digits."""
    if not has_shape(code):
        raise Invalid(N_("区划代码应为12位数字。请核对后重新填写。"), field="code")
    return code


def level_of(code: str) -> Level:
    """The level of a 12-digit code. Raises Invalid for another shape."""
    column = level_column(check_code(code))
    return Level(LEVELS.index(column) + 1) if column else Level.NATION


def codes_of(code: str) -> dict[str, str]:
    """The five level codes of a place, keyed province, city, county, township, village; "" below its own level.

    A township or village always has a county code; for Dongguan, Zhongshan and Danzhou it equals the city's.
    Raises Invalid for another shape.
    """
    return region_columns(check_code(code))


def path_codes(code: str) -> tuple[str, ...]:
    """The nation, every ancestor and the place itself, from the top, each once."""
    return path_of(codes_of(code))


def path_of(codes: dict[str, str]) -> tuple[str, ...]:
    """`path_codes` from level codes that are at hand."""
    return tuple(dict.fromkeys((NATION, *(each for each in codes.values() if each))))


def parent_of(code: str) -> str | None:
    """The code one level up; None for the nation."""
    above = path_codes(code)
    return above[-2] if len(above) > 1 else None


def contains(ancestor: str, code: str) -> bool:
    """Whether `code` is `ancestor` or lies below it."""
    return region_contains(check_code(ancestor), check_code(code))


def is_heading(code: str) -> bool:
    """Whether a city-level code only heads a list (市辖区, 县, 省直辖县级行政区划) and is no real place."""
    # the digits first: a load asks this of 44,700 places and their parents
    return (code[:2] in MUNICIPALITIES or code[2:4] == DIRECTLY_BELOW_PROVINCE) and level_of(
        code
    ) is Level.CITY
