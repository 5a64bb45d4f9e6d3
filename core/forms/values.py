"""Reads one answer, typed or stored, into the one value its kind is stored as, or says humanely what is wrong.

Stored values are JSON: text kinds and numbers of people as text, money as integer fen, dates as "2026-11-22", yes/no as
true/false, several choices as a list of codes, a file (photo, document, signature) as its id, a position as
`{"latitude": "27.76", "longitude": "107.48", "accuracy_m": 18, "fixed_at": "…", "address": "…", "confirmed": true}`.
An answer withheld where that is allowed is `{"declined": "reason"}`; of a position the address stays beside the reason.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.contact_numbers import parse_bank_account, parse_phone
from core.errors import Invalid
from core.forms.declarations import MEMBER_ROWS, Question, QuestionKind
from core.forms.money import parse_money, require_possible
from core.identity_numbers import parse_disability_certificate, parse_id_number, tidy_number
from core.translations import N_

_LONGEST = {QuestionKind.LONG_TEXT: 2000, QuestionKind.NAME: 50}
# pictures, skin tones, halves of characters, private signs
_NO_LETTERS = frozenset({"So", "Sk", "Cs", "Co"})
_YES = frozenset({"true", "yes", "y", "1", "是", "有", "对"})
_NO = frozenset({"false", "no", "n", "0", "否", "无", "没有", "不"})


class Today:
    """The day answers are read on, and whether made-up ID numbers pass (demo and tests only)."""

    __slots__ = ("day", "demo")

    def __init__(self, day: date, *, demo: bool = False) -> None:
        self.day = day
        self.demo = demo


def is_empty(value: object) -> bool:
    """Whether nothing was answered: None, blank text, an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def read_value(question: Question, given: object, today: Today) -> Any:
    """The canonical value of a given answer (see above). Raises Invalid in words for the one who answers."""
    if question.may_decline and isinstance(given, Mapping) and "declined" in given:
        return _declined(question, given)
    return _READERS[question.kind](question, given, today)


def _declined(question: Question, given: Mapping[str, object]) -> dict[str, str]:
    reason = str(given["declined"] or "").strip()
    if not reason:
        raise Invalid(N_("请写明为什么没有，比如对方不愿合照"))
    declined = {"declined": reason[:200]}
    address = _address_in(given) if question.kind is QuestionKind.LOCATION else ""
    return declined | ({"address": address} if address else {})


def _address_in(given: Mapping[str, object]) -> str:
    return str(given.get("address") or "").strip()[:200]


def _text(question: Question, given: object, _today: Today) -> str:
    if not isinstance(given, str):
        raise Invalid(N_("请填写文字"))
    text = given.strip()
    longest = _LONGEST.get(question.kind, question.max_length)
    if len(text) > longest:
        raise Invalid(
            N_("最多写 {longest} 个字，现在是 {count} 个；请写短一些"), longest=longest, count=len(text)
        )
    if any(ord(char) < 32 and char not in "\n\r\t" for char in text):
        raise Invalid(N_("里面有看不见的控制字符；请删掉重新填写"))
    return text


def _name(question: Question, given: object, today: Today) -> str:
    name = " ".join(_text(question, given, today).split()).replace("•", "·").replace("・", "·")
    if any(unicodedata.category(char) in _NO_LETTERS for char in name):
        raise Invalid(N_("姓名里不能有表情或符号；请按证件上的姓名填写，生僻字可以直接填"))
    if any(char.isdigit() for char in name):
        raise Invalid(N_("姓名里不能有数字；请按证件上的姓名填写"))
    if not any(char.isalpha() for char in name):
        raise Invalid(N_("请按证件上的姓名填写，少数民族姓名中间的点写“·”"))
    return name


def _id_number(_question: Question, given: object, today: Today) -> str:
    return parse_id_number(str(given), today=today.day, demo=today.demo).number


def _certificate(_question: Question, given: object, today: Today) -> str:
    return parse_disability_certificate(str(given), today=today.day, demo=today.demo).number


def _phone(_question: Question, given: object, _today: Today) -> str:
    return parse_phone(str(given))


def _bank_account(_question: Question, given: object, _today: Today) -> str:
    return parse_bank_account(str(given)).number


def _money(question: Question, given: object, _today: Today) -> int:
    # text is yuan as people write it, a number is fen as we store it
    if isinstance(given, int) and not isinstance(given, bool):
        return _within(question, require_possible(given), 100)
    return _within(question, parse_money(str(given)), 100)


def _whole_number(question: Question, given: object, _today: Today) -> int:
    text = tidy_number(str(given))
    if (
        isinstance(given, bool)
        or not text.removeprefix("-").isascii()
        or not text.removeprefix("-").isdigit()
    ):
        raise Invalid(N_("请填整数，比如 3"))
    if len(text) > 12:
        raise Invalid(N_("这个数太大了；请看看是否多填了"))
    return _within(question, int(text), 1)


