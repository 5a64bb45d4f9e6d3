"""A demo town at work, and one made-up family's case taken through the real procedure to a stage."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cached_property, partial
from io import BytesIO

from PIL import Image
from sqlalchemy import Engine, select

from commands.demo_families import FamilyMaker
from commands.demo_offices import DemoPlace
from core.access import Actor, Grant, Role, job_actor
from core.accounts.models import RoleGrant, StaffAccount
from core.authorisations.changes import Signature, sign
from core.authorisations.coverage import current
from core.authorisations.models import SigningLevel
from core.awards.changes import confirm_case
from core.cases.assessment import assess
from core.cases.changes import accept_application, send_deficiency_letter
from core.cases.confirmations import ConfirmationAnswer
from core.cases.declaration_models import LineKind, Period
from core.cases.models import Case, Outcome
from core.cases.opinions import OpinionAnswer, current_opinion, sign_opinion
from core.cases.procedure import Procedure, beijing_day, procedure_for
from core.cases.submission import prepare, submit_application
from core.catalogue import Catalogue
from core.documents.changes import Belonging, store_document
from core.documents.models import DocumentKind
from core.encrypted_files import FileStore
from core.encryption import Vault
from core.forms import FormDeclaration, QuestionKind
from core.law import LawBook
from core.notices.changes import (
    FIRST,
    close_due_notices,
    publish_first_notice,
    publish_long_term,
    standing_notice,
)
from core.packs.queries import enablings
from core.scopes import Own, Region, System
from core.sessions import ScopedSession, found, open_session
from core.testing.visiting import plainest_answers
from core.translations import N_
from core.verification.asking import ask_family
from core.verification.changes import record_result, request_checks, requests_of
from core.verification.findings import Finding, Findings
from core.visits.changes import Surveyor, VisitAnswer, record_visit

AT_BANK = Findings((Finding(LineKind.DEPOSIT, 821_540, Period.ONCE, 1, "两张存单和一个活期户"),))
PAPER = (600, 800)  # pixels of the made-up scan of a signed paper


class Stage(IntEnum):
    """How far a demo case has come; each stage does everything before it."""

    SUBMITTED = 0
    DEFICIENT = 1
    ACCEPTED = 2
    SIGNED = 3
    ASKED = 4
    CHECKED = 5
    VISITED = 6
    NOTICED = 7
    CLOSED = 8
    DECIDED = 9


@dataclass
class DemoTown:
    """One demo town at work: its staff, its villages, and the procedure of a day."""

    engine: Engine
    vault: Vault
    catalogue: Catalogue
    place: DemoPlace
    now: datetime
    delegated: bool = False

    @property
    def township(self) -> str:
        return self.place.delegated_township if self.delegated else self.place.township

    @cached_property
    def book(self) -> LawBook:
        return LawBook.load(self.catalogue.parameter_folders())

    def session(self, actor: Actor) -> ScopedSession:
        return open_session(self.engine, Region(actor.node), actor, vault=self.vault)

    def staff(self, role: Role, number: int = 0) -> Actor:
        """The account that holds `role` in the town or its county."""
        codes = (self.township, self.place.county)
        with open_session(self.engine, System("demo"), vault=self.vault, writes=False) as session:
            rows = session.execute(
                select(StaffAccount.id, StaffAccount.full_name, RoleGrant.region_code)
                .join(RoleGrant, RoleGrant.account_id == StaffAccount.id)
                .where(RoleGrant.role == role, RoleGrant.region_code.in_(codes))
                .order_by(StaffAccount.username)
            ).all()
        account_id, name, node = rows[number]
        return Actor("staff", account_id, name, node, frozenset({Grant(role, node)}))

    @cached_property
    def clerk(self) -> Actor:
        return self.staff(Role.TOWNSHIP_CLERK)

    @cached_property
    def second_clerk(self) -> Actor:
        return self.staff(Role.TOWNSHIP_CLERK, 1)

    @cached_property
    def reviewer(self) -> Actor:
        return self.staff(Role.TOWNSHIP_REVIEWER)

    @cached_property
    def officer(self) -> Actor:
        return self.staff(Role.COUNTY_OFFICER)

    @cached_property
    def confirmer(self) -> Actor:
        return self.staff(Role.TOWNSHIP_CONFIRMER if self.delegated else Role.COUNTY_CONFIRMER)

    def procedure(self, session: ScopedSession, village: str, at: datetime) -> Procedure:
        return procedure_for(
            session,
            self.catalogue,
            self.book,
            scheme="dibao",
            region_code=village,
            day=beijing_day(at),
            pack=self.place.pack,
            enablings=enablings(session),
        )


# a visit of the demo finds what the family declared
AS_DECLARED = dict.fromkeys(("declared_members_true", "declared_income_true", "declared_property_true"), True)


@dataclass
class DemoCase:
    """One family's way, a working morning per step; `at` is the time of the step being done."""

    town: DemoTown
    files: FileStore
    village: str
    at: datetime
    case_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None

    def walk(self, maker: FamilyMaker, stage: Stage) -> None:
        """Take a new family to `stage`."""
        steps: dict[Stage, Callable[[], None]] = {
            Stage.DEFICIENT: self.ask_for_papers,
            Stage.ACCEPTED: self.accept,
            Stage.SIGNED: self.sign_papers,
            Stage.ASKED: self.ask_bodies,
            # a family whose check is the last thing done keeps a difference to explain
            Stage.CHECKED: partial(self.enter_answers, at_bank=stage is Stage.CHECKED),
            Stage.VISITED: self.visit,
            Stage.NOTICED: self.publish,
            Stage.CLOSED: self.close_notice,
            Stage.DECIDED: self.decide,
        }
        self.apply(maker)
        if stage is Stage.DEFICIENT:
            self.ask_for_papers()
            return
        for each, act in steps.items():
            if Stage.DEFICIENT < each <= stage and self.at < self.town.now:
                self.at += timedelta(hours=2)
                act()

    def _work(self, actor: Actor) -> tuple[ScopedSession, Procedure, Case | None]:
        session = self.town.session(actor)
        case: Case | None = session.get(Case, self.case_id)
        return session, self.town.procedure(session, self.village, self.at), case

    def _case(self, actor: Actor) -> tuple[ScopedSession, Procedure, Case]:
        session, procedure, case = self._work(actor)
        return session, procedure, found(case)

    def apply(self, maker: FamilyMaker) -> None:
        """At the window, or on her own phone by whoever has an account."""
        town, actor = self.town, self.town.clerk
        if self.account_id is None:
            session = town.session(actor)
        else:
            actor = Actor("resident", self.account_id)
            session = open_session(town.engine, Own(self.account_id), actor, vault=town.vault)
        procedure = town.procedure(session, self.village, self.at)
        form = procedure.view.form(procedure.scheme.application_form)
        family = maker.family(
            self.village, pack=town.place.pack, form=(form.name, form.version), account_id=self.account_id
        )
        prepared = prepare(town.vault, family, now=self.at, today=beijing_day(self.at))
        case = submit_application(session, actor, prepared, procedure, now=self.at)
        if self.account_id is None:
            case.intake_account_id = actor.account_id
        ask_family(session, actor, case, procedure, now=self.at)
        self.case_id = case.id
        _end(session)

    def ask_for_papers(self) -> None:
        session, procedure, case = self._case(self.town.clerk)
        wanted = [N_("近12个月的工资单或转账记录")]
        send_deficiency_letter(
            session, self.town.clerk, case, wanted, procedure, now=self.at + timedelta(hours=1)
        )
        _end(session)

    def accept(self) -> None:
        session, procedure, case = self._case(self.town.clerk)
        accept_application(session, self.town.clerk, case, procedure, now=self.at)
        _end(session)

    def sign_papers(self) -> None:
        session, procedure, case = self._case(self.town.clerk)
        bodies = tuple(source.code for source in procedure.scheme.sources)
        for row in current(session, case.id):
            belonging = Belonging(region_code=case.region_code, case_id=case.id, authorisation_id=row.id)
            paper = store_document(
                session,
                self.town.clerk,
                self.files,
                _scan(),
                DocumentKind.PAPER_AUTHORISATION,
                belonging,
                now=self.at,
            )
            sign(
                session,
                self.town.clerk,
                row.id,
                Signature(SigningLevel.PAPER, bodies, paper.id, agreed=True),
                now=self.at,
            )
        _end(session)

    def ask_bodies(self) -> None:
        session, procedure, case = self._case(self.town.clerk)
        request_checks(session, self.town.clerk, case, procedure, now=self.at)
        _end(session)

    def enter_answers(self, *, at_bank: bool = False) -> None:
        """Nobody has anything on record; `at_bank`: except the bank, of the first person it is asked about."""
        session, procedure, case = self._case(self.town.officer)
        for row in requests_of(session, case.id):
            found_at_bank = at_bank and row.source == "bank"
            at_bank = at_bank and not found_at_bank
            answer = AT_BANK if found_at_bank else Findings(nothing=True)
            record_result(
                session,
                self.town.officer,
                case,
                row.id,
                answer,
                procedure,
                now=self.at + timedelta(hours=1),
            )
        _end(session)

    def visit(self) -> None:
        session, procedure, case = self._case(self.town.clerk)
        form = procedure.view.form(procedure.scheme.visit_form)
        day = beijing_day(self.at)
        answer = VisitAnswer(
            form=form,
            answers=plainest_answers(form, day, AS_DECLARED) | self._photos(session, case, form),
            surveyors=[
                Surveyor(found(each.account_id), each.name)
                for each in (self.town.clerk, self.town.second_clerk)
            ],
            visit_day=day,
        )
        record_visit(session, self.town.clerk, case, answer, procedure, now=self.at + timedelta(hours=1))
        _end(session)

    def _photos(self, session: ScopedSession, case: Case, form: FormDeclaration) -> dict[str, str]:
        taken = {}
        for question in form.questions:
            if question.kind is QuestionKind.PHOTO and question.required:
                belonging = Belonging(region_code=case.region_code, case_id=case.id, about=question.name)
                photo = store_document(
                    session,
                    self.town.clerk,
                    self.files,
                    _scan(),
                    DocumentKind.VISIT_PHOTO,
                    belonging,
                    now=self.at,
                )
                taken[question.name] = str(photo.id)
        return taken

    def publish(self) -> None:
        self.at += timedelta(hours=1)
        session, procedure, case = self._case(self.town.reviewer)
        decision = assess(session, case, procedure).decision
        failed = [reason.text for reason in decision.reasons if reason.met is not True]
        answer = OpinionAnswer(decision.eligible, N_("核实情况与申报一致，按规定提出意见。"), failed)
        sign_opinion(session, self.town.reviewer, case, answer, procedure, now=self.at)
        _end(session)
        if not decision.eligible:
            return
        session, procedure, case = self._case(self.town.clerk)
        publish_first_notice(session, self.town.clerk, case, procedure, now=self.at + timedelta(minutes=20))
        _end(session)

    def close_notice(self) -> None:
        last_day = self._last_day_of_notice()
        if last_day is None:
            return
        # a last day on a holiday moves on, so the notice says itself when it is over
        self.at = max(self.at, datetime.combine(last_day, self.at.timetz()) + timedelta(days=1))
        with open_session(
            self.town.engine, System("close-notices"), job_actor("close-notices"), vault=self.town.vault
        ) as session:
            procedure = self.town.procedure(session, self.village, self.at)
            # others due by then lie in the same county, under the same law
            close_due_notices(session, session.actor, lambda _: procedure, now=self.at)
            session.commit()

    def _last_day_of_notice(self) -> date | None:
        session, _, case = self._case(self.town.clerk)
        notice = standing_notice(session, case, FIRST)
        session.close()
        return notice.closes_on if notice else None

    def decide(self) -> None:
        self.at += timedelta(days=1)
        session, procedure, case = self._case(self.town.confirmer)
        opinion = current_opinion(session, case)
        granted = opinion is not None and opinion.eligible
        answer = ConfirmationAnswer(
            Outcome.GRANTED if granted else Outcome.REFUSED,
            N_("同意镇里的意见。"),
            opinion.monthly_fen if opinion else 0,
            opinion.computation["grounds"] if opinion else (),
        )
        confirm_case(session, self.town.confirmer, case, answer, procedure, now=self.at)
        _end(session)
        if granted:
            session, procedure, case = self._case(self.town.clerk)
            publish_long_term(session, self.town.clerk, case, procedure, now=self.at + timedelta(hours=2))
            _end(session)


def _end(session: ScopedSession) -> None:
    session.commit()
    session.close()


def _scan() -> bytes:
    """A blank sheet as a scanner gives it."""
    sheet = BytesIO()
    Image.new("RGB", PAPER, "white").save(sheet, "JPEG")
    return sheet.getvalue()
