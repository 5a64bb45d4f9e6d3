"""The people of a declaration: the applicant, full names where the reader may have them, sealed details."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.cases.application import HEAD_RELATIONS
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import WHOLE_HOUSEHOLD, Case
from core.encryption import place_of
from core.masking import mask_id_number, mask_name
from core.regions import queries as regions
from core.scopes import Own
from core.sessions import ScopedSession


def members(session: ScopedSession, case_id: uuid.UUID) -> Sequence[DeclaredMember]:
    """Everyone on the declaration, supporters too, in the order declared."""
    return session.scalars(
        select(DeclaredMember).where(DeclaredMember.case_id == case_id).order_by(DeclaredMember.position)
    ).all()


def applicant(session: ScopedSession, case_id: uuid.UUID) -> DeclaredMember:
    """The one who applied."""
    row: DeclaredMember = session.scalars(
        select(DeclaredMember).where(DeclaredMember.case_id == case_id, DeclaredMember.is_applicant)
    ).one()
    return row


def family(session: ScopedSession, case_id: uuid.UUID) -> list[DeclaredMember]:
    """The people declared to live together, supporters left aside, in the order declared."""
    return [each for each in members(session, case_id) if each.role is MemberRole.MEMBER]


def head_of(declared: Sequence[DeclaredMember]) -> int:
    """The position of the head of a declared family: who is named as such, else the applicant."""
    named = (i for i, each in enumerate(declared) if each.relation in HEAD_RELATIONS)
    return next(named, next(i for i, each in enumerate(declared) if each.is_applicant))


def covered(session: ScopedSession, case: Case) -> list[DeclaredMember]:
    """Whom the help would cover: everybody counted, or the applicant alone (单人保, R1-12)."""
    return [
        each
        for each in family(session, case.id)
        if (each.counted if case.variant == WHOLE_HOUSEHOLD else each.is_applicant)
    ]


def declared(session: ScopedSession, member: DeclaredMember) -> dict[str, Any]:
    """name, id_number, phone, disability_certificate in the clear, word for word as they were declared.

    An account that applied reads these and no correction: which person it is, nobody has checked by the right number.
    """
    opened: dict[str, Any] = session.vault.unseal_json(
        place_of(member, "secrets_sealed"), member.secrets_sealed
    )
    return opened


def secrets(session: ScopedSession, member: DeclaredMember) -> dict[str, Any]:
    """The same as they are known today, name and number as corrected since: for letters and checks, never for a list."""
    opened = declared(session, member)
    if member.corrected_sealed is not None:
        opened |= session.vault.unseal_json(place_of(member, "corrected_sealed"), member.corrected_sealed)
    return opened


def registered_now(session: ScopedSession, member: DeclaredMember) -> dict[str, Any] | None:
    """Name and id_number as a correction left them in the register, for the person herself; None where nothing was corrected.

    None also for the account that applied, unless it opens this very person's file (decision 1), and for her family.
    """
    scope = session.scope
    opens = isinstance(scope, Own) and scope.person_id is not None and scope.person_id == member.person_id
    if not opens or member.corrected_sealed is None:
        return None
    kept: dict[str, Any] = session.vault.unseal_json(
        place_of(member, "corrected_sealed"), member.corrected_sealed
    )
    return kept


def full_name(session: ScopedSession, member: DeclaredMember) -> str:
    """The name in full as it is known today; a child's is only in the sealed part."""
    known = member.name if member.corrected_sealed is None else ""
    return known or str(secrets(session, member)["name"])


def masked_name(session: ScopedSession, member: DeclaredMember) -> str:
    """The same for a list."""
    return member.name_masked if member.corrected_sealed is None else mask_name(full_name(session, member))


def masked_number(session: ScopedSession, member: DeclaredMember) -> str:
    """Her ID number as it is known today, masked."""
    if member.corrected_sealed is None:
        return member.id_masked
    return mask_id_number(str(secrets(session, member)["id_number"]))


def sensitive_answers(session: ScopedSession, case: Case) -> dict[str, Any]:
    """The form's sealed answers in the clear: for letters, payment and the applicant herself."""
    if case.answers_sealed is None:
        return {}
    answers: dict[str, Any] = session.vault.unseal_json(place_of(case, "answers_sealed"), case.answers_sealed)
    return answers


def account_to_open(session: ScopedSession, case: Case) -> bool:
    """Whether the family has no bank account yet and asked the window to help: until then there is nothing to pay into."""
    return sensitive_answers(session, case).get("has_account") == "to_open"


def place_fields(session: ScopedSession, region_code: str) -> dict[str, object]:
    """Names and the office of a place, for letters and slips."""
    path = {node.level: node.name for node in regions.path(session, region_code)}
    office = regions.office(session, region_code)
    return {
        "region_name": regions.node(session, region_code).full_name,
        "county_name": path.get(3, ""),
        "township_name": path.get(4, ""),
        "village_name": path.get(5, ""),
        "office_name": office.office_name if office else path.get(4, path.get(3, "")),
        "office_phone": office.phone if office else "",
        "office_address": office.address if office else "",
    }
