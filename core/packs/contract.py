"""The contract of a pack: everything that must hold before it may be enabled, told fault by fault (decision 15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from core.catalogue import Catalogue, Guide, Pack, RegionDeclaration
from core.identity_numbers import PROVINCES
from core.law import LawBook, path_of
from core.packs.contract_fault import ContractFault, told
from core.packs.contract_forms import form_faults
from core.packs.contract_schemes import scheme_faults
from core.packs.english import english_of, texts_of
from core.translations import N_

NATION = "000000000000"
# the groups of the register (R2-01…R2-05); a pack may name them, not add to them
CATEGORIES = frozenset({"dibao", "tekun", "edge_family", "rigid_expense_family", "other"})
CHANNELS = frozenset({"online", "window", "proxy"})
_NAME = re.compile(r"[a-z][a-z0-9_]{1,38}")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


def check_pack(
    pack: Pack, catalogue: Catalogue, *, region_exists: Callable[[str], bool] | None = None
) -> list[ContractFault]:
    """Every fault of a pack as it stands in the catalogue; empty when it may be enabled.

    `region_exists` tells whether a 12-digit code is a real place; without it, only the province is looked at.
    """
    faults = [*_identity(pack), *_regions(pack, region_exists or _is_province)]
    book = catalogue.law_book(_with_ground(pack, catalogue))
    for key in pack.form_keys:
        faults += form_faults(catalogue.form(*key), pack.name)
    faults += _rules(pack, book)
    for region in sorted(pack.region_codes):
        view = catalogue.with_packs(region, _with_ground(pack, catalogue))
        faults += scheme_faults(view, pack, book)
    for declared in pack.regions:
        faults += _words(declared, pack, catalogue, book)
    if not pack.shipped:
        # the house's own packs are translated with the house, and a test of the house looks at them
        faults += _english(pack)
    return list(dict.fromkeys(faults))


def _is_province(code: str) -> bool:
    return code == NATION or (len(code) == 12 and code.isdigit() and code[:2] in PROVINCES)


def _with_ground(pack: Pack, catalogue: Catalogue) -> frozenset[str]:
    return frozenset(each.name for each in catalogue.packs.values() if each.is_ground) | {pack.name}


def _identity(pack: Pack) -> Iterator[ContractFault]:
    if not _NAME.fullmatch(pack.name):
        yield ContractFault("name", N_("名字“{name}”只能用小写字母、数字和下划线。"), {"name": pack.name})
    if not _VERSION.fullmatch(pack.info.version):
        yield ContractFault(
            "version", N_("版本“{version}”应写成 1.0 这样的数字。"), {"version": pack.info.version}
        )
    if not pack.info.title or not pack.info.summary:
        yield ContractFault("name", N_("没有写标题或简介，管理员看不出它是什么。"))
    if not pack.region_codes:
        yield ContractFault("region", N_("没有声明任何地区的内容，启用了也没有用。"))


def _regions(pack: Pack, exists: Callable[[str], bool]) -> Iterator[ContractFault]:
    for code in sorted(pack.region_codes):
        if not exists(code):
            yield ContractFault("region", N_("地区代码 {code} 不存在。"), {"code": code})
    for region in pack.regions:
        if region.situations is not None and not region.situations.is_dir():
            yield ContractFault(
                "parameters", N_("政策情形目录 {folder} 不存在。"), {"folder": region.situations.name}
            )


def _rules(pack: Pack, book: LawBook) -> Iterator[ContractFault]:
    # it reads rules as columns: their library is not loaded at each start, for a page that is seldom opened
    from core.rules.contract import faults_in_rule  # noqa: PLC0415

    for rule in pack.rules:
        try:
            faults = faults_in_rule(rule, book)
        except Exception as error:  # noqa: BLE001  (a pack's own text may fail in any way; the screen tells it)
            values = {"rule": rule.name, "error": type(error).__name__}
            yield ContractFault("rule", N_("规则 {rule} 试算时出错（{error}）。"), values)
            continue
        for fault in faults:
            yield ContractFault("rule", told(fault))


def _words(
    region: RegionDeclaration, pack: Pack, catalogue: Catalogue, book: LawBook
) -> Iterator[ContractFault]:
    view = catalogue.with_packs(region.code, _with_ground(pack, catalogue))
    keys = {declared.key for declared in book.declared(path_of(region.code))}
    for guide in region.guides:
        yield from _guide(guide, keys, set(view.schemes))
    yield from _unknown(N_("低收入人口类别“{code}”不在登记册里。"), region.categories, CATEGORIES)
    yield from _unknown(N_("申请渠道“{code}”不认识；只有 online、window、proxy。"), region.channels, CHANNELS)
    cited = {row.code: row.source for row in region.categories} | {
        row.code: row.source for row in region.channels
    }
    for code, source in cited.items():
        if not source:
            yield ContractFault("source", N_("“{code}”没有写依据的文件。"), {"code": code})
    check = region.self_check
    if check is None:
        return
    questions = {question.name: question for question in check.form.questions}
    guides = {guide.code for guide in view.guides}
    for hint in check.hints:
        if hint.guide not in guides:
            yield ContractFault("guide", N_("自查提示指向的说明“{code}”不存在。"), {"code": hint.guide})
        for condition in hint.when:
            if condition.question not in questions:
                yield ContractFault(
                    "guide", N_("自查提示问到的“{name}”不存在。"), {"name": condition.question}
                )


def _guide(guide: Guide, keys: set[str], schemes: set[str]) -> Iterator[ContractFault]:
    if not guide.steps or not guide.source:
        yield ContractFault("guide", N_("说明“{code}”没有内容或没有写依据。"), {"code": guide.code})
    if guide.scheme and guide.scheme not in schemes:
        yield ContractFault("guide", N_("说明“{code}”指向的救助种类不存在。"), {"code": guide.code})
    for figure in guide.figures:
        if figure.key not in keys:
            yield ContractFault(
                "guide",
                N_("说明“{code}”用到没有声明的参数 {key}。"),
                {"code": guide.code, "key": figure.key},
            )
        if f"{{{figure.name}}}" not in guide.summary_with_figures:
            yield ContractFault(
                "guide",
                N_("说明“{code}”里没有用到数值 {name}。"),
                {"code": guide.code, "name": figure.name},
            )


def _unknown(message: str, rows: Iterable[object], known: frozenset[str]) -> Iterator[ContractFault]:
    for row in rows:
        code = str(getattr(row, "code", ""))
        if code not in known:
            yield ContractFault("code", message, {"code": code})


def _english(pack: Pack) -> Iterator[ContractFault]:
    try:
        known = english_of(pack)
    except (OSError, ValueError) as broken:
        yield ContractFault(
            "english", N_("英文翻译文件读不了（{error}）。"), {"error": type(broken).__name__}
        )
        return
    missing = sorted(texts_of(pack) - known)
    if missing:
        yield ContractFault(
            "english",
            N_("有 {count} 处文字没有英文，比如“{text}”。请补 translations/en/LC_MESSAGES/messages.po。"),
            {"count": len(missing), "text": missing[0][:20]},
        )
