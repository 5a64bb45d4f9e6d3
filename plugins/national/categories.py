"""The groups of the low-income population, as the register names them (国办发〔2023〕39号), and ways to apply."""

from __future__ import annotations

from core.api import N_, CategoryDeclaration, ChannelDeclaration
from plugins.national.texts import CONFIRMATION_RULES, NOTICE_39, RIGID_EXPENSE_RULES, TEKUN_RULES, article

CATEGORIES = (
    CategoryDeclaration("dibao", N_("低保对象"), N_("最低生活保障对象"), "household", CONFIRMATION_RULES),
    CategoryDeclaration("tekun", N_("特困人员"), N_("特困人员"), "person", TEKUN_RULES),
    CategoryDeclaration(
        "edge_family",
        N_("低保边缘家庭"),
        N_("最低生活保障边缘家庭"),
        "household",
        f"{article('第八条')}；{NOTICE_39}",
        hint=N_("防止返贫监测对象由农业农村（乡村振兴）部门认定，名单导入。"),
    ),
    CategoryDeclaration(
        "rigid_expense_family",
        N_("刚性支出困难家庭"),
        N_("刚性支出困难家庭"),
        "household",
        RIGID_EXPENSE_RULES,
    ),
    CategoryDeclaration("other", N_("其他低收入人口"), N_("其他困难人员"), "household", NOTICE_39),
)

CHANNELS = (
    ChannelDeclaration("online", N_("手机或网上"), N_("自己填，随时能停"), source=article("第四条")),
    ChannelDeclaration("window", N_("乡镇（街道）窗口"), N_("带身份证或户口本去"), source=article("第四条")),
    ChannelDeclaration(
        "proxy", N_("村（居）委会或别人代办"), N_("要有您签字的委托书"), source=article("第六条")
    ),
)
