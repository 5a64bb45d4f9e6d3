"""What Guizhou adds while a case goes its way: reminders of the province's own rules, never a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.api import (
    N_,
    CaseFacts,
    DecisionFacts,
    Finding,
    Law,
    MemberFacts,
    Panel,
    PanelLine,
    Remark,
    VisitFacts,
    disability_within,
)
from plugins.guizhou.texts import part


def severely_disabled(member: MemberFacts, law: Law) -> bool:
    """By the grades in force, as the rule reads them."""
    known = replace(
        member, disability_grade=member.disability_grade or 0, mental_part_grade=member.mental_part_grade or 0
    )
    return bool(disability_within(known, law.number("severe.grade"), law.number("severe.mental_grade")))


def may_apply_alone(member: MemberFacts, law: Law) -> bool:
    """An adult without work and with a severe disability (R3-07)."""
    return member.age >= law.number("adult.age") and not member.working and severely_disabled(member, law)


def single_person_remarks(case: CaseFacts, law: Law) -> list[Remark]:
    """At acceptance: remind of the single-person path where a whole household applies."""
    if case.variant != "household" or not any(may_apply_alone(member, law) for member in case.members):
        return []
    return [
        Remark(
            N_("家里有成年无业重度残疾人。全家不够条件时，可以参照单人户为他申请，别漏掉。"),
            part("二（一）二"),
        )
    ]


def refusal_remarks(decision: DecisionFacts) -> list[Remark]:
    """After a refusal: the family belongs to the next visits (R3-13)."""
    if decision.granted:
        return []
    return [
        Remark(
            N_("申请未获确认：列入下次年度核查的走访范围（近一年申请未获确认的家庭）。"),
            part("二（二）一"),
        )
    ]


def visit_findings(visit: VisitFacts) -> list[Finding]:
    """Problems in the answers of Guizhou's visit form; other forms have none of these questions."""
    found = []
    if visit.answers.get("grain_shortage") is True:
        found.append(
            Finding("grain_shortage", N_("季节性缺粮，认定救助粮对象"), N_("民政"), part("二（一）四"))
        )
    if visit.answers.get("care_needed") is True:
        found.append(
            Finding("care_needed", N_("有人生活不能自理，落实照料护理"), N_("民政"), part("二（五）"))
        )
    return found


def supplement_panel(members: Sequence[MemberFacts], law: Law) -> list[Panel]:
    """How many counted members fall into each group of the supplement; the rule computes the money, highest group only."""
    counted = [member for member in members if member.counted]
    groups = (
        (N_("重度残疾人"), sum(severely_disabled(member, law) for member in counted)),
        (N_("重病患者"), sum(member.seriously_ill for member in counted)),
        (N_("老年人"), sum(member.age >= law.number("supplement.elderly_age") for member in counted)),
        (N_("在校学生"), sum(member.student for member in counted)),
    )
    lines = tuple(PanelLine(label, str(number)) for label, number in groups if number)
    return [Panel(N_("分类施保的人（不累加，按最高一类）"), lines, part("二（一）四"))] if lines else []
