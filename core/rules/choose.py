"""What a rule text says instead of `if`, `and`, `max` and division, on one household or on a province."""

from __future__ import annotations

import functools
import operator
from typing import Any

from core.rules.many import Many

MONTHS = 12
HALF_YEAR = 6


def when(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition holds, else `otherwise`; both whole numbers."""
    if isinstance(condition, Many):
        return condition.choose(then, otherwise)
    return then if condition else otherwise


def largest(*values: Any) -> Any:
    """The largest of whole numbers."""
    many = _first_many(values)
    return max(values) if many is None else many.among(values, largest=True)


def smallest(*values: Any) -> Any:
    """The smallest of whole numbers."""
    many = _first_many(values)
    return min(values) if many is None else many.among(values, largest=False)


def all_of(*conditions: Any) -> Any:
    """Whether every condition holds."""
    many = []
    for condition in conditions:
        if condition is True:
            continue
        if isinstance(condition, Many):
            many.append(condition)
        elif not condition:
            return False
    return functools.reduce(operator.and_, many) if many else True


def any_of(*conditions: Any) -> Any:
    """Whether at least one condition holds."""
    many = []
    for condition in conditions:
        if condition is False:
            continue
        if isinstance(condition, Many):
            many.append(condition)
        elif condition:
            return True
    return functools.reduce(operator.or_, many) if many else False


def is_not(condition: Any) -> Any:
    """Whether the condition does not hold."""
    return condition.opposite() if isinstance(condition, Many) else not condition


def to_monthly(yearly_fen: Any, per: int = 1, unit_fen: Any = 1) -> Any:
    """The monthly amount of an exact yearly one: divided once, half-up to the fen or a county's coarser unit.

    `yearly_fen` is not negative and counts fen × `per` (a share in ten-thousandths: `RATE`); the answer is fen.
    """
    many = _first_many((yearly_fen, unit_fen))
    if many is not None:
        return many.to_monthly(yearly_fen, per, unit_fen)
    return (yearly_fen + HALF_YEAR * per * unit_fen) // (MONTHS * per * unit_fen) * unit_fen


def _first_many(values: tuple[Any, ...]) -> Many | None:
    for value in values:
        if isinstance(value, Many):
            return value
    return None
