"""Guangdong's own words: groups by the monitoring plan, ways to apply through 粤省事 (R2-01…R2-05, R2-07).

The plan is not public: its thresholds stand in parameters and rules for the staff, never in a text for residents.
"""

from __future__ import annotations

from core.api import N_, CategoryDeclaration, ChannelDeclaration
from plugins.guangdong.texts import MONITORING_2021

CATEGORIES = (
    CategoryDeclaration(
        "dibao", N_("低保对象"), N_("最低生活保障对象"), "household", f"{MONITORING_2021} 二（一）"
    ),
    CategoryDeclaration("tekun", N_("特困人员"), N_("特困人员"), "person", f"{MONITORING_2021} 二（二）"),
    CategoryDeclaration(
        "edge_family",
        N_("低保边缘等易返贫致贫人口"),
        N_("最低生活保障边缘家庭"),
        "household",
        f"{MONITORING_2021} 二（三）",
        hint=N_("以当地城镇低保标准为基数；防止返贫监测对象也归这一类。"),
    ),
    CategoryDeclaration(
        "rigid_expense_family",
        N_("支出型困难人口"),
        N_("刚性支出困难家庭"),
        "household",
        f"{MONITORING_2021} 二（四）",
    ),
    CategoryDeclaration(
        "other", N_("其他低收入人口"), N_("其他困难人员"), "household", f"{MONITORING_2021} 二（五）"
    ),
)

CHANNELS = (
    ChannelDeclaration(
        "online", N_("粤省事或本网站"), N_("自己填，随时能停"), source=f"{MONITORING_2021} 三（一）"
    ),
    ChannelDeclaration(
        "window", N_("镇街社会救助服务窗口"), N_("一门受理"), source=f"{MONITORING_2021} 三（一）"
    ),
    ChannelDeclaration(
        "proxy",
        N_("党群服务中心、社区工作站、社工站代为申请"),
        N_("要有您签字的委托书"),
        source=f"{MONITORING_2021} 三（一）",
    ),
)
