"""Reads phone, bank and organisation numbers into one stored form and says humanely what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stdnum import luhn
from stdnum.cn import uscc

from core.errors import Invalid
from core.identity_numbers import tidy_number
from core.translations import N_

# area codes of three digits; every other one has four
_SHORT_AREAS = ("010", "020", "021", "022", "023", "024", "025", "027", "028", "029")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$|0?[1-9][0-9]{8,11}$)")
# a local number that begins with 0055 cannot exist: fixtures and demo data use it
_FIXED = re.compile(r"(010|02[0-57-9]|0[3-9][0-9]{2})([2-8][0-9]{6,7}|0055[0-9]{3,4})(?:转([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account in digits. `doubtful`: fails Luhn or has an unusual length.

    A warning, never an error: passbooks and some local cards carry no check digit (domain 4).
    """

    number: str = field(repr=False)
    doubtful: bool

    @property
    def warning(self) -> str | None:
        """A msgid to show beside the field, or None."""
        if not self.doubtful:
            return None
        return N_("这个账号不像常见的银行卡号。存折可以没有校验位；如果是银行卡，请再逐位核对一遍")


def parse_mobile(text: str) -> str:
    """Eleven digits, without +86, blanks and dashes. Raises Invalid (field `mobile`)."""
    number = _COUNTRY.sub("", tidy_number(text))
    if not number:
        raise Invalid(N_("请填写手机号码"), field="mobile")
    if not number.isdigit():
        raise Invalid(N_("手机号码只能有数字；请重新填写"), field="mobile")
    if len(number) != 11:
        raise Invalid(
            N_("手机号码应为 11 位，现在是 {count} 位；请看看是否多填或漏填"),
            field="mobile",
            count=len(number),
        )
    if not _MOBILE.fullmatch(number):
        raise Invalid(N_("手机号码应以 13 到 19 开头；座机请填在“固定电话”一栏"), field="mobile")
    return number


def parse_fixed_phone(text: str) -> str:
    """`0851-12345678`, with `转801` for an extension. Raises Invalid (field `fixed_phone`)."""
    number = re.sub(r"[()+]", "", tidy_number(text))
    number = re.sub(r"^(?:00)?86(?=0|[1-9][0-9]{9,})", "", number)
    number = re.sub(r"(?:EXT\.?|分机|转接|,|#)", "转", number)
    parts = _FIXED.fullmatch(number)
    if parts is None:
        raise Invalid(
            N_("固定电话请写区号和号码，例如 0851-12345678；分机写在最后，例如“转801”"), field="fixed_phone"
        )
    return f"{parts[1]}-{parts[2]}" + (f"转{parts[3]}" if parts[3] else "")


def parse_phone(text: str) -> str:
    """A mobile or a fixed phone, whichever it looks like. Raises Invalid (field `mobile` or `fixed_phone`)."""
    number = _COUNTRY.sub("", tidy_number(text))
    return parse_fixed_phone(text) if number.startswith(("0", "(", "+")) else parse_mobile(text)


def split_fixed_phone(number: str) -> tuple[str, str]:
    """Area code and the rest, of a number as stored or as typed."""
    digits = re.sub(r"\D", "", number.split("转", maxsplit=1)[0])
    cut = 3 if digits.startswith(_SHORT_AREAS) else 4
    return digits[:cut], digits[cut:]


def parse_bank_account(text: str) -> BankAccount:
    """An account number in digits; `doubtful` marks what only looks odd. Raises Invalid (field `bank_account`)."""
    number = tidy_number(text)
    if not number:
        raise Invalid(N_("请填写银行账号"), field="bank_account")
    if not number.isdigit():
        raise Invalid(N_("银行账号只能有数字；请对照存折或银行卡重新填写"), field="bank_account")
    if not 8 <= len(number) <= 30:
        raise Invalid(
            N_("银行账号一般为 16 到 19 位，现在是 {count} 位；请对照存折或银行卡核对"),
            field="bank_account",
            count=len(number),
        )
    return BankAccount(number, doubtful=not is_card_number(number))


def is_card_number(digits: str) -> bool:
    """Whether 16 to 19 digits pass the Luhn check of ISO/IEC 7812."""
    return 16 <= len(digits) <= 19 and luhn.is_valid(digits)


def is_organisation_code(text: str) -> bool:
    """Whether the text is a unified social credit code with its check character."""
    return bool(uscc.is_valid(text))
