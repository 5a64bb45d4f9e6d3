"""A named, dated rule: the text a pack writes, the scheme and region it speaks for, the version a decision stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import Blocked
from core.law.parameters import NATIONAL
from core.rules.outcome import Highest, Outcome
from core.translations import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """An eligibility and amount rule. `subject` is "household" (home, law) or "person" (person, home, law)."""

    name: str
    scheme: str
    title: str
    source: str
    region: str
    since: date
    until: date | None
    subject: str
    compute: Callable[..., Outcome]

    @property
    def version(self) -> str:
        """What a decision stores: which text ran, e.g. "dibao@2021-07-01/000000000000"."""
        return f"{self.name}@{self.since.isoformat()}/{self.region}"

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class PersonRule:
    """A value or truth per member (person, home, law), for sums over the household and for what each receives."""

    name: str
    title: str
    source: str
    compute: Callable[..., Any]

    def value(self, person: Any, home: Any, law: Any) -> Any:
        """The value alone, without the groups it was chosen from."""
        answer = self.compute(person, home, law)
        return answer.value if isinstance(answer, Highest) else answer


def rule(
    *,
    scheme: str,
    source: str,
    since: date,
    title: str = "",
    until: date | None = None,
    region: str = NATIONAL,
    subject: str = "household",
) -> Callable[[Callable[..., Outcome]], Rule]:
    """Make a rule of a function over (home, law), or over (person, home, law) with subject="person"."""

    def make(compute: Callable[..., Outcome]) -> Rule:
        return Rule(
            name=compute.__name__,
            scheme=scheme,
            title=title or (compute.__doc__ or "").split("\n", 1)[0],
            source=source,
            region=region,
            since=since,
            until=until,
            subject=subject,
            compute=compute,
        )

    return make


def person_rule(*, source: str, title: str = "") -> Callable[[Callable[..., Any]], PersonRule]:
    """Make a person rule of a function over (person, home, law)."""

    def make(compute: Callable[..., Any]) -> PersonRule:
        return PersonRule(
            compute.__name__, title or (compute.__doc__ or "").split("\n", 1)[0], source, compute
        )

    return make


def rule_for(rules: Iterable[Rule], scheme: str, day: date, region_path: Sequence[str]) -> Rule:
    """The rule of a scheme in force on a day, the nearest region's first. Raises Blocked when there is none."""
    fitting = [each for each in rules if each.scheme == scheme and each.in_force(day)]
    for region in region_path:
        of_region = [each for each in fitting if each.region == region]
        if of_region:
            return max(of_region, key=lambda each: each.since)
    raise Blocked(N_("“{scheme}”在 {day} 没有生效的规则，暂不能计算。"), scheme=scheme, day=day)
