"""Tells the enabled packs what happened to a case, and keeps what they remark for the staff (decision 15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from core.cases import people
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import Case, Confirmation, Outcome
from core.cases.procedure import Procedure
from core.catalogue import CaseFacts, DecisionFacts, MemberFacts, Remark
from core.households.names import age_on
from core.rules import Decision
from core.sessions import ScopedSession


def facts_of_case(case: Case, members: Sequence[DeclaredMember], day: date) -> CaseFacts:
    """A case as packs see it: ages and grades, no names and no numbers of people."""
    return CaseFacts(
        case_id=case.id,
        number=case.number,
        scheme=case.scheme,
        variant=case.variant,
        area=str(case.area),
        region_code=case.region_code,
        members=tuple(facts_of_member(each, day) for each in members if each.role is MemberRole.MEMBER),
    )


def facts_of_member(member: DeclaredMember, day: date) -> MemberFacts:
    """One member as packs see her."""
    return MemberFacts(
        age=age_on(member.born, day),
        relation=member.relation,
        counted=member.counted,
        working=bool(member.working),
        student=bool(member.student),
        seriously_ill=bool(member.seriously_ill),
        disability_class=member.disability_class,
        disability_grade=member.disability_grade,
        mental_part_grade=member.mental_part_grade,
    )


def tell_accepted(session: ScopedSession, case: Case, procedure: Procedure) -> None:
    """The case was accepted: the region's packs may remark on it, in the same transaction."""
    facts = facts_of_case(case, people.members(session, case.id), procedure.law.date)
    _keep(case, procedure.view.case_accepted(facts, procedure.law))


def tell_decided(
    session: ScopedSession, case: Case, confirmation: Confirmation, decision: Decision, procedure: Procedure
) -> None:
    """The case was confirmed or refused."""
    facts = facts_of_case(case, people.members(session, case.id), procedure.law.date)
    home = decision.facts["home"]
    told = DecisionFacts(
        granted=confirmation.outcome is Outcome.GRANTED,
        monthly_fen=confirmation.monthly_fen,
        per_head_yearly_fen=home["yearly_income"] // max(1, home["members"]),
        standard_yearly_fen=_standard(decision),
        confirmed_by=str(case.authority),
    )
    _keep(case, procedure.view.case_decided(facts, told, procedure.law))


def _standard(decision: Decision) -> int:
    """The standard the rule read, yearly fen; 0 for a rule that reads none."""
    for reading in decision.readings:
        if reading.key == "dibao.standard":
            return int(reading.value) * (12 if reading.unit == "fen_per_month" else 1)
    return 0


def _keep(case: Case, remarks: Iterable[Remark]) -> None:
    said = [{"text": each.text, "source": each.source, "values": dict(each.values or {})} for each in remarks]
    if said:
        case.remarks = [*case.remarks, *said]
