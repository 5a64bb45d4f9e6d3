"""Reads an amount in yuan as people write it (commas, full width, Chinese numerals) into whole fen."""

from __future__ import annotations

import re
import unicodedata

from core.errors import Invalid
from core.translations import N_

# far above any family's, and small enough that the sums of a year stay whole numbers of 64 bits
MOST_FEN = 1_000_000_000_000
_WRITTEN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?(万?)")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_DIGITS = {
    char: value
    for value, pair in enumerate(
        ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for char in pair
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}


def parse_money(text: str) -> int:
    """Fen of an amount in yuan: `1,234.50`, `１２３４元`, `2.3万`, `一千二百元五角`. Raises Invalid (field `money`)."""
    return require_possible(_fen(text))


def require_possible(fen: int, field: str = "money") -> int:
    """`fen`; raises Invalid above MOST_FEN."""
    if fen > MOST_FEN:
        raise Invalid(N_("金额太大了，不能超过 100 亿元。这里按元填，请看看是不是多写了几位。"), field=field)
    return fen


def _fen(text: str) -> int:
    tidy = unicodedata.normalize("NFKC", text).replace(" ", "").removeprefix("¥").removesuffix("整")
    if not tidy:
        raise Invalid(N_("请填写金额，没有就写 0"), field="money")
    if any(char in _DIGITS or char in _UNITS for char in tidy):
        return _chinese(tidy)
    tidy = tidy.removesuffix("块").removesuffix("元")
    tidy = tidy.replace(",", "") if _GROUPED.fullmatch(tidy) else tidy
    written = _WRITTEN.fullmatch(tidy)
    if written is None:
        raise _not_a_number()
    sign, yuan, fraction, ten_thousand = written.groups()
    fen = int(yuan) * 100 + int((fraction or "").ljust(2, "0"))
    if ten_thousand:
        fen *= 10_000
    if sign and fen:
        raise Invalid(N_("金额不能是负数；亏了的写 0"), field="money")
    return fen


def _not_a_number() -> Invalid:
    return Invalid(N_("请填数字，比如 2300。写不准就写平均数。"), field="money")


def _chinese(text: str) -> int:
    """Fen of an amount in Chinese numerals, everyday or banker's."""
    yuan_text, mark, rest = _partition(text, "元块圆")
    if not mark:
        yuan_text, rest = text, ""
    fen = 100 * _number(yuan_text)
    for sign, worth in (("角毛", 10), ("分", 1)):
        digit, mark, after = _partition(rest, sign)
        if mark:
            fen += worth * _number(digit.removeprefix("零"))
            rest = after
    if rest:
        raise _not_a_number()
    return fen


def _partition(text: str, signs: str) -> tuple[str, str, str]:
    for sign in signs:
        if sign in text:
            return text.partition(sign)
    return text, "", ""


def _number(text: str) -> int:
    for sign, worth in (("亿", 100_000_000), ("万", 10_000)):
        if sign in text:
            high, _, low = text.partition(sign)
            if len(low) == 1 and low in _DIGITS:
                # 一万二 is twelve thousand in everyday speech; ten thousand and two is 一万零二
                return _number(high) * worth + _DIGITS[low] * worth // 10
            return _number(high) * worth + (_number(low) if low else 0)
    if not text:
        raise _not_a_number()
    total, digit, last, smaller = 0, None, 1, 10_000
    for char in text:
        if char in _DIGITS and (digit is None or digit == 0):
            # a zero in between ends the shortened way of speaking: 一千零三
            last = 1 if _DIGITS[char] == 0 else last
            digit = _DIGITS[char]
        elif char in _UNITS and digit != 0 and _UNITS[char] < smaller and (digit or _UNITS[char] == 10):
            # units fall from left to right, and only ten goes without its "one"
            last = smaller = _UNITS[char]
            total += (1 if digit is None else digit) * last
            digit = None
        else:
            raise _not_a_number()
    # 两千三 is two thousand three hundred; 十二 stays twelve
    return total + (digit or 0) * (last // 10 if last >= 100 else 1)
