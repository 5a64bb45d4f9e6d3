"""Correcting the name or number of a registered person (PIPL art. 46), with all that hangs on it, in one transaction.

What somebody declared, what was decided and what was sent stay as they are. Who signed, or was linked to an account, under
another number was checked by that number: both end, and begin anew with the right one (decisions 1 and 8).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.accounts.person_links import unlink_person
from core.authorisations.identities import Corrected, end_signed, follow_papers
from core.cases.declaration_models import DeclaredMember
from core.cases.models import OPEN_STATES, Case, StepCode, StepState
from core.cases.opinions import supersede_opinion
from core.cases.procedure import Procedure, beijing_day
from core.cases.steps import hold, reopen_from, step_of
from core.cases.tasks import relabel
from core.corrections.models import IdentityCorrection
from core.database import new_id
from core.encryption import place_of
from core.errors import Conflict, Invalid
from core.households.correcting import Papers, Registered, hold_person, registered, set_papers
from core.households.homes import hold_homes
from core.households.identities import Standing, standing_of
from core.households.models import Person
from core.identity_numbers import IdNumber, parse_id_number
from core.masking import mask_birth_date, mask_id_number, mask_name
from core.notices.changes import FIRST, standing_notice, withdraw_notice
from core.notices.listed import correct_listed_name
from core.scopes import LEVELS
from core.sessions import ScopedSession, across, found
from core.translations import N_
from core.verification.misdirected import end_misdirected, rename_open

JOB = "identity-correction"
audit.name_act("person.correct", N_("更正登记的姓名、证件号"))
_TAKEN = {
    Standing.KNOWN_HERE: N_(
        "这个证件号已经登记给本地的另一个人，不能改。请对照原件再核一遍；没有填错的，在“查找”里输这个号码看那份档案，"
        "两份档案是同一个人的，报县（市、区）民政局处理。"
    ),
    Standing.KNOWN_ELSEWHERE: N_(
        "这个证件号已经登记在别处，不能改。请对照原件再核一遍；没有填错的，报县（市、区）民政局核实。"
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the clerk read off the papers; "" and None leave name and number as they are. `seen`: the version she saw."""

    seen: int
    document_id: uuid.UUID
    reason: str
    name: str = field(default="", repr=False)
    number: IdNumber | None = field(default=None, repr=False)


def region_of(person: Person) -> str:
    """The deepest region she is registered in."""
    deepest: str = next(filter(None, (getattr(person, level) for level in reversed(LEVELS))))
    return deepest


def correct_identity(
    session: ScopedSession,
    actor: Actor,
    person: Person,
    wish: Wish,
    procedure_of: Callable[[Case], Procedure],
    *,
    now: datetime,
) -> bool:
    """Make the register agree with her papers, and what follows from it; False when it did so already (pressed twice).

    Birth date and sex are those of the number, as on every form. Raises NotAllowed; Invalid (fields `name`, `id_number`,
    `reason`) for nothing to change, no reason, a number that is another person's; Conflict when she was changed since the
    page was opened.
    """
    region = region_of(person)
    actor.require(Permission.CASE_ACCEPT, region)
    if not wish.reason.strip():
        raise Invalid(N_("请写明凭什么更正，比如“对照身份证原件”。"), field="reason")
    before = registered(session, person)
    # checked when it was entered, a demo's made-up ones too
    kept = parse_id_number(before.id_number, today=beijing_day(now), demo=True)
    papers = Papers(wish.name or before.name, wish.number or kept)
    new_number = papers.number.number != before.id_number
    if not new_number and papers.name == before.name and _agrees(person, papers.number):
        if person.version != wish.seen:
            return False
        raise Invalid(N_("和档案里登记的一样，没有要改的。"), field="id_number" if wish.number else "name")
    if new_number:
        _require_free(session, actor, papers.number.number, now)
    with across(session, JOB) as everywhere:
        declared = _declared(everywhere, person.id)
        hold_homes(everywhere, [person])
        held = hold_person(everywhere, person.id)
        # an acceptance that was under way may have named her in one more case, and changed nothing of hers
        if held.version != wish.seen or len(_cases_naming(everywhere, person.id)) != len(declared):
            raise Conflict(N_("这个人的档案刚刚被别的同事改过，您填的没有保存。请对照现在的内容再办。"))
        _keep(everywhere, actor, held, wish, before, papers, now)
        set_papers(everywhere, held, papers, today=beijing_day(now))
        if new_number:
            unlink_person(everywhere, actor, held.id, now=now, region=region)
        for case, member in declared:
            _correct_in_case(
                everywhere, actor, case, Corrected(member.id, papers, new_number), procedure_of, now
            )
    # what this session read of her is of before
    session.expire_all()
    return True


