"""Finds the installed packs, collects what they declare, or refuses to start with a sentence that says what to do."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from core import hookspecs
from core.catalogue.amendments import FormAmendment, SchemeAmendment
from core.catalogue.book import Catalogue
from core.catalogue.packs import Pack, PackInfo
from core.catalogue.regional import IdentityProvider, MessageChannel, PackBlueprint, RegionDeclaration
from core.catalogue.schemes import Scheme
from core.errors import Problem
from core.forms import FormDeclaration
from core.law import LawFault
from core.rules.rule import Rule
from core.settings import Settings
from core.translations import N_

ENTRY_POINTS = "doudi.plugins"
T = TypeVar("T")


class PackFault(Problem):
    """A pack that cannot be used, named, with the reason and what to do. Raised at start, never later."""

    status = 500

    def __init__(self, pack: str, reason: str, advice: str, **values: object) -> None:
        super().__init__(
            N_("包“{pack}”不能载入：{reason}。{advice}"),
            pack=pack,
            reason=reason.format(**values),
            advice=advice,
        )


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A pack found but not yet loaded: `module` is what to import. `shipped` with Doudi, or by another package."""

    name: str
    module: str
    shipped: bool


def find_packs(root: str = "plugins", group: str = ENTRY_POINTS) -> list[FoundPack]:
    """Every pack in the folder package `root` and in the entry-point group, by name.

    Raises:
        PackFault: two packs share a name.
    """
    package = importlib.import_module(root)
    found = [
        FoundPack(module.name, f"{root}.{module.name}.plugin", shipped=True)
        for module in pkgutil.iter_modules(package.__path__)
        if module.ispkg
    ]
    found += [FoundPack(point.name, point.value, shipped=False) for point in entry_points(group=group)]
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise PackFault(name, N_("有两个包用了这个名字"), N_("请卸载其中一个，或请作者改名。"))
    return sorted(found, key=lambda each: each.name)


def load_packs(settings: Settings, *, root: str = "plugins", group: str = ENTRY_POINTS) -> Catalogue:
    """Load all installed packs (or those the settings pin) into a catalogue; called once by the composition root.

    Raises:
        PackFault: a pack cannot be imported, has no `PACK`, marks an unknown hook, or answers a hook wrongly.
        CatalogueFault: two packs claim the same thing for the same region.
    """
    found = find_packs(root, group)
    pinned = frozenset(settings.packs)
    missing = pinned - {each.name for each in found}
    if missing:
        raise PackFault(
            min(missing), N_("设置里列了它，但没有安装"), N_("请安装它，或从 DOUDI_PACKS 里去掉它。")
        )
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    # the ground is always needed, whatever a site pins
    wanted = [each for each in found if not pinned or each.name in pinned | {"national"}]
    hooks = PackHooks(manager)
    infos = {each.name: _register(manager, each) for each in wanted}
    packs = [_collect(hooks, each, infos[each.name]) for each in wanted]
    catalogue = Catalogue(packs, hooks, pinned)
    ground = frozenset(pack.name for pack in packs if pack.is_ground)
    for pack in packs:
        try:
            catalogue.law_book(ground | {pack.name})
        except LawFault as fault:
            raise _broken(FoundPack(pack.name, "", pack.shipped), fault) from fault
    return catalogue


class PackHooks:
    """Asks packs at run time; every call names the packs it may reach."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self._callers: dict[tuple[str, str], pluggy.HookCaller] = {}

    def ask(self, packs: frozenset[str], hook: str, **given: Any) -> list[Any]:
        """The answers of those packs to a hook, joined in the order of the packs' names."""
        return [answer for pack in sorted(packs) for answer in self.ask_one(pack, hook, **given)]

    def ask_one(self, pack: str, hook: str, **given: Any) -> list[Any]:
        """The answers of one pack; none when it has no such hook."""
        caller = self._callers.get((pack, hook))
        if caller is None:
            others = [plugin for name, plugin in self._manager.list_name_plugin() if name != pack]
            caller = self._callers[pack, hook] = self._manager.subset_hook_caller(hook, others)
        return [answer for answers in caller(**given) for answer in answers]


def _register(manager: pluggy.PluginManager, found: FoundPack) -> PackInfo:
    try:
        module = importlib.import_module(found.module.partition(":")[0])
    except ModuleNotFoundError as error:
        if error.name == found.module:
            raise PackFault(
                found.name, N_("它的文件夹里没有 plugin.py"), N_("请补上这个文件，或移走这个文件夹。")
            ) from error
        raise _broken(found, error) from error
    except Problem:
        raise
    except Exception as error:
        raise _broken(found, error) from error
    info = getattr(module, "PACK", None)
    if not isinstance(info, PackInfo) or info.name != found.name:
        raise PackFault(
            found.name,
            N_("它没有声明 PACK，或者 PACK 里的名字不是“{name}”"),
            N_("请在它的 plugin.py 里写 PACK = PackInfo(name=…, title=…, version=…, summary=…)。"),
            name=found.name,
        )
    try:
        manager.register(module, name=found.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PackFault(
            found.name,
            N_("它的接口和本版本不符（{error}）"),
            N_("请对照 docs/hooks.md 改正函数名和参数，或安装适合本版本的包。"),
            error=str(error).strip().splitlines()[0],
        ) from error
    return info


def _broken(found: FoundPack, error: Exception) -> PackFault:
    return PackFault(
        found.name,
        N_("载入时出错（{kind}：{error}）"),
        N_("请联系它的作者，或先卸载它再启动。"),
        kind=type(error).__name__,
        error=str(error).replace("{", "").replace("}", "") or "—",
    )


def _collect(hooks: PackHooks, found: FoundPack, info: PackInfo) -> Pack:
    def gather(hook: str, *kinds: type[Any]) -> list[Any]:
        try:
            rows = hooks.ask_one(found.name, hook)
        except Exception as error:
            raise _broken(found, error) from error
        for row in rows:
            if not isinstance(row, kinds):
                raise PackFault(
                    found.name,
                    N_("{hook} 给出了 {given}，应当是 {wanted}"),
                    N_("请对照 docs/hooks.md 改正。"),
                    hook=hook,
                    given=type(row).__name__,
                    wanted="、".join(kind.__name__ for kind in kinds),
                )
        return rows

    schemes = gather("register_schemes", Scheme, SchemeAmendment)
    forms = gather("register_forms", FormDeclaration, FormAmendment)
    module = importlib.import_module(found.module.partition(":")[0])
    return Pack(
        info=info,
        plugin=module,
        folder=Path(str(module.__file__)).parent,
        shipped=found.shipped,
        regions=tuple(gather("register_regions", RegionDeclaration)),
        schemes=_of(Scheme, schemes),
        scheme_amendments=_of(SchemeAmendment, schemes),
        forms=_of(FormDeclaration, forms),
        form_amendments=_of(FormAmendment, forms),
        rules=tuple(gather("register_rules", Rule)),
        channels=tuple(gather("register_messages", MessageChannel)),
        identity_providers=tuple(gather("register_identity_providers", IdentityProvider)),
        blueprints=tuple(gather("register_blueprints", PackBlueprint)),
    )


def _of(kind: type[T], rows: Iterable[object]) -> tuple[T, ...]:
    return tuple(row for row in rows if isinstance(row, kind))
