"""Case numbers: one series per township and year, MT-2026-000123."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.cases.models import CaseSeries
from core.regions.models import Region
from core.sessions import ScopedSession, count_up
from core.workdays import CHINA


def next_case_number(session: ScopedSession, region_code: str, now: datetime) -> str:
    """The next number of the township that `region_code` lies in, for the Beijing year of `now`."""
    series = _series(region_code, now)
    row = count_up(session, CaseSeries, series | {"last": 1, "prefix": ""}, "last")
    if not row["prefix"]:
        # the first of the year: nobody else can see the series before this is committed
        prefix = _initials(session, series["township"])
        row = count_up(session, CaseSeries, series | {"last": 0, "prefix": prefix}, "prefix")
    return "{prefix}-{year}-{last:06d}".format_map(row)


def give_back(session: ScopedSession, region_code: str, now: datetime) -> None:
    """Take back the number just given in this transaction, so that the series has no gap."""
    series = _series(region_code, now)
    count_up(session, CaseSeries, series | {"last": -1, "prefix": ""}, "last")


def _series(region_code: str, now: datetime) -> dict[str, Any]:
    return {"township": region_code[:9].ljust(12, "0"), "year": now.astimezone(CHINA).year}


def _initials(session: ScopedSession, township: str) -> str:
    """Of county and township: MTYX for 湄潭县永兴镇; "XX" where a place has none."""
    codes = (township[:6].ljust(12, "0"), township)
    initials = dict(
        session.execute(select(Region.code, Region.name_pinyin_initials).where(Region.code.in_(codes))).all()
    )
    return "".join(initials.get(code, "") for code in dict.fromkeys(codes)) or "XX"
