"""Reads a pack's parameter folder: declarations and dated values in YAML, checked so that a fault names file and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import yaml

from core.errors import Invalid
from core.law.parameters import Area, Declaration, LawFault, Parameter, Unit, Value
from core.translations import N_

_T = TypeVar("_T")
DECLARATION_WORDS = {
    "key", "name", "units", "per_area", "entered_by", "least", "most", "document", "article",
}  # fmt: skip
VALUE_WORDS = {
    "key", "value", "unit", "area", "effective_from", "effective_to", "document", "article", "region", "default",
}  # fmt: skip


LEVELS_THAT_ENTER = ("province", "city", "county")


class ExactLoader(yaml.SafeLoader):
    """Keeps 1.5 as the text "1.5": a binary float is not what the document says."""


ExactLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:float"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(file: Path) -> Any:
    """A YAML file with exact decimals. Raises LawFault naming the file when it cannot be read."""
    try:
        return yaml.load(file.read_text("utf-8"), Loader=ExactLoader) or {}  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise LawFault(N_("参数文件 {file} 读不出来：{fault}"), file=file.name, fault=problem) from problem


def read_value(value: object, unit: Unit) -> Value:
    """A value as its unit stores it: whole numbers, an exact fraction for a ratio ("1.5", "60%", "3/2"), a text.

    Raises Invalid (field "value") when it is not one.
    """
    if unit is Unit.TEXT:
        return str(value)
    if unit is Unit.YES_NO:
        if value in {True, False}:
            return int(bool(value))
        raise Invalid(N_("只能填“是”或“否”。"), field="value")
    if isinstance(value, float | bool):
        raise Invalid(N_("“{value}”不是准确的数。"), field="value", value=value)
    text = str(value).strip()
    percent = text.endswith("%")
    try:
        number = Fraction(text.removesuffix("%").strip()) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        raise Invalid(N_("“{value}”不是准确的数。"), field="value", value=value) from None
    if unit is Unit.RATIO:
        return number
    if number.denominator != 1:
        raise Invalid(N_("“{value}”要是整数（金额以分为单位）。"), field="value", value=value)
    return int(number)


def load_folder(region: str, folder: Path) -> tuple[list[Declaration], list[Parameter]]:
    """All `*.yaml` of a pack's folder. Raises LawFault naming the file and the key. Overlaps are the book's affair."""
    declarations: list[Declaration] = []
    parameters: list[Parameter] = []
    if not folder.is_dir():
        raise LawFault(N_("参数目录 {folder} 不存在。"), folder=folder)
    for file in sorted(folder.glob("*.yaml")):
        content = load_yaml(file)
        if not isinstance(content, dict) or set(content) - {"declarations", "values"}:
            raise LawFault(N_("参数文件 {file} 只能有 declarations 和 values 两部分。"), file=file.name)
        declarations += [
            _read(_declaration, each, region, file) for each in content.get("declarations") or []
        ]
        parameters += [_read(_parameter, each, region, file) for each in content.get("values") or []]
    return declarations, parameters


def _read(make: Callable[..., _T], entry: object, region: str, file: Path) -> _T:
    if not isinstance(entry, dict):
        raise LawFault(N_("参数文件 {file} 中的 {key} 有误：{fault}"), file=file.name, key=entry, fault="?")
    key = entry.get("key", "?")
    unknown = sorted(set(entry) - (DECLARATION_WORDS if make is _declaration else VALUE_WORDS))
    if unknown:
        raise LawFault(N_("参数文件 {file} 中的 {key} 有误：{fault}"), file=file.name, key=key, fault=unknown)
    try:
        return make(entry, region, file.name)
    except (KeyError, Invalid, ValueError, TypeError, AttributeError) as problem:
        raise LawFault(
            N_("参数文件 {file} 中的 {key} 有误：{fault}"), file=file.name, key=key, fault=problem
        ) from problem


def _declaration(entry: Mapping[str, Any], region: str, _origin: str) -> Declaration:
    units = entry["units"] if isinstance(entry["units"], list) else [entry["units"]]
    least, most = (
        None if entry.get(end) is None else Fraction(read_value(entry[end], Unit.RATIO))
        for end in ("least", "most")
    )
    if entry.get("entered_by", "") not in {"", *LEVELS_THAT_ENTER}:
        raise Invalid(N_("entered_by 只能是 province、city 或 county。"))
    return Declaration(
        key=entry["key"],
        name=entry["name"],
        units=tuple(Unit(unit) for unit in units),
        region=region,
        per_area=bool(entry.get("per_area", False)),
        entered_by=entry.get("entered_by", ""),
        least=least,
        most=most,
        document=entry.get("document", ""),
        article=str(entry.get("article", "")),
    )


def _parameter(entry: Mapping[str, Any], region: str, origin: str) -> Parameter:
    unit = Unit(entry["unit"])
    if not entry["document"]:
        raise KeyError("document")
    dates = entry["effective_from"], entry.get("effective_to")
    if not isinstance(dates[0], date) or not isinstance(dates[1], date | None):
        raise Invalid(N_("日期要写成 2021-07-01 这样。"))
    if dates[1] is not None and dates[1] < dates[0]:
        raise Invalid(N_("截止日期早于起始日期。"))
    return Parameter(
        key=entry["key"],
        value=read_value(entry["value"], unit),
        unit=unit,
        region=str(entry.get("region", region)),
        effective_from=dates[0],
        document=entry["document"],
        area=Area[entry["area"].upper()] if entry.get("area") else None,
        effective_to=dates[1],
        article=str(entry.get("article", "")),
        default=entry.get("default", False) is True,
        origin=origin,
    )
