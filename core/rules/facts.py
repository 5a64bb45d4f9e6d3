"""The facts rules may read: their names and kinds, and one household's facts as plain whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from core.errors import Blocked, Invalid
from core.translations import N_


class FactKind(StrEnum):
    """How a fact counts: money in fen, a number, a code of a national table, yes or no."""

    FEN = "fen"
    COUNT = "count"
    CODE = "code"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """One fact: its name in rule texts, what people call it, its kind and its largest sensible value."""

    name: str
    text: str
    kind: FactKind
    most: int
    least: int = 0


def _table(*facts: FactDeclaration) -> dict[str, FactDeclaration]:
    return {fact.name: fact for fact in facts}


LARGEST_FEN = 10**13  # a hundred thousand million yuan: far from the edge of 64 bits when multiplied
FEN, COUNT, CODE, YES_NO = FactKind.FEN, FactKind.COUNT, FactKind.CODE, FactKind.YES_NO

HOME_FACTS: Final = _table(
    FactDeclaration("area", N_("户籍类别"), CODE, 2, 1),
    FactDeclaration("members", N_("共同生活的家庭成员人数"), COUNT, 99, 1),
    FactDeclaration("yearly_income", N_("家庭年收入"), FEN, LARGEST_FEN),
    FactDeclaration("financial_assets", N_("家庭金融资产"), FEN, LARGEST_FEN),
    FactDeclaration("dwellings", N_("住房套数"), COUNT, 99),
    FactDeclaration("other_property", N_("非居住类房屋处数"), COUNT, 99),
    FactDeclaration("vehicles", N_("计入财产的机动车辆数"), COUNT, 99),
    FactDeclaration("businesses", N_("经营主体登记数"), COUNT, 99),
    FactDeclaration("receives_dibao", N_("正在享受低保"), YES_NO, 1),
    FactDeclaration("receives_tekun", N_("正在享受特困供养"), YES_NO, 1),
)
PERSON_FACTS: Final = _table(
    FactDeclaration("counted", N_("计入共同生活的家庭成员"), YES_NO, 1),
    FactDeclaration("age", N_("周岁年龄"), COUNT, 150),
    FactDeclaration("disability_class", N_("残疾类别"), CODE, 7),
    FactDeclaration("disability_grade", N_("残疾等级"), CODE, 4),
    FactDeclaration("mental_part_grade", N_("多重残疾中智力或精神残疾的等级"), CODE, 4),
    FactDeclaration("seriously_ill", N_("重病患者"), YES_NO, 1),
    FactDeclaration("student", N_("在校学生"), YES_NO, 1),
    FactDeclaration("works", N_("有工作"), YES_NO, 1),
    FactDeclaration("yearly_income", N_("本人年收入"), FEN, LARGEST_FEN),
)


class Facts:
    """Whole numbers (fen, counts, codes) and truths, read as attributes. A fact not given raises Blocked, named."""

    _declared: Mapping[str, FactDeclaration] = PERSON_FACTS

    def __init__(self, values: Mapping[str, int]) -> None:
        """Raises Invalid with the fact as field when a value is no whole number of its range, or unknown."""
        declared = self._declared
        for name, value in values.items():
            fact = declared.get(name)
            if fact is None:
                raise Invalid(N_("没有声明过的事实 {fact}。"), field=name, fact=name)
            if not isinstance(value, int) or not fact.least <= value <= fact.most:
                raise Invalid(N_("“{fact}”的数值 {value} 不合理。"), field=name, fact=fact.text, value=value)
            self.__dict__[name] = bool(value) if fact.kind is YES_NO else value

    def __getattr__(self, name: str) -> Any:
        fact = self._declared.get(name)
        if fact is None:
            raise AttributeError(name)
        raise Blocked(N_("还缺“{fact}”，暂不能计算，请先补齐。"), fact=fact.text)

    def as_row(self) -> dict[str, int]:
        """The given facts, to store with the decision."""
        return {name: value for name, value in self.__dict__.items() if name in self._declared}


class Person(Facts):
    """The facts of one person."""


class Home(Facts):
    """The facts of one household and of its counted people. `members` is their number unless given."""

    _declared = HOME_FACTS

    def __init__(self, values: Mapping[str, int], people: Iterable[Mapping[str, int]] = ()) -> None:
        self.everyone = tuple(Person(person) for person in people)
        self.people = tuple(person for person in self.everyone if person.__dict__.get("counted", True))
        super().__init__(values if "members" in values else {**values, "members": len(self.people)})

    def total(self, person_rule: Any, law: Any) -> Any:
        """The sum of a person rule's values over the counted people."""
        return sum(person_rule.value(person, self, law) for person in self.people)

    def count(self, person_rule: Any, law: Any) -> Any:
        """How many of the counted people a person rule holds for."""
        return sum(bool(person_rule.value(person, self, law)) for person in self.people)

    def most(self, person_rule: Any, law: Any) -> Any:
        """The largest of a person rule's values, 0 without people."""
        return max((person_rule.value(person, self, law) for person in self.people), default=0)
