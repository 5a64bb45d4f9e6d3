"""Writes to the tree: loading the shipped divisions, an office's public data, counters of every node above."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.access import Actor, Permission
from core.audit import changes_of, record
from core.errors import Invalid
from core.regions.codes import codes_of, path_codes
from core.regions.divisions import place_row, read_divisions
from core.regions.models import CodeSystem, Region, RegionCounter, RegionOffice
from core.regions.queries import node
from core.sessions import ScopedSession, count_all_up, update_rows, write_rows
from core.translations import N_

CHUNK = 5_000
FIXED_PHONE = re.compile(r"(?:0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|1\d{4}|[48]00-?\d{3}-?\d{4})")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load added, renamed, and left alone (`kept` counts those the site changed)."""

    added: int = 0
    renamed: int = 0
    kept: int = 0


def load_divisions(session: ScopedSession, provinces: Iterable[str] | None = None) -> Loaded:
    """Load the nation and levels 1-4 of the shipped file, or of some provinces (codes). A second load changes nothing.

    A newer edition adds and renames; it never removes a row and never touches one the site changed. Needs a session in
    scope `System`.
    """
    existing = {
        code: (name, full, initials, system)
        for code, name, full, initials, system in session.execute(
            select(
                Region.code, Region.name, Region.full_name, Region.name_pinyin_initials, Region.code_system
            ).where(Region.level <= 4)
        )
    }
    known: dict[str, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    renamed = kept = 0
    for code, name, initials in read_divisions(provinces):
        stored = existing.get(code)
        if stored is not None and stored[3] is CodeSystem.SITE:
            known[code] = {"code": code, "name": stored[0], "full_name": stored[1]}
            kept += 1
            continue
        row = known[code] = place_row(code, name, known.__getitem__, initials=initials)
        if stored is None:
            added.append(row)
        elif stored[:2] != (name, row["full_name"]):
            # initials stay: case numbers have begun with them
            update_rows(session, Region, {"name": name, "full_name": row["full_name"]}, Region.code == code)
            renamed += 1
    for start in range(0, len(added), CHUNK):
        write_rows(session, Region, added[start : start + CHUNK])
    return Loaded(len(added), renamed, kept)


def bump_all(session: ScopedSession, deltas: Mapping[tuple[str, str], int]) -> None:
    """Add to counters, by (code, name), of each place and of every node above it, in one statement.

    Any scope may count, because one resident's application counts in her province. The nodes are written from the
    villages up: every transaction takes the rows in this order, so two of them cannot wait for each other, and the
    busiest rows (province, nation) are held for the shortest time.
    """
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for (code, name), delta in deltas.items():
        for each in path_codes(code):
            sums[each, name] += delta
    nodes = sorted((key for key, value in sums.items() if value), key=_from_the_village_up)
    rows = [
        {**codes_of(code), "region_code": code, "name": name, "value": sums[code, name]}
        for code, name in nodes
    ]
    if rows:
        count_all_up(session, RegionCounter, rows, "value")


def _from_the_village_up(node: tuple[str, str]) -> tuple[int, str, str]:
    return -len(path_codes(node[0])), *node


def set_office(
    session: ScopedSession,
    actor: Actor,
    code: str,
    *,
    office_name: str,
    phone: str,
    now: datetime,
    window_name: str = "",
    address: str = "",
    opening_hours: str = "",
) -> RegionOffice:
    """Enter or change the office of a place: public data, printed on notices and letters.

    Raises NotFound for an unknown place, NotAllowed, and Invalid for a phone that is not a fixed or service line: a
    notice may show this number, so nobody's own mobile may stand here.
    """
    actor.require(Permission.OFFICE_EDIT, code)
    place = node(session, code)
    number = phone.strip().replace(" ", "")
    if not FIXED_PHONE.fullmatch(number):
        raise Invalid(N_("请填写办公固定电话，例如0851-24220000；不要填写个人手机号。"), field="phone")
    if not office_name.strip():
        raise Invalid(N_("请填写办公地点的名称。"), field="office_name")
    office = session.get(RegionOffice, place.code) or RegionOffice(
        region_code=place.code, **codes_of(place.code)
    )
    office.office_name = office_name.strip()
    office.window_name = window_name.strip()
    office.phone = number
    office.address = address.strip()
    office.opening_hours = opening_hours.strip()
    office.changed_at = now
    session.add(office)
    record(
        session,
        "office.edit",
        ("offices", code),
        now=now,
        actor=actor,
        region=code,
        changes=changes_of(office),
    )
    session.flush()
    return office