def _agrees(person: Person, number: IdNumber) -> bool:
    return (person.birth_date, person.sex) == (number.birth_date, int(number.sex))


def _require_free(session: ScopedSession, actor: Actor, id_number: str, now: datetime) -> None:
    answer = standing_of(session, actor, id_number, now=now)
    if answer.standing is not Standing.NEW:
        # the refusal takes the question's entry back with everything else: a look outlives it
        audit.look(session, "identity.ask", ("person", answer.person_id), now=now)
        raise Invalid(_TAKEN[answer.standing], field="id_number")


def _declared(session: ScopedSession, person_id: uuid.UUID) -> Sequence[tuple[Case, DeclaredMember]]:
    """Every accepted case that names her, held; cases before homes and people, as an acceptance takes them."""
    rows = _cases_naming(session, person_id)
    for case, _member in rows:
        hold(session, case)
    return rows


def _cases_naming(session: ScopedSession, person_id: uuid.UUID) -> list[tuple[Case, DeclaredMember]]:
    rows = session.execute(
        select(Case, DeclaredMember)
        .join(DeclaredMember, DeclaredMember.case_id == Case.id)
        .where(DeclaredMember.person_id == person_id)
        .order_by(Case.id)
    )
    return [(case, member) for case, member in rows]


def _keep(
    session: ScopedSession,
    actor: Actor,
    person: Person,
    wish: Wish,
    before: Registered,
    papers: Papers,
    now: datetime,
) -> None:
    row = IdentityCorrection(
        **{level: getattr(person, level) for level in LEVELS},
        id=new_id(),
        person_id=person.id,
        document_id=wish.document_id,
        corrected_at=now,
        corrected_by=actor.account_id,
    )
    content = {
        "reason": wish.reason.strip(),
        "before": {"name": before.name, "id_number": before.id_number},
        "after": {"name": papers.name, "id_number": papers.number.number},
    }
    row.content_sealed = session.vault.seal_json(place_of(row, "content_sealed"), content)
    session.add(row)
    changes: dict[str, list[object]] = {
        "name": [mask_name(before.name), papers.name_masked],
        "id_number": [mask_id_number(before.id_number), papers.id_masked],
        "birth_year": [mask_birth_date(person.birth_date), mask_birth_date(papers.number.birth_date)],
        "sex": [person.sex, int(papers.number.sex)],
        "document_id": [None, str(wish.document_id)],
    }
    audit.record(
        session,
        "person.correct",
        person,
        now=now,
        actor=actor,
        person_id=person.id,
        reason=wish.reason.strip(),
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    )


def _correct_in_case(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    who: Corrected,
    procedure_of: Callable[[Case], Procedure],
    now: datetime,
) -> None:
    member: DeclaredMember = found(session.get(DeclaredMember, who.member_id))
    papers = who.papers
    member.corrected_sealed = session.vault.seal_json(
        place_of(member, "corrected_sealed"), {"name": papers.name, "id_number": papers.number.number}
    )
    member.corrected_birth_date, member.corrected_sex = papers.number.birth_date, int(papers.number.sex)
    if member.is_applicant:
        case.applicant_masked = papers.name_masked
        relabel(session, case)
    session.flush()
    if case.state in OPEN_STATES:
        follow_papers(session, actor, case.id, who, now=now)
        rename_open(session, case.id, member.id, papers.name_masked)
        if who.new_number and end_misdirected(session, case, member.id, now=now):
            _check_anew(session, actor, case, procedure_of(case), now)
    elif who.new_number:
        end_signed(session, actor, case.id, who.member_id, now=now)
    if member.is_applicant:
        correct_listed_name(session, case, lambda: procedure_of(case), now=now)


def _check_anew(
    session: ScopedSession, actor: Actor, case: Case, procedure: Procedure, now: datetime
) -> None:
    """A check that was finished begins anew, and so does what rested on it: the opinion, and the notice that hangs."""
    if step_of(session, case.id, StepCode.VERIFICATION).state is not StepState.DONE:
        return
    standing = standing_notice(session, case, FIRST)
    if standing is not None:
        withdraw_notice(session, standing, "correction", now=now)
    supersede_opinion(session, case, now=now)
    reopen_from(session, actor, case, [StepCode.VERIFICATION], procedure, now=now)
