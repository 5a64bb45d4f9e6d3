"""The law in force on a day in a place: packs and county standards merged, the nearest region winning, every read kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from core.errors import Blocked, Invalid
from core.law.files import load_folder
from core.law.parameters import Area, Declaration, LawFault, Parameter, Reading, Standard, Unit, Value
from core.law.reader import Asked, Law, Place
from core.translations import N_

KEPT_PLACES = 4096

_MISSING = {
    None: N_("“{name}”在 {day} 没有生效的数值，暂不能计算。请在“设置—标准”中录入数值、生效日期和文件号。"),
    Area.URBAN: N_(
        "城镇的“{name}”在 {day} 没有生效的数值，暂不能计算。请在“设置—标准”中录入数值、生效日期和文件号。"
    ),
    Area.RURAL: N_(
        "农村的“{name}”在 {day} 没有生效的数值，暂不能计算。请在“设置—标准”中录入数值、生效日期和文件号。"
    ),
}


class LawBook:
    """All parameters of all packs and all entered standards; never changes. `on()` opens it for a day and place."""

    def __init__(
        self,
        declarations: Iterable[Declaration],
        parameters: Iterable[Parameter],
        standards: Iterable[Standard] = (),
    ) -> None:
        """Raises LawFault for a key declared twice in a region, an undeclared key, a wrong unit, overlapping dates."""
        self._declarations: dict[str, dict[str, Declaration]] = defaultdict(dict)
        self._parameters: dict[tuple[str, Area | None], dict[str, list[Parameter]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for declaration in declarations:
            if declaration.region in self._declarations[declaration.key]:
                raise LawFault(N_("参数 {key} 在同一地区声明了两次。"), key=declaration.key)
            self._declarations[declaration.key][declaration.region] = declaration
        self._values = tuple(parameters)
        self._standards = tuple(standards)
        self._fill()
        self._opened: dict[Place, dict[Asked, Reading]] = {}

    @classmethod
    def load(cls, folders: Iterable[tuple[str, Path]]) -> LawBook:
        """The book of the packs' folders, each with its region. Raises LawFault with file and key."""
        declarations: list[Declaration] = []
        parameters: list[Parameter] = []
        for region, folder in folders:
            declared, given = load_folder(region, folder)
            declarations += declared
            parameters += given
        return cls(declarations, parameters)

    def with_standards(self, standards: Iterable[Standard]) -> LawBook:
        """A book that also knows what counties entered; what was entered wins over a pack in the same region."""
        declarations = [each for regions in self._declarations.values() for each in regions.values()]
        return LawBook(declarations, self._values, (*self._standards, *standards))

    def on(self, day: date, region_path: Sequence[str]) -> Law:
        """The law of `day` for the regions of `region_path`, nearest first; it keeps what is read of it."""
        place = (day, tuple(region_path))
        known = self._opened.get(place)
        if known is None:
            if len(self._opened) >= KEPT_PLACES:
                self._opened.clear()
            known = self._opened[place] = {}
        return Law(place, known, self._resolve, self._declarations.__contains__)

    def declaration(self, key: str, region_path: Sequence[str]) -> Declaration:
        """What a key means in a place; the nearest declaration. Raises LawFault for a key no pack declares."""
        declared = self._declarations.get(key, {})
        for region in region_path:
            if region in declared:
                return declared[region]
        if declared:
            return next(iter(declared.values()))
        raise LawFault(N_("没有声明过的参数 {key}。"), key=key)

    def declared(self, region_path: Sequence[str]) -> list[Declaration]:
        """What has a meaning in a place, in the order of the keys."""
        return [
            self.declaration(key, region_path)
            for key, regions in sorted(self._declarations.items())
            if set(regions) & set(region_path)
        ]

    def check_standard(self, standard: Standard, region_path: Sequence[str]) -> None:
        """Raises Invalid with the field when what someone enters cannot stand beside the texts or other entries."""
        declared = self.declaration(standard.key, region_path)
        if not declared.entered_by:
            raise Invalid(N_("“{name}”由政策文件规定，不能在这里录入。"), field="key", name=declared.name)
        if standard.unit not in declared.units:
            raise Invalid(N_("“{name}”的单位不对。"), field="unit", name=declared.name)
        if declared.per_area != (standard.area is not None):
            raise Invalid(N_("“{name}”要分城镇和农村录入。") if declared.per_area else N_("“{name}”不分城镇和农村。"),
                          field="area", name=declared.name)  # fmt: skip
        if not declared.allows(standard.value):
            raise Invalid(
                N_("“{name}”超出了 {document} 规定的范围：{least} 到 {most}。"),
                field="value",
                name=declared.name,
                document=declared.document or "—",
                least="—" if declared.least is None else _shown(declared.least, standard.unit),
                most="—" if declared.most is None else _shown(declared.most, standard.unit),
            )
        if not standard.document.strip():
            raise Invalid(N_("请填写文件号。"), field="document")
        if standard.effective_to is not None and standard.effective_to < standard.effective_from:
            raise Invalid(N_("截止日期早于生效日期。"), field="effective_to")
        same = (standard.key, standard.region_code, standard.area, standard.effective_from)
        if any((row.key, row.region_code, row.area, row.effective_from) == same for row in self._standards):
            raise Invalid(
                N_("这一天起生效的“{name}”已经录入过了。"), field="effective_from", name=declared.name
            )

    def find(self, key: str, area: Area | None, place: Place) -> Parameter | None:
        """The value in force: nearest region first, in it the entered before the pack's, the area's own before any."""
        day, path = place
        own = self._parameters.get((key, area)) if area is not None else None
        shared = self._parameters.get((key, None))
        for region in path:
            for by_region in (own, shared):
                # newest first, entered before the pack's: an open-ended entry ends where the next begins
                for parameter in by_region.get(region, ()) if by_region else ():
                    if parameter.in_force(day):
                        return parameter
        return None

    def _fill(self) -> None:
        for parameter in (*self._values, *(row.as_parameter() for row in self._standards)):
            declared = self._declarations.get(parameter.key)
            if not declared:
                raise LawFault(N_("没有声明过的参数 {key}。"), key=parameter.key)
            if not any(parameter.unit in each.units for each in declared.values()):
                raise LawFault(N_("参数 {key} 的单位不对。"), key=parameter.key)
            kept = self._parameters[parameter.key, parameter.area][parameter.region]
            if not parameter.entered and any(_overlap(parameter, other) for other in kept):
                raise LawFault(
                    N_("参数文件 {file} 中的 {key} 在 {region} 的日期重叠（{day} 起）。"),
                    file=parameter.origin,
                    key=parameter.key,
                    region=parameter.region,
                    day=parameter.effective_from,
                )
            kept.append(parameter)
        for regions in self._parameters.values():
            for region, kept in regions.items():
                regions[region] = _in_order(kept)

    def _resolve(self, asked: Asked, place: Place) -> Reading:
        key, area, at = asked
        day, path = place
        if at is not None:
            day = day.replace(day=1) - timedelta(days=1)
        declared = self.declaration(key, path)
        area = Area(area) if area is not None else None
        found = self.find(key, area, (day, path))
        if found is None:
            raise Blocked(_MISSING[area if declared.per_area else None], name=declared.name, key=key, day=day)
        if not declared.allows(found.value):
            raise Blocked(
                N_("“{name}”录入的数值超出了 {document} 规定的范围，请改正后再计算。"),
                name=declared.name,
                key=key,
                document=declared.document or "—",
            )
        return Reading(
            key=key,
            name=declared.name,
            value=found.value,
            unit=found.unit,
            area=found.area,
            region=found.region,
            effective_from=found.effective_from,
            effective_to=found.effective_to,
            document=found.document,
            article=found.article,
            default=found.default,
        )


def _overlap(one: Parameter, other: Parameter) -> bool:
    return one.effective_from <= (other.effective_to or date.max) and other.effective_from <= (
        one.effective_to or date.max
    )


def _shown(value: Value, unit: Unit) -> str:
    if isinstance(value, str):
        return value
    if unit is Unit.RATIO:
        return f"{float(value * 100):g}%"
    return f"{float(value) / 100:,.2f}" if unit.is_money else str(value)


def _in_order(kept: list[Parameter]) -> list[Parameter]:
    """Entered before the pack's, newest first; an entry ends on the day before the next one, and never comes back."""
    entered = sorted((each for each in kept if each.entered), key=lambda each: each.effective_from)
    ended = [
        replace(
            each, effective_to=min(each.effective_to or date.max, after.effective_from - timedelta(days=1))
        )
        for each, after in pairwise(entered)
    ]
    return [*reversed([*ended, *entered[-1:]]), *(each for each in kept if not each.entered)]
