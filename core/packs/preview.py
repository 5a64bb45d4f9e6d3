"""What enabling or disabling a pack would change in a region, told line by line before anyone presses the button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.catalogue import Catalogue, Enabling, RegionCatalogue, Scheme
from core.errors import Blocked
from core.law import Area, Law, Reading, Unit, path_of
from core.rules.rule import Rule
from core.translations import N_

_UNITS = {
    Unit.WORKING_DAYS: N_("{number}个工作日"),
    Unit.DAYS: N_("{number}天"),
    Unit.MONTHS: N_("{number}个月"),
    Unit.YEARS: N_("{number}岁"),
}
_AREAS = {Area.URBAN: N_("城镇"), Area.RURAL: N_("农村")}


@dataclass(frozen=True, slots=True)
class Words:
    """A msgid filled from `values`, which may be words themselves: translated from the inside out."""

    text: str
    values: Mapping[str, Words | str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.text.format(**{name: str(value) for name, value in self.values.items()})


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference; `part` (a msgid) groups lines on the screen."""

    part: str
    words: Words

    def __str__(self) -> str:
        return f"{self.part}：{self.words}"


def _line(part: str, text: str, **values: Words | str) -> ChangeLine:
    return ChangeLine(part, Words(text, values))


def changes_when_enabled(
    catalogue: Catalogue, name: str, region_code: str, on: date, enablings: Iterable[Enabling] = ()
) -> list[ChangeLine]:
    """What would be different there from that day on with the pack."""
    now = catalogue.enabled(region_code, on, enablings)
    return _differences(catalogue, region_code, on, now - {name}, now | {name})


def changes_when_disabled(
    catalogue: Catalogue, name: str, region_code: str, on: date, enablings: Iterable[Enabling] = ()
) -> list[ChangeLine]:
    """What would be different for new cases from that day on without the pack; cases under way keep what they have."""
    now = catalogue.enabled(region_code, on, enablings)
    return _differences(catalogue, region_code, on, now | {name}, now - {name})


def _differences(
    catalogue: Catalogue, region_code: str, on: date, before: frozenset[str], after: frozenset[str]
) -> list[ChangeLine]:
    old, new = catalogue.with_packs(region_code, before), catalogue.with_packs(region_code, after)
    return [
        *_schemes(old, new, on),
        *_parameters(old, new, on),
        *_rules(old, new, on),
        *_words(old, new),
        *_pages(old, new),
    ]


def _schemes(old: RegionCatalogue, new: RegionCatalogue, on: date) -> Iterator[ChangeLine]:
    for code in sorted(old.schemes.keys() | new.schemes.keys()):
        before, after = old.schemes.get(code), new.schemes.get(code)
        if before is None and after is not None:
            yield _line(N_("救助种类"), N_("开办“{name}”"), name=after.name)
        elif after is None and before is not None:
            yield _line(N_("救助种类"), N_("不再受理新的“{name}”申请"), name=before.name)
        elif before is not None and after is not None and before != after:
            yield from _forms(before, after, old, new)
            yield from _limits(before, after, new, on)
            yield from _rows(N_("享受方式"), before.variants, after.variants)
            yield from _rows(N_("文书"), before.letters, after.letters)
            yield from _rows(N_("公示"), before.notices, after.notices)
            yield from _rows(N_("核对部门"), before.sources, after.sources)


def _forms(before: Scheme, after: Scheme, old: RegionCatalogue, new: RegionCatalogue) -> Iterator[ChangeLine]:
    for part, one, other in (
        (N_("申请表"), before.application_form, after.application_form),
        (N_("入户调查表"), before.visit_form, after.visit_form),
    ):
        if one != other:
            yield _line(
                part,
                N_("由{before}换成{after}"),
                before=_form(old, one),
                after=_form(new, other),
            )


def _form(view: RegionCatalogue, name: str) -> Words:
    form = view.form(name)
    asked = sum(1 for question in form.questions if question.asked)
    return Words(N_("《{title}》（{count}项）"), {"title": form.title, "count": str(asked)})


def _limits(before: Scheme, after: Scheme, new: RegionCatalogue, on: date) -> Iterator[ChangeLine]:
    known = {(row.code, row.when): row for row in before.limits}
    for limit in after.limits:
        if known.get((limit.code, limit.when)) != limit:
            days = _value(new.book.on(on, path_of(new.region_code)), limit.key, None)
            yield _line(
                N_("办理时限"),
                N_("“{limit}”：{days}，依据{source}"),
                limit=limit.title,
                days=days[0] if days else "—",
                source=limit.source,
            )


def _rows(part: str, before: Iterable[object], after: Iterable[object]) -> Iterator[ChangeLine]:
    """Rows with a title (or body) that came, went or read differently."""
    old = {_key(row): row for row in before}
    new = {_key(row): row for row in after}
    for key, row in new.items():
        if key not in old:
            yield _line(part, N_("增加“{name}”"), name=_title(row))
        elif old[key] != row:
            yield _line(part, N_("改动“{name}”"), name=_title(row))
    for key, row in old.items():
        if key not in new:
            yield _line(part, N_("去掉“{name}”"), name=_title(row))


