"""Case numbers: one series per township and year, MT-2026-000123."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from core.cases.models import CaseSeries
from core.regions.models import Region
from core.sessions import ScopedSession, count_up
from core.workdays import CHINA


def next_case_number(session: ScopedSession, region_code: str, now: datetime) -> str:
    """The next number of the township that `region_code` lies in, for the Beijing year of `now`."""
    township = region_code[:9].ljust(12, "0")
    year = now.astimezone(CHINA).year
    last = count_up(
        session, CaseSeries, [{"township": township, "year": year, "last": 1}], ("township", "year"), "last"
    )
    return f"{_prefix(session, township)}-{year}-{last:06d}"


def _prefix(session: ScopedSession, township: str) -> str:
    """Initials of county and township: MTYX for 湄潭县永兴镇; "XX" where a place has none."""
    codes = (township[:6].ljust(12, "0"), township)
    initials = dict(
        session.execute(select(Region.code, Region.name_pinyin_initials).where(Region.code.in_(codes))).all()
    )
    return "".join(initials.get(code, "") for code in dict.fromkeys(codes)) or "XX"
