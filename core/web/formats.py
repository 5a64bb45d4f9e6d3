"""How days, money and shares are written for readers, in Chinese and English; the filters of templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from core.masking import (
    mask_address,
    mask_bank_card,
    mask_birth_date,
    mask_disability_certificate,
    mask_id_number,
    mask_name,
    mask_name_for_web,
    mask_phone,
)
from core.regions.names import spoken
from core.workdays import CHINA

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHINESE_WEEKDAYS = "一二三四五六日"
MINUS = "\u2212"
_DIGITS = "〇一二三四五六七八九"
_WORTH = {"十": 10, "百": 100}
_DOCUMENT = re.compile(r"(?<![0-9〕])([0-9]+)号(?=[ 第])")
_ARTICLE = re.compile(r"[、 ]?第([〇一二三四五六七八九十百]+)条(?:（([一二三四五六七八九十]+)）)?")


def local_day(value: date | datetime) -> date:
    """The day in China of an instant; a day stays itself."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(CHINA).date()
    return value


def day(value: date | datetime | None, language: str) -> str:
    """`2026年11月22日` or `22 November 2026`; nothing for no day."""
    if value is None:
        return ""
    at = local_day(value)
    if language == "en":
        return f"{at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{at.year}年{at.month}月{at.day}日"


def day_or_text(text: str, language: str) -> str:
    """A day kept as ISO text as it is read; a draft keeps what was typed, right or wrong: any other text as it is."""
    try:
        return day(date.fromisoformat(text), language)
    except ValueError:
        return text


def short_day(value: date | datetime | None, language: str) -> str:
    """`11月22日` or `22 Nov`."""
    if value is None:
        return ""
    at = local_day(value)
    return f"{at.day} {MONTHS[at.month - 1][:3]}" if language == "en" else f"{at.month}月{at.day}日"


def month(value: date | datetime | None, language: str) -> str:
    """`2026年11月` or `November 2026`."""
    if value is None:
        return ""
    at = local_day(value)
    return f"{MONTHS[at.month - 1]} {at.year}" if language == "en" else f"{at.year}年{at.month}月"


def weekday(value: date | datetime | None, language: str) -> str:
    """`星期日` or `Sunday`."""
    if value is None:
        return ""
    number = local_day(value).weekday()
    return WEEKDAYS[number] if language == "en" else f"星期{CHINESE_WEEKDAYS[number]}"


def clock(value: datetime | None, _language: str) -> str:
    """`19:06`, in China."""
    if value is None:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone(CHINA):%H:%M}"


def moment(value: datetime | None, language: str) -> str:
    """`2026年11月22日 19:06` or `22 November 2026, 19:06`."""
    if value is None:
        return ""
    separator = ", " if language == "en" else " "
    return f"{day(value, language)}{separator}{clock(value, language)}"


def money(fen: int | None) -> str:
    """Yuan of an amount in fen: `1,234.50`; a minus is the typographic one."""
    if fen is None:
        return ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{MINUS if fen < 0 else ''}{yuan:,}.{rest:02d}"


def typed_money(fen: int | None) -> str:
    """As a person would type it into a field: `1234.50`, `300`."""
    if fen is None:
        return ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}" + (f".{rest:02d}" if rest else "")


def ten_thousands(fen: int | None) -> str:
    """Ten thousand yuan, two decimals, half up: for dashboards only."""
    if fen is None:
        return ""
    hundredths = (abs(fen) + 5_000) // 10_000
    whole, rest = divmod(hundredths, 100)
    return f"{MINUS if fen < 0 else ''}{whole:,}.{rest:02d}"


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of one: `82.5%`; nothing where there is nothing to divide."""
    return "" if share is None else f"{share * 100:.{decimals}f}%"


def article(text: str, language: str) -> str:
    """`57号 第十三条（一）` as offices cite it; in English `No. 57, Art. 13(1)`. A title without an English one stays."""
    if language != "en":
        return text
    return _ARTICLE.sub(_english_article, _DOCUMENT.sub(r"No. \1", text))


def _english_article(found: re.Match[str]) -> str:
    return f", Art. {_number(found[1])}" + (f"({_number(found[2])})" if found[2] else "")


def _number(numerals: str) -> int:
    """Up to 999, as articles are counted: 二十三 is 23."""
    total, digit = 0, 0
    for sign in numerals:
        if sign in _WORTH:
            total, digit = total + (digit or 1) * _WORTH[sign], 0
        else:
            digit = _DIGITS.index(sign)
    return total + digit


def count(value: int | None) -> str:
    """`1,240`."""
    return "" if value is None else f"{value:,}"


def filters(language: Callable[[], str]) -> dict[str, Callable[..., Any]]:
    """Template filters; those of days follow the reader's language."""
    dated: dict[str, Callable[[Any, str], str]] = {
        "article": article, "day": day, "short_day": short_day, "month": month, "weekday": weekday, "clock": clock, "moment": moment,
    }  # fmt: skip

    def in_language(write: Callable[[Any, str], str]) -> Callable[[Any], str]:
        return lambda value: write(value, language())

    masks: dict[str, Callable[[Any], str]] = {
        "mask_name": mask_name,
        "mask_name_for_web": mask_name_for_web,
        "mask_id_number": mask_id_number,
        "mask_phone": mask_phone,
        "mask_bank_account": mask_bank_card,
        "mask_address": mask_address,
        "mask_disability_certificate": mask_disability_certificate,
        "mask_birth_date": mask_birth_date,
    }
    return {
        **{name: in_language(write) for name, write in dated.items()},
        # a masked nothing is nothing
        **{name: _or_nothing(write) for name, write in masks.items()},
        "money": money, "typed_money": typed_money, "ten_thousands": ten_thousands,
        "percent": percent, "grouped": count, "spoken": spoken,
    }  # fmt: skip


def _or_nothing(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: write(value) if value else ""