def _within(question: Question, number: int, unit: int) -> int:
    if question.minimum is not None and number < question.minimum:
        raise Invalid(N_("不能小于 {limit}"), limit=question.minimum // unit)
    if question.maximum is not None and number > question.maximum:
        raise Invalid(N_("不能大于 {limit}；请看看是否多填了"), limit=question.maximum // unit)
    return number


def _date(question: Question, given: object, today: Today) -> str:
    try:
        day = given if isinstance(given, date) else date.fromisoformat(_plain_date(str(given)))
    except ValueError:
        raise Invalid(N_("请填写日期，比如 2026-11-22")) from None
    if isinstance(day, datetime):
        day = day.date()
    if question.not_future and day > today.day:
        raise Invalid(N_("这一天还没有到；请填今天或以前的日期"))
    if day.year < 1880:
        raise Invalid(N_("年份不对；请重新填写"))
    return day.isoformat()


def _plain_date(text: str) -> str:
    for sign in "年月/.":
        text = text.replace(sign, "-")
    parts = text.strip().rstrip("日").split("-")
    if len(parts) != 3:
        return text
    year, month, day = parts
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}"


def _yes_no(question: Question, given: object, _today: Today) -> bool:
    word = str(given).strip().lower()
    if word not in _YES and word not in _NO:
        raise Invalid(N_("请选“是”或者“否”"))
    if question.must_agree and word not in _YES:
        raise Invalid(N_("要勾选这一项才能继续；不明白的，请打窗口电话问"))
    return word in _YES


def _choice(question: Question, given: object, _today: Today) -> str:
    code = str(given)
    if question.choices_from == MEMBER_ROWS:
        if not (code.isascii() and code.isdigit() and len(code) < 4):
            raise Invalid(N_("请选是家里哪个人"))
        return code
    if code not in {choice.code for choice in question.choices}:
        raise Invalid(N_("请从列出的里面选一项"))
    return code


def _choices(question: Question, given: object, _today: Today) -> list[str]:
    codes = [given] if isinstance(given, str) else given
    if not isinstance(codes, (list, tuple)):
        raise Invalid(N_("请从列出的里面选"))
    known = [choice.code for choice in question.choices]
    if any(code not in known for code in codes):
        raise Invalid(N_("请从列出的里面选"))
    return [code for code in known if code in codes]


def _region(_question: Question, given: object, _today: Today) -> str:
    code = tidy_number(str(given))
    if not (len(code) == 12 and code.isascii() and code.isdigit()):
        raise Invalid(N_("请选到村或社区"))
    return code


def _file(question: Question, given: object, _today: Today) -> str:
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        if question.kind is QuestionKind.SIGNATURE:
            raise Invalid(N_("请签名，或者上传纸上签名的照片")) from None
        raise Invalid(N_("请拍照或者选一个文件")) from None


def _location(_question: Question, given: object, _today: Today) -> dict[str, Any]:
    if not isinstance(given, Mapping) or any(is_empty(given.get(part)) for part in ("latitude", "longitude")):
        raise Invalid(N_("还没有取得位置；请点“取位置”，或者写明为什么取不到"))
    try:
        latitude, longitude = Decimal(str(given["latitude"])), Decimal(str(given["longitude"]))
        accuracy = int(Decimal(str(given.get("accuracy_m") or 0)))
        fixed_at = datetime.fromisoformat(str(given["fixed_at"]))
    except (KeyError, ValueError, InvalidOperation, OverflowError):
        raise Invalid(N_("没有读懂位置；请点“取位置”再取一次")) from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and accuracy >= 0) or fixed_at.tzinfo is None:
        raise Invalid(N_("没有读懂位置；请点“取位置”再取一次"))
    if given.get("confirmed") is not True:
        raise Invalid(N_("请看看位置对不对，再勾“我确认”"))
    return {
        "latitude": f"{latitude:.6f}",
        "longitude": f"{longitude:.6f}",
        "accuracy_m": accuracy,
        "fixed_at": fixed_at.isoformat(),
        "address": _address_in(given),
        "confirmed": True,
    }


_READERS: dict[QuestionKind, Callable[[Question, object, Today], Any]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NAME: _name,
    QuestionKind.ID_NUMBER: _id_number,
    QuestionKind.PHONE: _phone,
    QuestionKind.MONEY: _money,
    QuestionKind.WHOLE_NUMBER: _whole_number,
    QuestionKind.DATE: _date,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.BANK_ACCOUNT: _bank_account,
    QuestionKind.DISABILITY_CERTIFICATE: _certificate,
    QuestionKind.REGION: _region,
    QuestionKind.PHOTO: _file,
    QuestionKind.DOCUMENT: _file,
    QuestionKind.LOCATION: _location,
    QuestionKind.SIGNATURE: _file,
}
