"""The clock of a demo, which may be put forward: who tries the product need not wait a week for a notice to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class DemoClock:
    """Gives aware instants, some days ahead of the true time; never put back, so that acts keep their order.

    `path`: the file that keeps the number of days over a restart; one process serves a demo (decision 20).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.ahead = timedelta(days=int(path.read_text(encoding="ascii")) if path.exists() else 0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def put_forward(self, days: int) -> None:
        """Go `days` calendar days on. Raises ValueError for a step that does not lead forward."""
        if days < 1:
            msg = "a demo's clock goes forward only"
            raise ValueError(msg)
        self.ahead += timedelta(days=days)
        self._path.write_text(str(self.ahead.days), encoding="ascii")
