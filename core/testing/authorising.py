"""Families whose checks must be authorised: a case with members, a child, a supporter; and signing for all of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from core.access import Actor
from core.authorisations.asking import WizardSignature
from core.authorisations.changes import Signature, sign
from core.authorisations.coverage import current
from core.authorisations.models import Authorisation, SigningLevel
from core.cases.application import MemberAnswer
from core.cases.changes import accept_application
from core.cases.declaration_models import MemberRole
from core.cases.models import Case
from core.database import new_id
from core.testing.town import Town, family_of_four, member
from core.verification.asking import ask_family

SPOUSE_PHONE = "19900000002"
MOTHER_PHONE = "19900000003"
DAUGHTER_PHONE = "19900000004"
APPLICANT, SPOUSE, MOTHER, CHILD, DAUGHTER = range(5)
BODIES = (
    "police",
    "social_security",
    "tax",
    "market",
    "estate",
    "housing_fund",
    "bank",
    "securities_insurance",
)

FAMILY: tuple[MemberAnswer, ...] = (
    member("周明", date(1980, 5, 1), 11, "02", is_applicant=True, working=True, phone="19900000001"),
    member("杨兰", date(1982, 6, 2), 12, "10", phone=SPOUSE_PHONE),
    member("龙秀", date(1952, 7, 3), 14, "52", phone=MOTHER_PHONE),
    member("周涛", date(2014, 8, 4), 13, "20", student=True, guardian=1),
    member("周芳", date(1984, 9, 5), 16, "62", role=MemberRole.SUPPORTER, phone=DAUGHTER_PHONE),
)


@dataclass
class AskedCase:
    """A submitted case with its authorisations in the order of FAMILY."""

    town: Town
    account_id: uuid.UUID
    case_id: uuid.UUID
    ids: list[uuid.UUID]

    @property
    def id_numbers(self) -> list[str]:
        return [each.id_number for each in FAMILY]


def submit_and_ask(
    town: Town, signature: WizardSignature | None = None, *, account: uuid.UUID | None = None
) -> AskedCase:
    """Submit FAMILY's application from an account (a new one) and ask everyone, as the wizard does."""
    account = account or new_id()
    application = replace(family_of_four(account), members=FAMILY)
    case = town.submit(application)
    session = town.resident(account)
    mine = town.case(session, case.id)
    ids = ask_family(session, session.actor, mine, town.procedure(session), now=town.now, signature=signature)
    session.commit()
    return AskedCase(town, account, case.id, ids)


def wizard_signature(town: Town, bodies: Iterable[str] = BODIES) -> WizardSignature:
    """What the applicant signed in the wizard."""
    return WizardSignature(sources=tuple(bodies), signed_at=town.now, document_id=new_id())


def sign_at_window(
    asked: AskedCase, *positions: int, bodies: Iterable[str] = BODIES, clerk: Actor | None = None
) -> None:
    """The clerk records signed papers of those positions (all who still wait, when none are named)."""
    town = asked.town
    session = town.at_work(clerk or town.clerk)
    rows = current(session, asked.case_id)
    for row in rows:
        if (not positions and row.signed_at is None) or row.position in positions:
            paper = Signature(SigningLevel.PAPER, tuple(bodies), new_id(), agreed=True)
            sign(session, session.actor, row.id, paper, now=town.now)
    session.commit()


def accept(asked: AskedCase) -> None:
    """The township accepts the case."""
    town = asked.town
    session = town.at_work(town.clerk)
    accept_application(
        session, town.clerk, town.case(session, asked.case_id), town.procedure(session), now=town.now
    )
    session.commit()


def case_and_row(asked: AskedCase, position: int) -> tuple[Case, Authorisation]:
    """The case and one authorisation as the township sees them."""
    session = asked.town.at_work(asked.town.clerk)
    row = next(each for each in current(session, asked.case_id) if each.position == position)
    return asked.town.case(session, asked.case_id), row
