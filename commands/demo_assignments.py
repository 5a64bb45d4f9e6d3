"""Work of the demo handed over by name: a visit to the bought-in worker, one body's questions to its officer (R2-28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from commands.demo_cases import DemoCase, DemoTown, Stage
from core.access import Actor
from core.accounts.assignments import VISIT, assign, doer_of
from core.cases.models import Case
from core.cases.procedure import beijing_day
from core.sessions import found

BODY = "social_security"
DAYS = 45  # also seen after the demo's date went on by its longest steps


def hand_over(town: DemoTown, at_stage: Mapping[Stage, DemoCase]) -> None:
    """Both have one case each, for some weeks; they see it and nothing else."""
    _hand(town, town.reviewer, VISIT, at_stage[Stage.SIGNED])
    _hand(town, town.officer, BODY, at_stage[Stage.ASKED])


def _hand(town: DemoTown, giver: Actor, work: str, walked: DemoCase) -> None:
    worker = town.staff(doer_of(work)).account_id
    last_day = beijing_day(town.now) + timedelta(days=DAYS)
    with town.session(giver) as session:
        case: Case = found(session.get(Case, walked.case_id))
        assign(
            session,
            giver,
            found(worker),
            work,
            last_day,
            case_id=case.id,
            region=case.region_code,
            now=town.now,
        )
        session.commit()
