"""Who of the staff looked at one's own data: from which office and in what post, at what, what for and when; by no name."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import audit
from core.accounts.queries import PastRole, past_roles
from core.accounts.role_words import ROLE_WORDS
from core.audit import Alike
from core.cases.models import Case
from core.cases.own_looks import looks_at_own
from core.regions.codes import path_codes
from core.regions.models import Region
from core.regions.names import spoken
from core.sessions import across
from core.web.formats import moment
from core.web.request import now, session, signed_in
from core.web.texts import N_, gettext, language
from portal.own_records import RecordPart

KEPT = timedelta(days=365)
_SEEN = {
    "case.look": N_("您的申请"),
    "data.look": N_("您的更正申请"),
    "document.look": N_("您的材料"),
    "household.look": N_("您家的档案"),
    "letter.look": N_("给您的信"),
    "person.look": N_("您登记的身份"),
    "resident.look": N_("您核对过的手机"),
    "verification.look": N_("您的核对结果"),
    "visit.look": N_("上门看到的情况"),
}
# the purposes that a page offers for a reveal
_PURPOSES = frozenset({N_("核对身份"), N_("打电话联系"), N_("填写文书"), N_("核实情况")})
_REVEALED = {
    "name": N_("您的姓名"),
    "id_number": N_("您的证件号全号"),
    "phone": N_("您的电话全号"),
    "disability_certificate": N_("您的残疾证号全号"),
    "address": N_("您家的住址"),
    "asked": N_("您要求更正的内容"),
    "answered": N_("对您的答复"),
}


@dataclass(frozen=True, slots=True)
class OwnLooks:
    """The looks of the last year as a part of her records; `more`: only the last ones are told."""

    part: RecordPart
    more: bool


def looks_of(cases: Collection[Case]) -> OwnLooks:
    """Who looked at her cases and herself; colleagues of one office who looked alike are one line."""
    with across(session(), "own-looks") as trail:
        rows = looks_at_own(trail, [case.id for case in cases], signed_in().person_id, since=now() - KEPT)
        roles = past_roles(trail, {row.account_id for row in rows if row.account_id is not None})
    told = rows[: audit.MOST_LOOKS]
    places = _names({row.node for row in told})
    lines: dict[tuple[str, str], tuple[datetime, int]] = {}
    for row in told:
        alike = _post(row, places, roles), _seen(row)
        last, times = lines.get(alike, (row.at, 0))
        lines[alike] = last, times + row.times
    items = [(post, _told(seen, last, times)) for (post, seen), (last, times) in lines.items()]
    return OwnLooks(RecordPart(gettext("谁看过我的资料"), items), len(rows) > audit.MOST_LOOKS)


def _names(nodes: Collection[str]) -> dict[str, str]:
    rows = session().execute(select(Region.code, Region.name).where(Region.code.in_(nodes)))
    return {row.code: spoken(row.name) for row in rows}


def _post(row: Alike, places: Mapping[str, str], roles: Mapping[uuid.UUID, Sequence[PastRole]]) -> str:
    """`永兴镇 镇经办`: the place she worked in and what she was there at that time."""
    held = roles.get(row.account_id, ()) if row.account_id is not None else ()
    above = path_codes(row.node) if row.node else ()
    posts = {each.role for each in held if each.held(row.at) and each.region_code in above}
    words = gettext("、").join(gettext(words) for role, words in ROLE_WORDS.items() if role in posts)
    return " ".join(part for part in (places.get(row.node, ""), words) if part) or gettext("工作人员")


def _seen(row: Alike) -> str:
    seen = gettext(_SEEN.get(row.act) or _REVEALED.get(row.what) or N_("您的资料"))
    if row.reason not in _PURPOSES:
        # in anybody's own words it may name who complained
        return seen
    return gettext("{seen}，用途：{reason}", seen=seen, reason=gettext(row.reason))


def _told(seen: str, last: datetime, times: int) -> str:
    when = moment(last, language())
    if times == 1:
        return gettext("{seen}，{when}", seen=seen, when=when)
    return gettext("{seen}，看过{times}次，最近一次{when}", seen=seen, times=times, when=when)
