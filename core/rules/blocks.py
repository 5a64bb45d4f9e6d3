"""Parts of rule texts that several provinces' rules share: disability tables, asset limits, the edge line."""

from __future__ import annotations

from typing import Any

from core.law.parameters import Area
from core.rules.choose import all_of, any_of, is_not
from core.rules.outcome import Condition, at_most
from core.translations import N_

# classes of the disability certificate
INTELLECTUAL, MENTAL, MULTIPLE = 5, 6, 7


def disability_within(person: Any, grade: Any, mental_grade: Any) -> Any:
    """Whether a certificate is of `grade` or heavier, of any kind, or of `mental_grade` for the intellectual and mental.

    Grade 1 is the heaviest, 0 is none. Class 7 (multiple) counts as mental only with such a part of that grade on it.
    """
    heaviest, kind, part = person.disability_grade, person.disability_class, person.mental_part_grade
    graded = heaviest >= 1
    if graded is False:
        # most people: the rest need not be worked out
        return False
    mental = all_of(
        heaviest <= mental_grade,
        any_of(
            kind == INTELLECTUAL, kind == MENTAL, all_of(kind == MULTIPLE, part >= 1, part <= mental_grade)
        ),
    )
    return all_of(graded, any_of(heaviest <= grade, mental))


ASSETS_ARTICLE = "57号 第十四条"
NO_MORE_MONEY = N_("人均金融资产不超过规定")
# what a household has of each, and the limit's key, words and unit
COUNTED_ASSETS = (
    ("dwellings", "assets.dwellings", N_("住房套数不超过规定"), N_("套")),
    ("other_property", "assets.other_property", N_("非居住类房屋不超过规定"), N_("处")),
    ("vehicles", "assets.vehicles", N_("机动车辆不超过规定"), N_("辆")),
)


def asset_conditions(home: Any, law: Any, standard: Any) -> tuple[Condition, ...]:
    """The household's property beside the place's limits (57号 第十四条), each limit read only where it matters.

    Parameters: `assets.financial_months` (months of the standard per person), `assets.dwellings`,
    `assets.other_property`, `assets.vehicles`. `standard` is yearly fen.
    """
    money = home.financial_assets
    months = law.number("assets.financial_months", where=money > 0)
    conditions = [
        Condition(
            ASSETS_ARTICLE,
            NO_MORE_MONEY,
            at_most(money * 12, standard * months * home.members, per=home.members * 12),
        )
    ]
    for fact, key, text, unit in COUNTED_ASSETS:
        number = getattr(home, fact)
        limit = law.number(key, where=number > 0)
        conditions.append(Condition(ASSETS_ARTICLE, text, at_most(number, limit, unit=unit)))
    return tuple(conditions)


def edge_line(home: Any, law: Any) -> tuple[Any, Any]:
    """The edge family's line for one person, in yearly fen × the second number (the factor's denominator).

    Parameters: `edge.factor`, and `edge.urban_base`: whether the urban standard is the base for all (Guangdong).
    """
    top, bottom = law.ratio("edge.factor")
    urban = law.yes("edge.urban_base")
    everywhere = law.fen("dibao.standard", area=Area.URBAN, where=urban)
    by_registered_area = law.fen("dibao.standard", area=home.area, where=is_not(urban))
    return (everywhere + by_registered_area) * top, bottom
