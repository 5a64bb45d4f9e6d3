"""What the audit trail keeps as codes, in the reader's words: fields and values. The stored codes stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.reveal import TEXTS, WHAT
from admin.standards import book_here
from core.accounts.assignments import VISIT
from core.accounts.models import Assurance
from core.accounts.role_words import ROLE_WORDS
from core.cases.declaration_models import Layer
from core.cases.models import Outcome
from core.cases.steps import STEP_NAMES
from core.documents.titles import KIND_TITLES
from core.identity_numbers import Sex
from core.law import path_of
from core.regions.models import RegionChangeKind
from core.web import formats
from core.web.installation import installation
from core.web.request import actor
from core.web.texts import N_, gettext, language

# a field by its name alone, or by its act where the name means something else there
FIELDS: dict[str, str] = {
    "step": N_("环节"),
    "steps": N_("重办的环节"),
    "outcome": N_("决定"),
    "eligible": N_("同意"),
    "from": N_("采信哪一项"),
    "result": N_("结果的校验值"),
    "together": N_("一次登记的项数"),
    "accepted": N_("已登记的行"),
    "discarded": N_("未看即弃的行"),
    "rejected": N_("没有登记的行"),
    "due_on": N_("期限"),
    "due_provisional": N_("暂定"),
    "region_code": N_("所在区划"),
    "monthly_fen": N_("每月金额（元）"),
    "ends_on": N_("停发日"),
    "upheld": N_("异议成立"),
    "worker": N_("交给谁"),
    "work": N_("交办什么"),
    "last_day": N_("办到哪一天"),
    "assurance": N_("身份确认到哪一步"),
    "kind": N_("种类"),
    "by": N_("按什么查"),
    "count": N_("查到几条"),
    "what": N_("看了哪一项"),
    "year": N_("年份"),
    "document": N_("文号"),
    "pack": N_("功能包"),
    "from_day": N_("从哪天起"),
    "to_day": N_("到哪天止"),
    "since": N_("从哪天起"),
    "merged_into": N_("并入"),
    "office_name": N_("办公地点"),
    "window_name": N_("窗口"),
    "phone": N_("电话"),
    "address": N_("地址"),
    "opening_hours": N_("办公时间"),
    "changed_at": N_("改动时间"),
    "name": N_("姓名"),
    "id_number": N_("证件号"),
    "birth_year": N_("出生年份"),
    "sex": N_("性别"),
    "document_id": N_("原件"),
}
VALUES: dict[str, Mapping[Any, str]] = {
    "step": STEP_NAMES,
    "steps": STEP_NAMES,
    "outcome": {Outcome.GRANTED: N_("确认"), Outcome.REFUSED: N_("不予确认")},
    "from": {Layer.DECLARED: N_("申报"), Layer.VERIFIED: N_("核对"), Layer.VISITED: N_("入户")},
    "assurance": {
        Assurance.SELF_STATED: N_("自己填的"),
        Assurance.PHONE_VERIFIED: N_("验过手机"),
        Assurance.WINDOW_CHECKED: N_("窗口核对过"),
        Assurance.IDENTITY_PROVIDER: N_("统一身份认证"),
    },
    "document.add.kind": KIND_TITLES,
    "region.edit.kind": {RegionChangeKind.ADDED: N_("新设"), RegionChangeKind.MERGED: N_("撤并")},
    "by": {
        "id_number": N_("证件号"), "phone": N_("电话"), "case_number": N_("案号"), "name": N_("姓名"),
    },
    "sex": {Sex.MALE: N_("男"), Sex.FEMALE: N_("女")},
    "what": {code: words for code, (words, _mask) in WHAT.items()} | TEXTS,
}  # fmt: skip
_ROLES = {role.value: words for role, words in ROLE_WORDS.items()}


def field_in_words(name: str) -> str:
    """A changed field as the page names it; one without words goes by its own name."""
    return gettext(FIELDS.get(name) or _ROLES.get(name) or _standards().get(name, name))


def _standards() -> dict[str, str]:
    """What the values are called that an office announces."""
    return {each.key: each.name for each in book_here().declared(path_of(actor().node))}


def value_in_words(act: str, name: str, value: Any, places: Mapping[str, str]) -> str:
    """A value of that field: its code's words, a place's name, a day or a sum as they are written."""
    if value is None or value == "":
        return gettext("无")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        return gettext("、").join(value_in_words(act, name, each, places) for each in value)
    if name.endswith("_fen"):
        return formats.money(int(value))
    known = VALUES.get(f"{act}.{name}") or VALUES.get(name) or {}
    words = known.get(value) or (_work_words().get(value) if name == "work" else None)
    if not isinstance(value, str):
        return gettext(words) if words else str(value)
    return gettext(words) if words else places.get(value) or formats.day_or_text(value, language())


def _work_words() -> dict[str, str]:
    schemes = [scheme for pack in installation().catalogue.packs.values() for scheme in pack.schemes]
    return {VISIT: N_("入户调查")} | {each.code: each.body for scheme in schemes for each in scheme.sources}
