"""What a rule text says instead of `if`, `and`, `max` and division, on one household or on a province."""

from __future__ import annotations

import functools
import operator
from typing import Any

import narwhals as nw

from core.rules.columns import Column, truth, whole

MONTHS = 12
HALF_YEAR = 6


def when(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition holds, else `otherwise`; both whole numbers."""
    if isinstance(condition, Column):
        return Column(nw.when(condition.expr).then(whole(then)).otherwise(whole(otherwise)), wide=True)
    return then if condition else otherwise


def largest(*values: Any) -> Any:
    """The largest of whole numbers."""
    if any(isinstance(value, Column) for value in values):
        return Column(nw.max_horizontal(*(whole(value) for value in values)), wide=True)
    return max(values)


def smallest(*values: Any) -> Any:
    """The smallest of whole numbers."""
    if any(isinstance(value, Column) for value in values):
        return Column(nw.min_horizontal(*(whole(value) for value in values)), wide=True)
    return min(values)


def all_of(*conditions: Any) -> Any:
    """Whether every condition holds."""
    if any(isinstance(condition, Column) for condition in conditions):
        return Column(functools.reduce(operator.and_, map(truth, conditions)))
    return all(conditions)


def any_of(*conditions: Any) -> Any:
    """Whether at least one condition holds."""
    if any(isinstance(condition, Column) for condition in conditions):
        return Column(functools.reduce(operator.or_, map(truth, conditions)))
    return any(conditions)


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
