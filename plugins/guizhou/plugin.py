"""The Guizhou pack: what 黔民发〔2023〕2号 adds to the national procedure."""

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
    HouseholdFacts,
    Law,
    PackInfo,
    Panel,
    RegionDeclaration,
    Remark,
    Rule,
    Scheme,
    SchemeAmendment,
    VisitFacts,
    hookimpl,
)
from plugins.guizhou import forms, reactions, rules, schemes, words
from plugins.guizhou.texts import GUIZHOU

FOLDER = Path(__file__).parent

PACK = PackInfo(
    name="guizhou",
    title=N_("贵州省"),
    version="1.0",
    summary=N_("贵州的申请表和入户核查表、权限下放的办理时限、成年无业重度残疾人单人保、分类施保比例。"),
)


@hookimpl
def register_regions() -> Sequence[RegionDeclaration]:
    """Guizhou, with its parameters, guides and ways to apply."""
    return [
        RegionDeclaration(
            code=GUIZHOU,
            name=N_("贵州省"),
            parameters=FOLDER / "parameters",
            situations=FOLDER / "situations",
            guides=words.GUIDES,
            channels=words.CHANNELS,
        )
    ]


@hookimpl
def register_schemes() -> Sequence[Scheme | SchemeAmendment]:
    """What Guizhou changes of dibao."""
    return [schemes.DIBAO]


@hookimpl
def register_forms() -> Sequence[FormDeclaration | FormAmendment]:
    """Application and visit, every version ever used."""
    return [forms.APPLICATION, forms.VISIT]


@hookimpl
def register_rules() -> Sequence[Rule]:
    """The single-person rule of the province."""
    return rules.RULES


@hookimpl
def case_accepted(case: CaseFacts, law: Law) -> Sequence[Remark]:
    """Remind of the single-person path (R3-07)."""
    return reactions.single_person_remarks(case, law)


@hookimpl
def case_decided(case: CaseFacts, decision: DecisionFacts, law: Law) -> Sequence[Remark]:  # noqa: ARG001
    """A refused family belongs to the next review's visits (R3-13)."""
    return reactions.refusal_remarks(decision)


@hookimpl
def visit_recorded(visit: VisitFacts, law: Law) -> Sequence[Finding]:  # noqa: ARG001
    """Seasonal grain shortage, and care that is needed (R3-11, R3-28)."""
    return reactions.visit_findings(visit)


@hookimpl
def case_panels(case: CaseFacts, law: Law) -> Sequence[Panel]:
    """Who at home gets a category supplement, by the province's groups (R3-10)."""
    return reactions.supplement_panel(case.members, law)


@hookimpl
def household_panels(household: HouseholdFacts, law: Law) -> Sequence[Panel]:
    """The same beside the household's file."""
    return reactions.supplement_panel(household.members, law)
