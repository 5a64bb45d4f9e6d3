"""A fact of a whole province as a polars expression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from core.rules.choose import HALF_YEAR, MONTHS
from core.rules.many import Many, misuse

NARROW = 2**31
NARROWEST = 2**15


class Column(Many):
    """An expression over many rows: numbers, or with `truths` truths. Arithmetic is done in 64 bits, counts come in 8."""

    __slots__ = ("_number_where", "expr", "name", "truths", "wide")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expr: pl.Expr, *, wide: bool = False, truths: bool = False, name: str = "") -> None:
        self.expr = expr
        self.wide = wide
        self.truths = truths
        self.name = name
        self._number_where: tuple[pl.Expr, int] | None = None  # a number where a condition holds, else 0

    def choose(self, then: Any, otherwise: Any) -> Column:
        wide = _is_wide(then) or _is_wide(otherwise)
        condition = truth(self)
        choice = pl.when(condition).then(_number(then, wide=wide)).otherwise(_number(otherwise, wide=wide))
        column = Column(choice, wide=wide)
        if not isinstance(then, Column) and not isinstance(otherwise, Column) and otherwise == 0 < then:
            column._number_where = (condition, then)
        return column

    def opposite(self) -> Column:
        return Column(~truth(self), truths=True)

    def among(self, values: Sequence[Any], *, largest: bool) -> Column:
        if largest and (choices := _numbers_where(values)):
            return _first_of(choices)
        wide = any(_is_wide(value) for value in values)
        numbers = [_number(value, wide=wide) for value in values]
        return Column(pl.max_horizontal(numbers) if largest else pl.min_horizontal(numbers), wide=wide)

    def to_monthly(self, yearly_fen: Any, per: int, unit_fen: Any) -> Column:
        unit = whole(unit_fen) if isinstance(unit_fen, Column) else unit_fen
        share = (whole(yearly_fen) + unit * (HALF_YEAR * per)) // (unit * (MONTHS * per))
        return Column(
            share if not isinstance(unit_fen, Column) and unit_fen == 1 else share * unit, wide=True
        )

    def _wide(self) -> pl.Expr:
        return self.expr if self.wide else self.expr.cast(pl.Int64)

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
        return Column(self.expr < _side(other), truths=True)

    def __le__(self, other: Column | int) -> Column:
        return Column(self.expr <= _side(other), truths=True)

    def __gt__(self, other: Column | int) -> Column:
        return Column(self.expr > _side(other), truths=True)

    def __ge__(self, other: Column | int) -> Column:
        return Column(self.expr >= _side(other), truths=True)

    def __eq__(self, other: object) -> Column:  # type: ignore[override]
        return Column(self.expr == _side(other), truths=True)

    def __ne__(self, other: object) -> Column:  # type: ignore[override]
        return Column(self.expr != _side(other), truths=True)

    def __and__(self, other: Column | bool) -> Column:
        return Column(truth(self) & truth(other), truths=True)

    def __or__(self, other: Column | bool) -> Column:
        return Column(truth(self) | truth(other), truths=True)

    __rand__ = __and__
    __ror__ = __or__

    def __repr__(self) -> str:
        return f"Column({self.name})"


def whole(value: Column | int) -> pl.Expr:
    """A 64-bit expression of a column or a plain number."""
    return value._wide() if isinstance(value, Column) else pl.lit(int(value), pl.Int64)  # noqa: SLF001


def truth(value: Column | bool) -> pl.Expr:
    """A boolean expression of a column or a plain truth. Raises RuleMisuse for a column of numbers."""
    if not isinstance(value, Column):
        return pl.lit(bool(value), pl.Boolean)
    if not value.truths:
        raise misuse("count")
    return value.expr


def _side(other: Any) -> Any:
    return other.expr if isinstance(other, Column) else other


def _is_wide(value: Any) -> bool:
    return value.wide if isinstance(value, Column) else not -NARROW <= value < NARROW


def _number(value: Any, *, wide: bool) -> pl.Expr:
    """Numbers stay as narrow as they fit until something multiplies them: a quarter of the memory to go through."""
    if wide:
        return whole(value)
    if isinstance(value, Column):
        return value.expr
    return pl.lit(int(value), pl.Int16 if -NARROWEST <= value < NARROWEST else pl.Int32)


def _numbers_where(values: Sequence[Any]) -> list[tuple[pl.Expr, int]]:
    """The values as numbers that hold here or there, the smallest first; nothing where one is of another kind."""
    if any(value for value in values if not isinstance(value, Column)):
        return []
    found = [value._number_where for value in values if isinstance(value, Column)]  # noqa: SLF001
    known = [each for each in found if each is not None]
    return sorted(known, key=lambda each: each[1]) if len(known) == len(found) else []


def _first_of(choices: list[tuple[pl.Expr, int]]) -> Column:
    """The largest of numbers that hold here or there: asked from the top, with no number to compare."""
    wide = any(_is_wide(number) for _condition, number in choices)
    chain = _number(0, wide=wide)
    for condition, number in choices:
        chain = pl.when(condition).then(_number(number, wide=wide)).otherwise(chain)
    return Column(chain, wide=wide)
