"""The appeal rights told in every letter that decides something (行政复议法 第二十条, 行政诉讼法 第四十六条)."""

from __future__ import annotations

from core.law import Law
from core.translations import N_

APPEAL = N_(
    "不服这个决定的，可以自收到之日起{days}日内申请行政复议，或者{months}个月内向人民法院提起行政诉讼；"
    "也可以先到窗口问清楚。"
)


def appeal_sentence(law: Law) -> str:
    """The sentence with the limits in force (days, months). Raises Blocked when the law has none."""
    return APPEAL.format(days=law.days("appeal.review_days"), months=law.number("appeal.court_months"))
