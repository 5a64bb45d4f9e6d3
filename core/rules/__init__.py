"""Rules written once, run on one household with its reasons, or on a province at once (`core.rules.batch`)."""

from __future__ import annotations

from core.rules.blocks import asset_conditions, disability_within, edge_line
from core.rules.choose import all_of, any_of, is_not, largest, smallest, to_monthly, when
from core.rules.facts import HOME_FACTS, PERSON_FACTS, FactDeclaration, FactKind, Facts, Home, Person
from core.rules.many import RuleMisuse
from core.rules.outcome import Condition, Group, Highest, Outcome, above, at_least, at_most, below
from core.rules.reasons import Reason, yuan
from core.rules.rule import PersonRule, Rule, person_rule, rule, rule_for
from core.rules.single import Decision, Result, Supplement, run_single

__all__ = [
    "HOME_FACTS",
    "PERSON_FACTS",
    "Condition",
    "Decision",
    "FactDeclaration",
    "FactKind",
    "Facts",
    "Group",
    "Highest",
    "Home",
    "Outcome",
    "Person",
    "PersonRule",
    "Reason",
    "Result",
    "Rule",
    "RuleMisuse",
    "Supplement",
    "above",
    "all_of",
    "any_of",
    "asset_conditions",
    "at_least",
    "at_most",
    "below",
    "disability_within",
    "edge_line",
    "is_not",
    "largest",
    "person_rule",
    "rule",
    "rule_for",
    "run_single",
    "smallest",
    "to_monthly",
    "when",
    "yuan",
]
