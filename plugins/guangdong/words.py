"""Guangdong's own words: groups by the monitoring plan, ways to apply through 粤省事, the edge-family line (R2-01…R2-07)."""

from __future__ import annotations

from core.api import N_, CategoryDeclaration, ChannelDeclaration, Figure, Guide, GuideStep
from plugins.guangdong.texts import CHECK_2026, MONITORING_2021

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
        hint=N_("按当地城镇低保标准的1.5倍；防止返贫监测对象也归这一类。"),
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

GUIDES = (
    Guide(
        code="edge_family",
        title=N_("低保边缘家庭"),
        summary=N_("收入比城镇低保线高一点，不到它的1.5倍。"),
        summary_with_figures=N_("收入比低保线高一点，不到城镇低保线（{urban}元）的1.5倍，城里农村一样算。"),
        figures=(Figure("urban", "dibao.standard", "urban"),),
        gives=N_("看病、上学、住房方面的帮助"),
        picture="stairs",
        source=CHECK_2026,
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_("没有享受低保，平均每人收入不到当地城镇低保线的1.5倍，房子、车和存款合规定的家庭。"),
            ),
            GuideStep(
                N_("只替一个人申请"),
                N_(
                    "家里有一级、二级残疾，或者三级、四级智力、精神残疾，或者得了重病的人，他本人可以单独申请低保。"
                ),
            ),
            GuideStep(N_("怎么申请"), N_("和低保一样：粤省事、镇街窗口，或者请社工站代为申请。")),
        ),
    ),
)
