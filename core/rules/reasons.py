"""Says why, in numbers a person can follow: "3,825.00 < 5,400.00，低 1,575.00 元", "2 套，超过规定的 1 套"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.law.parameters import Reading, Unit
from core.law.reader import Law
from core.rules.outcome import Compared, Condition
from core.translations import N_

MOST_DECIMALS = 8
_MONEY = {
    "<": N_("{left} < {right}，低 {gap} 元"),
    "=": N_("{left} = {right}，正好等于"),
    ">": N_("{left} > {right}，高 {gap} 元"),
    "≤": N_("{left} 元，不超过 {right} 元"),
    "≥": N_("{left} 元，达到 {right} 元"),
}
_COUNT = {
    "<": N_("{left} {unit}，不到规定的 {right} {unit}"),
    "=": N_("{left} {unit}，正好是规定的 {right} {unit}"),
    ">": N_("{left} {unit}，超过规定的 {right} {unit}"),
    "≤": N_("{left} {unit}，不超过规定的 {right} {unit}"),
    "≥": N_("{left} {unit}，达到规定的 {right} {unit}"),
}
# of property that nobody has, the limit is not read and must not be shown as nought
_NO_COUNT = N_("一{unit}也没有")
_NO_MONEY = N_("没有这类财产")
_NONE_ALLOWED = N_("{left} {unit}，按规定不能有")


@dataclass(slots=True)
class Reason:
    """One condition as decided: `met` is True, False, or None at the line (a named person decides).

    `message` is a msgid for `values` (ready texts), empty when the condition compares nothing; both are put into words
    when asked for. `period` is "year", "month" or "": what the shown amounts of money count.
    """

    article: str
    text: str
    met: bool | None
    compared: Compared | None = None
    reading: Reading | None = None

    @property
    def mark(self) -> str:
        return "?" if self.met is None else "✓" if self.met else "✗"

    @property
    def period(self) -> str:
        if self.reading is None:
            return ""
        return "month" if self.reading.unit is Unit.FEN_PER_MONTH else "year"

    @property
    def message(self) -> str:
        return self._worded()[0]

    @property
    def values(self) -> dict[str, str]:
        return self._worded()[1]

    def said(self) -> str:
        """The comparison in the source language; the web layer translates `message` itself."""
        message, values = self._worded()
        return message.format(**values)

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values."""
        message, values = self._worded()
        return {
            "article": self.article,
            "text": self.text,
            "met": self.met,
            "message": message,
            "values": values,
            "period": self.period,
        }

    def _worded(self) -> tuple[str, dict[str, str]]:
        if self.compared is None:
            return "", {}
        if self.compared.sign == "≤" and not self.compared.left and not self.compared.key:
            unit = self.compared.unit
            return (_NO_COUNT, {"unit": unit}) if unit else (_NO_MONEY, {})
        if self.compared.unit:
            return _count(self.compared)
        return _money(self.compared, 12 if self.period == "month" else 1)


def reason_of(condition: Condition, law: Law) -> Reason:
    """What one condition of one household came to, after the rule read `law`."""
    test = condition.test
    if not isinstance(test, Compared):
        return Reason(condition.article, condition.text, bool(test))
    held = bool(test.held)
    met = None if not held and test.at_line else held
    reading = law.last_reading(test.key) if test.key else None
    return Reason(condition.article, condition.text, met, test, reading)


def _count(compared: Compared) -> tuple[str, dict[str, str]]:
    sign = _sign(compared, _order(compared.left, compared.right))
    values = {"left": str(compared.left), "right": str(compared.right), "unit": compared.unit}
    return (_NONE_ALLOWED if sign == ">" and not compared.right else _COUNT[sign]), values


def _money(compared: Compared, months: int) -> tuple[str, dict[str, str]]:
    divisor = 100 * max(1, compared.per) * months
    left, right = compared.left, compared.right
    order = _order(left, right)
    decimals = 2
    # rounding must not make 719.997 look like 720.00: show as many places as it takes to tell them apart
    while (
        order
        and decimals < MOST_DECIMALS
        and _scaled(left, divisor, decimals) == _scaled(right, divisor, decimals)
    ):
        decimals += 1
    shown_left, shown_right = _scaled(left, divisor, decimals), _scaled(right, divisor, decimals)
    values = {
        "left": _decimal(shown_left, decimals),
        "right": _decimal(shown_right, decimals),
        "gap": _decimal(abs(shown_right - shown_left), decimals),
    }
    return _MONEY[_sign(compared, order)], values


def _sign(compared: Compared, order: int) -> str:
    if compared.sign in {"≤", "≥"} and compared.held:
        return compared.sign
    return {-1: "<", 0: "=", 1: ">"}[order]


def _order(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _scaled(amount: int, divisor: int, decimals: int) -> int:
    """Amount ÷ divisor in units of the last decimal, half-up."""
    return int((2 * amount * 10**decimals + divisor) // (2 * divisor))


def _decimal(scaled: int, decimals: int) -> str:
    whole, rest = divmod(scaled, 10**decimals)
    return f"{whole:,}.{rest:0{decimals}d}"


def yuan(fen: int) -> str:
    """An amount as people write it: 79500 fen is "795.00"."""
    return ("-" if fen < 0 else "") + _decimal(abs(fen), 2)
