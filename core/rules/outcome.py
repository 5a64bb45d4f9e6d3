"""What a rule text gives: conditions with their articles, the yearly amount, what each person gets on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.law.reader import RATE
from core.rules.choose import all_of, largest

if TYPE_CHECKING:
    from core.rules.rule import PersonRule


# frozen would cost ten microseconds per decision: these live for one run only
@dataclass(slots=True)
class Compared:
    """A comparison that can be explained: both sides, and what to divide them by when shown to a person.

    `unit` is what is counted (a msgid: 套, 辆), "" for fen. `key` names the parameter behind the right side: entered per
    month, it is shown per month. `at_line` holds where equality is left to a person (a family already in dibao).
    """

    held: Any
    left: Any
    right: Any
    sign: str
    per: Any = 1
    unit: str = ""
    key: str = ""
    at_line: Any = False


def below(
    left: Any, right: Any, *, per: Any = 1, unit: str = "", key: str = "", unless: Any = False
) -> Compared:
    """Strictly below (低于). Where `unless` holds, equality is neither below nor over: a named person decides."""
    return Compared(left < right, left, right, "<", per, unit, key, all_of(unless, left == right))


def at_most(left: Any, right: Any, *, per: Any = 1, unit: str = "", key: str = "") -> Compared:
    """Not over (不超过)."""
    return Compared(left <= right, left, right, "≤", per, unit, key)


def at_least(left: Any, right: Any, *, per: Any = 1, unit: str = "", key: str = "") -> Compared:
    """Reached (达到)."""
    return Compared(left >= right, left, right, "≥", per, unit, key)


def above(left: Any, right: Any, *, per: Any = 1, unit: str = "", key: str = "") -> Compared:
    """Strictly over (超出)."""
    return Compared(left > right, left, right, ">", per, unit, key)


@dataclass(slots=True)
class Condition:
    """One condition of the law: its article, its words (a msgid), and whether it holds."""

    article: str
    text: str
    test: Any

    @property
    def held(self) -> Any:
        return self.test.held if isinstance(self.test, Compared) else self.test

    @property
    def at_line(self) -> Any:
        return self.test.at_line if isinstance(self.test, Compared) else False


class Outcome:
    """The answer of a rule: all conditions must hold. Amounts are exact yearly fen, counted only when they do.

    `each` is a person rule whose value every counted person receives on top; `unit_fen` is what shown amounts are
    rounded to (1, unless a county sets a coarser unit).
    """

    __slots__ = ("conditions", "each", "unit_fen", "yearly_fen")

    def __init__(
        self, *conditions: Condition, yearly_fen: Any = 0, each: PersonRule | None = None, unit_fen: Any = 1
    ) -> None:
        self.conditions = conditions
        self.yearly_fen = yearly_fen
        self.each = each
        self.unit_fen = unit_fen


@dataclass(slots=True)
class Option:
    """One group a person may belong to, and the parameter that holds its rate."""

    code: str
    text: str
    applies: Any
    rate_key: str


class Highest:
    """The highest single option of a person, never their sum (不累加): `base` × rate, in fen × ten-thousandths.

    A rate is read only where its group applies: one that nobody needs blocks no one.
    """

    __slots__ = ("base", "options", "per", "rates")

    def __init__(self, law: Any, base: Any, *options: Option) -> None:
        self.base = base
        self.per = RATE
        self.options = options
        self.rates = [law.rate(each.rate_key, where=each.applies) for each in options]

    @property
    def value(self) -> Any:
        return self.base * largest(0, *self.rates)

    def chosen(self) -> tuple[Option, int] | None:
        """The option that counts for one person, with its rate; nothing when none applies."""
        best = max(self.rates, default=0)
        return (self.options[self.rates.index(best)], best) if best else None
