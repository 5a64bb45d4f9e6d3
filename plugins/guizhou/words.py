"""Guizhou's own words for residents: the dibao guide and the ways to apply."""

from __future__ import annotations

from core.api import N_, ChannelDeclaration, Figure, Guide, GuideStep
from plugins.guizhou.texts import REVIEW_2023, part

GUIDES = (
    Guide(
        code="dibao",
        title=N_("最低生活保障（低保）"),
        summary=N_("家里每人每月收入低于当地低保线的家庭。"),
        summary_with_figures=N_("家里每人每月收入低于低保线：城里{urban}元，农村{rural}元。"),
        figures=(Figure("urban", "dibao.standard", "urban"), Figure("rural", "dibao.standard", "rural")),
        gives=N_("每月补足差的部分"),
        picture="bowl",
        scheme="dibao",
        source=f"民发〔2021〕57号；{REVIEW_2023}",
        steps=(
            GuideStep(
                N_("谁能申请"),
                N_(
                    "住在一起、一起过日子的一家人，平均每人的收入低于低保线，房子、车和存款也合规定，"
                    "就可以申请。看的是收入，不看您做什么工作、是什么身份。易地扶贫搬迁来的家庭，在新家这边申请。"
                ),
            ),
            GuideStep(
                N_("只替一个人申请"),
                N_(
                    "成年、没有工作的重度残疾人，可以参照单人户申请。靠兄弟姐妹或60岁以上老人养着的，"
                    "他们给的供养费可以视情况不算收入。"
                ),
            ),
            GuideStep(
                N_("怎么申请"),
                N_(
                    "家里一个人提出就行：在手机上填，到户口所在的乡镇（街道）窗口，或者请村里的救助协理员代办。"
                    "写清家里有谁、有多少收入和财产，拍下身份证或户口本。"
                ),
            ),
            GuideStep(
                N_("要签什么"),
                N_(
                    "每个大人自己签一份核对授权书，同意查收入和财产。孩子由监护人代签。没有您的签字，谁也不能查。"
                ),
            ),
            GuideStep(
                N_("接下来会怎样"),
                N_(
                    "镇里受理后上门看，四类收入一项一项地算，再核对，提出意见，在村里公示。"
                    "没有异议的，由县民政局确认；确认权放到镇里的，由镇里确认。下个月起把钱打到您的账户。"
                ),
            ),
            GuideStep(
                N_("批了以后"),
                N_(
                    "家里的人、收入、财产变了，要告诉镇里。有重度残疾人、重病患者、老人、在校学生，日子还难的，"
                    "按规定增发特殊困难补助金，几样只按最高的一样算。家里人找到工作、收入超过低保线的，"
                    "不会马上停，按规定有一段渐退期。"
                ),
            ),
        ),
    ),
)

CHANNELS = (
    ChannelDeclaration("online", N_("手机或网上"), N_("自己填，随时能停"), source=part("二（二）四")),
    ChannelDeclaration(
        "proxy",
        N_("村里的救助协理员代办"),
        N_("要有您签字的委托书；填完要念给您听"),
        source=part("三（二）"),
    ),
)
