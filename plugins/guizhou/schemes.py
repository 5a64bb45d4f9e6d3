"""What Guizhou changes of dibao: its forms, the delegated limit, and the single-person path for unemployed adults (R3-07, R3-20)."""

from __future__ import annotations

from core.api import N_, LimitCase, LimitDeclaration, SchemeAmendment, VariantDeclaration
from plugins.guizhou.texts import GUIZHOU, REVIEW_2023, part

DIBAO = SchemeAmendment(
    scheme="dibao",
    region_code=GUIZHOU,
    source=REVIEW_2023,
    application_form="guizhou.application",
    visit_form="guizhou.visit",
    limits=(
        LimitDeclaration(
            "whole",
            N_("全程（权限下放）"),
            "limit.decision_delegated",
            "acceptance",
            "confirmation",
            when=LimitCase.DELEGATED,
            source=part("二（二）三"),
        ),
    ),
    variants=(
        VariantDeclaration(
            "unemployed_disabled",
            N_("单人（成年无业重度残疾人）"),
            N_("成年、没有工作的重度残疾人，参照单人户申请"),
            f"{part('二（一）二')}；民发〔2022〕83号",
            rule="unemployed_disabled_dibao",
        ),
    ),
)
