"""The Guangdong pack: the monitoring plan of 2021, the household check of 2020, the means check of 2026."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.api import (
    N_,
    CaseFacts,
    DecisionFacts,
    Finding,
    FormAmendment,
    FormDeclaration,
    Law,
    PackInfo,
    RegionDeclaration,
    Remark,
    Rule,
    Scheme,
    SchemeAmendment,
    VisitFacts,
    hookimpl,
)
from plugins.guangdong import reactions, rules, schemes, words
from plugins.guangdong.application_form import APPLICATION
from plugins.guangdong.texts import GUANGDONG
from plugins.guangdong.visit_form import VISIT

FOLDER = Path(__file__).parent

PACK = PackInfo(
    name="guangdong",
    title=N_("广东省"),
    version="1.0",
    summary=N_("广东的入户调查登记、五类低收入人口、以城镇低保标准为基数的边缘家庭线、粤省事申请渠道。"),
)


@hookimpl
def register_regions() -> Sequence[RegionDeclaration]:
    """Guangdong, with its parameters, groups, guides and ways to apply."""
    return [
        RegionDeclaration(
            code=GUANGDONG,
            name=N_("广东省"),
            parameters=FOLDER / "parameters",
            situations=FOLDER / "situations",
            categories=words.CATEGORIES,
            channels=words.CHANNELS,
        )
    ]


@hookimpl
def register_schemes() -> Sequence[Scheme | SchemeAmendment]:
    """What Guangdong changes of dibao."""
    return [schemes.DIBAO]


@hookimpl
def register_forms() -> Sequence[FormDeclaration | FormAmendment]:
    """Application and visit, every version ever used."""
    return [APPLICATION, VISIT]


@hookimpl
def register_rules() -> Sequence[Rule]:
    """The means check of 2019 and the one of 2026."""
    return rules.RULES


@hookimpl
def case_decided(case: CaseFacts, decision: DecisionFacts, law: Law) -> Sequence[Remark]:  # noqa: ARG001
    """A refused family is kept in sight (R4-03)."""
    return reactions.watch_remarks(decision)


@hookimpl
def visit_recorded(visit: VisitFacts, law: Law) -> Sequence[Finding]:  # noqa: ARG001
    """Missing guarantees become findings (R0-03)."""
    return list(reactions.visit_findings(visit))
