"""The national pack: the ground every province stands on, in force everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.api import (
    N_,
    FormAmendment,
    FormDeclaration,
    MessageChannel,
    PackInfo,
    RegionDeclaration,
    Rule,
    Scheme,
    SchemeAmendment,
    hookimpl,
)
from plugins.national import rules
from plugins.national.application_form import APPLICATION
from plugins.national.categories import CATEGORIES, CHANNELS
from plugins.national.guides import GUIDES, SELF_CHECK
from plugins.national.schemes import DIBAO, NATION
from plugins.national.sms_gateway import GATEWAY
from plugins.national.visit_form import VISIT

FOLDER = Path(__file__).parent

PACK = PackInfo(
    name="national",
    title=N_("全国规定"),
    version="1.0",
    summary=N_("全国统一的低保办法、表单、文书和办理时限；各省在它上面补充。"),
)


@hookimpl
def register_regions() -> Sequence[RegionDeclaration]:
    """The nation, with its parameters, guides, self check, groups and ways to apply."""
    return [
        RegionDeclaration(
            code=NATION,
            name=N_("全国"),
            parameters=FOLDER / "parameters",
            situations=FOLDER / "situations",
            guides=GUIDES,
            self_check=SELF_CHECK,
            categories=CATEGORIES,
            channels=CHANNELS,
        )
    ]


@hookimpl
def register_schemes() -> Sequence[Scheme | SchemeAmendment]:
    """Dibao; other kinds of assistance join here as their rooms are built."""
    return [DIBAO]


@hookimpl
def register_forms() -> Sequence[FormDeclaration | FormAmendment]:
    """The application form, the visit form and the self check, every version ever used."""
    return [APPLICATION, VISIT, SELF_CHECK.form]


@hookimpl
def register_rules() -> Sequence[Rule]:
    """Dibao, edge family and single-person dibao."""
    return rules.RULES


@hookimpl
def register_messages() -> Sequence[MessageChannel]:
    """A short-message gateway spoken to over HTTP, where the site has set one up."""
    return [GATEWAY]
