"""What a rule text says instead of `if`, `and`, `max` and division, on one household or on a province."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import narwhals as nw

from core.rules.columns import Column, whole

MONTHS = 12
HALF_YEAR = 6
NARROW = 2**31
NARROWEST = 2**15


def when(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition holds, else `otherwise`; both whole numbers."""
    if not isinstance(condition, Column):
        return then if condition else otherwise
    wide = _is_wide(then) or _is_wide(otherwise)
    choice = nw.when(condition.expr).then(_number(then, wide=wide)).otherwise(_number(otherwise, wide=wide))
    column = Column(choice, wide=wide)
    if not isinstance(then, Column) and not isinstance(otherwise, Column) and otherwise == 0 < then:
        column.choice = (condition.expr, then)
    return column


def largest(*values: Any) -> Any:
    """The largest of whole numbers."""
    choices = [value.choice for value in values if isinstance(value, Column)]
    if choices and all(choices) and not any(value for value in values if not isinstance(value, Column)):
        return _first_of(sorted(filter(None, choices), key=lambda each: each[1]))
    return _among(values, nw.max_horizontal, max)


def smallest(*values: Any) -> Any:
    """The smallest of whole numbers."""
    return _among(values, nw.min_horizontal, min)


def all_of(*conditions: Any) -> Any:
    """Whether every condition holds."""
    columns = []
    for condition in conditions:
        if condition is True:
            continue
        if isinstance(condition, Column):
            columns.append(condition.expr)
        elif not condition:
            return False
    return Column(functools.reduce(operator.and_, columns)) if columns else True


def any_of(*conditions: Any) -> Any:
    """Whether at least one condition holds."""
    columns = []
    for condition in conditions:
        if condition is False:
            continue
        if isinstance(condition, Column):
            columns.append(condition.expr)
        elif condition:
            return True
    return Column(functools.reduce(operator.or_, columns)) if columns else False


def _among(
    values: tuple[Any, ...], over_columns: Callable[..., nw.Expr], over_numbers: Callable[..., Any]
) -> Any:
    for value in values:
        if isinstance(value, Column):
            break
    else:
        return over_numbers(values)
    wide = any(_is_wide(value) for value in values)
    return Column(over_columns(*(_number(value, wide=wide) for value in values)), wide=wide)


def _first_of(choices: list[tuple[nw.Expr, int]]) -> Column:
    """The largest of numbers that hold here or there: asked from the top, with no number to compare."""
    wide = any(_is_wide(number) for _condition, number in choices)
    chain = _number(0, wide=wide)
    for condition, number in choices:
        chain = nw.when(condition).then(_number(number, wide=wide)).otherwise(chain)
    return Column(chain, wide=wide)


def _is_wide(value: Any) -> bool:
    return value.wide if isinstance(value, Column) else not -NARROW <= value < NARROW


def _number(value: Any, *, wide: bool) -> nw.Expr:
    """Numbers stay as narrow as they fit until something multiplies them: a quarter of the memory to go through."""
    if wide:
        return whole(value)
    if isinstance(value, Column):
        return value.expr
    return nw.lit(int(value), nw.Int16 if -NARROWEST <= value < NARROWEST else nw.Int32)


def is_not(condition: Any) -> Any:
    """Whether the condition does not hold."""
    if isinstance(condition, Column):
        return Column(~condition.expr)
    return not condition


def to_monthly(yearly_fen: Any, per: int = 1, unit_fen: Any = 1) -> Any:
    """The monthly amount of an exact yearly one: divided once, half-up to the fen or a county's coarser unit.

    `yearly_fen` is not negative and counts fen × `per` (a share in ten-thousandths: `RATE`); the answer is fen.
    """
    if isinstance(yearly_fen, Column) or isinstance(unit_fen, Column):
        if isinstance(unit_fen, Column):
            unit = unit_fen.expr
            return Column(
                (whole(yearly_fen) + unit * (HALF_YEAR * per)) // (unit * (MONTHS * per)) * unit, wide=True
            )
        step = MONTHS * per * unit_fen
        share = (whole(yearly_fen) + HALF_YEAR * per * unit_fen) // step
        return Column(share if unit_fen == 1 else share * unit_fen, wide=True)
    return (yearly_fen + HALF_YEAR * per * unit_fen) // (MONTHS * per * unit_fen) * unit_fen
