"""Says why, in numbers a person can follow: "3,825.00 < 5,400.00，低 1,575.00 元"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from core.law.parameters import Reading, Unit
from core.rules.outcome import Compared, Condition
from core.translations import N_

MOST_DECIMALS = 8
_MONEY = {
    "<": N_("{left} < {right}，低 {gap} 元"),
    "=": N_("{left} = {right}，正好等于"),
    ">": N_("{left} > {right}，高 {gap} 元"),
    "≤": N_("{left} ≤ {right}"),
    "≥": N_("{left} ≥ {right}"),
}
_COUNT = {
    "<": N_("{left} < {right}"),
    "=": N_("{left} = {right}"),
    ">": N_("{left} > {right}"),
    "≤": N_("{left} ≤ {right}"),
    "≥": N_("{left} ≥ {right}"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition as decided: `met` is True, False, or None at the line (a named person decides).

    `message` is a msgid for `values` (ready texts), empty when the condition compares nothing. `period` is "year",
    "month" or "".
    """

    article: str
    text: str
    met: bool | None
    message: str = ""
    values: Mapping[str, str] | None = None
    period: str = ""

    @property
    def mark(self) -> str:
        return {True: "✓", False: "✗", None: "?"}[self.met]

    def said(self) -> str:
        """The comparison in the source language; the web layer translates `message` itself."""
        return self.message.format(**(self.values or {}))

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "article": self.article,
            "text": self.text,
            "met": self.met,
            "message": self.message,
            "values": dict(self.values or {}),
            "period": self.period,
        }


def reason_of(condition: Condition, readings: Mapping[str, Reading]) -> Reason:
    """What one condition of one household came to."""
    held = bool(condition.held)
    met = None if not held and condition.at_line else held
    if not isinstance(condition.test, Compared):
        return Reason(condition.article, condition.text, met)
    compared = condition.test
    if compared.kind == "count":
        sign = _sign(compared, _order(compared.left, compared.right))
        values = {"left": str(compared.left), "right": str(compared.right)}
        return Reason(condition.article, condition.text, met, _COUNT[sign], values)
    reading = readings.get(compared.key)
    period = "" if reading is None else "month" if reading.unit is Unit.FEN_PER_MONTH else "year"
    message, values = _money(compared, 12 if period == "month" else 1)
    return Reason(condition.article, condition.text, met, message, values, period)


def _money(compared: Compared, months: int) -> tuple[str, dict[str, str]]:
    divisor = 100 * max(1, compared.per) * months
    left, right = Fraction(compared.left, divisor), Fraction(compared.right, divisor)
    order = _order(left, right)
    decimals = 2
    # rounding must not make 719.997 look like 720.00: show as many places as it takes to tell them apart
    while order and decimals < MOST_DECIMALS and _rounded(left, decimals) == _rounded(right, decimals):
        decimals += 1
    shown_left, shown_right = _rounded(left, decimals), _rounded(right, decimals)
    values = {
        "left": f"{shown_left:,}",
        "right": f"{shown_right:,}",
        "gap": f"{abs(shown_right - shown_left):,}",
    }
    return _MONEY[_sign(compared, order)], values


def _sign(compared: Compared, order: int) -> str:
    if compared.sign in {"≤", "≥"} and compared.held:
        return compared.sign
    return {-1: "<", 0: "=", 1: ">"}[order]


def _order(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator * 10**decimals) / Decimal(value.denominator)
    return exact.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals)


def yuan(fen: int) -> str:
    """An amount as people write it: 79500 fen is "795.00"."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"