def _key(row: object) -> str:
    return str(getattr(row, "code", getattr(row, "kind", "")))


def _title(row: object) -> str:
    for name in ("title", "label", "body", "name"):
        if hasattr(row, name):
            return str(getattr(row, name))
    return _key(row)


def _parameters(old: RegionCatalogue, new: RegionCatalogue, on: date) -> Iterator[ChangeLine]:
    path = path_of(new.region_code)
    before, after = old.book.on(on, path), new.book.on(on, path)
    declared = {row.key: row for row in (*old.book.declared(path), *new.book.declared(path))}
    same: list[ChangeLine] = []
    for key, row in sorted(declared.items()):
        for area in tuple(Area) if row.per_area else (None,):
            one, other = _value(before, key, area), _value(after, key, area)
            if one == other:
                continue
            line = _parameter(_named(row.name, area), one, other)
            if one and other and one[0] == other[0]:
                same.append(line)
            else:
                yield line
    # another document for the same value comes last: it changes nobody's money
    yield from same


def _named(name: str, area: Area | None) -> Words | str:
    if area is None:
        return name
    return Words(N_("{name}（{area}）"), {"name": name, "area": _AREAS[area]})


def _parameter(
    name: Words | str, one: tuple[Words, str] | None, other: tuple[Words, str] | None
) -> ChangeLine:
    part = N_("政策参数")
    if other is None:
        return _line(part, N_("“{name}”不再有规定"), name=name)
    if one is None:
        return _line(
            part, N_("“{name}”定为“{after}”，依据{source}"), name=name, after=other[0], source=other[1]
        )
    if one[0] == other[0]:
        return _line(
            part, N_("“{name}”仍是“{after}”，依据改为{source}"), name=name, after=other[0], source=other[1]
        )
    return _line(
        part,
        N_("“{name}”由“{before}”变为“{after}”，依据{source}"),
        name=name,
        before=one[0],
        after=other[0],
        source=other[1],
    )


def _value(law: Law, key: str, area: Area | None) -> tuple[Words, str] | None:
    """(what it says, its document) in force, or None."""
    if not law.has(key):
        return None
    try:
        reading = law.read(key, area)
    except Blocked:
        return None
    return _shown(reading), reading.document


def _shown(reading: Reading) -> Words:
    if reading.unit is Unit.YES_NO:
        return Words(N_("是") if reading.value else N_("否"))
    if reading.unit in _UNITS:
        return Words(_UNITS[reading.unit], {"number": str(reading.value)})
    if reading.unit.is_money:
        fen = int(reading.value)
        return Words(N_("{yuan}元"), {"yuan": f"{fen // 100:,}.{fen % 100:02d}"})
    if reading.unit is Unit.RATIO and not isinstance(reading.value, str):
        top, bottom = reading.value.numerator * 100, reading.value.denominator
        return Words("{ratio}%", {"ratio": str(top // bottom) if top % bottom == 0 else f"{top}/{bottom}"})
    return Words("{value}", {"value": str(reading.value)})


def _rules(old: RegionCatalogue, new: RegionCatalogue, on: date) -> Iterator[ChangeLine]:
    before, after = _live(old, on), _live(new, on)
    for version in sorted(after.keys() - before.keys()):
        rule = after[version]
        yield _line(
            N_("计算规则"),
            N_("增加“{name}”，{day}起，依据{source}"),
            name=rule.title,
            day=rule.since.isoformat(),
            source=rule.source,
        )
    for version in sorted(before.keys() - after.keys()):
        yield _line(N_("计算规则"), N_("去掉“{name}”"), name=before[version].title)


def _live(view: RegionCatalogue, on: date) -> dict[str, Rule]:
    return {rule.version: rule for rule in view.rules if rule.until is None or rule.until >= on}


def _words(old: RegionCatalogue, new: RegionCatalogue) -> Iterator[ChangeLine]:
    yield from _rows(N_("给居民的说明"), old.guides, new.guides)
    yield from _rows(N_("低收入人口类别"), old.categories, new.categories)
    yield from _rows(N_("申请渠道"), old.channels, new.channels)
    if old.self_check != new.self_check:
        yield _line(N_("给居民的说明"), N_("换用另一套“看看我能申请什么”"))


def _pages(old: RegionCatalogue, new: RegionCatalogue) -> Iterator[ChangeLine]:
    yield from _rows(N_("登录方式"), old.identity_providers, new.identity_providers)
    yield from _rows(N_("短信通道"), old.message_channels, new.message_channels)
    for came in new.blueprints:
        if came not in old.blueprints:
            yield _line(N_("网页"), N_("增加“{name}”"), name=came.label)
    for went in old.blueprints:
        if went not in new.blueprints:
            yield _line(N_("网页"), N_("去掉“{name}”"), name=went.label)
