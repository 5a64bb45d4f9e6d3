"""Names of places kept in the process for a few seconds: every page shows some, and they change a few times a year."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from time import monotonic

from sqlalchemy.orm import Session

from core.regions.queries import full_names, path


class KeptPlaces:
    """Full names and paths by code, read again after `seconds`; a place renamed meanwhile shows then."""

    def __init__(self, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._read_at = float("-inf")
        self._names: dict[str, str | None] = {}
        self._paths: dict[str, list[tuple[str, str]]] = {}
        self._lock = Lock()

    def full_names(self, session: Session, codes: Iterable[str]) -> dict[str, str]:
        """As `regions.queries.full_names`: unknown codes are absent."""
        self._forget()
        known, wanted = self._names, set(codes)
        if missing := wanted - known.keys():
            known.update(dict.fromkeys(missing) | full_names(session, missing))
        return {code: name for code in wanted if (name := known[code]) is not None}

    def path(self, session: Session, code: str) -> list[tuple[str, str]]:
        """(code, name) from the province down to the place, as `regions.queries.path`. Raises NotFound."""
        self._forget()
        known = self._paths
        if code not in known:
            known[code] = [(place.code, place.name) for place in path(session, code)]
        return known[code]

    def _forget(self) -> None:
        with self._lock:
            if monotonic() - self._read_at >= self._seconds:
                # new ones, because another thread may still be reading the old
                self._names, self._paths = {}, {}
                self._read_at = monotonic()
