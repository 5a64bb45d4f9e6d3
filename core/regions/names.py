"""Names of places as people say them."""

from __future__ import annotations


def spoken(name: str) -> str:
    """The place, not its committee: 马义村村民委员会 → 马义村, 何家村民委员会 → 何家村, 茶场社区居民委员会 → 茶场社区.

    The divisions of the statistics office name villages and communities by their committees; full names end alike.
    """
    if name.endswith("村村民委员会"):
        return name.removesuffix("村民委员会")
    if name.endswith("村民委员会"):
        return name.removesuffix("民委员会")
    if name.endswith("社区居民委员会"):
        return name.removesuffix("居民委员会")
    return name
