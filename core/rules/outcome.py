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


@dataclass(frozen=True, slots=True)
class Group:
    """One group a person may belong to, and the parameters that say whether a place covers it and at what rate.

    `declared`: the family itself says who belongs to it, so a person must see its proof.
    """

    code: str
    text: str
    covered_key: str
    rate_key: str
    declared: bool = False


class Highest:
    """The highest single rate of a person's groups, never their sum (不累加): `base` × rate, in fen × ten-thousandths.

    `belongs` says of each group whether the person is in it. Only then are its parameters read: a rate that nobody
    needs blocks no one.
    """

    __slots__ = ("base", "belongs", "per", "rates")

    def __init__(self, law: Any, base: Any, *belongs: tuple[Group, Any]) -> None:
        self.base = base
        self.per = RATE
        self.belongs = belongs
        self.rates = [
            0 if here is False else law.rate(group.rate_key, where=law.yes(group.covered_key, where=here))
            for group, here in belongs
        ]

    @property
    def value(self) -> Any:
        return self.base * largest(0, *self.rates)

    def chosen(self) -> tuple[Group, int] | None:
        """The group that counts for one person, with its rate; nothing when none does."""
        best = max(self.rates, default=0)
        return (self.belongs[self.rates.index(best)][0], best) if best else None
