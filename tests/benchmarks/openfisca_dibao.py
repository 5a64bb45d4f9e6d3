"""The same dibao rule written for OpenFisca-core: the peer of the batch run, with its own entities and variables."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2023"
HOUSEHOLD = build_entity(
    key="household",
    plural="households",
    label="",
    roles=[{"key": "member", "plural": "members", "label": ""}],
)
PERSON = build_entity(key="person", plural="persons", label="", is_person=True)
HOME_COLUMNS = (
    "region", "area", "members", "yearly_income", "financial_assets", "dwellings", "other_property", "vehicles",
    "receives_dibao",
)  # fmt: skip
PERSON_COLUMNS = (
    "age", "disability_class", "disability_grade", "mental_part_grade", "seriously_ill", "student",
)  # fmt: skip


def _variable(
    name: str, entity: Any, formula: Callable[..., Any] | None = None, kind: type = int
) -> type[Variable]:
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": ""}
    return type(name, (Variable,), body if formula is None else body | {"formula": formula})


def _supplement(rates: Mapping[str, int]) -> Callable[..., Any]:
    def formula(person: Any, period: Any) -> Any:
        grade, kind = person("disability_grade", period), person("disability_class", period)
        part = person("mental_part_grade", period)
        mental = (grade <= 3) & ((kind == 5) | (kind == 6) | ((kind == 7) & (part >= 1) & (part <= 3)))
        severe = (grade >= 1) & ((grade <= 2) | mental)
        rate = np.maximum.reduce(
            [
                severe * rates["severe_disability"],
                (person("seriously_ill", period) == 1) * rates["serious_illness"],
                (person("age", period) >= 60) * rates["elderly"],
                (person("student", period) == 1) * rates["student"],
            ]
        )
        share = person.household("standard", period).astype(np.int64) * rate
        return (share + 600) // 1200

    return formula


def _below_standard(household: Any, period: Any) -> Any:
    return household("yearly_income", period) < household("standard", period) * household("members", period)


def _at_standard(household: Any, period: Any) -> Any:
    line = household("standard", period) * household("members", period)
    return (household("receives_dibao", period) == 1) & (household("yearly_income", period) == line)


def _assets_within_rule(household: Any, period: Any) -> Any:
    limit = household("standard", period).astype(np.int64) * household("members", period) * 24
    return (
        (household("financial_assets", period).astype(np.int64) * 12 <= limit)
        & (household("dwellings", period) <= 1)
        & (household("other_property", period) <= 0)
        & (household("vehicles", period) <= 0)
    )


def _entitled(household: Any, period: Any) -> Any:
    return household("below_standard", period) & household("assets_within_rule", period)


def _top_up(household: Any, period: Any) -> Any:
    line = household("standard", period) * household("members", period)
    gap = np.maximum(0, line - household("yearly_income", period))
    return np.where(household("entitled", period), (gap + 6) // 12, 0)


def _supplements(household: Any, period: Any) -> Any:
    given = household.sum(household.members("supplement", period))
    return np.where(household("entitled", period), given, 0)


def _total(household: Any, period: Any) -> Any:
    return household("top_up", period) + household("supplements", period)


def system(standards: np.ndarray, first_region: int, rates: Mapping[str, int]) -> TaxBenefitSystem:
    """The rule as variables. `standards`: yearly fen by region (from `first_region`) and area; `rates`: percent."""

    def standard(household: Any, period: Any) -> Any:
        return standards[household("region", period) - first_region, household("area", period)]

    made = TaxBenefitSystem([PERSON, HOUSEHOLD])
    for variable in (
        *(_variable(name, HOUSEHOLD) for name in HOME_COLUMNS),
        *(_variable(name, PERSON) for name in PERSON_COLUMNS),
        _variable("standard", HOUSEHOLD, standard),
        _variable("supplement", PERSON, _supplement(rates)),
        _variable("below_standard", HOUSEHOLD, _below_standard, bool),
        _variable("at_standard", HOUSEHOLD, _at_standard, bool),
        _variable("assets_within_rule", HOUSEHOLD, _assets_within_rule, bool),
        _variable("entitled", HOUSEHOLD, _entitled, bool),
        _variable("top_up", HOUSEHOLD, _top_up),
        _variable("supplements", HOUSEHOLD, _supplements),
        _variable("total", HOUSEHOLD, _total),
    ):
        made.add_variable(variable)
    return made


def calculate(
    made: TaxBenefitSystem, homes: pl.DataFrame, people: pl.DataFrame
) -> tuple[np.ndarray, float, float]:
    """Monthly fen per household; the seconds of the whole run, and of `calculate` alone."""
    began = time.perf_counter()
    builder = SimulationBuilder()
    builder.create_entities(made)
    builder.declare_person_entity("person", np.arange(len(people)))
    group = builder.declare_entity("household", homes["household"].to_numpy())
    # roles as whole numbers: given as words they cost OpenFisca another second
    builder.join_with_persons(
        group, people["household"].to_numpy(), roles=np.zeros(len(people), dtype=np.int64)
    )
    simulation = builder.build(made)
    for name in HOME_COLUMNS:
        simulation.set_input(name, PERIOD, homes[name].to_numpy())
    for name in PERSON_COLUMNS:
        simulation.set_input(name, PERIOD, people[name].to_numpy())
    ready = time.perf_counter()
    simulation.calculate("at_standard", PERIOD)
    answer = simulation.calculate("total", PERIOD)
    done = time.perf_counter()
    return answer, done - began, done - ready
