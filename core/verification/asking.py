"""Who must authorise the checks of a case, taken from its declaration, and asking them all when it is submitted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.access import Actor
from core.authorisations.asking import Asking, PersonAsked, WizardSignature, create_for_case
from core.authorisations.coverage import Coverage, coverage, require_coverage
from core.cases import people
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import Case
from core.cases.procedure import Procedure, beijing_day
from core.catalogue import PersonKind
from core.regions import queries as regions
from core.sessions import ScopedSession
from core.translations import N_

_VERIFIER = N_("{county}民政局家庭经济状况核对机构")
_REQUESTER = N_("{township}人民政府")
_STREET_OFFICE = N_("{township}办事处")
VALIDITY = "authorisation.validity_months"
LINK_DAYS = "authorisation.link_days"
ADULT_AGE = "adult.age"


def asks_supporters(procedure: Procedure) -> bool:
    """Whether the scheme also asks legal supporters who live elsewhere."""
    return PersonKind.SUPPORTERS in procedure.scheme.required_persons


def must_sign(member: DeclaredMember, procedure: Procedure) -> bool:
    """Everyone counted in the household, and the supporters where the scheme asks them (2.7).

    Who is not counted (in prison, missing …) does not live there and cannot sign.
    """
    if member.role is MemberRole.SUPPORTER:
        return asks_supporters(procedure)
    return member.counted and PersonKind.MEMBERS in procedure.scheme.required_persons


def asking_of(session: ScopedSession, case: Case, procedure: Procedure) -> Asking:
    """What a case asks for, under the law of its day. Raises Blocked for a parameter without a value in force."""
    return asking_terms(
        session,
        procedure,
        case_id=case.id,
        region_code=case.region_code,
        owner_account_id=case.owner_account_id,
        submitted_at=case.submitted_at,
    )


def asking_terms(
    session: ScopedSession,
    procedure: Procedure,
    *,
    case_id: uuid.UUID,
    region_code: str,
    owner_account_id: uuid.UUID | None,
    submitted_at: datetime,
) -> Asking:
    """The same before there is a case: what the wizard shows, with the draft's id."""
    names = {place.level: place.name for place in regions.path(session, region_code)}
    scheme, law = procedure.scheme, procedure.law
    return Asking(
        case_id=case_id,
        region_code=region_code,
        owner_account_id=owner_account_id,
        scheme=scheme.code,
        scheme_name=scheme.public_kind,
        law=scheme.source,
        submitted_on=beijing_day(submitted_at),
        verifier=_VERIFIER.format(county=names.get(3, names.get(2, ""))),
        requester=_requester(names.get(4, names.get(3, ""))),
        sources=scheme.sources,
        months=law.number(VALIDITY),
        link_days=law.number(LINK_DAYS),
        adult_age=law.number(ADULT_AGE),
    )


def _requester(township: str) -> str:
    # a street (街道) has an office sent by the district, a town or township a government of its own
    return (_STREET_OFFICE if township.endswith("街道") else _REQUESTER).format(township=township)


def ask_family(
    session: ScopedSession,
    actor: Actor,
    case: Case,
    procedure: Procedure,
    *,
    now: datetime,
    signature: WizardSignature | None = None,
    document_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Ask everyone who must sign, in the transaction that submits the case; the applicant's wizard signature is kept.

    `document_id`: her signature as the case holds it. Ids in the order of the declaration; asked once only. Raises Invalid
    for ticks that were not offered.
    """
    if coverage(session, case.id, procedure.scheme.sources, beijing_day(now)).persons:
        return []
    declared = [each for each in people.members(session, case.id) if must_sign(each, procedure)]
    return create_for_case(
        session,
        actor,
        asking_of(session, case, procedure),
        [_person(session, each) for each in declared],
        now=now,
        signature=signature,
        document_id=document_id,
    )


def _person(session: ScopedSession, member: DeclaredMember) -> PersonAsked:
    opened = people.secrets(session, member)
    return PersonAsked(
        member_id=member.id,
        position=member.position,
        name=opened["name"],
        id_index=member.id_index,
        id_masked=member.id_masked,
        birth_date=member.birth_date,
        relation=member.relation,
        phone=str(opened.get("phone") or ""),
        supporter=member.role is MemberRole.SUPPORTER,
        is_applicant=member.is_applicant,
        guardian_member_id=member.guardian_member_id,
        person_id=member.person_id,
    )


def _expected(members: Sequence[DeclaredMember], procedure: Procedure) -> dict[uuid.UUID, str]:
    return {each.id: each.name_masked for each in members if must_sign(each, procedure)}


def coverage_of(session: ScopedSession, case: Case, procedure: Procedure, *, now: datetime) -> Coverage:
    """Everyone of the declaration by every body, today."""
    return coverage(
        session,
        case.id,
        procedure.scheme.sources,
        beijing_day(now),
        expected=_expected(people.members(session, case.id), procedure),
        with_supporters=asks_supporters(procedure),
    )


def require_covered(session: ScopedSession, case: Case, procedure: Procedure, *, now: datetime) -> Coverage:
    """The same, or Blocked with the masked names of those whose signature is missing (等谁签)."""
    return require_coverage(
        session,
        case.id,
        procedure.scheme.sources,
        beijing_day(now),
        expected=_expected(people.members(session, case.id), procedure),
        with_supporters=asks_supporters(procedure),
    )


def signature_of_draft(kept: Mapping[str, Any] | None, member_keys: Sequence[str]) -> WizardSignature | None:
    """What a draft keeps (`DraftState.signature`) as `ask_family` takes it; `member_keys` in the order submitted."""
    if kept is None:
        return None
    document = kept.get("document_id")
    return WizardSignature(
        sources=tuple(kept["sources"]),
        signed_at=datetime.fromisoformat(kept["signed_at"]),
        document_id=uuid.UUID(document) if document else None,
        as_guardian=frozenset(
            member_keys.index(key) for key in kept.get("as_guardian", ()) if key in member_keys
        ),
        text_version=str(kept["text_version"]),
    )
