"""What a rule text meets in place of a number when it runs on many households at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from core.errors import Problem
from core.translations import N_


class RuleMisuse(Problem):
    """A rule text that works on one household only; the message names the operation and what to write instead."""

    status = 500


_ADVICE = {
    "bool": N_("规则里不能对事实用 if、and、or、not、in 或连写的比较，请改用 when、all_of、any_of、is_not。"),
    "division": N_("规则里不能对事实做除法或取余，请把除数乘到另一边；按月的金额由 to_monthly 计算。"),
    "rounding": N_("规则里不能对事实取整或转成别的数，金额一律是整数分。"),
    "text": N_("规则里不能把事实写进文字，请把数值交给 Condition 去说明。"),
    "iteration": N_("规则里不能逐个遍历事实，请用 total、count 或 most。"),
    "count": N_("规则里不能把数量当真假，请写成比较，例如 home.vehicles > 0。"),
    "invert": N_("规则里不能用 ~，请改用 is_not。"),
}


def misuse(kind: str) -> RuleMisuse:
    """The fault of an operation, with what to write instead."""
    return RuleMisuse(_ADVICE[kind])


def _refuse(kind: str) -> Callable[..., NoReturn]:
    def refused(*_given: object) -> NoReturn:
        raise misuse(kind)

    return refused


class Many:
    """A number or a truth of each of many households: it refuses what only works on one.

    What carries it out is `core.rules.columns`; the run on one household knows nothing of it and loads nothing for it.
    """

    # no ABC: to see that a plain number is none would take each check three and a half times as long
    __slots__ = ()

    def choose(self, then: Any, otherwise: Any) -> Many:
        """`then` where this truth holds, else `otherwise`."""
        raise NotImplementedError

    def opposite(self) -> Many:
        """Where this truth does not hold."""
        raise NotImplementedError

    def among(self, values: Sequence[Any], *, largest: bool) -> Many:
        """The largest or the smallest of the values, this one among them."""
        raise NotImplementedError

    def to_monthly(self, yearly_fen: Any, per: int, unit_fen: Any) -> Many:
        """A yearly amount by the month, this being the amount or the unit (`core.rules.choose.to_monthly`)."""
        raise NotImplementedError

    __bool__ = _refuse("bool")
    __contains__ = _refuse("bool")
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _refuse("division")
    __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _refuse("division")
    __pow__ = __round__ = __int__ = __float__ = __index__ = __trunc__ = __abs__ = _refuse("rounding")
    __floor__ = __ceil__ = _refuse("rounding")
    __iter__ = __len__ = __getitem__ = _refuse("iteration")
    __str__ = __format__ = _refuse("text")
    __invert__ = _refuse("invert")
