"""One measured figure beside its limit, in the shape every benchmark returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `limit` says in words what it is held against, `ok` whether it holds."""

    name: str
    value: float
    unit: str
    limit: str
    ok: bool
    detail: str = ""

    def __str__(self) -> str:
        verdict = "ok  " if self.ok else "MISS"
        detail = f"  ({self.detail})" if self.detail else ""
        return f"{verdict} {self.name}: {self.value:,.3g} {self.unit}, limit {self.limit}{detail}"
