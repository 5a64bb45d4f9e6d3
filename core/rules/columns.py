"""A fact of a whole province: a narwhals expression that refuses what only works on one household."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import narwhals as nw

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
    "invert": N_("规则里不能用 ~，请改用 is_not。"),
}


def _refuse(kind: str) -> Callable[..., NoReturn]:
    def refused(*_given: object) -> NoReturn:
        raise RuleMisuse(_ADVICE[kind])

    return refused


class Column:
    """An expression over many rows. Arithmetic is done in 64 bits: a province stores counts in 8."""

    __slots__ = ("choice", "expr", "name", "wide")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expr: nw.Expr, *, wide: bool = False, name: str = "") -> None:
        self.expr = expr
        self.wide = wide
        self.name = name
        self.choice: tuple[nw.Expr, int] | None = None  # a number where a condition holds, else 0

    def _wide(self) -> nw.Expr:
        return self.expr if self.wide else self.expr.cast(nw.Int64)

    def __add__(self, other: Column | int) -> Column:
        return Column(self._wide() + whole(other), wide=True)

    def __radd__(self, other: int) -> Column:
        return Column(whole(other) + self._wide(), wide=True)

    def __sub__(self, other: Column | int) -> Column:
        return Column(self._wide() - whole(other), wide=True)

    def __rsub__(self, other: int) -> Column:
        return Column(whole(other) - self._wide(), wide=True)

    def __mul__(self, other: Column | int) -> Column:
        return Column(self._wide() * whole(other), wide=True)

    def __rmul__(self, other: int) -> Column:
        return Column(whole(other) * self._wide(), wide=True)

    def __lt__(self, other: Column | int) -> Column:
        return Column(self.expr < _side(other))

    def __le__(self, other: Column | int) -> Column:
        return Column(self.expr <= _side(other))

    def __gt__(self, other: Column | int) -> Column:
        return Column(self.expr > _side(other))

    def __ge__(self, other: Column | int) -> Column:
        return Column(self.expr >= _side(other))

    def __eq__(self, other: object) -> Column:  # type: ignore[override]
        return Column(self.expr == _side(other))

    def __ne__(self, other: object) -> Column:  # type: ignore[override]
        return Column(self.expr != _side(other))

    def __and__(self, other: Column | bool) -> Column:
        return Column(self.expr & truth(other))

    def __or__(self, other: Column | bool) -> Column:
        return Column(self.expr | truth(other))

    __rand__ = __and__
    __ror__ = __or__
    __bool__ = _refuse("bool")
    __contains__ = _refuse("bool")
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _refuse("division")
    __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _refuse("division")
    __pow__ = __round__ = __int__ = __float__ = __index__ = __trunc__ = __abs__ = _refuse("rounding")
    __floor__ = __ceil__ = _refuse("rounding")
    __iter__ = __len__ = __getitem__ = _refuse("iteration")
    __str__ = __format__ = _refuse("text")
    __invert__ = _refuse("invert")

    def __repr__(self) -> str:
        return f"Column({self.name})"


def _side(other: Any) -> Any:
    return other.expr if isinstance(other, Column) else other


def whole(value: Column | int) -> nw.Expr:
    """A 64-bit expression of a column or a plain number."""
    return value._wide() if isinstance(value, Column) else nw.lit(int(value), nw.Int64)  # noqa: SLF001


def truth(value: Column | bool) -> nw.Expr:
    """A boolean expression of a column or a plain truth."""
    return value.expr if isinstance(value, Column) else nw.lit(bool(value), nw.Boolean)
