"""What Guangdong changes of dibao: its visit form and whom it lets apply alone (R2-18, R2-19)."""

from __future__ import annotations

from core.api import N_, SchemeAmendment, VariantDeclaration
from plugins.guangdong.texts import GUANGDONG, MONITORING_2021

DIBAO = SchemeAmendment(
    scheme="dibao",
    region_code=GUANGDONG,
    source=MONITORING_2021,
    visit_form="guangdong.visit",
    application_form="guangdong.application",
    variants=(
        VariantDeclaration(
            "single_person",
            N_("单人保"),
            N_("低保边缘家庭中的重度残疾人和重病患者"),
            f"{MONITORING_2021} 五（一）2",
            rule="single_person_dibao",
        ),
    ),
)
