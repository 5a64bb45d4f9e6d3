"""Runs a rule on one household in plain whole numbers, and gives a decision with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.law import Law, Reading
from core.rules.choose import to_monthly
from core.rules.facts import Home, Person
from core.rules.outcome import Highest, Outcome
from core.rules.reasons import Reason, reason_of
from core.rules.rule import PersonRule, Rule


class Result(StrEnum):
    """How a rule ends. At the line a named person decides, with a reason."""

    ELIGIBLE = "eligible"
    AT_LINE = "at_line"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Supplement:
    """What one person receives on top: `person` counts within the household's counted people, from 0.

    `base_fen` is yearly; `rate` is in ten-thousandths (3000 is 30 %), 0 when the rule gives a plain amount.
    `declared`: that she belongs to the group is what the family says.
    """

    person: int
    monthly_fen: int
    code: str = ""
    text: str = ""
    base_fen: int = 0
    rate: int = 0
    declared: bool = False

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "person": self.person,
            "monthly_fen": self.monthly_fen,
            "code": self.code,
            "text": self.text,
            "base_fen": self.base_fen,
            "rate": self.rate,
            "declared": self.declared,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule's answer for one household or person, with every value it read. Monthly amounts are what is shown."""

    rule: Rule
    day: date
    region: str
    result: Result
    reasons: tuple[Reason, ...]
    yearly_fen: int
    monthly_fen: int
    supplements: tuple[Supplement, ...]
    readings: tuple[Reading, ...]
    home: Home
    person: Person | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Everything the rule was told, as plain JSON values."""
        told: dict[str, Any] = {
            "home": self.home.as_row(),
            "people": [each.as_row() for each in self.home.everyone],
        }
        return told if self.person is None else told | {"person": self.person.as_row()}

    @property
    def supplement_fen(self) -> int:
        return sum(each.monthly_fen for each in self.supplements)

    @property
    def total_monthly_fen(self) -> int:
        return self.monthly_fen + self.supplement_fen

    @property
    def eligible(self) -> bool:
        return self.result is Result.ELIGIBLE

    @property
    def uses_defaults(self) -> bool:
        """Whether a value chosen where the texts are silent was read: shown as a default, not as law."""
        return any(reading.default for reading in self.readings)

    def as_row(self) -> dict[str, Any]:
        """Plain JSON values, to store with the case."""
        return {
            "rule": self.rule.version,
            "scheme": self.rule.scheme,
            "source": self.rule.source,
            "day": self.day.isoformat(),
            "region": self.region,
            "result": self.result.value,
            "reasons": [each.as_row() for each in self.reasons],
            "yearly_fen": self.yearly_fen,
            "monthly_fen": self.monthly_fen,
            "supplements": [each.as_row() for each in self.supplements],
            "total_monthly_fen": self.total_monthly_fen,
            "readings": [each.as_row() for each in self.readings],
            "facts": self.facts,
        }


def run_single(rule: Rule, home: Home, law: Law, person: Person | None = None) -> Decision:
    """Run a rule on one household (or on `person` of it). Raises Blocked when a fact or a parameter is missing."""
    outcome: Outcome = (
        rule.compute(person, home, law) if rule.subject == "person" else rule.compute(home, law)
    )
    reasons = tuple([reason_of(condition, law) for condition in outcome.conditions])
    result = _result(reasons)
    yearly = max(0, outcome.yearly_fen) if result is Result.ELIGIBLE else 0
    supplements = (
        _supplements(outcome.each, home, law, outcome.unit_fen)
        if outcome.each is not None and result is Result.ELIGIBLE
        else ()
    )
    return Decision(
        rule=rule,
        day=law.date,
        region=law.region,
        result=result,
        reasons=reasons,
        yearly_fen=yearly,
        monthly_fen=to_monthly(yearly, 1, outcome.unit_fen),
        supplements=supplements,
        readings=tuple(law.readings.values()),
        home=home,
        person=person,
    )


def _result(reasons: tuple[Reason, ...]) -> Result:
    result = Result.ELIGIBLE
    for reason in reasons:
        if reason.met is False:
            return Result.NOT_ELIGIBLE
        if reason.met is None:
            result = Result.AT_LINE
    return result


def _supplements(each: PersonRule, home: Home, law: Law, unit_fen: int) -> tuple[Supplement, ...]:
    given = []
    for number, person in enumerate(home.people):
        answer = each.compute(person, home, law)
        if not isinstance(answer, Highest):
            if answer > 0:
                given.append(Supplement(number, to_monthly(answer, 1, unit_fen)))
            continue
        chosen = answer.chosen()
        if chosen is not None:
            group, rate = chosen
            monthly = to_monthly(answer.base * rate, answer.per, unit_fen)
            given.append(
                Supplement(number, monthly, group.code, group.text, answer.base, rate, group.declared)
            )
    return tuple(given)
