"""What a decision against a family may rest on: failed conditions of the day, or one of two other grounds (R3-04).

Occupation or identity is none (黔民发〔2023〕2号). Sources: 57号 第九条、第二十一条、第二十九条.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.errors import Invalid
from core.rules import Decision
from core.translations import N_

NO_GROUND = N_("不同意、不予确认，都要指明是哪一条不符合。不能因为职业、身份就不同意（黔民发〔2023〕2号）。")


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground, a msgid, and the article it stands on."""

    text: str
    article: str


# beside a failed condition
OTHER_GROUNDS: dict[str, Ground] = {
    "refuses_verification": Ground(N_("不配合核对或入户调查"), "57号 第二十九条"),
    "false_declaration": Ground(N_("申报不实，经告知仍不更正"), "57号 第九条"),
}


def grounds_of(decision: Decision) -> dict[str, Ground]:
    """Every ground the computation leaves, by its code: the name of a condition that is not met, or another ground's."""
    failed = {
        reason.text: Ground(reason.text, reason.article)
        for reason in decision.reasons
        if reason.met is not True
    }
    return failed | OTHER_GROUNDS


def require_grounds(named: Collection[str], decision: Decision) -> list[Ground]:
    """The grounds named against a family. Raises Invalid for none, and for one the computation does not leave."""
    possible = grounds_of(decision)
    if not named or not set(named) <= possible.keys():
        raise Invalid(NO_GROUND, field="grounds")
    return [ground for code, ground in possible.items() if code in named]
