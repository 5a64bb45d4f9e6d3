"""Enabling and disabling a pack in a province, each from a day on."""

from __future__ import annotations

from datetime import date, datetime

from core import audit
from core.access import Actor, Permission
from core.catalogue import Catalogue
from core.database import new_id
from core.errors import Blocked, Invalid
from core.packs.contract import check_pack
from core.packs.models import PackEnabling
from core.packs.queries import open_row
from core.packs.standing import is_deciding_level
from core.scopes import region_columns
from core.sessions import ScopedSession
from core.translations import N_
from core.workdays import CHINA


def enable_pack(
    session: ScopedSession,
    actor: Actor,
    catalogue: Catalogue,
    name: str,
    region_code: str,
    from_day: date,
    *,
    now: datetime,
) -> PackEnabling:
    """Put a pack in force in a region from a day on.

    Raises:
        NotAllowed: the actor does not manage packs there.
        NotFound: no such pack is installed.
        Invalid: a day in the past, or already enabled (field `from_day`).
        Blocked: the settings fix the list, the pack is the ground, concerns another region, or fails the contract.
    """
    actor.require(Permission.PACK_MANAGE, region_code)
    _refuse_fixed(catalogue, name)
    if not is_deciding_level(region_code):
        raise Blocked(N_("省级包由省里统一启用，市县不单独启用。"))
    pack = catalogue.pack(name)
    if not pack.concerns(region_code):
        raise Blocked(N_("“{pack}”里没有这个地方的内容，启用了也没有用。"), pack=pack.info.title)
    if from_day < now.astimezone(CHINA).date() and actor.kind != "job":
        raise Invalid(N_("生效日期不能早于今天：已经办过的事按当时的规定算。"), field="from_day")
    if open_row(session, name, region_code) is not None:
        raise Invalid(N_("“{pack}”在这里已经启用。"), field="from_day", pack=pack.info.title)
    faults = check_pack(pack, catalogue)
    if faults:
        raise Blocked(
            N_("“{pack}”没有通过检查，不能启用：{fault}（共 {count} 处）"),
            pack=pack.info.title,
            fault=str(faults[0]),
            count=len(faults),
        )
    row = PackEnabling(
        **region_columns(region_code),
        id=new_id(),
        pack=name,
        version=pack.info.version,
        region_code=region_code,
        from_day=from_day,
        enabled_by=actor.account_id,
        enabled_at=now,
    )
    session.add(row)
    session.flush()
    changes = {"pack": [None, f"{name} {pack.info.version}"], "from_day": [None, from_day.isoformat()]}
    audit.record(session, "pack.enable", ("packs", name), now=now, region=region_code, changes=changes)
    return row


def disable_pack(
    session: ScopedSession,
    actor: Actor,
    catalogue: Catalogue,
    name: str,
    region_code: str,
    to_day: date,
    *,
    now: datetime,
) -> PackEnabling:
    """End a pack in a region: from `to_day` no new case begins under it; cases under way keep its forms and rules.

    Raises:
        NotAllowed: the actor does not manage packs there.
        Invalid: a day in the past (field `to_day`).
        Blocked: the settings fix the list, the pack is the ground, or it is not enabled there.
    """
    actor.require(Permission.PACK_MANAGE, region_code)
    _refuse_fixed(catalogue, name)
    row = open_row(session, name, region_code)
    if row is None:
        raise Blocked(N_("它在这里没有启用，不用停用。"))
    if to_day < now.astimezone(CHINA).date():
        raise Invalid(N_("停用日期不能早于今天。"), field="to_day")
    row.to_day = to_day
    row.disabled_by = actor.account_id
    row.disabled_at = now
    session.flush()
    changes = {"pack": [name, None], "to_day": [None, to_day.isoformat()]}
    audit.record(session, "pack.disable", ("packs", name), now=now, region=region_code, changes=changes)
    return row


def _refuse_fixed(catalogue: Catalogue, name: str) -> None:
    if catalogue.pinned:
        raise Blocked(N_("启用哪些包由部署设置（DOUDI_PACKS）固定，不能在这里改。"))
    if name in catalogue.packs and catalogue.packs[name].is_ground:
        raise Blocked(N_("全国规定处处有效，不能停用。"))
