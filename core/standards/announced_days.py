"""Reads days as an announcement writes them: "1月1日（周五）至3日（周日）放假"; dates and spans in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from core.errors import Invalid
from core.translations import N_

_DAY = r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_SPAN = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|～|—|–)+\s*(?:{_DAY}|(\d{{1,2}})\s*日))?")
_IN_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_BETWEEN = re.compile(r"[\s,，、;；。和放假上班]*")
LONGEST = timedelta(days=31)


def read_days(text: str, year: int, field: str) -> frozenset[date]:
    """The days of `text`, of `year` where it names none. Raises Invalid (with `field`) showing what it cannot read."""
    return frozenset(_days(_IN_BRACKETS.sub("", text), year, field))


def _days(text: str, year: int, field: str) -> Iterator[date]:
    place = _skip(text, 0)
    while place < len(text):
        span = _SPAN.match(text, place)
        if span is None:
            raise Invalid(
                N_("“{text}”读不懂，请写成 1月1日 或者 1月1日至3日，用空格隔开。"),
                field=field,
                text=text[place : place + 12].strip(),
            )
        first, last = _ends(span, year, field)
        yield from (first + timedelta(days=step) for step in range((last - first).days + 1))
        place = _skip(text, span.end())


def _skip(text: str, place: int) -> int:
    between = _BETWEEN.match(text, place)
    return between.end() if between else place


def _ends(span: re.Match[str], year: int, field: str) -> tuple[date, date]:
    year_1, month_1, day_1, year_2, month_2, day_2, day_alone = (
        int(each) if each else 0 for each in span.groups()
    )
    try:
        first = last = date(year_1 or year, month_1, day_1)
        if day_alone:
            last = first.replace(day=day_alone)
        elif month_2:
            last = date(year_2 or first.year, month_2, day_2)
    except ValueError:
        raise Invalid(N_("“{text}”不是日历上的日子。"), field=field, text=span[0].strip()) from None
    if not first <= last <= first + LONGEST:
        raise Invalid(N_("“{text}”的起止不对。"), field=field, text=span[0].strip())
    return first, last
