"""Which packs are enabled where, as the plain rows the catalogue asks for."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from time import monotonic

from sqlalchemy import Engine, select

from core.access import job_actor
from core.catalogue import Enabling
from core.packs.models import PackEnabling
from core.scopes import System
from core.sessions import ScopedSession, open_session


def enablings(session: ScopedSession) -> list[Enabling]:
    """Every enabling row, ended ones too, oldest first."""
    rows = session.execute(
        select(
            PackEnabling.pack,
            PackEnabling.version,
            PackEnabling.region_code,
            PackEnabling.from_day,
            PackEnabling.to_day,
        ).order_by(PackEnabling.from_day, PackEnabling.id)
    )
    return [Enabling(*row) for row in rows]


def open_row(session: ScopedSession, pack: str, region_code: str) -> PackEnabling | None:
    """The row that enables the pack exactly there with no end, or None."""
    return session.scalar(
        select(PackEnabling).where(
            PackEnabling.pack == pack,
            PackEnabling.region_code == region_code,
            PackEnabling.to_day.is_(None),
        )
    )


class StoredEnablings:
    """`Installation.enablings`: the rows as they stand in the database, read anew after `seconds`.

    Several web processes serve one database, so a row written by another is seen after that time at the latest.
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._read_at = float("-inf")
        self._rows: Sequence[Enabling] = ()
        self._lock = Lock()

    def __call__(self, engine: Engine) -> Sequence[Enabling]:
        with self._lock:
            if monotonic() - self._read_at >= self._seconds:
                with open_session(engine, System("packs"), job_actor("packs"), writes=False) as session:
                    self._rows = tuple(enablings(session))
                self._read_at = monotonic()
            return self._rows
