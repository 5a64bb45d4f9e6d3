"""An accepted family enters the register: nobody twice, nobody who applies or is covered already (decision 2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import and_, or_, select

from core.authorisations.changes import link_people
from core.cases import people
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import OPEN_STATES, WHOLE_HOUSEHOLD, Case
from core.errors import Blocked
from core.households.changes import (
    NewHousehold,
    NewMember,
    covered_already,
    enter_household,
    left_behind,
)
from core.households.groups import Covered
from core.households.models import COVERING, LeftOut, category_of_scheme
from core.households.queries import MemberRow
from core.sessions import ScopedSession, found
from core.translations import N_


def enter_register(
    session: ScopedSession,
    case: Case,
    left_out: Mapping[uuid.UUID, LeftOut],
    *,
    now: datetime,
    today: date,
) -> None:
    """Put the declared family on the register and link the case and its people to it.

    Raises Conflict for a person of another place, Blocked for one who is covered, or applies, already, Invalid when
    somebody of the household is not declared and `left_out` (by person id) gives no reason.
    """
    declared = people.family(session, case.id)
    family = NewHousehold(
        region_code=case.region_code,
        area=case.area,
        number=f"H{case.number}",
        members=[_as_new_member(session, each) for each in declared],
        head=people.head_of(declared),
        village_group=str(case.answers.get("village_group", "")),
        case_id=case.id,
        applies_for=category_of_scheme(case.scheme),
        alone=None
        if case.variant == WHOLE_HOUSEHOLD
        else next(i for i, each in enumerate(declared) if each.is_applicant),
        left_out=left_out,
    )
    household, person_ids = enter_household(session, family, now=now, today=today)
    case.household_id = household.id
    for member, person_id in zip(declared, person_ids, strict=True):
        member.person_id = person_id
    link_people(session, case.id, {member.id: found(member.person_id) for member in declared})
    _require_no_other(session, case)


def would_leave(session: ScopedSession, case: Case) -> list[MemberRow]:
    """Whoever is on the register of this household and was not declared again: each needs a reason (R3-05)."""
    declared = people.family(session, case.id)
    numbers = [str(people.secrets(session, each)["id_number"]) for each in declared]
    return left_behind(session, numbers, numbers[people.head_of(declared)])


def would_be_twice(session: ScopedSession, case: Case) -> list[Covered]:
    """Whoever receives continuing help already, so that the case cannot be accepted as declared."""
    group, whole = category_of_scheme(case.scheme), case.variant == WHOLE_HOUSEHOLD
    if group not in COVERING:
        return []
    applying = [each for each in people.family(session, case.id) if whole or each.is_applicant]
    numbers = [str(people.secrets(session, each)["id_number"]) for each in applying]
    return covered_already(session, numbers, group if whole else None)


def _require_no_other(session: ScopedSession, case: Case) -> None:
    """Nobody would be covered by two accepted applications for the same help at once."""
    other = session.scalar(
        select(Case.number)
        .join(DeclaredMember, DeclaredMember.case_id == Case.id)
        .where(
            DeclaredMember.person_id.in_([each.person_id for each in people.covered(session, case)]),
            DeclaredMember.role == MemberRole.MEMBER,
            or_(
                and_(Case.variant == WHOLE_HOUSEHOLD, DeclaredMember.counted),
                and_(Case.variant != WHOLE_HOUSEHOLD, DeclaredMember.is_applicant),
            ),
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
