"""What all installed packs declare, and what of it is in force in a region on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from core.catalogue.amendments import FormAmendment, amend_form
from core.catalogue.hooks import Hooks
from core.catalogue.packs import Enabling, Pack
from core.catalogue.region_view import RegionCatalogue
from core.errors import NotFound, Problem
from core.forms import FormDeclaration
from core.law import LawBook
from core.rules.rule import Rule
from core.translations import N_

KEPT_VIEWS = 1024


class CatalogueFault(Problem):
    """Two packs, or two parts of one, that cannot stand together. Raised at start, never later."""

    status = 500


class Catalogue:
    """All installed packs. Never changes after start; which packs are enabled is asked with each question.

    `pinned`: packs that the settings fix as the enabled ones; rows then change nothing.
    """

    def __init__(self, packs: Sequence[Pack], hooks: Hooks, pinned: frozenset[str] = frozenset()) -> None:
        """Raises CatalogueFault when two declarations claim the same thing for the same region."""
        self.packs: Mapping[str, Pack] = {pack.name: pack for pack in packs}
        self.pinned = pinned
        self._hooks = hooks
        self._forms = _whole_forms(packs)
        self._views: dict[tuple[str, frozenset[str]], RegionCatalogue] = {}
        self._books: dict[frozenset[str], LawBook] = {}
        _refuse_doubles(packs)

    # --- asked without a region: what was begun under a pack stays readable ---

    def form(self, name: str, version: str) -> FormDeclaration:
        """That exact version, whether or not its pack is enabled. Raises NotFound."""
        try:
            return self._forms[name, version]
        except KeyError:
            raise NotFound(
                N_("没有找到表单“{name}”第 {version} 版。它的省级包可能没有安装。"),
                name=name,
                version=version,
            ) from None

    def pack(self, name: str) -> Pack:
        """The installed pack of that name. Raises NotFound."""
        if name not in self.packs:
            raise NotFound(N_("没有安装名叫“{name}”的包。"), name=name)
        return self.packs[name]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every version of every rule of every pack."""
        return tuple(rule for pack in self.packs.values() for rule in pack.rules)

    def rule(self, version: str) -> Rule:
        """The rule a decision stored by its version ("dibao@2021-07-01/000000000000"). Raises NotFound."""
        for rule in self.rules:
            if rule.version == version:
                return rule
        raise NotFound(N_("没有找到规则“{version}”。"), version=version)

    def parameter_folders(self, names: Iterable[str] | None = None) -> list[tuple[str, Path]]:
        """(region, folder) of those packs (all of them without `names`), for `LawBook.load`."""
        wanted = self.packs.keys() if names is None else set(names)
        return [
            (region.code, region.parameters)
            for pack in self.packs.values()
            if pack.name in wanted
            for region in pack.regions
        ]

    def law_book(self, names: frozenset[str]) -> LawBook:
        """The parameters of exactly these packs, read once per set. Raises LawFault for a broken file."""
        book = self._books.get(names)
        if book is None:
            book = self._books[names] = LawBook.load(self.parameter_folders(names))
        return book

    # --- asked for a region ---

    def enabled(self, region_code: str, on: date, enablings: Iterable[Enabling]) -> frozenset[str]:
        """Names of the packs in force there on that day: the ground always, the rest by rows or by the settings."""
        ground = frozenset(pack.name for pack in self.packs.values() if pack.is_ground)
        if self.pinned:
            return ground | (self.pinned & frozenset(self.packs))
        return ground | {
            row.pack for row in enablings if row.pack in self.packs and row.in_force(region_code, on)
        }

    def enabled_anywhere(self, name: str, on: date, enablings: Iterable[Enabling]) -> bool:
        """Whether the pack is in force in any region on that day; for its pages when no region is at hand."""
        if name not in self.packs:
            return False
        if self.pinned or self.packs[name].is_ground:
            return self.packs[name].is_ground or name in self.pinned
        return any(row.pack == name and row.in_force(row.region_code, on) for row in enablings)

    def for_region(self, region_code: str, on: date, enablings: Iterable[Enabling] = ()) -> RegionCatalogue:
        """Everything in force in a region (12-digit code) on a day; the nearest region's declaration wins."""
        return self.with_packs(region_code, self.enabled(region_code, on, enablings))

    def for_case(
        self, region_code: str, on: date, pack: str, enablings: Iterable[Enabling] = ()
    ) -> RegionCatalogue:
        """As `for_region`, and `pack` too even if disabled since: a case ends under the pack it began with."""
        enabled = self.enabled(region_code, on, enablings)
        return self.with_packs(region_code, enabled | ({pack} & self.packs.keys()))

    def with_packs(self, region_code: str, names: frozenset[str]) -> RegionCatalogue:
        """What would be in force there with exactly these packs; for previews, and behind `for_region`."""
        key = (region_code, names)
        view = self._views.get(key)
        if view is None:
            if len(self._views) >= KEPT_VIEWS:
                self._views.clear()
            packs = [pack for pack in self.packs.values() if pack.name in names]
            view = self._views[key] = RegionCatalogue.of(
                region_code, packs, self._forms, self._hooks, self.law_book(names)
            )
        return view

    def __repr__(self) -> str:
        return f"Catalogue({', '.join(self.packs)})"


