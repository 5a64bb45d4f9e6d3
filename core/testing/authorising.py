"""Families whose checks must be authorised: members, a child, a supporter; signing for them, asking, answering."""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from PIL import Image, ImageDraw

from core.access import Actor
from core.authorisations.asking import WizardSignature
from core.authorisations.changes import Signature, sign
from core.authorisations.coverage import current
from core.authorisations.models import SigningLevel
from core.cases.application import MemberAnswer
from core.cases.changes import accept_application
from core.cases.declaration_models import MemberRole
from core.cases.models import CaseStep, StepCode
from core.cases.steps import step_of
from core.database import new_id
from core.testing.town import Town, family_of_four, member
from core.verification.asking import ask_family
from core.verification.changes import record_result, request_checks, requests_of
from core.verification.findings import Findings
from core.verification.models import OPEN, VerificationRequest

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


def request_all(asked: AskedCase) -> list[VerificationRequest]:
    """The township asks everything that is covered."""
    town = asked.town
    with town.at_work(town.clerk) as desk:
        case = town.case(desk, asked.case_id)
        rows = request_checks(desk, town.clerk, case, town.procedure(desk), now=town.now)
        desk.commit()
    return rows


def ask_everybody(town: Town) -> AskedCase:
    """A family that signed, accepted, whose every body is asked."""
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    sign_at_window(asked)
    request_all(asked)
    return asked


def answer(
    asked: AskedCase, findings: Findings, *, member: int | None = None, source: str | None = None
) -> list[VerificationRequest]:
    """The county enters the same answer for every open request that fits."""
    town = asked.town
    county = town.at_work(town.officer)
    case = town.case(county, asked.case_id)
    procedure = town.procedure(county)
    done = []
    for row in requests_of(county, case.id):
        fits = source in {None, row.source} and member in {None, row.position // 100}
        if fits and row.state in OPEN:
            done.append(record_result(county, town.officer, case, row.id, findings, procedure, now=town.now))
    county.commit()
    return done


def step_now(asked: AskedCase, code: StepCode) -> CaseStep:
    """A step of the case as it stands."""
    return step_of(asked.town.at_work(asked.town.clerk), asked.case_id, code)


def drawn_signature() -> str:
    """A few strokes as the signature pad sends them."""
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(10, 90), (120, 20), (280, 100)], fill=(16, 35, 58, 255), width=5)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
