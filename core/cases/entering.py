"""An accepted family enters the register: nobody twice, nobody who applies or is covered already (decision 2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from core.cases import people
from core.cases.application import HEAD_RELATIONS
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import OPEN_STATES, WHOLE_HOUSEHOLD, Case
from core.errors import Blocked
from core.households.changes import NewHousehold, NewMember, enter_household
from core.households.models import category_of_scheme
from core.sessions import ScopedSession
from core.translations import N_


def enter_register(session: ScopedSession, case: Case, *, now: datetime, today: date) -> None:
    """Put the declared family on the register and link the case and its people to it.

    Raises Conflict for a person of another place, Blocked for one who is covered, or applies, already.
    """
    declared = [each for each in people.members(session, case.id) if each.role is MemberRole.MEMBER]
    head = next((i for i, each in enumerate(declared) if each.relation in HEAD_RELATIONS), None)
    if head is None:
        head = next(i for i, each in enumerate(declared) if each.is_applicant)
    family = NewHousehold(
        region_code=case.region_code,
        area=case.area,
        number=f"H{case.number}",
        members=[_as_new_member(session, each) for each in declared],
        head=head,
        village_group=str(case.answers.get("village_group", "")),
        case_id=case.id,
        # who applies alone may belong to a family of which another receives alone: that is asked when it is awarded
        applies_for=category_of_scheme(case.scheme) if case.variant == WHOLE_HOUSEHOLD else None,
    )
    household, person_ids = enter_household(session, family, now=now, today=today)
    case.household_id = household.id
    for member, person_id in zip(declared, person_ids, strict=True):
        member.person_id = person_id
    session.flush()
    _require_no_other(session, case, person_ids)


def _require_no_other(session: ScopedSession, case: Case, person_ids: Sequence[uuid.UUID]) -> None:
    """Nobody is counted in two accepted applications for the same help at once."""
    other = session.scalar(
        select(Case.number)
        .join(DeclaredMember, DeclaredMember.case_id == Case.id)
        .where(
            DeclaredMember.person_id.in_(person_ids),
            DeclaredMember.role == MemberRole.MEMBER,
            DeclaredMember.counted,
            Case.id != case.id,
            Case.scheme == case.scheme,
            Case.accepted_at.is_not(None),
            Case.state.in_(sorted(OPEN_STATES)),
        )
        .limit(1)
    )
    if other is not None:
        raise Blocked(
            N_("家里有人在另一件正在办的申请（{number}）里，不能重复受理。请先办完那一件。"), number=other
        )


def _as_new_member(session: ScopedSession, member: DeclaredMember) -> NewMember:
    secrets = people.secrets(session, member)
    return NewMember(
        name=secrets["name"],
        name_masked=member.name_masked,
        id_masked=member.id_masked,
        secrets=secrets,
        birth_date=member.birth_date,
        sex=member.sex,
        relation=member.relation,
        counted=member.counted,
        not_counted_reason=member.not_counted_reason,
        disability_class=member.disability_class,
        disability_grade=member.disability_grade,
        seriously_ill=member.seriously_ill,
        student=member.student,
        working=member.working,
    )
