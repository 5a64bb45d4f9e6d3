"""Who receives continuing help already, in words, with the way to the household where a change is made (57号 第四条)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from admin.household_file import category_words
from core.access import Permission
from core.households.groups import Covered
from core.web.access_gate import may
from core.web.request import state
from core.web.texts import gettext


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """`who` masked. `household_id`: the home, where the reader may open its file. `alone`: her family may still apply."""

    who: str
    text: str
    household_id: uuid.UUID | None
    alone: bool


def covered_rows(found: Iterable[Covered]) -> list[CoveredRow]:
    """One row for each person."""
    words = category_words(state().node)
    return [_row(each, words.get(str(each.group), "")) for each in found]


def _row(each: Covered, group: str) -> CoveredRow:
    home = each.home
    if each.alone or home is None:
        text = gettext("现在是{group}（单人），不能单独再申请一次。情况变了的，到那一户办变更。", group=group)
    else:
        text = gettext(
            "现在是{group}（{number}，{n} 人），不能再申请一次。人口、收入变了的，到那一户办变更。",
            group=group,
            number=home.number,
            n=home.size,
        )
    opens = home is not None and may(Permission.HOUSEHOLD_READ)
    return CoveredRow(each.person.name_masked, text, home.id if home and opens else None, each.alone)