def _whole_forms(packs: Iterable[Pack]) -> dict[tuple[str, str], FormDeclaration]:
    forms: dict[tuple[str, str], FormDeclaration] = {}
    waiting: list[tuple[Pack, FormAmendment]] = []
    for pack in packs:
        for form in pack.forms:
            _enter(forms, form, pack)
        waiting += [(pack, amendment) for amendment in pack.form_amendments]
    while waiting:
        ready = [(pack, amendment) for pack, amendment in waiting if amendment.extends in forms]
        if not ready:
            pack, amendment = waiting[0]
            name, version = amendment.extends
            raise CatalogueFault(
                N_("包“{pack}”的表单“{form}”以“{name}”第 {version} 版为底，但没有这一版。"),
                pack=pack.name,
                form=amendment.name,
                name=name,
                version=version,
            )
        for pack, amendment in ready:
            try:
                _enter(forms, amend_form(forms[amendment.extends], amendment), pack)
            except KeyError as missing:
                raise CatalogueFault(
                    N_("包“{pack}”的表单“{form}”要改的部分“{part}”不存在。"),
                    pack=pack.name,
                    form=amendment.name,
                    part=missing.args[0],
                ) from None
        waiting = [each for each in waiting if each not in ready]
    return forms


def _enter(forms: dict[tuple[str, str], FormDeclaration], form: FormDeclaration, pack: Pack) -> None:
    key = (form.name, form.version)
    if key in forms:
        raise CatalogueFault(
            N_("表单“{form}”第 {version} 版声明了两次（包“{pack}”）。改动过的表单要用新的版本号。"),
            form=form.name,
            version=form.version,
            pack=pack.name,
        )
    forms[key] = form


def _refuse_doubles(packs: Iterable[Pack]) -> None:
    """One claim, one pack: a second one for the same region would make the answer depend on the order of packs."""
    claimed: dict[tuple[str, str, str], str] = {}
    for pack in packs:
        for kind, what, region in _claims(pack):
            other = claimed.setdefault((kind, what, region), pack.name)
            if other != pack.name or (kind, what, region) in _within(pack, kind):
                raise CatalogueFault(
                    N_("包“{one}”和“{other}”都为地区 {region} 声明了{kind}“{what}”。请停用或改正其中一个。"),
                    one=other,
                    other=pack.name,
                    region=region,
                    kind=kind,
                    what=what,
                )


def _claims(pack: Pack) -> list[tuple[str, str, str]]:
    return [
        *((N_("地区"), region.code, region.code) for region in pack.regions),
        *((N_("救助种类"), scheme.code, scheme.region_code) for scheme in pack.schemes),
        *((N_("救助种类"), row.code, row.region_code) for row in pack.scheme_amendments if row.code),
        *(
            (N_("对救助种类的改动"), row.scheme, row.region_code)
            for row in pack.scheme_amendments
            if not row.code
        ),
        *((N_("消息通道"), row.code, row.region_code) for row in pack.channels),
        *((N_("登录方式"), row.code, row.region_code) for row in pack.identity_providers),
        *((N_("规则"), rule.version, rule.region) for rule in pack.rules),
    ]


def _within(pack: Pack, kind: str) -> set[tuple[str, str, str]]:
    claims = [claim for claim in _claims(pack) if claim[0] == kind]
    return {claim for claim in claims if claims.count(claim) > 1}
