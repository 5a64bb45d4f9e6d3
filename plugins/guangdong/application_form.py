"""Guangdong's application form: the national one, with the means check the province names (R2-17)."""

from __future__ import annotations

from core.api import N_, Asks, FormAmendment, Question, QuestionKind, Sensitivity
from plugins.guangdong.texts import CHECK_2026, GUANGDONG

APPLICATION = FormAmendment(
    name="guangdong.application",
    version="1",
    region_code=GUANGDONG,
    extends=("national.application", "1"),
    title=N_("广东省最低生活保障申请表"),
    source=CHECK_2026,
    asks=(
        Asks(
            "properties",
            (
                Question(
                    "earns_a_living",
                    N_("这辆车是不是靠它谋生"),
                    QuestionKind.YES_NO,
                    sensitivity=Sensitivity.SENSITIVE,
                    purpose=N_("唯一一辆谋生用的车，不再因此不予通过"),
                    legal_basis=CHECK_2026,
                    hint=N_("只有车要答。"),
                ),
            ),
            after="quantity",
        ),
    ),
)
