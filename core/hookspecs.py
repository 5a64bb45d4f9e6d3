"""Every hook of the house: typed, documented, each saying when it fires (docs/hooks.md has an example of each)."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from core.catalogue.amendments import FormAmendment, SchemeAmendment
from core.catalogue.events import CaseFacts, DecisionFacts, Finding, HouseholdFacts, Remark, VisitFacts
from core.catalogue.regional import (
    IdentityProvider,
    MessageChannel,
    PackBlueprint,
    Panel,
    RegionDeclaration,
)
from core.catalogue.schemes import Scheme
from core.forms import FormDeclaration
from core.law import Law
from core.rules.rule import Rule

PROJECT = "doudi"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

# --- once at start -----------------------------------------------------------------------------------------------


@hookspec
def register_regions() -> Sequence[RegionDeclaration]:  # type: ignore[empty-body]
    """The regions the pack speaks for, with parameters, guides, self check, groups and ways to apply. Once at start."""


@hookspec
def register_schemes() -> Sequence[Scheme | SchemeAmendment]:  # type: ignore[empty-body]
    """Kinds of assistance with steps, limits, letters and notices, or what a region changes of one. Once at start."""


@hookspec
def register_forms() -> Sequence[FormDeclaration | FormAmendment]:  # type: ignore[empty-body]
    """Forms with name and version, every version ever used. Once at start."""


@hookspec
def register_rules() -> Sequence[Rule]:  # type: ignore[empty-body]
    """Eligibility and amount rules, every version with the day it is in force from. Once at start."""


@hookspec
def register_messages() -> Sequence[MessageChannel]:  # type: ignore[empty-body]
    """Ways to send short messages. Once at start; the first that is ready is used."""


@hookspec
def register_identity_providers() -> Sequence[IdentityProvider]:  # type: ignore[empty-body]
    """Ways for residents to sign in with an assured identity. Once at start."""


@hookspec
def register_blueprints() -> Sequence[PackBlueprint]:  # type: ignore[empty-body]
    """The pack's own pages, mounted at start; they answer 404 in regions where the pack is not enabled."""


# Below, `law` is the law of the day and the place; a pack reads its numbers there and keeps none itself.

# --- at rendering ------------------------------------------------------------------------------------------------


@hookspec
def household_panels(household: HouseholdFacts, law: Law) -> Sequence[Panel]:  # type: ignore[empty-body]
    """Boxes beside a household's file, each time its page is drawn, in regions where the pack is enabled."""


@hookspec
def case_panels(case: CaseFacts, law: Law) -> Sequence[Panel]:  # type: ignore[empty-body]
    """Boxes beside a case, each time its page is drawn, in regions where the pack is enabled."""


# --- inside the transaction --------------------------------------------------------------------------------------


@hookspec
def case_accepted(case: CaseFacts, law: Law) -> Sequence[Remark]:  # type: ignore[empty-body]
    """A case was accepted: remarks for its history. Inside the transaction of the acceptance."""


@hookspec
def case_decided(case: CaseFacts, decision: DecisionFacts, law: Law) -> Sequence[Remark]:  # type: ignore[empty-body]
    """A case was confirmed or refused: remarks for its history. Inside the transaction of the decision."""


@hookspec
def visit_recorded(visit: VisitFacts, law: Law) -> Sequence[Finding]:  # type: ignore[empty-body]
    """A visit was submitted: problems its answers bring to light. Inside the transaction of the visit."""
