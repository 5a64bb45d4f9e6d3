"""What is in force in one region with one set of packs: the nearest region's declaration wins over the national one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from core.access import region_contains
from core.catalogue.amendments import amend_scheme
from core.catalogue.events import CaseFacts, DecisionFacts, Finding, HouseholdFacts, Remark, VisitFacts
from core.catalogue.hooks import Hooks
from core.catalogue.packs import Pack
from core.catalogue.regional import (
    CategoryDeclaration,
    ChannelDeclaration,
    Guide,
    IdentityProvider,
    MessageChannel,
    PackBlueprint,
    Panel,
    RegionDeclaration,
    SelfCheck,
)
from core.catalogue.schemes import Scheme
from core.errors import NotFound
from core.forms import FormDeclaration
from core.law import Law, LawBook, path_of
from core.rules.rule import Rule
from core.translations import N_

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegionCatalogue:
    """Declarations and reactions of the packs `packs` in `region_code`. Lists are in the order shown to people.

    `book` holds the parameters of just these packs: a pack's law comes into force with the pack.
    """

    region_code: str
    packs: frozenset[str]
    schemes: Mapping[str, Scheme]
    forms: Mapping[str, FormDeclaration]
    rules: tuple[Rule, ...]
    guides: tuple[Guide, ...]
    categories: tuple[CategoryDeclaration, ...]
    channels: tuple[ChannelDeclaration, ...]
    self_check: SelfCheck | None
    message_channels: tuple[MessageChannel, ...]
    identity_providers: tuple[IdentityProvider, ...]
    blueprints: tuple[PackBlueprint, ...]
    pack_of_scheme: Mapping[str, str]
    book: LawBook
    _hooks: Hooks

    @classmethod
    def of(
        cls,
        region_code: str,
        packs: Sequence[Pack],
        forms: Mapping[tuple[str, str], FormDeclaration],
        hooks: Hooks,
        book: LawBook,
    ) -> RegionCatalogue:
        """Put together what `packs` declare for the region. `forms`: all whole forms; `book`: these packs' parameters."""
        path = path_of(region_code)
        mine = {key for pack in packs for key in pack.form_keys}
        regions = _nearest((region for pack in packs for region in pack.regions), path, lambda row: row.code)
        schemes, pack_of_scheme = _schemes(packs, path)
        return cls(
            region_code=region_code,
            packs=frozenset(pack.name for pack in packs),
            schemes=schemes,
            forms=_newest(form for key, form in forms.items() if key in mine and form.region_code in path),
            rules=tuple(rule for pack in packs for rule in pack.rules if rule.region in path),
            guides=_by_code(regions, lambda region: region.guides),
            categories=_by_code(regions, lambda region: region.categories),
            channels=_by_code(regions, lambda region: region.channels),
            self_check=next((region.self_check for region in regions if region.self_check), None),
            message_channels=_tagged((row for pack in packs for row in pack.channels), path),
            identity_providers=_tagged((row for pack in packs for row in pack.identity_providers), path),
            blueprints=_tagged((row for pack in packs for row in pack.blueprints), path),
            pack_of_scheme=pack_of_scheme,
            book=book,
            _hooks=hooks,
        )

    def scheme(self, code: str) -> Scheme:
        """The kind of assistance as this region has it. Raises NotFound where there is none."""
        try:
            return self.schemes[code]
        except KeyError:
            raise NotFound(N_("这里没有开办“{code}”。"), code=code) from None

    def form(self, name: str) -> FormDeclaration:
        """The newest version of a form for a new start; one already begun keeps its own (`Catalogue.form`)."""
        try:
            return self.forms[name]
        except KeyError:
            raise NotFound(N_("没有找到表单“{name}”。"), name=name) from None

    def guide(self, code: str) -> Guide:
        """The policy guide of that code. Raises NotFound."""
        for guide in self.guides:
            if guide.code == code:
                return guide
        raise NotFound(N_("没有找到这一页说明。"))

    # --- reactions and panels: only of these packs, so Guizhou's case never fires Guangdong's reaction; `law` is one
    # opened for this call, so that what a pack reads is not kept with a decision ---

    def household_panels(self, household: HouseholdFacts, law: Law) -> list[Panel]:
        return self._hooks.ask(self.packs, "household_panels", household=household, law=law)

    def case_panels(self, case: CaseFacts, law: Law) -> list[Panel]:
        return self._hooks.ask(self.packs, "case_panels", case=case, law=law)

    def case_accepted(self, case: CaseFacts, law: Law) -> list[Remark]:
        return self._hooks.ask(self.packs, "case_accepted", case=case, law=law)

    def case_decided(self, case: CaseFacts, decision: DecisionFacts, law: Law) -> list[Remark]:
        return self._hooks.ask(self.packs, "case_decided", case=case, decision=decision, law=law)

    def visit_recorded(self, visit: VisitFacts, law: Law) -> list[Finding]:
        return self._hooks.ask(self.packs, "visit_recorded", visit=visit, law=law)


def _nearest(rows: Iterable[T], path: Sequence[str], region_of: Callable[[T], str]) -> list[T]:
    """The rows tagged with a region of the path, nearest first."""
    return sorted((row for row in rows if region_of(row) in path), key=lambda row: path.index(region_of(row)))


def _tagged(rows: Iterable[Any], path: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_nearest(rows, path, lambda row: row.region_code))


def _by_code(
    regions: Sequence[RegionDeclaration], rows_of: Callable[[RegionDeclaration], Iterable[Any]]
) -> Any:
    """One row per code: in the order of the farthest region, in the words of the nearest."""
    found: dict[str, Any] = {}
    for region in reversed(regions):
        for row in rows_of(region):
            found[row.code] = row
    return tuple(found.values())


def _newest(forms: Iterable[FormDeclaration]) -> dict[str, FormDeclaration]:
    found: dict[str, FormDeclaration] = {}
    for form in forms:
        known = found.get(form.name)
        if known is None or _number(form.version) > _number(known.version):
            found[form.name] = form
    return found


def _number(version: str) -> int:
    # a version that is no number is a fault of the contract, not of the page that lists it
    return int(version) if version.isascii() and version.isdigit() else 0


def _schemes(packs: Sequence[Pack], path: Sequence[str]) -> tuple[dict[str, Scheme], dict[str, str]]:
    """Each scheme with the amendments of nearer regions, from far to near; and the pack nearest to each."""
    schemes: dict[str, Scheme] = {}
    owner: dict[str, str] = {}
    whole = [(scheme.region_code, scheme, pack) for pack in packs for scheme in pack.schemes]
    for _region, scheme, pack in reversed(_nearest(whole, path, lambda row: row[0])):
        schemes[scheme.code] = scheme
        owner[scheme.code] = pack.name
    changes = [(row.region_code, row, pack) for pack in packs for row in pack.scheme_amendments]
    farthest_first = [each[1:] for each in reversed(_nearest(changes, path, lambda row: row[0]))]
    # a copy is made of the scheme as amended here, and may itself be amended: hence three turns, whatever the order of packs
    copies = {amendment.code for amendment, _pack in farthest_first if amendment.code}
    for turn in (
        lambda row: not row.code and row.scheme not in copies,
        lambda row: row.code,
        lambda row: not row.code and row.scheme in copies,
    ):
        for amendment, pack in farthest_first:
            known = schemes.get(amendment.scheme)
            if not turn(amendment) or known is None:
                continue
            if region_contains(known.region_code, amendment.region_code):
                code = amendment.code or amendment.scheme
                schemes[code] = amend_scheme(known, amendment)
                owner[code] = pack.name
    return schemes, owner
