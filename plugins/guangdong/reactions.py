"""What Guangdong adds when a visit is recorded or a case decided: problems to follow, families to keep in sight."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import N_, DecisionFacts, Finding, Remark, VisitFacts
from plugins.guangdong.texts import VISITS_2020
from plugins.guangdong.visit_form import VISIT

WATCH_2020 = "粤民发〔2020〕49号 二（一）三"
# which department follows a problem; the answers that raise one are marked in the form
DEPARTMENTS = {
    "housing_unsafe": (N_("住房不安全"), N_("住房城乡建设")),
    "no_electricity": (N_("没有通电"), N_("供电")),
    "item_1_lacking": (N_("第1项无保障"), N_("民政")),
    "item_2_lacking": (N_("第2项无保障"), N_("民政")),
    "item_3_lacking": (N_("第3项无保障"), N_("民政")),
}


def visit_findings(visit: VisitFacts) -> Iterator[Finding]:
    """One finding for each answer that shows a missing guarantee (R0-03, R0-30, R0-31)."""
    for question in VISIT.questions:
        for choice in question.choices:
            if choice.raises and visit.answers.get(question.name) == choice.code:
                text, department = DEPARTMENTS[choice.raises]
                yield Finding(choice.raises, text, department, VISITS_2020)


def watch_remarks(decision: DecisionFacts) -> list[Remark]:
    """A refused family in some hardship is recorded and kept in sight (R4-03)."""
    if decision.granted:
        return []
    return [Remark(N_("不符合低保条件但有一定困难的，登记在册，列入潜在对象，定期回访。"), WATCH_2020)]
