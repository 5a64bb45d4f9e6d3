"""Reads the numbers people carry (citizen ID, permits, disability certificate) and says humanely what is wrong.

No message ever holds the number itself: messages reach pages, logs and audit rows.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from core.errors import Invalid
from core.translations import N_

# GB/T 2260 provinces, with 81/82/83 for residence permits of Hong Kong, Macau and Taiwan residents
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
MADE_UP_COUNTY = "99"
EARLIEST_BIRTH = date(1880, 1, 1)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# blanks and dashes that people, scanners and spreadsheets put between digits
_FILLING = re.compile(r"[\s\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff_]+")
# letters that look like X on other keyboards
_LOOKALIKES = str.maketrans({"×": "X", "✕": "X", "Х": "X", "х": "X", "Χ": "X", "χ": "X"})


class Sex(IntEnum):
    """GB/T 2261.1, as far as an ID number tells it."""

    MALE = 1
    FEMALE = 2


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked number in its one stored form: 18 characters, capital X. `region6` is where it was first issued."""

    number: str = field(repr=False)
    birth_date: date
    sex: Sex
    region6: str
    converted_from_15: bool = False


@dataclass(frozen=True, slots=True)
class DisabilityCertificate:
    """A certificate number taken apart; `number` is 20 characters, or more when re-issued (`B1`).

    `disability_class` 1 visual, 2 hearing, 3 speech, 4 physical, 5 intellectual, 6 mental, 7 multiple;
    `grade` 1 (heaviest) to 4.
    """

    number: str = field(repr=False)
    holder: IdNumber
    disability_class: int
    grade: int
    reissue: str = ""


def tidy_number(text: str) -> str:
    """Full-width and other digits become ASCII, letters capital; blanks, dashes and zero-width characters go."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = _FILLING.sub("", unicodedata.normalize("NFKC", text)).translate(_LOOKALIKES)
    return "".join(_ascii_digit(char) for char in folded).upper()


def check_character(first_17: str) -> str:
    """The eighteenth character of GB 11643 for seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def birth_date_in(number: str) -> date | None:
    """The birth date an 18-character number states, or None if there is no such day (or none since 1880)."""
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day if day >= EARLIEST_BIRTH else None


def is_issuer(number: str) -> bool:
    """Whether the first digits name a province, or a foreigner's permit (9 and a province)."""
    return number[:2] in PROVINCES or (number[:1] == "9" and number[1:3] in PROVINCES)


def is_made_up(number: str) -> bool:
    """Whether the number belongs to nobody: a real province with county code 99 (decision 20)."""
    return number[:1] != "9" and number[4:6] == MADE_UP_COUNTY


def parse_id_number(text: str, *, today: date, demo: bool = False) -> IdNumber:
    """Check a citizen ID (GB 11643), a Hong Kong/Macau/Taiwan residence permit or a foreigner's permit of 18 digits.

    A 15-digit number is converted and marked `converted_from_15`, so that the page can ask to see the new card.
    `today` bounds the birth date; made-up numbers pass only when `demo`. Raises Invalid (field `id_number`).
    """
    number = tidy_number(text)
    if not number:
        raise Invalid(N_("请填写身份证号码"), field="id_number")
    if not re.fullmatch(r"[0-9]*X?", number):
        raise Invalid(N_("身份证号码只能有数字，最后一位可以是 X；请对照证件重新填写"), field="id_number")
    converted = len(number) == 15
    if converted:
        number = _convert_from_15(number)
    if len(number) != 18:
        raise Invalid(
            N_("身份证号码应为 18 位，现在是 {count} 位；请看看是否多填或漏填"),
            field="id_number",
            count=len(number),
        )
    _check_issuer(number, demo=demo)
    birth = _birth_not_after(number, today)
    if check_character(number[:17]) != number[17]:
        raise Invalid(
            N_("身份证号码最后一位与前面的数字对不上，多半是有一位填错了；请对照证件逐位核对"),
            field="id_number",
        )
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(number, birth, sex, number[:6], converted)


def parse_disability_certificate(text: str, *, today: date, demo: bool = False) -> DisabilityCertificate:
    """Check a disability certificate: ID number, class, grade, perhaps `B` and how often it was re-issued.

    Raises Invalid (field `disability_certificate`).
    """
    number = tidy_number(text)
    parts = re.fullmatch(r"([0-9]{17}[0-9X])([0-9])([0-9])(B[0-9]{1,2})?", number)
    if parts is None:
        raise Invalid(
            N_("残疾人证号应为 20 位：18 位身份证号码、1 位残疾类别、1 位残疾等级；请对照证件填写"),
            field="disability_certificate",
        )
    try:
        holder = parse_id_number(parts[1], today=today, demo=demo)
    except Invalid as fault:
        raise Invalid(
            N_("残疾人证号的前 18 位不是有效的身份证号码；请对照证件逐位核对"), field="disability_certificate"
        ) from fault
    if parts[2] not in "1234567":
        raise Invalid(
            N_("残疾人证号的第 19 位是残疾类别，应为 1 到 7；请对照证件核对"), field="disability_certificate"
        )
    if parts[3] not in "1234":
        raise Invalid(
            N_("残疾人证号的第 20 位是残疾等级，应为 1 到 4；请对照证件核对"), field="disability_certificate"
        )
    return DisabilityCertificate(number, holder, int(parts[2]), int(parts[3]), parts[4] or "")


def make_demo_id(region_prefix4: str, birth: date, order: int) -> str:
    """A number that belongs to nobody: county code 99 of `region_prefix4` (say 5203); odd `order` (0-999) is male."""
    body = f"{region_prefix4}{MADE_UP_COUNTY}{birth:%Y%m%d}{order:03d}"
    return body + check_character(body)


def _ascii_digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _convert_from_15(number: str) -> str:
    if number.endswith("X"):
        raise Invalid(N_("15 位的旧号码只有数字；请对照证件重新填写"), field="id_number")
    body = f"{number[:6]}19{number[6:]}"
    return body + check_character(body)


def _check_issuer(number: str, *, demo: bool) -> None:
    if not is_issuer(number):
        raise Invalid(
            N_("身份证号码开头的地区代码不存在；请对照证件核对前几位"),
            field="id_number",
        )
    if is_made_up(number) and not demo:
        raise Invalid(
            N_("这是演示用的号码，正式系统里不能使用；请填写证件上的号码"),
            field="id_number",
        )


def _birth_not_after(number: str, today: date) -> date:
    birth = birth_date_in(number)
    if birth is None:
        raise Invalid(
            N_("身份证号码里的出生日期（第 7 到 14 位）不存在；请对照证件核对"),
            field="id_number",
        )
    if birth > today:
        raise Invalid(
            N_("身份证号码里的出生日期晚于今天；请核对第 7 到 14 位"),
            field="id_number",
        )
    return birth
