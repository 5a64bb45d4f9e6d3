"""Reading the corrections of a person, and the cases that one would touch."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.cases.declaration_models import DeclaredMember
from core.cases.models import OPEN_STATES, Case
from core.corrections.models import IdentityCorrection
from core.encryption import place_of
from core.leak_scan import masked_text
from core.masking import changed_letters, mask_id_number, mask_name
from core.sessions import ScopedSession


@dataclass(frozen=True, slots=True)
class Shown:
    """A correction as a page shows it: old and new, masked; `reason` without numbers.

    `…_changed`: which letters are others now, counted from 1; empty where it stayed, None where their count changed.
    """

    row: IdentityCorrection
    names: tuple[str, str]
    numbers: tuple[str, str]
    name_changed: tuple[int, ...] | None
    number_changed: tuple[int, ...] | None
    reason: str


def corrections_of(session: ScopedSession, person_id: uuid.UUID) -> list[Shown]:
    """The corrections of a person that the scope shows, the newest first."""
    rows = session.scalars(
        select(IdentityCorrection)
        .where(IdentityCorrection.person_id == person_id)
        .order_by(IdentityCorrection.corrected_at.desc(), IdentityCorrection.id.desc())
    )
    return [_shown(session, row) for row in rows]


def _shown(session: ScopedSession, row: IdentityCorrection) -> Shown:
    content = session.vault.unseal_json(place_of(row, "content_sealed"), row.content_sealed)
    before, after = content["before"], content["after"]
    return Shown(
        row,
        (mask_name(before["name"]), mask_name(after["name"])),
        (mask_id_number(before["id_number"]), mask_id_number(after["id_number"])),
        changed_letters(before["name"], after["name"]),
        changed_letters(before["id_number"], after["id_number"]),
        masked_text(content["reason"]),
    )


def cases_under_way(session: ScopedSession, person_id: uuid.UUID) -> Sequence[Case]:
    """The open, accepted cases in scope that name a person."""
    return session.scalars(
        select(Case)
        .join(DeclaredMember, DeclaredMember.case_id == Case.id)
        .where(DeclaredMember.person_id == person_id, Case.state.in_(sorted(OPEN_STATES)))
        .order_by(Case.id)
    ).all()
