"""Shows personal values the way domain 3.5 allows: enough to recognise one's own, too little to use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from core.contact_numbers import split_fixed_phone
from core.identity_numbers import tidy_number

# the dot between the parts of a minority name is typed in many ways
_NAME_DOTS = re.compile(r"[·•・･‧∙⋅・．.]")
_TOWNSHIP = re.compile(r"^.*?(?:街道|镇|乡|苏木)")
_VILLAGE = re.compile(r"^.*?(?:社区|居民委员会|村民委员会|居委会|村委会|嘎查|村(?!民委员会|委会))")
_LEVELS = re.compile(r"^.*(?:街道|苏木|[省市县区州盟旗镇乡])")
_HOUSE_NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?:号|栋|幢|单元|组|室|楼)")


class Kind(StrEnum):
    """What a value is; also the words of the leak scan's findings."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    FIXED_PHONE = "fixed_phone"
    BANK_CARD = "bank_card"
    ADDRESS = "address"
    DISABILITY_CERTIFICATE = "disability_certificate"
    BIRTH_DATE = "birth_date"
    LISTED_VALUE = "listed_value"


def mask(kind: Kind, value: str) -> str:
    """The one way a stored value is shown masked (decision 17); an empty value stays empty."""
    return _MASKS[kind](value) if value else ""


def mask_name(name: str) -> str:
    """For staff screens: `张*`, `张*三`, `欧**明`; a name with a dot shows its first part and `**`."""
    letters = _name_parts(name)
    if isinstance(letters, str):
        return letters
    if len(letters) <= 2:
        return _first(letters) + "*"
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]


def changed_letters(before: str, after: str) -> tuple[int, ...] | None:
    """Which letters of a name or number differ, counted from 1, told of two values that a mask may show alike.

    None where one has more letters than the other.
    """
    old, new = _letters(before), _letters(after)
    if len(old) != len(new):
        return None
    return tuple(place for place, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1])


def mask_name_for_web(name: str) -> str:
    """For pages anyone may read: `张*`, `张**`; a name with a dot shows its first part and `**`."""
    letters = _name_parts(name)
    if isinstance(letters, str):
        return letters
    return _first(letters) + "*" * max(1, len(letters) - 1)


def mask_id_number(number: str) -> str:
    """First three and last four: `520***********123X`; anything too short for that shows nothing."""
    tidy = tidy_number(number)
    if len(tidy) < 15:
        return "*" * len(tidy)
    return tidy[:3] + "*" * (len(tidy) - 7) + tidy[-4:]


def mask_mobile(number: str) -> str:
    """`138****5678`."""
    tidy = tidy_number(number)[-11:]
    if len(tidy) < 11:
        return "*" * len(tidy)
    return f"{tidy[:3]}****{tidy[-4:]}"


def mask_fixed_phone(number: str) -> str:
    """Area code and the last two digits: `0851-******78`."""
    area, local = split_fixed_phone(number)
    if len(local) < 5:
        return "*" * len(area + local)
    return f"{area}-{'*' * (len(local) - 2)}{local[-2:]}"


def mask_phone(number: str) -> str:
    """A mobile or a fixed phone, whichever it looks like."""
    return mask_mobile(number) if re.match(r"\+?(?:86)?1", tidy_number(number)) else mask_fixed_phone(number)


def mask_bank_card(number: str) -> str:
    """`**** **** **** 1234`."""
    tidy = tidy_number(number)
    if len(tidy) < 8:
        return "*" * len(tidy)
    return f"**** **** **** {tidy[-4:]}"


def mask_address(address: str) -> str:
    """Down to the village or community, the rest `***`; to the township when no village is named."""
    text = address.strip()
    township = _TOWNSHIP.match(text)
    start = township.end() if township else 0
    village = _VILLAGE.match(text[start:])
    shown = text[: start + village.end()] if village else ""
    if not shown or _HOUSE_NUMBER.search(shown[start:]):
        # no village, or a house number before it: stay with the level above
        levels = _LEVELS.match(re.split(_HOUSE_NUMBER, text, maxsplit=1)[0])
        shown = text[:start] or (levels[0] if levels else "")
    return shown + "***"


def mask_disability_certificate(number: str) -> str:
    """The ID number masked, class and grade masked too: `520***********123X**`."""
    tidy = tidy_number(number)
    if len(tidy) < 20:
        return "*" * len(tidy)
    return mask_id_number(tidy[:18]) + "**"


def mask_birth_date(day: date) -> str:
    """The year only, as `1990`."""
    return f"{day.year:04d}"


def _mask_birth_text(text: str) -> str:
    year = re.match(r"\s*([0-9]{4})", unicodedata.normalize("NFKC", text))
    return year[1] if year else "****"


def _name_parts(name: str) -> str | list[str]:
    """The finished mask of a name in parts, else the letters of a plain one."""
    text = name.strip()
    parts = [part for part in _NAME_DOTS.split(text) if part.strip()]
    if len(parts) == 1 and re.search(r"[A-Za-z]", text):
        parts = text.split()
    if len(parts) > 1:
        return parts[0].strip() + "**"
    return _letters("".join(parts))


def _letters(name: str) -> list[str]:
    """What a reader counts as letters: a base character with the marks and variation selectors after it."""
    letters: list[str] = []
    for char in name:
        if char.isspace():
            continue
        if letters and (unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}):
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _first(letters: list[str]) -> str:
    # a name of one letter has no part that could be shown alone
    return letters[0] if len(letters) > 1 else ""


_MASKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.NAME: mask_name,
    Kind.ID_NUMBER: mask_id_number,
    Kind.MOBILE: mask_mobile,
    Kind.FIXED_PHONE: mask_fixed_phone,
    Kind.BANK_CARD: mask_bank_card,
    Kind.ADDRESS: mask_address,
    Kind.DISABILITY_CERTIFICATE: mask_disability_certificate,
    Kind.BIRTH_DATE: _mask_birth_text,
    Kind.LISTED_VALUE: mask_name_for_web,
}
