"""What a province changes of a national scheme or form, and nothing more: the rest follows the national text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from core.catalogue.schemes import (
    Authority,
    LetterDeclaration,
    LimitDeclaration,
    NoticeKind,
    PauseReason,
    Scheme,
    SourceRequirement,
    StepDeclaration,
    VariantDeclaration,
)
from core.forms import FormDeclaration, Question, Section

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SchemeAmendment:
    """Changes to scheme `scheme` in region `region_code`. What is named replaces its like or is added; empty: unchanged.

    With a `code` of its own it makes a further scheme that begins as a copy of `scheme`, which itself stays as it is;
    `name` and `public_kind` are then the new one's. `without`: codes of variants, sources or notices that do not apply.
    """

    scheme: str
    region_code: str
    source: str
    code: str = ""
    name: str = ""
    public_kind: str = ""
    without: tuple[str, ...] = ()
    application_form: str = ""
    visit_form: str = ""
    income_window_key: str = ""
    confirm_authority: Authority | None = None
    delegation_key: str = ""
    open_to_apply: bool | None = None
    steps: tuple[StepDeclaration, ...] = ()
    limits: tuple[LimitDeclaration, ...] = ()
    sources: tuple[SourceRequirement, ...] = ()
    letters: tuple[LetterDeclaration, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    variants: tuple[VariantDeclaration, ...] = ()
    pause_reasons: tuple[PauseReason, ...] = ()


_SINGLE = (
    "code",
    "name",
    "public_kind",
    "application_form",
    "visit_form",
    "income_window_key",
    "confirm_authority",
    "delegation_key",
    "open_to_apply",
)
_LISTS: dict[str, Callable[[Any], Hashable]] = {
    "steps": lambda row: row.code,
    "limits": lambda row: (row.code, row.when),
    "sources": lambda row: row.code,
    "letters": lambda row: row.kind,
    "notices": lambda row: row.code,
    "variants": lambda row: row.code,
    "pause_reasons": lambda row: row.code,
}


def amend_scheme(scheme: Scheme, amendment: SchemeAmendment) -> Scheme:
    """The scheme as the amending region has it; the scheme given stays as it is."""
    changes: dict[str, Any] = {
        name: getattr(amendment, name)
        for name in _SINGLE
        if getattr(amendment, name) is not None and getattr(amendment, name) != ""
    }
    for name, key in _LISTS.items():
        if getattr(amendment, name):
            changes[name] = _merged(getattr(scheme, name), getattr(amendment, name), key)
    for name in ("variants", "sources", "notices"):
        rows = changes.get(name, getattr(scheme, name))
        changes[name] = tuple(row for row in rows if row.code not in amendment.without)
    source = f"{scheme.source}；{amendment.source}" if scheme.source else amendment.source
    return replace(scheme, **changes, region_code=amendment.region_code, source=source)


def _merged(old: Iterable[T], new: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    rows = {key(row): row for row in old}
    rows.update({key(row): row for row in new})
    return tuple(rows.values())


@dataclass(frozen=True, slots=True)
class Asks:
    """Further questions of an existing section, put after question `after` (empty: at the end)."""

    section: str
    questions: tuple[Question, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class FormAmendment:
    """A form of a region that stands on another one: `extends` names its form and exact version, so it never drifts.

    `sections` replace those of the same name or come at the end (after `place_after` if named); `without` drops sections.
    """

    name: str
    version: str
    region_code: str
    extends: tuple[str, str]
    source: str
    title: str = ""
    sections: tuple[Section, ...] = ()
    place_after: str = ""
    asks: tuple[Asks, ...] = ()
    without: tuple[str, ...] = ()


def amend_form(form: FormDeclaration, amendment: FormAmendment) -> FormDeclaration:
    """The whole form of the amending region. KeyError for a section or question that is not there."""
    kept = [section for section in form.sections if section.name not in amendment.without]
    new = {section.name: section for section in amendment.sections}
    sections = [new.pop(section.name, section) for section in kept]
    names = [section.name for section in sections]
    place = names.index(amendment.place_after) + 1 if amendment.place_after in names else len(sections)
    sections[place:place] = new.values()
    for asks in amendment.asks:
        index = next((i for i, section in enumerate(sections) if section.name == asks.section), None)
        if index is None:
            raise KeyError(asks.section)
        sections[index] = _asking_more(sections[index], asks)
    return replace(
        form,
        name=amendment.name,
        version=amendment.version,
        region_code=amendment.region_code,
        title=amendment.title or form.title,
        source=amendment.source,
        sections=tuple(sections),
    )


def _asking_more(section: Section, asks: Asks) -> Section:
    names = [question.name for question in section.questions]
    if asks.after and asks.after not in names:
        raise KeyError(asks.after)
    place = names.index(asks.after) + 1 if asks.after else len(names)
    questions = (*section.questions[:place], *asks.questions, *section.questions[place:])
    return replace(section, questions=questions)
