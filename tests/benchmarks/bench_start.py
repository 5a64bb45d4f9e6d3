"""A first start makes the demo, a second one is at once; and what the portal's first page weighs over the wire."""

from __future__ import annotations

from tests.benchmarks.figures import Figure
from tests.benchmarks.provinces import scratch
from tests.benchmarks.served import free_port, served, weight_of

FIRST, SECOND, WEIGHT = 120.0, 5.0, 100.0


def run() -> list[Figure]:
    """The real server, started twice on one state folder."""
    home, port = scratch() / "started", free_port()
    with served(home, port) as first:
        pass
    with served(home, port) as second:
        weights = weight_of(port, "/")
    kilobytes = sum(weights.values()) / 1000
    heaviest = sorted(weights.items(), key=lambda each: -each[1])[:4]
    return [
        Figure(
            "start: the first, with its demo made",
            first,
            "s",
            f"≤ {FIRST:.0f} s",
            first <= FIRST,
            "components installed; from the command to the home page answered",
        ),
        Figure("start: every later one", second, "s", f"≤ {SECOND:.0f} s", second <= SECOND, "the same"),
        Figure(
            "weight of the portal's first page",
            kilobytes,
            "kB over the wire",
            f"≤ {WEIGHT:.0f} kB",
            kilobytes <= WEIGHT,
            f"{len(weights)} answers as served, headers included, empty cache; heaviest: "
            + ", ".join(f"{address.split('?')[0]} {size / 1000:.1f}" for address, size in heaviest),
        ),
    ]
