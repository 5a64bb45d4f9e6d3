"""A single decision as the row that the batch gives for the same household, to compare the two."""

from __future__ import annotations

from typing import Any

from core.rules import Decision


def batch_row(decision: Decision) -> dict[str, Any]:
    """Every column but `household`; amounts in fen."""
    return {
        "eligible": decision.eligible,
        "at_line": decision.result == "at_line",
        "yearly_fen": decision.yearly_fen,
        "monthly_fen": decision.monthly_fen,
        "supplement_fen": decision.supplement_fen,
        "total_monthly_fen": decision.total_monthly_fen,
        "blocked": None,
    } | {f"condition_{number}": bool(reason.met) for number, reason in enumerate(decision.reasons, 1)}
