"""A grant over a place is one over whatever was merged into it: what happened there stays there and is still read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.access import Grant
from core.regions.models import Region
from core.sessions import ScopedSession


def with_former_places(
    session: ScopedSession, grants: Iterable[Grant], merged: dict[str, str]
) -> tuple[frozenset[Grant], frozenset[str]]:
    """The grants with those over former places, and these places. `merged`: a former place to the one it went into."""
    held = frozenset(grants)
    into = dict(merged)
    newest = set(merged)
    while newest:
        # a place that took one in may have been merged itself
        rows = session.execute(select(Region.code, Region.merged_into).where(Region.merged_into.in_(newest)))
        following = {row.code: into[row.merged_into] for row in rows if row.code not in into}
        into |= following
        newest = set(following)
    added = {
        Grant(grant.role, code)
        for code, place in into.items()
        for grant in held
        if grant.region_code == place
    }
    return held | added, frozenset(into)
