"""A case brought to any stage by the offices of the made-up town, each act by who may do it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core.access import Actor
from core.awards.changes import confirm_case
from core.awards.ending import end_award
from core.awards.queries import award_of_case
from core.cases.changes import accept_application
from core.cases.confirmations import ConfirmationAnswer
from core.cases.declaration_models import Layer, StatementLine
from core.cases.entering import would_leave
from core.cases.models import Case, Opinion, Outcome, StepCode
from core.cases.opinions import OpinionAnswer, sign_opinion
from core.cases.procedure import Procedure
from core.cases.steps import complete_step
from core.database import new_id
from core.encryption import place_of
from core.households.models import LeftOut
from core.notices.changes import close_due_notices, publish_first_notice
from core.scopes import LEVELS, System
from core.sessions import ScopedSession, found
from core.testing.town import Town, family_of_four
from core.testing.visiting import visit_answer
from core.visits.changes import record_visit


@dataclass
class Way:
    """`case_id` of the case on its way; each method does one act and commits."""

    town: Town
    case_id: uuid.UUID = field(default_factory=new_id)

    def submit(self, account: uuid.UUID | None = None, **changes: Any) -> uuid.UUID:
        application = replace(family_of_four(account or new_id()), **changes)
        self.case_id = self.town.submit(application).id
        return self.case_id

    def at(self, actor: Actor) -> tuple[ScopedSession, Case, Procedure]:
        """A session of that member of staff, the case in it, and the law of the day.

        As at the end of a request, what was not committed before is given up, and lets go of what it held.
        """
        for earlier in self.town.opened:
            earlier.rollback()
        session = self.town.at_work(actor)
        case = self.town.case(session, self.case_id)
        return session, case, self.town.procedure(session)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[tuple[ScopedSession, Case, Procedure]]:
        """One act of that member of staff, committed unless it is refused."""
        session, case, procedure = self.at(actor)
        yield session, case, procedure
        session.commit()

    def accept(self, *, local_duty: bool = False, left_out: LeftOut | None = None) -> None:
        """Accept it; `left_out`: the reason for everybody of the household whom it does not name."""
        town = self.town
        with self.acting(town.clerk) as (session, case, procedure):
            reasons = {row.person.id: left_out for row in would_leave(session, case)} if left_out else {}
            accept_application(
                session,
                town.clerk,
                case,
                procedure,
                now=town.now,
                local_duty=local_duty,
                left_out=reasons,
            )

    def visit(self, actor: Actor | None = None, answers: dict[str, Any] | None = None) -> None:
        worker = actor or self.town.clerk
        with self.acting(worker) as (session, case, procedure):
            answer = visit_answer(self.town, procedure, answers)
            record_visit(session, worker, case, answer, procedure, now=self.town.now)

    def verify(self) -> None:
        town = self.town
        with self.acting(town.clerk) as (session, case, procedure):
            complete_step(session, town.officer, case, StepCode.VERIFICATION, {}, procedure, now=town.now)

    def found(self, declared_index: int, yearly_fen: int, layer: Layer = Layer.VERIFIED) -> uuid.UUID:
        """An office (or the visitors) found another sum for one declared line."""
        session, case, _procedure = self.at(self.town.clerk)
        lines = sorted(
            (line for line in self.lines(session) if line.layer is Layer.DECLARED), key=lambda line: line.id
        )
        line = lines[declared_index]
        row = StatementLine(
            **{level: getattr(line, level) for level in LEVELS},
            id=new_id(),
            case_id=case.id,
            layer=layer,
            section=line.section,
            kind=line.kind,
            line_key=line.line_key,
            member_id=line.member_id,
            amount_fen=yearly_fen,
            period=line.period,
            yearly_fen=yearly_fen,
            entered_at=self.town.now,
        )
        row.details_sealed = session.vault.seal_json(place_of(row, "details_sealed"), {"description": "核对"})
        session.add(row)
        session.commit()
        return line.line_key

    def lines(self, session: ScopedSession) -> Sequence[StatementLine]:
        return session.scalars(select(StatementLine).where(StatementLine.case_id == self.case_id)).all()

    def survey(self, **changes: Any) -> None:
        """Accepted, visited and verified: the opinion is due."""
        self.submit(**changes)
        self.accept()
        self.visit()
        self.verify()

    def opine(self, answer: OpinionAnswer | None = None) -> Opinion:
        reviewer = self.town.reviewer
        with self.acting(reviewer) as (session, case, procedure):
            answer = answer or OpinionAnswer(True, "符合条件")
            return sign_opinion(session, reviewer, case, answer, procedure, now=self.town.now)

    def hang(self) -> None:
        """The notice hangs its seven days and closes."""
        with self.acting(self.town.clerk) as (session, case, procedure):
            publish_first_notice(session, self.town.clerk, case, procedure, now=self.town.now)
        self.town.now += timedelta(days=8)
        sweep = self.town.session(System("close-notices"))
        close_due_notices(sweep, sweep.actor, lambda _: self.town.procedure(sweep), now=self.town.now)
        sweep.commit()

    def confirm(self, monthly_fen: int = 79_500) -> None:
        """The county grants what the township asked for."""
        confirmer = self.town.confirmer
        with self.acting(confirmer) as (session, case, procedure):
            answer = ConfirmationAnswer(Outcome.GRANTED, "同意", monthly_fen)
            confirm_case(session, confirmer, case, answer, procedure, now=self.town.now)

    def end_help(self, last_day: date) -> None:
        """The county ends what it granted."""
        confirmer = self.town.confirmer
        with self.acting(confirmer) as (session, case, _procedure):
            award = found(award_of_case(session, case.id))
            end_award(session, confirmer, award, last_day, "收入高了", now=self.town.now)
